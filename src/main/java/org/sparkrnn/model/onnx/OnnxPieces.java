package org.sparkrnn.model.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.sparkrnn.model.chain.ChainBuilder;
import org.sparkrnn.model.chain.ChainValue;
import org.sparkrnn.model.chain.ChainValue.Axis;
import org.sparkrnn.model.chain.ChainValue.Entry;
import org.sparkrnn.model.chain.ChainValue.Fed;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.model.chain.ChainValue.Integers;
import org.sparkrnn.model.chain.ChainValue.Part;
import org.sparkrnn.model.chain.ChainValue.Zeros;
import org.sparkrnn.model.chain.Sizes;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.weights.onnx.OnnxFile;
import org.sparkrnn.weights.onnx.OnnxNode;

/** Nodes of an ONNX graph that take pieces of values, or put values together. */
final class OnnxPieces {
  private final OnnxFile file;
  private final OnnxConstants constants;
  private final ChainBuilder chain;
  private final OnnxReshape reshape;

  OnnxPieces(OnnxFile file, OnnxConstants constants, ChainBuilder chain, OnnxReshape reshape) {
    this.reshape = reshape;
    this.file = file;
    this.constants = constants;
    this.chain = chain;
  }

  /** What the node gives; empty where it is none of these. */
  List<ChainValue> results(OnnxNode node, Function<String, ChainValue> values) throws IOException {
    return switch (node.opType()) {
      case "Concat" -> List.of(joined(node, values));
      case "Gather" -> List.of(gathered(node, values.apply(node.input(0)), values));
      case "Slice" -> List.of(sliced(node, values.apply(node.input(0)), values));
      case "Split" -> split(node, values.apply(node.input(0)), values);
      default -> List.of();
    };
  }

  private ChainValue joined(OnnxNode node, Function<String, ChainValue> values) throws IOException {
    List<ChainValue> in = node.inputs().stream().map(values).toList();
    if (!in.isEmpty() && in.stream().allMatch(OnnxConstants::isConstant)) {
      boolean integers =
          in.stream()
              .flatMap(value -> OnnxConstants.names(value).stream())
              .allMatch(name -> file.tensors().get(name).dtype().startsWith("INT"));
      if (!integers) {
        int rank = constants.shape(in.get(0)).rank();
        return constants.joined(in, Sizes.axis(node.attributes().integer("axis", 0), rank));
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
      all.addAll(constants.integers(node, i, "part", values));
    }
    return new Integers(all);
  }

  private static Flow joinedFlows(OnnxNode node, List<Flow> flows) {
    Flow first = flows.get(0);
    int axis = Sizes.axis(node.attributes().integer("axis", 0), first.axes().size());
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

  private ChainValue gathered(OnnxNode node, ChainValue from, Function<String, ChainValue> values)
      throws IOException {
    boolean sizes =
        from instanceof ChainValue.Stored stored
            && file.tensors().get(stored.tensor()).dtype().startsWith("INT");
    ChainValue in = sizes ? new Integers(constants.integers(node, 0, "data", values)) : from;
    boolean constant = OnnxConstants.isConstant(in);
    if (!constant && !(in instanceof Flow) && !(in instanceof Integers) && !(in instanceof Fed)) {
      throw OnnxShapes.unknown(node);
    }
    List<Long> index = constants.integers(node, 1, "indices", values);
    if (constant && index.size() == 1) {
      return constants.gathered(
          in,
          node.attributes().integer("axis", 0),
          index.get(0),
          isScalar(values.apply(node.input(1))));
    }
    if (constant) {
      throw new IllegalArgumentException("it takes elements " + index + ", expected one");
    }
    if (in instanceof Fed && index.size() == 1 && index.get(0) >= 0) {
      return cut(in, node.attributes().integer("axis", 0), index.get(0), index.get(0) + 1);
    }
    if (in instanceof Fed) {
      throw new IllegalArgumentException("it takes elements " + index + ", expected one");
    }
    if (in instanceof Integers known) {
      List<Long> chosen = new ArrayList<>();
      for (long each : index) {
        chosen.add(known.values().get(Sizes.axis(each, known.values().size())));
      }
      return new Integers(chosen, isScalar(values.apply(node.input(1))));
    }
    Flow flow = (Flow) in;
    int axis = Sizes.axis(node.attributes().integer("axis", 0), flow.axes().size());
    boolean scalar = isScalar(values.apply(node.input(1)));
    if (index.size() != 1) {
      throw new IllegalArgumentException("it takes elements " + index + ", expected one");
    }
    if (flow.axes().get(axis).equals(Axis.STACK)) {
      Entry entry = flow.entries().get(Sizes.axis(index.get(0), flow.entries().size()));
      List<Axis> axes = new ArrayList<>(flow.axes());
      if (scalar) {
        axes.remove(axis);
      }
      return new Flow(flow.part(), List.of(entry), axes);
    }
    return step(flow, axis, index.get(0), !scalar);
  }

  private boolean isScalar(ChainValue index) {
    return index instanceof Integers known
        ? known.scalar()
        : index instanceof ChainValue.Stored stored
            && file.tensors().get(stored.tensor()).shape().rank() == 0;
  }

  /** One step: the last or the first. */
  private Flow step(Flow flow, int axis, long place, boolean keep) {
    long size = reshape.size(flow, flow.axes().get(axis));
    long index = place >= 0 && place == size - 1 && size > 1 ? -1 : place;
    if (size == 1 && !chain.isTime(flow.axes().get(axis)) && (index == 0 || index == -1)) {
      List<Axis> axes = new ArrayList<>(flow.axes());
      if (!keep) {
        axes.remove(axis);
      }
      return flow.with(axes);
    }
    if (flow.part() != Part.VALUE || !chain.isTime(flow.axes().get(axis))) {
      throw new IllegalArgumentException("it cuts along an axis that is not the steps");
    }
    if (index != -1 && index != 0) {
      throw new IllegalArgumentException(
          "it takes step " + index + "; only the last (-1) and the first (0) run");
    }
    if (chain.isOneOfTwo(flow)) {
      // Each direction leaves its final h where it ends: the one forward at the last step.
      if ((flow.entries().get(0).direction() == 0) != (index == -1)) {
        throw new IllegalArgumentException("it takes a direction's step where it starts");
      }
      List<Axis> axes = new ArrayList<>(flow.axes());
      axes.set(axis, Axis.ONE);
      if (!keep) {
        axes.remove(axis);
      }
      return new Flow(Part.H, flow.entries(), axes);
    }
    Layer.Reduction which = index == 0 ? Layer.Reduction.FIRST : Layer.Reduction.LAST;
    return chain.reduced(flow, axis, which, keep);
  }

  private ChainValue sliced(OnnxNode node, ChainValue in, Function<String, ChainValue> values)
      throws IOException {
    if (in instanceof Zeros) {
      return in;
    }
    boolean known = OnnxConstants.isConstant(in) || in instanceof Flow || in instanceof Integers;
    if (!known && !(in instanceof Fed)) {
      throw OnnxShapes.unknown(node);
    }
    List<Long> starts = constants.integers(node, 1, "starts", values);
    List<Long> ends = constants.integers(node, 2, "ends", values);
    List<Long> axes = constants.integers(node, 3, "axes", values);
    List<Long> steps = constants.integers(node, 4, "steps", values);
    if (starts.size() != ends.size()
        || (!axes.isEmpty() && axes.size() != starts.size())
        || steps.stream().anyMatch(step -> step != 1)) {
      throw new IllegalArgumentException("it slices in steps, or starts and ends do not fit");
    }
    ChainValue out = in;
    for (int i = 0; i < starts.size(); i++) {
      out = cut(out, axes.isEmpty() ? i : axes.get(i), starts.get(i), ends.get(i));
    }
    return out;
  }

  /** What is between two places along one axis. */
  private ChainValue cut(ChainValue in, long axis, long from, long to) throws IOException {
    if (from == 0 && to >= Integer.MAX_VALUE) {
      return in;
    }
    if (in instanceof Integers known) {
      int size = known.values().size();
      return new Integers(known.values().subList(bound(from, size), upper(from, to, size)));
    }
    if (in instanceof Fed fed) {
      if (axis != 0 || from < 0 || to < from) {
        throw new IllegalArgumentException(
            "it cuts input '"
                + fed.input()
                + "' along another axis than its layers, or from behind");
      }
      return fed.piece(from, to);
    }
    if (!(in instanceof Flow flow)) {
      int at = Sizes.axis(axis, constants.shape(in).rank());
      long size = constants.shape(in).dim(at);
      return constants.sliced(in, at, bound(from, size), upper(from, to, size));
    }
    int at = Sizes.axis(axis, flow.axes().size());
    Axis along = flow.axes().get(at);
    if (along.equals(Axis.STACK)) {
      int size = flow.entries().size();
      return kept(flow, bound(from, size), upper(from, to, size));
    }
    if (along.equals(Axis.FEATURE)) {
      return cutFloats(flow, from, to);
    }
    long size = reshape.size(flow, along);
    boolean toEnd = to >= Integer.MAX_VALUE || to == size;
    if (from == 0 && toEnd) {
      return flow;
    }
    if ((from == -1 || from == size - 1) && toEnd) {
      return step(flow, at, -1, true);
    }
    if (from == 0 && to == 1) {
      return step(flow, at, 0, true);
    }
    throw new IllegalArgumentException(
        "it keeps steps " + Integers.shown(from) + " to " + Integers.shown(to));
  }

  private static Flow kept(Flow flow, int from, int to) {
    if (from >= to) {
      throw new IllegalArgumentException("it keeps nothing");
    }
    return new Flow(flow.part(), flow.entries().subList(from, to), flow.axes());
  }

  /** Whole directions out of joined ones. */
  private Flow cutFloats(Flow flow, long from, long to) {
    int size = chain.width(flow);
    int start = bound(from, size);
    int end = upper(from, to, size);
    if (start == 0 && end == size) {
      return flow;
    }
    int first = -1;
    int last = -1;
    int at = 0;
    List<Entry> entries = chain.directions(flow);
    for (int i = 0; i <= entries.size(); i++) {
      first = at == start ? i : first;
      last = at == end ? i : last;
      at += i < entries.size() ? chain.width(entries.get(i)) : 0;
    }
    if (first < 0 || last < 0 || flow.axes().contains(Axis.STACK)) {
      throw new IllegalArgumentException(
          "it keeps floats " + start + " to " + end + ", which is no whole direction");
    }
    return kept(new Flow(flow.part(), entries, flow.axes()), first, last);
  }

  private List<ChainValue> split(OnnxNode node, ChainValue in, Function<String, ChainValue> values)
      throws IOException {
    long axis = node.attributes().integer("axis", 0);
    List<Long> sizes = new ArrayList<>(constants.integers(node, 1, "split", values));
    int parts = node.outputs().size();
    if (sizes.isEmpty()) {
      long all = size(in, axis, node);
      // Where the parts are not equal, the last is the smaller one.
      long each = (all + parts - 1) / parts;
      for (int i = 0; i < parts; i++) {
        sizes.add(Math.max(0, Math.min(each, all - i * each)));
      }
    }
    if (sizes.size() != parts) {
      throw new IllegalArgumentException("it splits into " + sizes + " for " + parts + " outputs");
    }
    List<ChainValue> made = new ArrayList<>();
    long at = 0;
    for (long size : sizes) {
      made.add(in instanceof Zeros ? in : cut(in, axis, at, at + size));
      at += size;
    }
    return made;
  }

  /** How much there is along an axis. */
  private long size(ChainValue in, long axis, OnnxNode node) {
    if (in instanceof Zeros) {
      return node.outputs().size();
    }
    if (OnnxConstants.isConstant(in)) {
      return constants.shape(in).dim(Sizes.axis(axis, constants.shape(in).rank()));
    }
    if (!(in instanceof Flow flow)) {
      throw OnnxShapes.unknown(node);
    }
    Axis along = flow.axes().get(Sizes.axis(axis, flow.axes().size()));
    if (along.equals(Axis.STACK)) {
      return flow.entries().size();
    }
    if (along.equals(Axis.FEATURE)) {
      return chain.width(flow);
    }
    throw new IllegalArgumentException("it splits rows or steps");
  }

  private static int bound(long index, long size) {
    long at = index < 0 ? index + size : index;
    return (int) Math.max(0, Math.min(at, size));
  }

  private static int upper(long from, long to, long size) {
    return Math.max(bound(from, size), bound(to, size));
  }
}
