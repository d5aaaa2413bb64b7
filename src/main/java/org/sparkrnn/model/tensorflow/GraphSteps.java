package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sparkrnn.model.chain.ChainBuilder;
import org.sparkrnn.model.chain.ChainValue.Axis;
import org.sparkrnn.model.chain.ChainValue.Entry;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.model.chain.ChainValue.Part;
import org.sparkrnn.model.chain.Sizes;
import org.sparkrnn.model.tensorflow.GraphValue.FlatInput;
import org.sparkrnn.model.tensorflow.GraphValue.Flowing;
import org.sparkrnn.model.tensorflow.GraphValue.SideBySide;
import org.sparkrnn.model.tensorflow.GraphValue.Step;
import org.sparkrnn.model.tensorflow.GraphValue.Unknown;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.weights.tensorflow.GraphNode;

/** Nodes of a TensorFlow graph that part a value into steps, join steps, or turn axes around. */
final class GraphSteps {
  private final GraphIndex graph;
  private final GraphConstants constants;
  private final GraphIntegers integers;
  private final ChainBuilder chain;
  private final GraphWalk walk;
  private final GraphEnds ends;
  private int flatWidth;

  GraphSteps(
      GraphIndex graph,
      GraphConstants constants,
      GraphIntegers integers,
      ChainBuilder chain,
      GraphWalk walk) {
    this.graph = graph;
    this.constants = constants;
    this.integers = integers;
    this.chain = chain;
    this.walk = walk;
    this.ends = new GraphEnds(graph, integers);
  }

  /** Floats of a step, where the graph's input holds a row's steps side by side; else 0. */
  int flatWidth() {
    return flatWidth;
  }

  GraphValue value(GraphEdge edge, GraphNode node) throws IOException {
    return switch (node.op()) {
      case "Transpose" -> eachAxes(node, 0, GraphLayout.transposed(axes(node, 0), known(node, 1)));
      case "ExpandDims" ->
          eachAxes(node, 0, GraphLayout.expanded(axes(node, 0), known(node, 1).get(0)));
      case "Squeeze" ->
          eachAxes(
              node,
              0,
              GraphLayout.squeezed(
                  axes(node, 0),
                  node.attributes().integers().getOrDefault("squeeze_dims", List.of())));
      case "Reshape" -> reshaped(node);
      case "ReverseV2" -> turned(node, known(node, 1), true);
      case "ReverseSequence" -> turnedRows(node);
      case "Unpack" -> unpacked(edge, node);
      case "Split" -> split(edge, node);
      case "Pack" -> packed(node);
      case "ConcatV2", "Concat" -> joined(node);
      case "StridedSlice" -> sliced(node);
      case "TensorArrayReadV3", "TensorArrayReadV2", "TensorArrayRead" -> lastRead(node);
      case "GatherNd" -> lastOfRows(flowing(node, 0), ends.pairs(graph.input(node, 1)));
      default -> new Unknown();
    };
  }

  private List<Long> known(GraphNode node, int input) throws IOException {
    GraphEdge edge = graph.input(node, input);
    return integers
        .known(edge)
        .filter(values -> !values.isEmpty())
        .orElseThrow(() -> new IllegalArgumentException("'" + edge + "' is not known"));
  }

  private IllegalArgumentException notFlowing(GraphNode node, int input) {
    return new IllegalArgumentException("'" + graph.input(node, input) + "' " + GraphWalk.NOT_MADE);
  }

  private List<Axis> axes(GraphNode node, int input) throws IOException {
    GraphValue value = walk.of(graph.input(node, input));
    if (value instanceof Flowing flowing) {
      return flowing.flow().axes();
    }
    if (value instanceof Step step) {
      return step.flow().axes();
    }
    throw notFlowing(node, input);
  }

  private GraphValue eachAxes(GraphNode node, int input, List<Axis> axes) throws IOException {
    GraphValue value = walk.of(graph.input(node, input));
    return value instanceof Step step ? step.with(axes) : ((Flowing) value).with(axes);
  }

  private Flowing flowing(GraphNode node, int input) throws IOException {
    if (walk.of(graph.input(node, input)) instanceof Flowing flowing) {
      return flowing;
    }
    throw notFlowing(node, input);
  }

  private GraphValue reshaped(GraphNode node) throws IOException {
    GraphValue in = walk.of(graph.input(node, 0));
    List<Long> sizes = known(node, 1);
    if (in instanceof FlatInput) {
      if (sizes.size() != 3 || sizes.get(2) < 1) {
        throw new IllegalArgumentException(
            "it reshapes rows to " + sizes + ", expected [-1, steps, floats]");
      }
      flatWidth = Math.toIntExact(sizes.get(2));
      return new Flowing(ChainBuilder.input(3, true), false);
    }
    if (in instanceof SideBySide side) {
      boolean steps =
          sizes.size() == 2 && (sizes.get(1) < 0 || sizes.get(1) == chain.width(side.flow()));
      Axis rows = side.flow().axes().get(0);
      if (!steps || rows.kind() != Axis.Kind.INPUT || side.time().kind() != Axis.Kind.INPUT) {
        throw new IllegalArgumentException(
            "it reshapes steps side by side to " + sizes + ", expected [-1, floats of a step]");
      }
      return new Flowing(
          side.flow().with(List.of(Axis.pair(rows, side.time()), Axis.FEATURE)), false);
    }
    if (in instanceof Step step) {
      Flowing as = new Flowing(step.flow(), false);
      return step.with(GraphLayout.reshaped(as, sizes, width(step.flow())).flow().axes());
    }
    if (!(in instanceof Flowing flowing)) {
      throw notFlowing(node, 0);
    }
    return GraphLayout.reshaped(flowing, sizes, width(flowing.flow()));
  }

  private int width(Flow flow) {
    return flow.entries().get(0).layer() < 0 ? -1 : chain.width(flow);
  }

  private GraphValue turned(GraphNode node, List<Long> along, boolean whole) throws IOException {
    Flowing in = flowing(node, 0);
    List<Axis> axes = in.flow().axes();
    if (along.size() != 1
        || axes.get(Sizes.axis(along.get(0), axes.size())).kind() != Axis.Kind.INPUT) {
      throw new IllegalArgumentException("it turns axes " + along + ", expected the steps");
    }
    walk.turn(axes.get(Sizes.axis(along.get(0), axes.size())), whole);
    return new Flowing(in.flow(), !in.reversed());
  }

  /** Each row turned around, as far as it goes. */
  private GraphValue turnedRows(GraphNode node) throws IOException {
    long along = node.attributes().integer("seq_dim", 0);
    List<Axis> axes = axes(node, 0);
    walk.limit(graph.input(node, 1), axes.get(Sizes.axis(along, axes.size())));
    return turned(node, List.of(along), false);
  }

  private GraphValue unpacked(GraphEdge edge, GraphNode node) throws IOException {
    Flowing in = flowing(node, 0);
    List<Axis> axes = new ArrayList<>(in.flow().axes());
    int axis = Sizes.axis(node.attributes().integer("axis", 0), axes.size());
    int count = Math.toIntExact(node.attributes().integer("num", 0));
    Axis time = axes.remove(axis);
    return step(in, axes, time, edge.index(), count);
  }

  private static GraphValue step(Flowing of, List<Axis> axes, Axis time, int index, int count) {
    if (time.kind() != Axis.Kind.INPUT) {
      throw new IllegalArgumentException("it parts another axis than the steps");
    }
    int place = of.reversed() ? count - 1 - index : index;
    return new Step(of.flow().with(axes), time, place, count);
  }

  private GraphValue split(GraphEdge edge, GraphNode node) throws IOException {
    Flowing in = flowing(node, 1);
    List<Axis> axes = new ArrayList<>(in.flow().axes());
    int axis = Sizes.axis(known(node, 0).get(0), axes.size());
    int count = Math.toIntExact(node.attributes().integer("num_split", 0));
    Axis along = axes.get(axis);
    if (along.kind() == Axis.Kind.PAIR) {
      // Steps over rows in one axis: each part is one step of all rows.
      axes.set(axis, along.second());
      return step(in, axes, along.first(), edge.index(), count);
    }
    axes.set(axis, Axis.ONE);
    return step(in, axes, along, edge.index(), count);
  }

  private GraphValue packed(GraphNode node) throws IOException {
    List<GraphValue> parts = walk.inputs(node);
    Step first = steps(node, parts);
    List<Axis> axes = new ArrayList<>(first.flow().axes());
    axes.add(Sizes.axis(node.attributes().integer("axis", 0), axes.size() + 1), first.time());
    return new Flowing(first.flow().with(axes), first.index() != 0);
  }

  /** The first of all steps of one value, in order or the other way round. */
  private static Step steps(GraphNode node, List<GraphValue> parts) {
    for (int i = 0; i < parts.size(); i++) {
      boolean fits =
          parts.get(i) instanceof Step step
              && parts.get(0) instanceof Step first
              && step.flow().equals(first.flow())
              && step.count() == parts.size()
              && step.index() == (first.index() == 0 ? i : parts.size() - 1 - i);
      if (!fits) {
        throw new IllegalArgumentException(
            "its value " + i + ", '" + node.values().get(i) + "', is not step " + i + " of all");
      }
    }
    return (Step) parts.get(0);
  }

  private GraphValue joined(GraphNode node) throws IOException {
    boolean axisFirst = node.op().equals("Concat");
    List<GraphValue> parts = new ArrayList<>(walk.inputs(node));
    int last = parts.size() - 1;
    parts.remove(axisFirst ? 0 : last);
    long axis = known(node, axisFirst ? 0 : last).get(0);
    if (parts.stream().allMatch(part -> part instanceof Step)) {
      boolean apart = parts.stream().map(part -> ((Step) part).index()).distinct().count() > 1;
      if (!apart || !parts.stream().allMatch(part -> isEnd((Step) part))) {
        return joinedSteps(node, parts, axis);
      }
      parts.replaceAll(part -> place((Step) part));
    }
    List<Entry> entries = new ArrayList<>();
    Flowing first = null;
    for (GraphValue part : parts) {
      if (!(part instanceof Flowing flowing)) {
        throw new IllegalArgumentException("one of its values " + GraphWalk.NOT_MADE);
      }
      first = first == null ? flowing : first;
      if (!flowing.flow().axes().equals(first.flow().axes())
          || flowing.flow().part() != first.flow().part()
          || flowing.reversed() != first.reversed()) {
        throw new IllegalArgumentException("it joins values of different kinds");
      }
      entries.addAll(flowing.flow().entries());
    }
    List<Axis> axes = first.flow().axes();
    if (!axes.get(Sizes.axis(axis, axes.size())).equals(Axis.FEATURE)) {
      throw new IllegalArgumentException("it joins along another axis than the floats");
    }
    return new Flowing(new Flow(first.flow().part(), entries, axes), first.reversed());
  }

  private GraphValue joinedSteps(GraphNode node, List<GraphValue> parts, long axis) {
    Step first = (Step) parts.get(0);
    List<Axis> axes = first.flow().axes();
    int at = Sizes.axis(axis, axes.size());
    boolean sameStep =
        parts.stream()
            .map(part -> (Step) part)
            .allMatch(step -> step.index() == first.index() && step.count() == first.count());
    if (sameStep && parts.size() > 1 && axes.get(at).equals(Axis.FEATURE)) {
      List<Entry> entries = new ArrayList<>();
      for (GraphValue part : parts) {
        entries.addAll(((Step) part).flow().entries());
      }
      return new Step(
          new Flow(first.flow().part(), entries, axes), first.time(), first.index(), first.count());
    }
    Step all = steps(node, parts);
    if (axes.get(at).equals(Axis.ONE)) {
      List<Axis> made = new ArrayList<>(axes);
      made.set(at, all.time());
      return new Flowing(all.flow().with(made), all.index() != 0);
    }
    if (axes.get(at).equals(Axis.FEATURE) && axes.size() == 2 && all.index() == 0) {
      return new SideBySide(all.flow(), all.time());
    }
    throw new IllegalArgumentException("it joins steps along another axis than the floats");
  }

  private GraphValue sliced(GraphNode node) throws IOException {
    Flowing in = flowing(node, 0);
    List<Axis> axes = in.flow().axes();
    GraphSlice slice =
        GraphSlice.of(node, graph, constants)
            .filter(found -> found.axes() <= axes.size())
            .orElseThrow(() -> new IllegalArgumentException("the places it takes are not known"));
    Flowing at = in;
    for (int axis = slice.axes() - 1; axis >= 0; axis--) {
      if (slice.isAll(axis)) {
        continue;
      }
      if (slice.isReversed(axis) && axes.get(axis).kind() == Axis.Kind.INPUT) {
        walk.turn(axes.get(axis), true);
        at = new Flowing(at.flow(), !at.reversed());
        continue;
      }
      int along = axis;
      long place =
          slice
              .place(axis)
              .orElseThrow(() -> new IllegalArgumentException("it takes a part of axis " + along));
      GraphValue taken = one(at, axis, place, !slice.shrinks(axis));
      if (!(taken instanceof Flowing flowing)) {
        return lastOf(slice, axis, taken);
      }
      at = flowing;
    }
    return at;
  }

  /** A step; refused where other axes are cut besides. */
  private static GraphValue lastOf(GraphSlice slice, int axis, GraphValue taken) {
    for (int other = 0; other < axis; other++) {
      if (!slice.isAll(other)) {
        throw new IllegalArgumentException("it takes a part of axis " + other);
      }
    }
    return taken;
  }

  /** A {@code TensorArray} that is read behind its loop, at the last step that was written. */
  private GraphValue lastRead(GraphNode node) throws IOException {
    Flowing in = flowing(node, 2);
    GraphNode place = graph.node(graph.input(node, 1));
    boolean last =
        place.op().equals("Sub")
            && graph.op(graph.input(place, 0)).endsWith("Exit")
            && constants.integer(graph.input(place, 1)).equals(Optional.of(1L));
    if (!last) {
      throw new IllegalArgumentException("it reads another step than the last");
    }
    return one(in, 0, -1, false);
  }

  /** {@code gather} of one step, or of each row's last. */
  GraphValue gathered(GraphNode node) throws IOException {
    Flowing in = flowing(node, 0);
    List<Axis> axes = in.flow().axes();
    if (axes.get(0).kind() == Axis.Kind.PAIR) {
      Axis rows = axes.get(0).first();
      Axis time = axes.get(0).second();
      List<Axis> parted = new ArrayList<>(axes.subList(1, axes.size()));
      parted.addAll(0, List.of(rows, time));
      return lastOfRows(in.with(parted), ends.flat(graph.input(node, 1), walk.size(time)));
    }
    List<Long> place = known(node, 1);
    long axis = node.op().equals("GatherV2") ? known(node, 2).get(0) : 0;
    if (place.size() != 1) {
      throw new IllegalArgumentException("it takes places " + place + ", expected one step");
    }
    return one(in, Sizes.axis(axis, axes.size()), place.get(0), false);
  }

  /** Each row's last step, where the lengths that it is looked up with are the rows' own. */
  private GraphValue lastOfRows(Flowing in, Optional<GraphEdge> lengths) throws IOException {
    if (lengths.isEmpty() || in.reversed() || !walk.areLengths(lengths.get())) {
      throw new IllegalArgumentException(
          "it takes other places than each row's last step, which its length tells");
    }
    return new Flowing(chain.reduced(in.flow(), 1, Layer.Reduction.LAST, false), false);
  }

  /** One step of all. */
  private GraphValue one(Flowing in, int axis, long place, boolean keep) {
    Layer.Reduction which = in.reversed() ? Layer.Reduction.LAST : Layer.Reduction.FIRST;
    Layer.Reduction other = in.reversed() ? Layer.Reduction.FIRST : Layer.Reduction.LAST;
    boolean last = place == -1 || place > 0 && place == walk.size(in.flow().axes().get(axis)) - 1;
    if (place != 0 && !last) {
      throw new IllegalArgumentException(
          "it takes step " + place + "; a row's first and last step run");
    }
    if (last) {
      walk.requireNoPadding("the last step");
    }
    if (chain.isOneOfTwo(in.flow()) && !keep) {
      // It may yet be joined with the other direction's, and only both are what a layer gives.
      List<Axis> axes = new ArrayList<>(in.flow().axes());
      Axis time = axes.remove(axis);
      return step(in, axes, time, place == 0 ? 0 : 1, 2);
    }
    return new Flowing(chain.reduced(in.flow(), axis, place == 0 ? which : other, keep), false);
  }

  /** Whether a step is where its direction ends, and so the final state of it. */
  private boolean isEnd(Step step) {
    Entry entry = step.flow().entries().get(0);
    int end = entry.direction() == 0 ? step.count() - 1 : 0;
    return step.flow().entries().size() == 1
        && entry.direction() >= 0
        && step.index() == end
        && chain.givesState(entry);
  }

  /**
   * A step as a value of each row: the first or the last, or the one that a direction ends with.
   */
  Flowing place(Step step) {
    boolean last = step.index() == step.count() - 1;
    boolean first = step.index() == 0;
    if (!first) {
      walk.requireNoPadding("a step");
    }
    Flow flow = step.flow();
    if (isEnd(step)) {
      return new Flowing(new Flow(Part.H, flow.entries(), flow.axes()), false);
    }
    if (!last && !first) {
      throw new IllegalArgumentException(
          "it takes step " + step.index() + " of " + step.count() + "; the first and last run");
    }
    List<Axis> axes = new ArrayList<>(flow.axes());
    axes.add(0, step.time());
    return new Flowing(
        chain.reduced(
            flow.with(axes), 0, last ? Layer.Reduction.LAST : Layer.Reduction.FIRST, false),
        false);
  }
}
