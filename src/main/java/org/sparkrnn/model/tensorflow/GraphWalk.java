package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkrnn.model.chain.ChainBuilder;
import org.sparkrnn.model.chain.ChainValue.Axis;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.model.chain.ChainValue.Part;
import org.sparkrnn.model.tensorflow.GraphValue.Constant;
import org.sparkrnn.model.tensorflow.GraphValue.Fed;
import org.sparkrnn.model.tensorflow.GraphValue.Flowing;
import org.sparkrnn.model.tensorflow.GraphValue.Integers;
import org.sparkrnn.model.tensorflow.GraphValue.Step;
import org.sparkrnn.model.tensorflow.GraphValue.Unknown;
import org.sparkrnn.model.tensorflow.GraphValue.Zeros;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.rnn.Padding;
import org.sparkrnn.weights.tensorflow.GraphNode;

/**
 * Walks back from the outputs of a TensorFlow graph and builds the chain of layers that they are.
 * Nodes that cannot be part of it give {@link Unknown} and a reason.
 */
final class GraphWalk implements GraphIntegers.Values {
  /** A chain of nodes as long as this is no chain of layers. */
  private static final int DEEPEST = 500;

  /** How the reason of a node ends that only stands behind another which does not run. */
  static final String NOT_MADE = "is not made of the input by what runs";

  private static final Set<String> PLACEHOLDERS =
      Set.of("Placeholder", "PlaceholderV2", "PlaceholderWithDefault");

  private final GraphIndex graph;
  private final GraphConstants constants;
  private final GraphInput input;
  private final ChainBuilder chain = new ChainBuilder();
  private final GraphIntegers integers;
  private final GraphLayers layers;
  private final GraphLengths lengths;
  private final GraphHeads heads;
  private final Map<GraphEdge, Place> places = new HashMap<>();
  private final Map<GraphEdge, GraphValue> values = new HashMap<>();
  private final Map<GraphEdge, Integer> uses;
  private final SortedMap<String, String> reasons = new TreeMap<>();
  private final Set<Axis> turned = new HashSet<>();
  private boolean turnsWhole;
  private int depth;

  /**
   * A value of a recurrence.
   *
   * @param of which
   * @param part what it is of it
   */
  private record Place(Recurrence of, Recurrence.Part part) {}

  GraphWalk(
      GraphIndex graph,
      GraphConstants constants,
      List<Recurrence> recurrences,
      GraphInput input,
      List<GraphNode> nodes) {
    this.graph = graph;
    this.constants = constants;
    this.input = input;
    this.uses = graph.uses(nodes);
    this.integers = new GraphIntegers(graph, constants, this);
    this.layers = new GraphLayers(graph, constants, recurrences, input.source(), chain, this);
    this.lengths = new GraphLengths(graph, constants, integers, this);
    this.heads = new GraphHeads(graph, constants, integers, chain, this, nodes);
    for (Recurrence recurrence : recurrences) {
      recurrence.parts().forEach((edge, part) -> places.put(edge, new Place(recurrence, part)));
    }
  }

  ChainBuilder chain() {
    return chain;
  }

  /** Why nodes do not run, by their names. */
  SortedMap<String, String> reasons() {
    return reasons;
  }

  /** Width of the floats of a row that holds its steps side by side; 0 where it does not. */
  int flatWidth() {
    return heads.flatWidth();
  }

  /** How many places an axis has; -1 where the graph does not say. */
  long size(Axis axis) {
    return axis.kind() == Axis.Kind.INPUT ? input.size(axis.index(), graph) : -1;
  }

  /** The axis of the input that the graph gives this size, where it is the only one. */
  Optional<Axis> sized(long size) throws IOException {
    if (input.source().isEmpty() || !(of(input.source().get()) instanceof Flowing flowing)) {
      return Optional.empty();
    }
    List<Axis> found =
        flowing.flow().axes().stream().filter(axis -> size >= 0 && size(axis) == size).toList();
    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
  }

  /** Whether a value is what the rows' sequences are. */
  boolean isSource(GraphEdge edge) {
    return input.source().equals(Optional.of(edge));
  }

  /** Takes a value for the rows' lengths, which are the same for all; refused where it is none. */
  void limit(GraphEdge edge, Axis time) throws IOException {
    layers.limit(edge, time);
  }

  /**
   * Refuses what looks at steps behind the rows' ends, which rows have where the graph counts their
   * padding.
   */
  void requireNoPadding(String what) {
    if (layers.padding().counted()) {
      throw new IllegalArgumentException(
          what + " also looks at padding, which the lengths leave out that it counts of its input");
    }
  }

  /**
   * Notes that an axis is turned around, which must turn out to be the steps.
   *
   * @param whole whether with what stands behind the rows' ends
   */
  void turn(Axis axis, boolean whole) {
    turned.add(axis);
    turnsWhole |= whole;
  }

  /**
   * Which of the input's steps do not count.
   *
   * @throws IllegalArgumentException if the walk went over what cannot be read with the whole known
   */
  Padding padding() {
    if (!turned.stream().allMatch(chain::isTime)) {
      throw new IllegalArgumentException("its rows are turned around, and not their steps");
    }
    if (turnsWhole) {
      requireNoPadding("a sequence that is turned around");
    }
    return layers.padding();
  }

  /** Whether a value is what the loops are told of the rows' lengths, if they are. */
  boolean areLengths(GraphEdge edge) throws IOException {
    GraphValue value = of(edge);
    boolean told = value instanceof Fed || value instanceof GraphValue.Lengths;
    return told && layers.lengths().map(value::equals).orElse(value instanceof Fed);
  }

  @Override
  public Optional<GraphValue.Lengths> lengths(GraphEdge edge) throws IOException {
    GraphValue value = of(edge);
    return value instanceof GraphValue.Lengths found
        ? Optional.of(found)
        : value instanceof Constant ? lengths.same(edge) : Optional.empty();
  }

  @Override
  public Optional<List<Long>> integers(GraphEdge edge) throws IOException {
    return integers.known(edge);
  }

  @Override
  public int width(Flow flow) {
    return chain.width(flow);
  }

  @Override
  public GraphValue of(GraphEdge edge) throws IOException {
    GraphEdge at = graph.resolve(edge);
    GraphValue known = values.get(at);
    if (known != null) {
      return known;
    }
    values.put(at, new Unknown());
    GraphNode node = graph.node(at);
    GraphValue value;
    depth++;
    try {
      if (depth > DEEPEST) {
        throw new IllegalArgumentException(
            "it stands behind more than " + DEEPEST + " nodes that no layer is made of");
      }
      value = make(at, node);
      if (value instanceof Unknown) {
        reasons.put(
            node.name(),
            new GraphBranches(graph, constants).open(node).orElse("no layer computes it"));
      }
    } catch (IllegalArgumentException | ArithmeticException e) {
      reasons.put(node.name(), e.getMessage());
      value = new Unknown();
    } finally {
      depth--;
    }
    values.put(at, value);
    if (value instanceof Flowing flowing && uses.getOrDefault(at, 0) > 1) {
      chain.share(flowing.flow());
    }
    return value;
  }

  private GraphValue make(GraphEdge edge, GraphNode node) throws IOException {
    Optional<GraphValue> start = input.value(edge, node);
    if (start.isPresent()) {
      return start.get();
    }
    Place place = places.get(edge);
    if (place != null) {
      return layers.value(place.of(), place.part());
    }
    if (PLACEHOLDERS.contains(node.op())) {
      return new Fed(edge);
    }
    if (constants.isConstant(edge) || constants.integers(edge).isPresent()) {
      return new Constant(edge);
    }
    if (Set.of("Exit", "RefExit", "TensorListStack").contains(node.op())) {
      return of(graph.input(node, 0));
    }
    if (node.op().startsWith("TensorArrayGather")) {
      return of(graph.input(node, 2));
    }
    if (node.op().equals("TensorArrayPack")) {
      return of(graph.input(node, 1));
    }
    Optional<GraphValue.Lengths> counted = lengths.of(node);
    if (counted.isPresent()) {
      return counted.get();
    }
    Optional<GraphValue> zeros = zeros(node);
    if (zeros.isPresent()) {
      return zeros.get();
    }
    Optional<List<Long>> numbers = integers.of(node, edge.index());
    if (numbers.isPresent()) {
      return new Integers(numbers.get());
    }
    return heads.value(edge, node);
  }

  /** Zeros, also behind nodes that leave them zeros. */
  private Optional<GraphValue> zeros(GraphNode node) throws IOException {
    return switch (node.op()) {
      case "ZerosLike" -> Optional.of(new Zeros());
      case "Fill" ->
          constants.scalar(graph.input(node, 1)).filter(v -> v == 0).map(v -> new Zeros());
      case "Sum", "ExpandDims", "Tile", "Reshape", "Slice", "StridedSlice", "Squeeze", "Unpack" ->
          of(graph.input(node, 0)) instanceof Zeros ? Optional.of(new Zeros()) : Optional.empty();
      case "Split" ->
          of(graph.input(node, 1)) instanceof Zeros ? Optional.of(new Zeros()) : Optional.empty();
      case "Pack", "ConcatV2" -> {
        int last = node.values().size() - (node.op().equals("Pack") ? 0 : 1);
        boolean all = last > 0;
        for (int i = 0; all && i < last; i++) {
          all = of(graph.input(node, i)) instanceof Zeros;
        }
        yield all ? Optional.of(new Zeros()) : Optional.empty();
      }
      default -> Optional.empty();
    };
  }

  /**
   * The name that an output of the model has here; empty where none is it. Puts behind the chain
   * what the output still needs.
   */
  Optional<String> output(GraphEdge edge) throws IOException {
    try {
      GraphEdge at = graph.resolve(edge);
      boolean leaves = graph.op(at).equals("Exit") || graph.op(at).equals("RefExit");
      Place place = places.get(leaves ? graph.input(graph.node(at), 0) : at);
      if (place != null
          && (place.part() instanceof Recurrence.Part.State
              || place.part() instanceof Recurrence.Part.States)) {
        layers.build(place.of());
        return Optional.of(Output.FINAL_STATE);
      }
      GraphValue value = of(edge);
      Flow flow =
          value instanceof Step step
              ? heads.place(step).flow()
              : value instanceof Flowing flowing && !flowing.reversed() ? flowing.flow() : null;
      if (flow == null) {
        return Optional.empty();
      }
      if (flow.part() != Part.VALUE) {
        return Optional.of(Output.FINAL_STATE);
      }
      int layer = flow.entries().get(0).layer();
      return layer >= 0 && chain.isWhole(flow, layer)
          ? Optional.of(chain.layers().get(layer).name())
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      reasons.put(edge.node(), e.getMessage());
      return Optional.empty();
    }
  }

  /** A value of the chain; of one step, of each row. */
  Flowing flowing(GraphEdge edge) throws IOException {
    GraphValue value = of(edge);
    if (value instanceof Step step) {
      return heads.place(step);
    }
    if (value instanceof Flowing flowing) {
      return flowing;
    }
    throw new IllegalArgumentException("'" + edge + "' " + NOT_MADE);
  }

  /** All values that a node takes. */
  List<GraphValue> inputs(GraphNode node) throws IOException {
    List<GraphValue> all = new ArrayList<>();
    for (GraphEdge edge : graph.inputs(node)) {
      all.add(of(edge));
    }
    return all;
  }
}
