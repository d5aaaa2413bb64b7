package org.sparkrnn.model.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.Activation.Kind;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.onnx.OnnxNode;

/**
 * ONNX' activations: those that a recurrent node names, and nodes that are one by themselves.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/v1.17.0/docs/Operators.md">ONNX operators,
 *     1.17</a>
 */
final class OnnxActivations {
  private OnnxActivations() {}

  /** The activations of a recurrent node, all of the first direction first. */
  static List<Activation> ofRecurrent(OnnxNode node, int directions) {
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
      requireGiven(word, a, b);
      made.add(
          of(word, a, b)
              .orElseThrow(
                  () -> new IllegalArgumentException("activation " + word + " is not known")));
    }
    return made;
  }

  /** Refuses what ONNX and ONNX Runtime fill in unlike each other. */
  private static void requireGiven(String word, float alpha, float beta) {
    boolean missing =
        switch (word.toLowerCase(Locale.ROOT)) {
          case "affine", "scaledtanh" -> Float.isNaN(alpha + beta);
          case "thresholdedrelu" -> Float.isNaN(alpha);
          default -> false;
        };
    if (missing) {
      throw new IllegalArgumentException(
          "activation "
              + word
              + " is not given its parameters, for which there is no agreed value; add them to"
              + " activation_alpha and activation_beta");
    }
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

  /** The function that a node is; empty where it is none. */
  static Optional<Activation> ofNode(OnnxNode node, OnnxInputs inputs) throws IOException {
    float alpha = node.attributes().number("alpha", Float.NaN);
    float beta = node.attributes().number("beta", Float.NaN);
    return switch (node.opType()) {
      case "Affine", "ScaledTanh" -> Optional.empty();
      case "Clip" -> clip(node, inputs);
      case "PRelu" -> {
        Tensor slope = inputs.constant(node, 1, "slope");
        if (slope.shape().elements() != 1) {
          throw new IllegalArgumentException("it has a slope for each float, " + slope.shape());
        }
        yield of(Kind.LEAKY_RELU, slope.at(0), 0);
      }
      case "Selu" -> {
        float gamma = node.attributes().number("gamma", 1.050701f);
        yield of(Kind.ELU, gamma * or(alpha, 1.6732632f), gamma);
      }
      case "Celu" -> of(Kind.CELU, or(alpha, 1), 0);
      case "Exp" -> Optional.of(Activation.EXPONENTIAL);
      case "Neg" -> of(Kind.AFFINE, -1, 0);
      case "HardSwish" -> of(Kind.HARD_SILU, 1f / 6, 0.5f);
      case "Mish" -> of(Kind.MISH, 0, 0);
      case "Gelu" ->
          of(
              node.attributes().text("approximate", "none").equals("tanh")
                  ? Kind.GELU_TANH
                  : Kind.GELU,
              0,
              0);
      default -> of(node.opType(), alpha, beta);
    };
  }

  /**
   * Bounds are attributes below opset 11 and inputs from there on. One that is left out is the
   * largest float, because a spec has no word for infinity.
   */
  private static Optional<Activation> clip(OnnxNode node, OnnxInputs inputs) throws IOException {
    float low =
        node.input(1).isEmpty()
            ? node.attributes().number("min", -Float.MAX_VALUE)
            : inputs.constant(node, 1, "min").at(0);
    float high =
        node.input(2).isEmpty()
            ? node.attributes().number("max", Float.MAX_VALUE)
            : inputs.constant(node, 2, "max").at(0);
    return low == 0 && high == Float.MAX_VALUE
        ? Optional.of(Activation.RELU)
        : of(Kind.CLIP, low, high);
  }

  /** A function by ONNX' name; NaN stands for a parameter that is not given. */
  private static Optional<Activation> of(String word, float alpha, float beta) {
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
}
