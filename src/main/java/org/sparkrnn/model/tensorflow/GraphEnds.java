package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sparkrnn.weights.tensorflow.GraphNode;

/**
 * Sees where a TensorFlow graph looks at the rows' ends: each row's last step, as {@code
 * dynamic_rnn}'s users write it, {@code gather(flat, range(rows) * steps + (lengths - 1))} or
 * {@code gather_nd(outputs, stack([range(rows), lengths - 1], axis=1))}; and what lies behind them,
 * with {@code sequence_mask(lengths)}.
 */
final class GraphEnds {
  /** Operations that give a mask another layout. */
  private static final Set<String> LAID_OUT =
      Set.of("Cast", "ExpandDims", "Transpose", "Tile", "Reshape");

  /** How many of them stand behind each other. */
  private static final int DEEP = 8;

  private final GraphIndex graph;
  private final GraphIntegers integers;

  GraphEnds(GraphIndex graph, GraphIntegers integers) {
    this.graph = graph;
    this.integers = integers;
  }

  /**
   * The lengths whose last steps a place is, in rows and steps that stand in one axis.
   *
   * @param places what is looked up
   * @param steps how many steps a row has; -1 where that is not known
   */
  Optional<GraphEdge> flat(GraphEdge places, long steps) throws IOException {
    GraphNode sum = graph.node(uncast(places));
    if (!isSum(sum)) {
      return Optional.empty();
    }
    for (int first = 0; first < 2; first++) {
      GraphNode starts = graph.node(uncast(graph.input(sum, first)));
      Optional<GraphEdge> lengths = before(graph.input(sum, 1 - first));
      if (lengths.isPresent() && isStarts(starts, steps)) {
        return lengths;
      }
    }
    return Optional.empty();
  }

  /** The lengths whose last steps a list of rows and steps tells. */
  Optional<GraphEdge> pairs(GraphEdge places) throws IOException {
    GraphNode pack = graph.node(uncast(places));
    boolean both =
        pack.op().equals("Pack")
            && pack.values().size() == 2
            && pack.attributes().integer("axis", 0) == 1
            && isCount(graph.input(pack, 0));
    return both ? before(graph.input(pack, 1)) : Optional.empty();
  }

  private static boolean isSum(GraphNode node) {
    return node.op().equals("Add") || node.op().equals("AddV2");
  }

  private GraphEdge uncast(GraphEdge edge) {
    GraphEdge at = graph.resolve(edge);
    return graph.op(at).equals("Cast") ? graph.input(graph.node(at), 0) : at;
  }

  /** {@code range(rows) * steps}. */
  private boolean isStarts(GraphNode node, long steps) throws IOException {
    if (!node.op().equals("Mul")) {
      return false;
    }
    for (int range = 0; range < 2; range++) {
      Optional<List<Long>> factor = integers.known(uncast(graph.input(node, 1 - range)));
      boolean fits =
          factor.isPresent()
              && factor.get().size() == 1
              && (factor.get().get(0) < 0 || steps < 0 || factor.get().get(0) == steps);
      if (fits && isCount(graph.input(node, range))) {
        return true;
      }
    }
    return false;
  }

  /** {@code range(rows)}: 0, 1, 2 and so on. */
  private boolean isCount(GraphEdge edge) throws IOException {
    GraphNode range = graph.node(uncast(edge));
    return range.op().equals("Range")
        && integers.known(graph.input(range, 0)).equals(Optional.of(List.of(0L)))
        && integers.known(graph.input(range, 2)).equals(Optional.of(List.of(1L)));
  }

  /** {@code lengths} of {@code lengths - 1}. */
  private Optional<GraphEdge> before(GraphEdge edge) throws IOException {
    GraphNode node = graph.node(uncast(edge));
    if (!node.op().equals("Sub") && !isSum(node)) {
      return Optional.empty();
    }
    long one = node.op().equals("Sub") ? 1 : -1;
    return integers.known(graph.input(node, 1)).equals(Optional.of(List.of(one)))
        ? Optional.of(uncast(graph.input(node, 0)))
        : Optional.empty();
  }

  /** The lengths of a mask that is 1 at each row's steps and 0 behind them. */
  Optional<GraphEdge> mask(GraphEdge edge) throws IOException {
    GraphNode node = graph.node(edge);
    for (int i = 0; i < DEEP && LAID_OUT.contains(node.op()); i++) {
      node = graph.node(graph.input(node, 0));
    }
    if (!node.op().equals("Less") || !isCount(bare(graph.input(node, 0)))) {
      return Optional.empty();
    }
    return Optional.of(bare(graph.input(node, 1)));
  }

  /** A value before axes of size 1 are added. */
  private GraphEdge bare(GraphEdge edge) {
    GraphEdge at = uncast(edge);
    for (int i = 0; i < DEEP && LAID_OUT.contains(graph.op(at)); i++) {
      at = uncast(graph.input(graph.node(at), 0));
    }
    return at;
  }
}
