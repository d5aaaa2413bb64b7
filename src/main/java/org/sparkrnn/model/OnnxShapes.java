package org.sparkrnn.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.sparkrnn.model.OnnxValue.Axis;
import org.sparkrnn.model.OnnxValue.Fed;
import org.sparkrnn.model.OnnxValue.Flow;
import org.sparkrnn.model.OnnxValue.Integers;
import org.sparkrnn.model.OnnxValue.Zeros;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.weights.onnx.OnnxFile;
import org.sparkrnn.weights.onnx.OnnxNode;

/** Nodes of an ONNX graph that change how numbers are laid out and compute none. */
final class OnnxShapes {
  private final OnnxFile file;
  private final OnnxConstants constants;
  private final OnnxChain chain;
  private final OnnxPieces pieces;

  OnnxShapes(OnnxFile file, OnnxConstants constants, OnnxChain chain) {
    this.file = file;
    this.constants = constants;
    this.chain = chain;
    this.pieces = new OnnxPieces(file, constants, chain);
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
      default -> pieces.results(node, values);
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

  static IllegalArgumentException unknown(OnnxNode node) {
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
    List<Long> axes = constants.integers(node, 1, "axes", values);
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
    List<Long> axes = constants.integers(node, 1, "axes", values);
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
          ? flattened(node, flow)
          : merged(flow, constants.integers(node, 1, "shape", values));
    }
    if (!OnnxConstants.isConstant(in) || node.opType().equals("Flatten")) {
      throw unknown(node);
    }
    Shape shape = constants.shape(in);
    List<Long> wanted = constants.integers(node, 1, "shape", values);
    return constants.reshaped(
        in,
        OnnxConstants.target(shape, wanted)
            .orElseThrow(() -> new IllegalArgumentException(shape + " cannot become " + wanted)));
  }

  private Flow flattened(OnnxNode node, Flow flow) {
    long wanted = node.attributes().integer("axis", 1);
    int axis = wanted == flow.axes().size() ? flow.axes().size() : axis(wanted, flow.axes().size());
    if (flow.axes().subList(0, axis).contains(Axis.FEATURE)
        || flow.with(flow.axes().subList(axis, flow.axes().size())).counted().stream()
            .anyMatch(each -> each.kind() == Axis.Kind.INPUT || each.kind() == Axis.Kind.PAIR)) {
      throw new IllegalArgumentException("it flattens steps and floats together");
    }
    return merged(flow, List.of(-1L, (long) chain.width(flow)));
  }

  /**
   * The reshapes that keep each entry's floats together: {@code [rows, steps, 2, n]} to {@code
   * [rows, steps, 2n]}, {@code [rows, steps, n]} to {@code [rows * steps, n]} and back, and axes of
   * size 1 put in or left out.
   */
  private Flow merged(Flow flow, List<Long> shape) {
    List<Axis> counted = flow.counted();
    int stack = counted.indexOf(Axis.STACK);
    if (stack >= 0 && stack == counted.size() - 2 && counted.get(stack + 1).equals(Axis.FEATURE)) {
      counted.remove(stack);
    }
    List<Long> sizes = new ArrayList<>(shape);
    boolean wide = counted.indexOf(Axis.FEATURE) == counted.size() - 1;
    boolean exact =
        wide
            && flow.entries().get(0).layer() >= 0
            && !sizes.isEmpty()
            && sizes.get(sizes.size() - 1) == chain.width(flow);
    if (exact && counted.size() == 3 && sizes.size() == 2 && isPair(counted)) {
      counted = List.of(Axis.pair(counted.get(0), counted.get(1)), Axis.FEATURE);
    } else if (exact && sizes.size() == 3 && counted.get(0).kind() == Axis.Kind.PAIR) {
      counted = List.of(counted.get(0).first(), counted.get(0).second(), Axis.FEATURE);
    }
    List<Axis> axes = new ArrayList<>(counted);
    for (int i = 0; i < sizes.size() && axes.size() < sizes.size(); i++) {
      if (sizes.get(i) == 1) {
        axes.add(Math.min(i, axes.size()), Axis.ONE);
      }
    }
    boolean fits =
        !axes.contains(Axis.STACK)
            && axes.size() == sizes.size()
            && axes.indexOf(Axis.FEATURE) == sizes.size() - 1;
    if (!fits || !keepsWidth(flow, shape.get(shape.size() - 1))) {
      throw new IllegalArgumentException(
          "it reshapes in another way than to join the directions' floats");
    }
    return flow.with(axes);
  }

  private static boolean isPair(List<Axis> axes) {
    return axes.subList(0, 2).stream()
        .allMatch(axis -> axis.kind() == Axis.Kind.INPUT && axis.index() < Axis.PAIRED);
  }

  /** Whether the last of a shape's sizes is what the flow's entries have together. */
  private boolean keepsWidth(Flow flow, long last) {
    return last == -1 || last == chain.width(flow);
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
}
