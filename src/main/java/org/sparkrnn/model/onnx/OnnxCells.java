package org.sparkrnn.model.onnx;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.OnnxGruCell;
import org.sparkrnn.cell.OnnxLstmCell;
import org.sparkrnn.cell.OnnxRnnCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.onnx.OnnxNode;

/**
 * The cells of ONNX' operators {@code LSTM}, {@code GRU} and {@code RNN}, one per direction. Their
 * matrices are laid out as TensorFlow has them: transposed, the recurrent rows below the input's,
 * {@code i, o, f, c} as {@code i, c, f, o} and {@code z, r, h} as {@code r, z} and {@code h}; the
 * two biases added up, except where a GRU resets behind the product. There is no forget bias.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/v1.17.0/docs/Operators.md#LSTM">ONNX operators,
 *     1.17</a>
 */
final class OnnxCells {
  private static final int[] LSTM_GATES = {0, 3, 2, 1};

  /** Without the forget gate, which is the input gate's complement. */
  private static final int[] COUPLED_GATES = {0, 3, 1};

  private static final int[] GRU_GATES = {1, 0};
  private static final int[] GRU_CANDIDATE = {2};
  private static final int[] ONE = {0};

  private final OnnxNode node;
  private final Weights weights;
  private final int units;
  private final List<Activation> activations;

  /** Bound on the arguments of the gates' activations; infinite for none. */
  private final float clip;

  /**
   * A node's constants.
   *
   * @param w {@code [directions, gates * units, input]}
   * @param r {@code [directions, gates * units, units]}
   * @param b {@code [directions, 2 * gates * units]}; zeros where there is none
   * @param p {@code [directions, 3 * units]}; of no elements where there are no peepholes
   */
  record Weights(Tensor w, Tensor r, Tensor b, Tensor p) {}

  private OnnxCells(OnnxNode node, Weights weights, List<Activation> activations) {
    this.node = node;
    this.weights = weights;
    this.activations = activations;
    this.units = Math.toIntExact(weights.r().shape().dim(2));
    this.clip = clip(node);
  }

  private static float clip(OnnxNode node) {
    float clip = node.attributes().number("clip", Float.POSITIVE_INFINITY);
    if (!(clip > 0)) {
      throw new IllegalArgumentException(
          "clip is " + clip + ", expected a bound above 0, or none at all");
    }
    return clip;
  }

  /** How many gates an operator's matrices hold. */
  static int gates(String opType) {
    return switch (opType) {
      case "LSTM" -> 4;
      case "GRU" -> 3;
      default -> 1;
    };
  }

  /**
   * The cells, one per direction.
   *
   * @throws IllegalArgumentException if something does not fit, or does not run
   */
  static List<RnnCell> of(OnnxNode node, Weights weights, int directions) {
    int gates = gates(node.opType());
    Shape w = weights.w().shape();
    if (w.rank() != 3 || w.dim(0) != directions || w.dim(1) % gates != 0 || w.dim(1) == 0) {
      throw new IllegalArgumentException(
          "W has shape " + w + ", expected [" + directions + ", " + gates + " * units, input]");
    }
    long n = w.dim(1) / gates;
    require("R", weights.r(), directions, gates * n, n);
    require("B", weights.b(), directions, 2L * gates * n);
    if (weights.p().shape().elements() > 0) {
      require("P", weights.p(), directions, 3 * n);
    }
    List<RnnCell> cells = new ArrayList<>();
    List<Activation> all = OnnxActivations.ofRecurrent(node, directions);
    int each = all.size() / directions;
    for (int way = 0; way < directions; way++) {
      OnnxCells maker = new OnnxCells(node, weights, all.subList(way * each, (way + 1) * each));
      cells.add(maker.cell(way));
    }
    return cells;
  }

  private static void require(String what, Tensor tensor, long... dims) {
    if (!tensor.shape().equals(Shape.of(dims))) {
      throw new IllegalArgumentException(
          what + " has shape " + tensor.shape() + ", expected " + Shape.of(dims));
    }
  }

  private RnnCell cell(int way) {
    boolean bounded = clip < Float.POSITIVE_INFINITY;
    return switch (node.opType()) {
      case "LSTM" ->
          bounded || coupled() || !activations.get(1).equals(activations.get(2))
              ? fullLstm(way)
              : lstm(way);
      case "GRU" -> bounded ? fullGru(way) : resetsAfter() ? resetAfter(way) : gru(way);
      default ->
          bounded
              ? new OnnxRnnCell(kernel(way, ONE), bias(way, 1, 1, ONE), activations.get(0), clip)
              : new BasicRnnCell(kernel(way, ONE), bias(way, 1, 1, ONE), activations.get(0));
    };
  }

  private boolean coupled() {
    return node.attributes().integer("input_forget", 0) != 0;
  }

  private boolean resetsAfter() {
    return node.attributes().integer("linear_before_reset", 0) != 0;
  }

  private LstmCell lstm(int way) {
    LstmCell.Peepholes peepholes =
        weights.p().shape().elements() == 0
            ? LstmCell.Peepholes.NONE
            : new LstmCell.Peepholes(peephole(way, 0), peephole(way, 2), peephole(way, 1));
    return new LstmCell(
        kernel(way, LSTM_GATES),
        bias(way, 1, 1, LSTM_GATES),
        0,
        activations.get(1),
        activations.get(0),
        peepholes,
        Float.POSITIVE_INFINITY,
        LstmCell.Projection.NONE);
  }

  /** With what no LSTM of TensorFlow has. */
  private OnnxLstmCell fullLstm(int way) {
    int[] gates = coupled() ? COUPLED_GATES : LSTM_GATES;
    LstmCell.Peepholes peepholes =
        weights.p().shape().elements() == 0
            ? LstmCell.Peepholes.NONE
            : new LstmCell.Peepholes(
                peephole(way, 0), coupled() ? Tensor.zeros(0) : peephole(way, 2), peephole(way, 1));
    return new OnnxLstmCell(
        kernel(way, gates),
        bias(way, 1, 1, gates),
        new OnnxLstmCell.Functions(activations.get(0), activations.get(1), activations.get(2)),
        peepholes,
        clip,
        coupled());
  }

  private GruCell gru(int way) {
    return new GruCell(
        kernel(way, GRU_GATES),
        bias(way, 1, 1, GRU_GATES),
        kernel(way, GRU_CANDIDATE),
        bias(way, 1, 1, GRU_CANDIDATE),
        activations.get(1),
        activations.get(0));
  }

  private OnnxGruCell fullGru(int way) {
    return new OnnxGruCell(
        kernel(way, GRU_GATES),
        bias(way, 1, 1, GRU_GATES),
        kernel(way, GRU_CANDIDATE),
        bias(way, 1, resetsAfter() ? 0 : 1, GRU_CANDIDATE),
        resetsAfter() ? bias(way, 0, 1, GRU_CANDIDATE) : Tensor.zeros(0),
        activations.get(0),
        activations.get(1),
        clip);
  }

  private ResetAfterGruCell resetAfter(int way) {
    return new ResetAfterGruCell(
        kernel(way, GRU_GATES),
        bias(way, 1, 1, GRU_GATES),
        columns(weights.w(), way, GRU_CANDIDATE),
        bias(way, 1, 0, GRU_CANDIDATE),
        columns(weights.r(), way, GRU_CANDIDATE),
        bias(way, 0, 1, GRU_CANDIDATE),
        activations.get(1),
        activations.get(0));
  }

  /** Some gates of one direction's matrix, each a block of columns. */
  private Tensor columns(Tensor matrix, int way, int... blocks) {
    int rows = Math.toIntExact(matrix.shape().dim(2));
    int all = Math.toIntExact(matrix.shape().dim(1));
    int width = blocks.length * units;
    float[] values = new float[Math.multiplyExact(rows, width)];
    for (int column = 0; column < width; column++) {
      int from = way * all + blocks[column / units] * units + column % units;
      for (int row = 0; row < rows; row++) {
        values[row * width + column] = matrix.at(from * rows + row);
      }
    }
    return Tensor.owning(Shape.of(rows, width), values);
  }

  private Tensor kernel(int way, int... blocks) {
    Tensor input = columns(weights.w(), way, blocks);
    Tensor recurrent = columns(weights.r(), way, blocks);
    int above = Math.toIntExact(input.shape().elements());
    int below = Math.toIntExact(recurrent.shape().elements());
    float[] both = new float[above + below];
    input.copyTo(0, both, 0, above);
    recurrent.copyTo(0, both, above, below);
    long rows = input.shape().dim(0) + recurrent.shape().dim(0);
    return Tensor.owning(Shape.of(rows, (long) blocks.length * units), both);
  }

  /** The biases of input and recurrence, each as often as is said. */
  private Tensor bias(int way, int ofInput, int ofRecurrence, int... blocks) {
    int all = Math.toIntExact(weights.b().shape().dim(1));
    float[] bias = new float[blocks.length * units];
    for (int i = 0; i < bias.length; i++) {
      int from = way * all + blocks[i / units] * units + i % units;
      float input = ofInput == 0 ? 0 : weights.b().at(from);
      bias[i] = ofRecurrence == 0 ? input : input + weights.b().at(from + all / 2);
    }
    return Tensor.owning(Shape.of(bias.length), bias);
  }

  private Tensor peephole(int way, int block) {
    float[] values = new float[units];
    weights.p().copyTo((way * 3 + block) * units, values, 0, units);
    return Tensor.owning(Shape.of(units), values);
  }
}
