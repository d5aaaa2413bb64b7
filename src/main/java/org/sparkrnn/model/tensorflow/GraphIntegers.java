package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.LongBinaryOperator;
import org.sparkrnn.model.chain.ChainValue.Axis;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.weights.tensorflow.GraphNode;

/** Computes the integers that a TensorFlow graph makes shapes of, as far as they are known. */
final class GraphIntegers {
  /** What is known at run time only. */
  static final long OPEN = -1;

  /** More axes or places than a shape has. */
  private static final int MOST = 64;

  private final GraphIndex graph;
  private final GraphConstants constants;
  private final Values values;

  GraphIntegers(GraphIndex graph, GraphConstants constants, Values values) {
    this.graph = graph;
    this.constants = constants;
    this.values = values;
  }

  /** What is known of the graph's values. */
  interface Values {
    GraphValue of(GraphEdge edge) throws IOException;

    /** Width of a flow. */
    int width(Flow flow);

    /** The integers of a value, as far as they are known; empty where it is not of integers. */
    Optional<List<Long>> integers(GraphEdge edge) throws IOException;

    /** What a value says of the rows' lengths, if it is known. */
    Optional<GraphValue.Lengths> lengths(GraphEdge edge) throws IOException;
  }

  /** The integers that are value {@code index} of a node; empty where it gives none. */
  Optional<List<Long>> of(GraphNode node, int index) throws IOException {
    return switch (node.op()) {
      case "Shape" -> shape(values.of(graph.input(node, 0)));
      case "Rank" ->
          shape(values.of(graph.input(node, 0))).map(dims -> List.of((long) dims.size()));
      case "Range" -> range(node);
      case "Pack" -> joined(graph.inputs(node));
      case "ConcatV2" -> joined(graph.inputs(node).subList(0, node.values().size() - 1));
      case "Concat" -> joined(graph.inputs(node).subList(1, node.values().size()));
      case "StridedSlice" -> sliced(node);
      case "Slice" -> piece(node);
      case "Unpack" ->
          known(graph.input(node, 0))
              .filter(all -> index < all.size())
              .map(all -> List.of(all.get(index)));
      case "ListDiff" -> without(node);
      case "Select", "SelectV2" -> chosen(node);
      case "Gather", "GatherV2" -> gathered(node);
      case "Cast", "ExpandDims", "Squeeze", "Reshape" -> known(graph.input(node, 0));
      case "Prod" -> known(graph.input(node, 0)).map(GraphIntegers::product);
      case "Mul" -> both(node, (a, b) -> a * b);
      case "Add", "AddV2" -> both(node, Long::sum);
      case "Sub" -> both(node, (a, b) -> a - b);
      case "GreaterEqual" -> compared(node, (a, b) -> a >= b);
      case "Less" -> compared(node, (a, b) -> a < b);
      case "Maximum" -> both(node, Math::max);
      case "Minimum" -> both(node, Math::min);
      default -> Optional.empty();
    };
  }

  /** The integers of a value, if it is of integers. */
  Optional<List<Long>> known(GraphEdge edge) throws IOException {
    GraphValue value = values.of(edge);
    if (value instanceof GraphValue.Integers integers) {
      return Optional.of(integers.values());
    }
    return constants.integers(edge);
  }

  private Optional<List<Long>> shape(GraphValue value) {
    if (value instanceof GraphValue.Constant constant && constants.isConstant(constant.edge())) {
      return Optional.of(constants.shape(constant.edge()).dims());
    }
    Flow flow =
        value instanceof GraphValue.Flowing flowing
            ? flowing.flow()
            : value instanceof GraphValue.Step step ? step.flow() : null;
    if (flow == null) {
      return value instanceof GraphValue.FlatInput
          ? Optional.of(List.of(OPEN, OPEN))
          : Optional.empty();
    }
    List<Long> dims = new ArrayList<>();
    for (Axis axis : flow.axes()) {
      boolean sized = axis.equals(Axis.FEATURE) && flow.entries().get(0).layer() >= 0;
      dims.add(axis.equals(Axis.ONE) ? 1L : sized ? values.width(flow) : OPEN);
    }
    return Optional.of(dims);
  }

  private Optional<List<Long>> range(GraphNode node) throws IOException {
    Optional<Long> from = one(node, 0);
    Optional<Long> to = one(node, 1);
    Optional<Long> by = one(node, 2);
    boolean fits =
        from.isPresent()
            && to.isPresent()
            && by.isPresent()
            && by.get() > 0
            && from.get() >= 0
            && to.get() <= MOST;
    if (!fits) {
      return Optional.empty();
    }
    List<Long> made = new ArrayList<>();
    for (long at = from.get(); at < to.get(); at += by.get()) {
      made.add(at);
    }
    return Optional.of(made);
  }

  private Optional<Long> one(GraphNode node, int input) throws IOException {
    return known(graph.input(node, input)).filter(v -> v.size() == 1).map(v -> v.get(0));
  }

  private Optional<List<Long>> joined(List<GraphEdge> parts) throws IOException {
    List<Long> all = new ArrayList<>();
    for (GraphEdge part : parts) {
      Optional<List<Long>> one = known(part);
      if (one.isEmpty() || all.size() > MOST) {
        return Optional.empty();
      }
      all.addAll(one.get());
    }
    return Optional.of(all);
  }

  private Optional<List<Long>> sliced(GraphNode node) throws IOException {
    Optional<List<Long>> of = known(graph.input(node, 0));
    Optional<GraphSlice> slice =
        of.isEmpty() ? Optional.empty() : GraphSlice.of(node, graph, constants);
    if (slice.isEmpty() || slice.get().axes() != 1) {
      return Optional.empty();
    }
    List<Long> dims = of.get();
    return slice
        .get()
        .range(0, dims.size())
        .map(range -> List.copyOf(dims.subList(range.from(), range.to())));
  }

  private Optional<List<Long>> piece(GraphNode node) throws IOException {
    Optional<List<Long>> of = known(graph.input(node, 0));
    Optional<Long> from = one(node, 1);
    Optional<Long> size = one(node, 2);
    if (of.isEmpty() || from.isEmpty() || size.isEmpty()) {
      return Optional.empty();
    }
    long to = size.get() < 0 ? of.get().size() : from.get() + size.get();
    return from.get() < 0 || to > of.get().size() || from.get() > to
        ? Optional.empty()
        : Optional.of(List.copyOf(of.get().subList(from.get().intValue(), (int) to)));
  }

  /** The integers of one list that are not in another; known where all of both are. */
  private Optional<List<Long>> without(GraphNode node) throws IOException {
    Optional<List<Long>> of = closed(node, 0);
    Optional<List<Long>> others = closed(node, 1);
    return of.isEmpty() || others.isEmpty()
        ? Optional.empty()
        : Optional.of(of.get().stream().filter(v -> !others.get().contains(v)).toList());
  }

  private Optional<List<Long>> closed(GraphNode node, int input) throws IOException {
    return known(graph.input(node, input)).filter(all -> all.stream().allMatch(v -> v >= 0));
  }

  private Optional<List<Long>> chosen(GraphNode node) throws IOException {
    Optional<Long> test = one(node, 0).filter(v -> v >= 0);
    return test.isEmpty() ? Optional.empty() : known(graph.input(node, test.get() == 0 ? 2 : 1));
  }

  /** 1 for true and 0 for false. */
  private Optional<List<Long>> compared(GraphNode node, BiPredicate<Long, Long> is)
      throws IOException {
    Optional<Long> a = closed(node, 0).filter(v -> v.size() == 1).map(v -> v.get(0));
    Optional<Long> b = closed(node, 1).filter(v -> v.size() == 1).map(v -> v.get(0));
    return a.isEmpty() || b.isEmpty()
        ? Optional.empty()
        : Optional.of(List.of(is.test(a.get(), b.get()) ? 1L : 0L));
  }

  private Optional<List<Long>> gathered(GraphNode node) throws IOException {
    Optional<List<Long>> of = known(graph.input(node, 0));
    Optional<List<Long>> places = known(graph.input(node, 1));
    if (of.isEmpty()
        || places.isEmpty()
        || places.get().stream().anyMatch(place -> place < 0 || place >= of.get().size())) {
      return Optional.empty();
    }
    return Optional.of(places.get().stream().map(place -> of.get().get(place.intValue())).toList());
  }

  private static List<Long> product(List<Long> values) {
    long product = 1;
    for (long value : values) {
      if (value < 0) {
        return List.of(OPEN);
      }
      product = Math.multiplyExact(product, value);
    }
    return List.of(product);
  }

  private Optional<List<Long>> both(GraphNode node, LongBinaryOperator operation)
      throws IOException {
    Optional<Long> a = one(node, 0);
    Optional<Long> b = one(node, 1);
    if (a.isEmpty() || b.isEmpty()) {
      return Optional.empty();
    }
    boolean open = a.get() < 0 || b.get() < 0;
    return Optional.of(List.of(open ? OPEN : operation.applyAsLong(a.get(), b.get())));
  }
}
