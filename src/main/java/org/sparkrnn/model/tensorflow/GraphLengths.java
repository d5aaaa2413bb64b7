package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sparkrnn.model.chain.ChainValue.Axis;
import org.sparkrnn.model.chain.Sizes;
import org.sparkrnn.model.tensorflow.GraphValue.Flowing;
import org.sparkrnn.model.tensorflow.GraphValue.Lengths;
import org.sparkrnn.rnn.Padding;
import org.sparkrnn.weights.tensorflow.GraphNode;

/**
 * Sees lengths that a TensorFlow graph computes of its own input: how many steps of a row are not
 * 0, as in {@code reduce_sum(sign(reduce_max(abs(x), 2)), 1)}, {@code reduce_sum(sign(ids), 1)} and
 * {@code count_nonzero(ids, 1)}, or that every row has all steps, as in {@code fill([rows],
 * steps)}.
 */
final class GraphLengths {
  /** The numbers of {@code DT_FLOAT}, {@code DT_DOUBLE}, {@code DT_INT32} and others. */
  private static final Set<Long> FLOATS = Set.of(1L, 2L);

  private static final Set<Long> INTEGERS = Set.of(3L, 9L);
  private static final long BOOL = 10;

  /** Nodes that a length is made of stand this deep behind each other at most. */
  private static final int DEEPEST = 16;

  private final GraphIndex graph;
  private final GraphConstants constants;
  private final GraphIntegers integers;
  private final GraphWalk walk;

  GraphLengths(GraphIndex graph, GraphConstants constants, GraphIntegers integers, GraphWalk walk) {
    this.graph = graph;
    this.constants = constants;
    this.integers = integers;
    this.walk = walk;
  }

  /** The lengths that a node computes; empty where it computes anything else. */
  Optional<Lengths> of(GraphNode node) throws IOException {
    return switch (node.op()) {
      case "Cast" -> whole(node) ? ofInput(node) : Optional.empty();
      case "Sum" -> counted(node);
      case "Fill" -> all(graph.input(node, 1));
      case "Tile", "BroadcastTo" -> all(graph.input(node, 0));
      case "Mul" -> {
        Optional<Lengths> first = times(node, 0);
        yield first.isPresent() ? first : times(node, 1);
      }
      default -> Optional.empty();
    };
  }

  /** Of a cast of lengths. */
  private Optional<Lengths> ofInput(GraphNode node) throws IOException {
    String op = graph.op(graph.input(node, 0));
    boolean lengths = op.equals("Sum") || op.equals("Fill") || op.equals("Cast");
    return lengths && walk.of(graph.input(node, 0)) instanceof Lengths found
        ? Optional.of(found)
        : Optional.empty();
  }

  private static boolean whole(GraphNode cast) {
    long to = cast.attributes().integer("DstT", 0);
    return INTEGERS.contains(to) || FLOATS.contains(to);
  }

  // ---- steps that are counted

  private Optional<Lengths> counted(GraphNode sum) throws IOException {
    Optional<Flags> flags = flags(graph.input(sum, 0), 0);
    Optional<List<Long>> along = integers.known(graph.input(sum, 1));
    if (flags.isEmpty()
        || along.isEmpty()
        || along.get().size() != 1
        || sum.attributes().integer("keep_dims", 0) != 0) {
      return Optional.empty();
    }
    List<Axis> axes = flags.get().axes();
    Axis steps = axes.get(Sizes.axis(along.get().get(0), axes.size()));
    return Optional.of(new Lengths(Padding.of(flags.get().padding()), steps));
  }

  /**
   * A number for each step of each row: 0 where it is padding, else 1.
   *
   * @param axes rows and steps
   * @param padding what fills such a step
   */
  private record Flags(List<Axis> axes, double padding) {}

  private Optional<Flags> flags(GraphEdge edge, int depth) throws IOException {
    GraphNode node = graph.node(edge);
    if (depth > DEEPEST) {
      return Optional.empty();
    }
    return switch (node.op()) {
      case "Cast" -> {
        GraphEdge of = graph.input(node, 0);
        boolean truth = node.attributes().integer("DstT", 0) == BOOL;
        yield truth && ids(of, 0).isPresent() ? ids(of, 0) : flags(of, depth + 1);
      }
      case "Sign" -> sizes(graph.input(node, 0));
      case "NotEqual" -> compared(node, true);
      case "Greater" -> compared(node, false);
      case "Any" -> reduced(node);
      default -> Optional.empty();
    };
  }

  /** {@code sizes != 0}, {@code sizes > 0}, or {@code ids != k}. */
  private Optional<Flags> compared(GraphNode node, boolean any) throws IOException {
    Optional<Double> with = number(graph.input(node, 1));
    if (with.isEmpty() || (!any && with.get() != 0)) {
      return Optional.empty();
    }
    Optional<Flags> ids = ids(graph.input(node, 0), 0);
    if (ids.isPresent()) {
      return Optional.of(new Flags(ids.get().axes(), with.get()));
    }
    return with.get() == 0 ? sizes(graph.input(node, 0)) : Optional.empty();
  }

  private Optional<Double> number(GraphEdge edge) throws IOException {
    Optional<Long> whole = constants.integer(edge);
    return whole.isPresent()
        ? whole.map(Long::doubleValue)
        : constants.scalar(edge).map(Float::doubleValue);
  }

  /** Numbers that are 0 of padding, and else above 0. */
  private Optional<Flags> sizes(GraphEdge edge) throws IOException {
    GraphNode node = graph.node(edge);
    if (node.op().equals("Max") || node.op().equals("Sum")) {
      GraphNode inner = graph.node(graph.input(node, 0));
      return inner.op().equals("Abs") ? overFloats(node, graph.input(inner, 0)) : Optional.empty();
    }
    return ids(node.op().equals("Abs") ? graph.input(node, 0) : edge, 0);
  }

  /** {@code reduce_any(x != 0, 2)}. */
  private Optional<Flags> reduced(GraphNode any) throws IOException {
    GraphNode inner = graph.node(graph.input(any, 0));
    boolean nonZero =
        inner.op().equals("NotEqual")
            && number(graph.input(inner, 1)).filter(value -> value == 0).isPresent();
    return nonZero ? overFloats(any, graph.input(inner, 0)) : Optional.empty();
  }

  /** The input's steps, of which a node reduces the floats. */
  private Optional<Flags> overFloats(GraphNode reduction, GraphEdge of) throws IOException {
    Optional<List<Axis>> axes = input(of).filter(found -> found.contains(Axis.FEATURE));
    Optional<List<Long>> along = integers.known(graph.input(reduction, 1));
    if (axes.isEmpty()
        || along.isEmpty()
        || along.get().size() != 1
        || reduction.attributes().integer("keep_dims", 0) != 0
        || !axes.get().get(Sizes.axis(along.get().get(0), 3)).equals(Axis.FEATURE)) {
      return Optional.empty();
    }
    List<Axis> left = axes.get().stream().filter(axis -> !axis.equals(Axis.FEATURE)).toList();
    return Optional.of(new Flags(left, 0));
  }

  /** The input's ids, which are never below 0. */
  private Optional<Flags> ids(GraphEdge edge, int depth) throws IOException {
    GraphNode node = graph.node(edge);
    if (node.op().equals("Cast") && depth < DEEPEST) {
      boolean kept =
          INTEGERS.contains(node.attributes().integer("SrcT", 0))
              && node.attributes().integer("DstT", 0) != BOOL;
      return kept ? ids(graph.input(node, 0), depth + 1) : Optional.empty();
    }
    return input(edge)
        .filter(axes -> axes.size() == 2 && !axes.contains(Axis.FEATURE))
        .map(axes -> new Flags(axes, 0));
  }

  /** The axes of a value that is the input itself, perhaps with other axes first. */
  private Optional<List<Axis>> input(GraphEdge edge) throws IOException {
    boolean given =
        graph.node(edge).op().startsWith("Placeholder")
            || graph.op(edge).equals("Transpose")
            || walk.isSource(edge);
    return given
            && walk.of(edge) instanceof Flowing flowing
            && !flowing.reversed()
            && flowing.flow().entries().get(0).layer() < 0
        ? Optional.of(flowing.flow().axes())
        : Optional.empty();
  }

  // ---- all steps of every row

  /** The same number for each row, which is that of all steps. */
  Optional<Lengths> same(GraphEdge constant) throws IOException {
    List<Long> each = constants.integers(constant).orElse(List.of()).stream().distinct().toList();
    return each.size() == 1
        ? walk.sized(each.get(0)).map(axis -> new Lengths(Padding.NONE, axis))
        : Optional.empty();
  }

  /** Rows that all have as many steps as there are. */
  private Optional<Lengths> all(GraphEdge count) throws IOException {
    GraphEdge at = count;
    for (int i = 0;
        i < DEEPEST && Set.of("Pack", "ExpandDims", "Cast", "Reshape").contains(graph.op(at));
        i++) {
      if (graph.op(at).equals("Pack") && graph.node(at).values().size() != 1) {
        return Optional.empty();
      }
      at = graph.input(graph.node(at), 0);
    }
    Optional<Axis> counted = sizeOf(at);
    if (counted.isPresent()) {
      return counted.map(axis -> new Lengths(Padding.NONE, axis));
    }
    Optional<Long> stated = constants.integer(at);
    return stated.isPresent()
        ? walk.sized(stated.get()).map(axis -> new Lengths(Padding.NONE, axis))
        : Optional.empty();
  }

  /** {@code ones * steps}. */
  private Optional<Lengths> times(GraphNode node, int ones) throws IOException {
    GraphNode of = graph.node(graph.input(node, ones));
    boolean one =
        of.op().equals("OnesLike")
            || (of.op().equals("Fill") && isOne(graph.input(of, 1)))
            || (of.op().equals("Cast") && graph.op(graph.input(of, 0)).equals("OnesLike"));
    return one ? all(graph.input(node, 1 - ones)) : Optional.empty();
  }

  private boolean isOne(GraphEdge edge) throws IOException {
    return number(edge).filter(value -> value == 1).isPresent();
  }

  /** The axis that a value is the size of: {@code shape(x)[1]}. */
  private Optional<Axis> sizeOf(GraphEdge edge) throws IOException {
    GraphNode node = graph.node(edge);
    if (!node.op().equals("StridedSlice") || !graph.op(graph.input(node, 0)).equals("Shape")) {
      return Optional.empty();
    }
    GraphNode shape = graph.node(graph.input(node, 0));
    Optional<GraphSlice> slice = GraphSlice.of(node, graph, constants);
    if (slice.isEmpty()
        || slice.get().axes() != 1
        || !(walk.of(graph.input(shape, 0)) instanceof Flowing flowing)) {
      return Optional.empty();
    }
    List<Axis> axes = flowing.flow().axes();
    return slice
        .get()
        .range(0, axes.size())
        .filter(range -> range.to() == range.from() + 1)
        .map(range -> axes.get(range.from()))
        .filter(axis -> axis.kind() == Axis.Kind.INPUT);
  }
}
