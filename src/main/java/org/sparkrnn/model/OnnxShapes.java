package org.sparkrnn.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.sparkrnn.model.OnnxValue.Axis;
import org.sparkrnn.model.OnnxValue.Entry;
import org.sparkrnn.model.OnnxValue.Fed;
import org.sparkrnn.model.OnnxValue.Flow;
import org.sparkrnn.model.OnnxValue.Integers;
import org.sparkrnn.model.OnnxValue.Part;
import org.sparkrnn.model.OnnxValue.Zeros;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.weights.onnx.OnnxFile;
import org.sparkrnn.weights.onnx.OnnxNode;

/** Nodes of an ONNX graph that move numbers and compute none. */
final class OnnxShapes {
  private final OnnxFile file;
  private final OnnxConstants constants;
  private final OnnxChain chain;

  OnnxShapes(OnnxFile file, OnnxConstants constants, OnnxChain chain) {
    this.file = file;
    this.constants = constants;
    this.chain = chain;
  }

  /** What the node gives; empty where it is none of these. */
  List<OnnxValue> results(OnnxNode node, Function<String, OnnxValue> values) throws IOException {
    OnnxValue in = values.apply(node.input(0));
    return switch (node.opType()) {
      case "Identity", "Dropout" -> List.of(in);
      case "Cast" -> List.of(cast(node, in));
      case "Constant" -> constant(node);
      case "ConstantOfShape" -> zeros(node);
      case "Expand" -> expanded(in);
      case "Shape" -> List.of(shape(in));
      case "Transpose" -> List.of(transposed(node, in));
      case "Squeeze" -> List.of(squeezed(node, in, values));
      case "Unsqueeze" -> List.of(unsqueezed(node, in, values));
      case "Reshape", "Flatten" -> List.of(reshaped(node, in, values));
      case "Concat" -> List.of(joined(node, values));
      case "Gather" -> List.of(gathered(node, in, values));
      case "Slice" -> List.of(sliced(node, in, values));
      default -> List.of();
    };
  }

  /** An axis that may count from the end. */
  static int axis(long axis, int rank) {
    long at = axis < 0 ? axis + rank : axis;
    if (at < 0 || at >= rank) {
      throw new IllegalArgumentException("axis " + axis + " is none of " + rank);
    }
    return (int) at;
  }

  /** Integers from an input or, in older graphs, an attribute; none where there are neither. */
  List<Long> integers(
      OnnxNode node, int input, String attribute, Function<String, OnnxValue> values)
      throws IOException {
    if (node.input(input).isEmpty()) {
      return node.attributes().integers().getOrDefault(attribute, List.of());
    }
    OnnxValue value = values.apply(node.input(input));
    if (value instanceof Integers known) {
      return known.values();
    }
    if (value instanceof OnnxValue.Stored stored) {
      return constants.integers(node, stored.tensor());
    }
    throw new IllegalArgumentException(attribute + " '" + node.input(input) + "' is not known");
  }

  private static IllegalArgumentException unknown(OnnxNode node) {
    return new IllegalArgumentException(
        "input '" + node.input(0) + "' is not made of the model's input by nodes that run");
  }

  private static List<OnnxValue> constant(OnnxNode node) {
    List<Long> integers = new ArrayList<>();
    integers.addAll(node.attributes().integers().getOrDefault("value_int", List.of()));
    integers.addAll(node.attributes().integers().getOrDefault("value_ints", List.of()));
    return integers.isEmpty() ? List.of() : List.of(new Integers(integers));
  }

  private List<OnnxValue> zeros(OnnxNode node) throws IOException {
    String value = node.attributes().tensors().getOrDefault("value", "");
    boolean zero =
        value.isEmpty()
            || (file.tensors().get(value).dtype().startsWith("FLOAT")
                && constants.isZero(new OnnxValue.Stored(value)));
    return zero ? List.of(new Zeros()) : List.of();
  }

  private List<OnnxValue> expanded(OnnxValue in) throws IOException {
    boolean zero = in instanceof Zeros || (OnnxConstants.isConstant(in) && constants.isZero(in));
    return zero ? List.of(new Zeros()) : List.of();
  }

  private OnnxValue shape(OnnxValue in) {
    if (OnnxConstants.isConstant(in)) {
      return new Integers(constants.shape(in).dims());
    }
    if (in instanceof Flow flow) {
      List<Long> dims = new ArrayList<>();
      for (Axis axis : flow.axes()) {
        dims.add(axis.equals(Axis.ONE) ? 1L : -1L);
      }
      return new Integers(dims);
    }
    return new OnnxValue.Unknown();
  }

  private OnnxValue transposed(OnnxNode node, OnnxValue in) throws IOException {
    List<Long> perm = node.attributes().integers().getOrDefault("perm", List.of());
    if (in instanceof Zeros || in instanceof Fed) {
      return in;
    }
    if (OnnxConstants.isConstant(in)) {
      return constants.transposed(in, perm);
    }
    if (!(in instanceof Flow flow)) {
      throw unknown(node);
    }
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < flow.axes().size(); i++) {
      long from = perm.isEmpty() ? flow.axes().size() - 1L - i : i < perm.size() ? perm.get(i) : -1;
      axes.add(flow.axes().get(axis(from, flow.axes().size())));
    }
    return flow.with(axes);
  }

  private OnnxValue squeezed(OnnxNode node, OnnxValue in, Function<String, OnnxValue> values)
      throws IOException {
    if (in instanceof Zeros || in instanceof Fed || in instanceof Integers) {
      return in;
    }
    List<Long> axes = integers(node, 1, "axes", values);
    if (OnnxConstants.isConstant(in)) {
      List<Long> dims = new ArrayList<>(constants.shape(in).dims());
      int rank = dims.size();
      axes.stream()
          .map(axis -> axis(axis, rank))
          .distinct()
          .sorted(Collections.reverseOrder())
          .forEach(axis -> dims.remove(axis.intValue()));
      return constants.reshaped(in, axes.isEmpty() ? withoutOnes(dims) : dims);
    }
    if (!(in instanceof Flow flow)) {
      throw unknown(node);
    }
    List<Axis> left = new ArrayList<>();
    for (int i = 0; i < flow.axes().size(); i++) {
      Axis axis = flow.axes().get(i);
      int at = i;
      boolean single =
          axis.equals(Axis.ONE) || (axis.equals(Axis.STACK) && flow.entries().size() == 1);
      boolean named = axes.stream().anyMatch(one -> axis(one, flow.axes().size()) == at);
      if (named && !single) {
        throw new IllegalArgumentException("it drops axis " + i + ", which is more than one wide");
      }
      if (!(named || (axes.isEmpty() && single))) {
        left.add(axis);
      }
    }
    return flow.with(left);
  }

  private static List<Long> withoutOnes(List<Long> dims) {
    return dims.stream().filter(dim -> dim != 1).toList();
  }

  private OnnxValue unsqueezed(OnnxNode node, OnnxValue in, Function<String, OnnxValue> values)
      throws IOException {
    if (in instanceof Zeros || in instanceof Fed || in instanceof Integers) {
      return in;
    }
    List<Long> axes = integers(node, 1, "axes", values);
    int rank = axes.size();
    if (OnnxConstants.isConstant(in)) {
      List<Long> dims = new ArrayList<>(constants.shape(in).dims());
      int all = rank + dims.size();
      axes.stream().map(axis -> axis(axis, all)).sorted().forEach(axis -> insert(dims, axis, 1L));
      return constants.reshaped(in, dims);
    }
    if (!(in instanceof Flow flow)) {
      throw unknown(node);
    }
    List<Axis> made = new ArrayList<>(flow.axes());
    int all = rank + made.size();
    axes.stream()
        .map(axis -> axis(axis, all))
        .sorted()
        .forEach(axis -> insert(made, axis, Axis.ONE));
    return flow.with(made);
  }

  private static <T> void insert(List<T> list, int at, T element) {
    list.add(Math.min(at, list.size()), element);
  }

  private OnnxValue reshaped(OnnxNode node, OnnxValue in, Function<String, OnnxValue> values)
      throws IOException {
    if (in instanceof Zeros || in instanceof Fed || in instanceof Integers) {
      return in;
    }
    if (in instanceof Flow flow) {
      return node.opType().equals("Flatten")
          ? merged(flow, List.of(0L, -1L))
          : merged(flow, integers(node, 1, "shape", values));
    }
    if (!OnnxConstants.isConstant(in) || node.opType().equals("Flatten")) {
      throw unknown(node);
    }
    Shape shape = constants.shape(in);
    List<Long> wanted = integers(node, 1, "shape", values);
    return constants.reshaped(
        in,
        OnnxConstants.target(shape, wanted)
            .orElseThrow(() -> new IllegalArgumentException(shape + " cannot become " + wanted)));
  }

  /** The tail that joins directions: {@code [rows, steps, 2, n]} to {@code [rows, steps, 2n]}. */
  private Flow merged(Flow flow, List<Long> shape) {
    List<Axis> counted = flow.counted();
    int stack = counted.indexOf(Axis.STACK);
    if (stack >= 0 && stack == counted.size() - 2 && counted.get(stack + 1).equals(Axis.FEATURE)) {
      counted.remove(stack);
    }
    boolean fits =
        !counted.contains(Axis.STACK)
            && counted.size() == shape.size()
            && counted.indexOf(Axis.FEATURE) == shape.size() - 1;
    if (!fits || !keepsWidth(flow, shape.get(shape.size() - 1))) {
      throw new IllegalArgumentException(
          "it reshapes in another way than to join the directions' floats");
    }
    return flow.with(counted);
  }

  /** Whether the last of a shape's sizes is what the flow's entries have together. */
  private boolean keepsWidth(Flow flow, long last) {
    int layer = flow.entries().get(0).layer();
    return last == -1 || (chain.isWhole(flow, layer) && last == chain.size(layer));
  }

  /** Floats stay floats and ids stay ids; anything else would cut numbers off. */
  private static OnnxValue cast(OnnxNode node, OnnxValue in) {
    long to = node.attributes().integer("to", 0);
    boolean floats = to == 1 || to == 11;
    boolean integers = to == 6 || to == 7;
    boolean same =
        in instanceof Flow flow
            ? flow.axes().contains(Axis.FEATURE) ? floats : integers
            : floats || integers;
    if (!same) {
      throw new IllegalArgumentException("it casts to type " + to);
    }
    return in;
  }

  private OnnxValue joined(OnnxNode node, Function<String, OnnxValue> values) throws IOException {
    List<OnnxValue> in = node.inputs().stream().map(values).toList();
    if (!in.isEmpty() && in.stream().allMatch(OnnxConstants::isConstant)) {
      boolean integers =
          in.stream()
              .flatMap(value -> OnnxConstants.names(value).stream())
              .allMatch(name -> file.tensors().get(name).dtype().startsWith("INT"));
      if (!integers) {
        int rank = constants.shape(in.get(0)).rank();
        return constants.joined(in, axis(node.attributes().integer("axis", 0), rank));
      }
    }
    if (in.stream().allMatch(Zeros.class::isInstance)) {
      return new Zeros();
    }
    if (in.stream().allMatch(Flow.class::isInstance) && !in.isEmpty()) {
      return joinedFlows(node, in.stream().map(Flow.class::cast).toList());
    }
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < in.size(); i++) {
      all.addAll(integers(node, i, "part", values));
    }
    return new Integers(all);
  }

  private static Flow joinedFlows(OnnxNode node, List<Flow> flows) {
    Flow first = flows.get(0);
    int axis = axis(node.attributes().integer("axis", 0), first.axes().size());
    Axis along = first.axes().get(axis);
    List<Entry> entries = new ArrayList<>();
    for (Flow flow : flows) {
      boolean same = flow.axes().equals(first.axes()) && flow.part() == first.part();
      boolean single = flow.entries().size() == 1 || along.equals(Axis.STACK);
      if (!same || !single || (!along.equals(Axis.STACK) && !along.equals(Axis.FEATURE))) {
        throw new IllegalArgumentException("it joins values that are not one layer's directions");
      }
      entries.addAll(flow.entries());
    }
    return new Flow(first.part(), entries, first.axes());
  }

  private OnnxValue gathered(OnnxNode node, OnnxValue in, Function<String, OnnxValue> values)
      throws IOException {
    if (!(in instanceof Flow) && !(in instanceof Integers)) {
      throw unknown(node);
    }
    List<Long> index = integers(node, 1, "indices", values);
    if (in instanceof Integers known) {
      List<Long> chosen = new ArrayList<>();
      for (long each : index) {
        chosen.add(known.values().get(axis(each, known.values().size())));
      }
      return new Integers(chosen);
    }
    Flow flow = (Flow) in;
    int axis = axis(node.attributes().integer("axis", 0), flow.axes().size());
    boolean scalar =
        values.apply(node.input(1)) instanceof OnnxValue.Stored stored
            && file.tensors().get(stored.tensor()).shape().rank() == 0;
    if (index.size() != 1) {
      throw new IllegalArgumentException("it takes elements " + index + ", expected one");
    }
    if (flow.axes().get(axis).equals(Axis.STACK)) {
      Entry entry = flow.entries().get(axis(index.get(0), flow.entries().size()));
      List<Axis> axes = new ArrayList<>(flow.axes());
      if (scalar) {
        axes.remove(axis);
      }
      return new Flow(flow.part(), List.of(entry), axes);
    }
    return step(flow, axis, index.get(0), !scalar);
  }

  /** One step: the last or the first. */
  private Flow step(Flow flow, int axis, long index, boolean keep) {
    if (flow.part() != Part.VALUE || !chain.isTime(flow.axes().get(axis))) {
      throw new IllegalArgumentException("it cuts along an axis that is not the steps");
    }
    if (index != -1 && index != 0) {
      throw new IllegalArgumentException(
          "it takes step " + index + "; only the last (-1) and the first (0) run");
    }
    Layer.Reduction which = index == 0 ? Layer.Reduction.FIRST : Layer.Reduction.LAST;
    return chain.reduced(flow, axis, which, keep);
  }

  private OnnxValue sliced(OnnxNode node, OnnxValue in, Function<String, OnnxValue> values)
      throws IOException {
    if (in instanceof Zeros || in instanceof Fed) {
      return in;
    }
    boolean constant = OnnxConstants.isConstant(in);
    if (!constant && !(in instanceof Flow) && !(in instanceof Integers)) {
      throw unknown(node);
    }
    List<Long> starts = integers(node, 1, "starts", values);
    List<Long> ends = integers(node, 2, "ends", values);
    List<Long> axes = integers(node, 3, "axes", values);
    List<Long> steps = integers(node, 4, "steps", values);
    if (starts.size() != 1 || ends.size() != 1 || steps.stream().anyMatch(step -> step != 1)) {
      throw new IllegalArgumentException("it slices several axes at once, or in steps");
    }
    long axis = axes.isEmpty() ? 0 : axes.get(0);
    long from = starts.get(0);
    long to = ends.get(0);
    if (in instanceof Integers known) {
      int size = known.values().size();
      return new Integers(known.values().subList(bound(from, size), upper(from, to, size)));
    }
    if (constant) {
      int at = axis(axis, constants.shape(in).rank());
      long size = constants.shape(in).dim(at);
      return constants.sliced(in, at, bound(from, size), upper(from, to, size));
    }
    Flow flow = (Flow) in;
    int at = axis(axis, flow.axes().size());
    if (flow.axes().get(at).equals(Axis.STACK)) {
      int size = flow.entries().size();
      List<Entry> kept = flow.entries().subList(bound(from, size), upper(from, to, size));
      if (kept.isEmpty()) {
        throw new IllegalArgumentException("it keeps nothing");
      }
      return new Flow(flow.part(), kept, flow.axes());
    }
    if (from == 0 && to >= Integer.MAX_VALUE) {
      return flow;
    }
    if ((from == -1 && to >= Integer.MAX_VALUE) || (from == 0 && to == 1)) {
      return step(flow, at, from, true);
    }
    throw new IllegalArgumentException("it keeps steps " + from + " to " + to);
  }

  private static int bound(long index, long size) {
    long at = index < 0 ? index + size : index;
    return (int) Math.max(0, Math.min(at, size));
  }

  private static int upper(long from, long to, long size) {
    return Math.max(bound(from, size), bound(to, size));
  }
}
