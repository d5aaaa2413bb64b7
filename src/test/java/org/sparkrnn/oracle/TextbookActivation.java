package org.sparkrnn.oracle;

import org.sparkrnn.cell.Activation;

/** The activations in double precision, from their published definitions. */
public final class TextbookActivation {
  private TextbookActivation() {}

  /** The activation at {@code x}. */
  public static double of(Activation activation, double x) {
    double a = activation.alpha();
    double b = activation.beta();
    return switch (activation.kind()) {
      case LINEAR -> x;
      case AFFINE -> a * x + b;
      case TANH -> Math.tanh(x);
      case SCALED_TANH -> a * Math.tanh(b * x);
      case TANH_SHRINK -> x - Math.tanh(x);
      case SIGMOID -> sigmoid(x);
      case LOG_SIGMOID -> -softplus(-x);
      case HARD_SIGMOID -> clip(a * x + b, 0, 1);
      case CLIP -> clip(x, a, b);
      case LEAKY_RELU -> x > 0 ? x : a * x;
      case THRESHOLD -> Double.isNaN(x) || x > a ? x : b;
      case ELU -> x > 0 ? b * x : a * Math.expm1(x);
      case CELU -> Math.max(0, x) + Math.min(0, a * Math.expm1(x / a));
      case EXPONENTIAL -> Math.exp(x);
      case SOFTSIGN -> Double.isInfinite(x) ? Math.signum(x) : x / (1 + Math.abs(x));
      case SOFTPLUS -> softplus(x);
      case SQUAREPLUS -> x == Double.NEGATIVE_INFINITY ? 0 : squareplus(x, a);
      case SPARSE_PLUS -> x <= -1 ? 0 : x < 1 ? (x + 1) * (x + 1) / 4 : x;
      case GELU -> gated(x, (1 + erf(x / Math.sqrt(2))) / 2);
      case GELU_TANH ->
          gated(x, (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2);
      case SILU -> gated(x, sigmoid(x));
      case HARD_SILU -> gated(x, clip(a * x + b, 0, 1));
      case MISH -> gated(x, Math.tanh(softplus(x)));
      case SOFT_SHRINK -> Math.abs(x) <= a ? 0 : x - Math.copySign(a, x);
      case HARD_SHRINK -> Math.abs(x) <= a ? 0 : x;
      case SOFTMAX -> throw new IllegalArgumentException("softmax is not elementwise");
    };
  }

  /** {@code x * gate}, with its limit where the gate is 0. */
  private static double gated(double x, double gate) {
    return gate == 0 ? 0 : x * gate;
  }

  private static double clip(double x, double low, double high) {
    return Math.min(Math.max(x, low), high);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  /** The definition, with the difference that cancels below 0 written as a quotient. */
  private static double squareplus(double x, double b) {
    double root = Math.sqrt(x * x + b);
    return x < 0 ? b / (root - x) / 2 : (x + root) / 2;
  }

  /** By the series of positive terms {@code 2 / sqrt(pi) e^(-x^2) sum 2^n x^(2n+1) / (2n+1)!!}. */
  public static double erf(double x) {
    if (Math.abs(x) > 6) {
      return Math.signum(x);
    }
    double term = 2 * x / StrictMath.sqrt(StrictMath.PI) * StrictMath.exp(-x * x);
    double sum = 0;
    for (int n = 0; n < 200; n++) {
      sum += term;
      term *= 2 * x * x / (2 * n + 3);
    }
    return sum;
  }
}
