package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.model.tensorflow.StepCell.Gate;
import org.sparkrnn.model.tensorflow.StepMatcher.Found;
import org.sparkrnn.model.tensorflow.StepTerm.Block;
import org.sparkrnn.model.tensorflow.StepTerm.BlockResult;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.weights.tensorflow.GraphNode;

/**
 * Cells that are one operation of TensorFlow: {@code LSTMBlockCell}, {@code GRUBlockCell}, and the
 * loop {@code BlockLSTM}.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/core/ops/rnn_ops.cc">TensorFlow
 *     1.15, rnn_ops.cc</a>
 */
final class BlockCells {
  /** Which of {@code LSTMBlockCell}'s values are {@code cs} and {@code h}. */
  private static final int CS = 1;

  private static final int H = 6;

  /** Which of {@code GRUBlockCell}'s values is {@code h}. */
  private static final int GRU_H = 3;

  private final GraphIndex graph;
  private final GraphConstants constants;
  private final StepReader reader;

  BlockCells(GraphIndex graph, GraphConstants constants, StepReader reader) {
    this.graph = graph;
    this.constants = constants;
    this.reader = reader;
  }

  /** The cell of an operation, where {@code result} is its output. */
  Optional<Found> find(BlockResult result) throws IOException {
    GraphNode node = graph.nodes().get(result.node());
    if (node.op().equals("LSTMBlockCell") && result.index() == H) {
      StepTerm c = reader.term(new GraphEdge(node.name(), CS));
      return Optional.of(
          new Found(
              lstm(node, 0, true),
              reader.term(graph.input(node, 0)),
              List.of(reader.term(graph.input(node, 1)), reader.term(graph.input(node, 2))),
              List.of(c, result)));
    }
    if (node.op().equals("GRUBlockCell") && result.index() == GRU_H) {
      StepTerm h = reader.term(graph.input(node, 1));
      return Optional.of(
          new Found(gru(node), reader.term(graph.input(node, 0)), List.of(h), List.of(result)));
    }
    return Optional.empty();
  }

  /** The loop that an operation is; empty of any other. */
  Optional<Recurrence> loop(GraphNode node) {
    boolean ordered = node.op().equals("BlockLSTM");
    if (!ordered && !node.op().equals("BlockLSTMV2")) {
      return Optional.empty();
    }
    return Optional.of(
        new Recurrence(
            node.name(),
            List.of(lstm(node, 1, ordered)),
            Optional.of(graph.input(node, 1)),
            false,
            List.of(),
            Optional.empty(),
            List.of(
                new Recurrence.Start(graph.input(node, 2), new Recurrence.Part.State(0, false)),
                new Recurrence.Start(graph.input(node, 3), new Recurrence.Part.State(0, true))),
            Map.of(new GraphEdge(node.name(), H), new Recurrence.Part.Outputs())));
  }

  /**
   * The LSTM of a block operation.
   *
   * @param first which input is {@code x}
   * @param ordered whether its gates are {@code i, j, f, o}; else {@code i, j, f, o} of a newer
   *     version
   */
  StepCell lstm(GraphNode node, int first, boolean ordered) {
    Block kernel = matrix(graph.input(node, first + 3));
    Block bias = vector(graph.input(node, first + 7));
    int units = kernel.columns() / 4;
    int inputs = kernel.rows() - units;
    if (kernel.columns() % 4 != 0 || inputs < 1 || bias.columns() != kernel.columns()) {
      throw new IllegalArgumentException(
          "its weights are "
              + constants.shape(kernel.constant())
              + ", expected [inputs + units, 4 * units]");
    }
    int[] places = ordered ? new int[] {0, 1, 2, 3} : new int[] {0, 2, 1, 3};
    List<Gate> gates =
        java.util.Arrays.stream(places)
            .mapToObj(
                gate -> {
                  Block columns = kernel.columns(gate * units, (gate + 1) * units);
                  return new Gate(
                      columns.rows(0, inputs),
                      columns.rows(inputs, kernel.rows()),
                      List.of(bias.columns(gate * units, (gate + 1) * units)));
                })
            .toList();
    float clip = node.attributes().number("cell_clip", ordered ? 3 : 0);
    boolean peephole = node.attributes().integer("use_peephole", 0) != 0;
    return new StepCell.Lstm(
        gates,
        new StepCell.LstmOptions(
            node.attributes().number("forget_bias", ordered ? 1 : 0),
            Activation.TANH,
            Activation.SIGMOID,
            clip > 0 ? clip : Float.POSITIVE_INFINITY,
            Float.POSITIVE_INFINITY),
        peephole
            ? List.of(
                vector(graph.input(node, first + 4)),
                vector(graph.input(node, first + 5)),
                vector(graph.input(node, first + 6)))
            : List.of(),
        List.of());
  }

  private StepCell gru(GraphNode node) {
    Block kernel = matrix(graph.input(node, 2));
    Block candidate = matrix(graph.input(node, 3));
    Block bias = vector(graph.input(node, 4));
    Block candidateBias = vector(graph.input(node, 5));
    int units = candidate.columns();
    int inputs = candidate.rows() - units;
    if (kernel.columns() != 2 * units || kernel.rows() != candidate.rows() || inputs < 1) {
      throw new IllegalArgumentException(
          "its weights are "
              + constants.shape(kernel.constant())
              + " and "
              + constants.shape(candidate.constant())
              + ", expected [inputs + units, 2 * units] and [inputs + units, units]");
    }
    List<Gate> gates =
        List.of(
            gate(kernel.columns(0, units), bias.columns(0, units), inputs),
            gate(kernel.columns(units, 2 * units), bias.columns(units, 2 * units), inputs),
            gate(candidate, candidateBias, inputs));
    return new StepCell.Gru(gates, List.of(0f, 0f), Activation.TANH, Activation.SIGMOID);
  }

  private static Gate gate(Block columns, Block bias, int inputs) {
    return new Gate(columns.rows(0, inputs), columns.rows(inputs, columns.rows()), List.of(bias));
  }

  private Block matrix(GraphEdge edge) {
    Shape shape = shape(edge, 2);
    return new Block(edge, 0, (int) shape.dim(0), 0, (int) shape.dim(1));
  }

  private Block vector(GraphEdge edge) {
    return new Block(edge, 0, 1, 0, (int) shape(edge, 1).dim(0));
  }

  private Shape shape(GraphEdge edge, int rank) {
    Shape shape = constants.shape(edge);
    if (shape.rank() != rank || shape.elements() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "'" + edge + "' is " + shape + ", expected " + (rank == 1 ? "a vector" : "a matrix"));
    }
    return shape;
  }
}
