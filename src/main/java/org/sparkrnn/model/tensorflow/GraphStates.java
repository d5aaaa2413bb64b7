package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.tensorflow.GraphNode;

/**
 * What the recurrences of a TensorFlow graph start from: zeros, an input, or constants that are the
 * same for every row, as learned initial states are, {@code tf.tile(h0, [rows, 1])}.
 */
final class GraphStates {
  private static final Set<String> SUMS = Set.of("Add", "AddV2");

  /** Operations that cut states out of one piece. */
  private static final Set<String> PIECES =
      Set.of("Split", "SplitV", "Unpack", "StridedSlice", "Slice", "Squeeze");

  private final GraphIndex graph;
  private final GraphConstants constants;
  private final GraphIntegers.Values values;

  GraphStates(GraphIndex graph, GraphConstants constants, GraphIntegers.Values values) {
    this.graph = graph;
    this.constants = constants;
    this.values = values;
  }

  /**
   * The state that a layer starts from; empty where that is zeros.
   *
   * @param directions one recurrence or two
   * @param cells the cells of each
   * @throws IllegalArgumentException if one starts from anything else
   */
  Tensor initial(List<Recurrence> directions, List<List<RnnCell>> cells) throws IOException {
    int size =
        cells.stream().flatMap(List::stream).mapToInt(cell -> cell.stateShape().size()).sum();
    float[] state = new float[size];
    boolean fed = false;
    Optional<GraphEdge> constant = Optional.empty();
    int at = 0;
    for (int way = 0; way < directions.size(); way++) {
      for (Recurrence.Start start : directions.get(way).initial()) {
        Optional<GraphEdge> row = row(start.edge());
        if (row.isPresent()) {
          constant = row;
          put(row.get(), start, cells.get(way), state, at);
        } else if (isFed(start.edge())) {
          fed = true;
        } else if (!isZero(start.edge())) {
          throw new IllegalArgumentException(
              "its initial state '"
                  + start.edge()
                  + "' is neither zeros, nor constants that all rows have, nor an input");
        }
      }
      at += cells.get(way).stream().mapToInt(cell -> cell.stateShape().size()).sum();
    }
    if (fed && constant.isPresent()) {
      throw new IllegalArgumentException(
          "of its initial state a part is fed, another, '" + constant.get() + "', is constant");
    }
    return constant.isPresent() ? Tensor.owning(Shape.of(size), state) : Tensor.zeros(0);
  }

  /** The stored tensors that the recurrences start from. */
  SortedSet<String> names(List<Recurrence> directions) throws IOException {
    SortedSet<String> names = new TreeSet<>();
    for (Recurrence of : directions) {
      for (Recurrence.Start start : of.initial()) {
        row(start.edge()).ifPresent(edge -> names.addAll(constants.names(edge)));
      }
    }
    return names;
  }

  private void put(
      GraphEdge row, Recurrence.Start start, List<RnnCell> cells, float[] state, int from)
      throws IOException {
    if (!(start.of() instanceof Recurrence.Part.State own)) {
      throw new IllegalArgumentException(
          "its initial state '" + start.edge() + "' is constants for all states in one piece");
    }
    int at = from;
    for (RnnCell before : cells.subList(0, own.cell())) {
      at += before.stateShape().size();
    }
    List<StateShape.Part> leaves = cells.get(own.cell()).stateShape().parts();
    StateShape.Part leaf = leaves.get(own.isH() ? leaves.size() - 1 : 0);
    Tensor numbers = constants.read(row);
    Shape shape = numbers.shape();
    if (shape.elements() != (long) leaf.size() * (shape.rank() == 2 ? shape.dim(0) : 1)) {
      throw new IllegalArgumentException(
          "its initial state '" + row + "' is " + shape + ", expected " + leaf.size() + " floats");
    }
    numbers.copyTo(0, state, at + leaf.offset(), leaf.size());
  }

  /** Whether it is an input, or a piece of one: which state it is, the cell tells. */
  private boolean isFed(GraphEdge edge) throws IOException {
    GraphEdge at = edge;
    GraphNode node = graph.node(at);
    while (PIECES.contains(node.op())) {
      at = graph.input(node, node.op().equals("Split") ? 1 : 0);
      node = graph.node(at);
    }
    return values.of(at) instanceof GraphValue.Fed;
  }

  private boolean isZero(GraphEdge edge) throws IOException {
    return values.of(edge) instanceof GraphValue.Zeros
        || (constants.isConstant(edge) && constants.isZero(edge));
  }

  /** The constant whose first row all rows have; empty where it is zeros, or none. */
  private Optional<GraphEdge> row(GraphEdge edge) throws IOException {
    GraphNode node = graph.node(edge);
    if (constants.isConstant(edge)) {
      return isSame(edge) && !constants.isZero(edge) ? Optional.of(edge) : Optional.empty();
    }
    if (node.op().equals("Tile") || node.op().equals("BroadcastTo")) {
      GraphEdge one = graph.input(node, 0);
      boolean rows = constants.isConstant(one) && constants.shape(one).rank() == 2;
      return rows && constants.shape(one).dim(0) == 1 && repeatsRows(node)
          ? row(one)
          : Optional.empty();
    }
    for (int i = 0; SUMS.contains(node.op()) && i < 2; i++) {
      if (values.of(graph.input(node, i)) instanceof GraphValue.Zeros) {
        return row(graph.input(node, 1 - i));
      }
    }
    return Optional.empty();
  }

  /** Whether a node repeats rows, and their floats not. */
  private boolean repeatsRows(GraphNode node) throws IOException {
    if (node.op().equals("BroadcastTo")) {
      return true;
    }
    Optional<List<Long>> times = values.integers(graph.input(node, 1));
    return times.isPresent() && times.get().size() == 2 && times.get().get(1) == 1;
  }

  private boolean isSame(GraphEdge edge) throws IOException {
    Shape shape = constants.shape(edge);
    if (shape.rank() != 2 || shape.dim(0) < 2) {
      return shape.rank() == 1 || shape.rank() == 2;
    }
    float[] all = constants.read(edge).toArray();
    int width = Math.toIntExact(shape.dim(1));
    for (int from = width; from < all.length; from += width) {
      if (!Arrays.equals(all, 0, width, all, from, from + width)) {
        return false;
      }
    }
    return true;
  }
}
