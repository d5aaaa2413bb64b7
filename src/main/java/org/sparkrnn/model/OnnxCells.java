package org.sparkrnn.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.Activation.Kind;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
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
  private static final int[] GRU_GATES = {1, 0};
  private static final int[] GRU_CANDIDATE = {2};
  private static final int[] ONE = {0};

  private final OnnxNode node;
  private final Weights weights;
  private final int units;
  private final List<Activation> activations;

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
    requireRunnable(node);
    List<RnnCell> cells = new ArrayList<>();
    List<Activation> all = activations(node, directions);
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

  private static void requireRunnable(OnnxNode node) {
    float clip = node.attributes().number("clip", 0);
    if (clip != 0) {
      throw new IllegalArgumentException("clip " + clip + " is not run");
    }
    if (node.attributes().integer("input_forget", 0) != 0) {
      throw new IllegalArgumentException("input_forget is not run");
    }
  }

  private static List<Activation> activations(OnnxNode node, int directions) {
    List<String> otherwise =
        switch (node.opType()) {
          case "LSTM" -> List.of("Sigmoid", "Tanh", "Tanh");
          case "GRU" -> List.of("Sigmoid", "Tanh");
          default -> List.of("Tanh");
        };
    List<String> words = node.attributes().texts().getOrDefault("activations", List.of());
    if (words.isEmpty()) {
      words = directions == 1 ? otherwise : twice(otherwise);
    }
    if (words.size() != otherwise.size() * directions) {
      throw new IllegalArgumentException(
          "activations are " + words + ", expected " + otherwise.size() + " for each direction");
    }
    List<Float> alphas = node.attributes().floats().getOrDefault("activation_alpha", List.of());
    List<Float> betas = node.attributes().floats().getOrDefault("activation_beta", List.of());
    List<Activation> made = new ArrayList<>();
    int alpha = 0;
    int beta = 0;
    for (String word : words) {
      // The lists hold numbers for those functions only that take them, in order.
      Parameters takes = Parameters.of(word);
      float a = takes.alpha() && alpha < alphas.size() ? alphas.get(alpha) : Float.NaN;
      float b = takes.beta() && beta < betas.size() ? betas.get(beta) : Float.NaN;
      alpha += takes.alpha() ? 1 : 0;
      beta += takes.beta() ? 1 : 0;
      made.add(
          activation(word, a, b)
              .orElseThrow(
                  () -> new IllegalArgumentException("activation " + word + " is not known")));
    }
    return made;
  }

  private static List<String> twice(List<String> words) {
    List<String> both = new ArrayList<>(words);
    both.addAll(words);
    return both;
  }

  /** Which parameters a function takes. */
  private record Parameters(boolean alpha, boolean beta) {
    static Parameters of(String word) {
      return switch (word.toLowerCase(Locale.ROOT)) {
        case "affine", "scaledtanh", "hardsigmoid" -> new Parameters(true, true);
        case "leakyrelu", "thresholdedrelu", "elu" -> new Parameters(true, false);
        default -> new Parameters(false, false);
      };
    }
  }

  /** A function by ONNX' name; NaN stands for a parameter that is not given. */
  static Optional<Activation> activation(String word, float alpha, float beta) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "relu" -> Optional.of(Activation.RELU);
      case "tanh" -> Optional.of(Activation.TANH);
      case "sigmoid" -> Optional.of(Activation.SIGMOID);
      case "affine" -> of(Kind.AFFINE, or(alpha, 1), or(beta, 0));
      case "leakyrelu" -> of(Kind.LEAKY_RELU, or(alpha, 0.01f), 0);
      case "thresholdedrelu" -> of(Kind.THRESHOLD, or(alpha, 1), 0);
      case "scaledtanh" -> of(Kind.SCALED_TANH, or(alpha, 1), or(beta, 1));
      case "hardsigmoid" -> of(Kind.HARD_SIGMOID, or(alpha, 0.2f), or(beta, 0.5f));
      case "elu" -> of(Kind.ELU, or(alpha, 1), 1);
      case "softsign" -> Optional.of(Activation.SOFTSIGN);
      case "softplus" -> of(Kind.SOFTPLUS, 0, 0);
      default -> Optional.empty();
    };
  }

  private static Optional<Activation> of(Kind kind, float alpha, float beta) {
    return Optional.of(new Activation(kind, alpha, beta));
  }

  private static float or(float value, float otherwise) {
    return Float.isNaN(value) ? otherwise : value;
  }

  private RnnCell cell(int way) {
    return switch (node.opType()) {
      case "LSTM" -> lstm(way);
      case "GRU" ->
          node.attributes().integer("linear_before_reset", 0) != 0 ? resetAfter(way) : gru(way);
      default -> new BasicRnnCell(kernel(way, ONE), bias(way, 1, 1, ONE), activations.get(0));
    };
  }

  private LstmCell lstm(int way) {
    if (!activations.get(1).equals(activations.get(2))) {
      throw new IllegalArgumentException("two different functions g and h are not run");
    }
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

  private GruCell gru(int way) {
    return new GruCell(
        kernel(way, GRU_GATES),
        bias(way, 1, 1, GRU_GATES),
        kernel(way, GRU_CANDIDATE),
        bias(way, 1, 1, GRU_CANDIDATE),
        activations.get(1),
        activations.get(0));
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
