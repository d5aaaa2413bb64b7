package org.sparkrnn.ops;

import org.sparkrnn.cell.Activation;

/**
 * The activations, elementwise and in place. One small loop each over one array, because that is
 * the form that C2 vectorises. It does for all but those that take an exponential apart into its
 * bits, and those that choose by a comparison; {@code SimdActivations} has all of them.
 *
 * <p>{@link Activation.Kind} has the formulas; where one here looks different, it is the same
 * function without the cancellation or the overflow, and with its limits at the infinities. NaN
 * stays NaN in all of them.
 */
final class Activations {
  /**
   * {@code 2 sqrt(2 / pi)}: {@code gelu}'s tanh form is {@code x sigmoid(c (x + 0.044715 x^3))}.
   */
  static final float GELU_SCALE = 1.595769f;

  static final float GELU_CUBE = 0.044715f;
  static final float HALF_ROOT = 0.70710677f;
  private static final float MAX = Float.MAX_VALUE;

  private Activations() {}

  /**
   * Replaces the first {@code n} elements by their activations.
   *
   * @throws IllegalArgumentException for softmax, which is not elementwise
   */
  static void apply(Activation activation, float[] v, int n) {
    apply(activation, v, 0, n);
  }

  /** The same for the elements {@code from .. to - 1}. */
  static void apply(Activation activation, float[] v, int from, int to) {
    float a = activation.alpha();
    float b = activation.beta();
    switch (activation.kind()) {
      case LINEAR -> {}
      case AFFINE -> affine(v, from, to, a, b);
      case TANH -> tanh(v, from, to);
      case SCALED_TANH -> scaledTanh(v, from, to, a, b);
      case TANH_SHRINK -> tanhShrink(v, from, to);
      case SIGMOID -> sigmoid(v, from, to);
      case LOG_SIGMOID -> logSigmoid(v, from, to);
      case HARD_SIGMOID -> hardSigmoid(v, from, to, a, b);
      case CLIP -> clip(v, from, to, a, b);
      case LEAKY_RELU -> leakyRelu(v, from, to, a);
      case THRESHOLD -> threshold(v, from, to, a, b);
      case ELU -> elu(v, from, to, a, b);
      case CELU -> celu(v, from, to, a);
      case EXPONENTIAL -> exponential(v, from, to);
      case SOFTSIGN -> softsign(v, from, to);
      case SOFTPLUS -> softplus(v, from, to);
      case SQUAREPLUS -> squareplus(v, from, to, a);
      case SPARSE_PLUS -> sparsePlus(v, from, to);
      case GELU -> gelu(v, from, to);
      case GELU_TANH -> geluTanh(v, from, to);
      case SILU -> silu(v, from, to);
      case HARD_SILU -> hardSilu(v, from, to, a, b);
      case MISH -> mish(v, from, to);
      case SOFT_SHRINK -> softShrink(v, from, to, a);
      case HARD_SHRINK -> hardShrink(v, from, to, a);
      case SOFTMAX ->
          throw new IllegalArgumentException(
              "softmax is over a whole entry: a dense layer can have it, a cell cannot");
    }
  }

  private static void affine(float[] v, int from, int to, float a, float b) {
    for (int j = from; j < to; j++) {
      v[j] = Fma.fma(a, v[j], b);
    }
  }

  private static void tanh(float[] v, int from, int to) {
    for (int j = from; j < to; j++) {
      v[j] = Elementary.tanh(v[j]);
    }
  }

  private static void scaledTanh(float[] v, int from, int to, float a, float b) {
    for (int j = from; j < to; j++) {
      v[j] = a * Elementary.tanh(b * v[j]);
    }
  }

  private static void tanhShrink(float[] v, int from, int to) {
    for (int j = from; j < to; j++) {
      v[j] = v[j] - Elementary.tanh(v[j]);
    }
  }

  private static void sigmoid(float[] v, int from, int to) {
    for (int j = from; j < to; j++) {
      v[j] = Elementary.sigmoid(v[j]);
    }
  }

  private static void logSigmoid(float[] v, int from, int to) {
    for (int j = from; j < to; j++) {
      v[j] = -Elementary.softplus(-v[j]);
    }
  }

  private static void hardSigmoid(float[] v, int from, int to, float a, float b) {
    for (int j = from; j < to; j++) {
      v[j] = Math.min(Math.max(Fma.fma(a, v[j], b), 0), 1);
    }
  }

  private static void clip(float[] v, int from, int to, float a, float b) {
    for (int j = from; j < to; j++) {
      v[j] = Math.min(Math.max(v[j], a), b);
    }
  }

  private static void leakyRelu(float[] v, int from, int to, float a) {
    for (int j = from; j < to; j++) {
      v[j] = v[j] > 0 ? v[j] : a * v[j];
    }
  }

  private static void threshold(float[] v, int from, int to, float a, float b) {
    for (int j = from; j < to; j++) {
      v[j] = v[j] <= a ? b : v[j];
    }
  }

  private static void elu(float[] v, int from, int to, float a, float b) {
    for (int j = from; j < to; j++) {
      v[j] = v[j] > 0 ? b * v[j] : a * Elementary.negativeExpm1(v[j]);
    }
  }

  private static void celu(float[] v, int from, int to, float a) {
    for (int j = from; j < to; j++) {
      v[j] = v[j] > 0 ? v[j] : a * Elementary.negativeExpm1(v[j] / a);
    }
  }

  private static void exponential(float[] v, int from, int to) {
    for (int j = from; j < to; j++) {
      v[j] = Elementary.exp(v[j]);
    }
  }

  private static void softsign(float[] v, int from, int to) {
    for (int j = from; j < to; j++) {
      float x = Math.min(Math.max(v[j], -MAX), MAX);
      v[j] = x / (1 + Math.abs(x));
    }
  }

  private static void softplus(float[] v, int from, int to) {
    for (int j = from; j < to; j++) {
      v[j] = Elementary.softplus(v[j]);
    }
  }

  /** For x below 0 by the conjugate, so that nothing cancels; the bound keeps x^2 finite. */
  private static void squareplus(float[] v, int from, int to, float a) {
    for (int j = from; j < to; j++) {
      float size = Math.abs(v[j]);
      float bounded = Math.min(size, 0x1p60f);
      float root = (float) Math.sqrt(Fma.fma(bounded, bounded, a));
      float above = 0.5f * size + 0.5f * Math.max(root, size);
      v[j] = v[j] < 0 ? 0.25f * a / above : above;
    }
  }

  private static void sparsePlus(float[] v, int from, int to) {
    for (int j = from; j < to; j++) {
      float moved = Math.max(v[j], -1) + 1;
      v[j] = v[j] < 1 ? 0.25f * moved * moved : v[j];
    }
  }

  // In those below the first factor is finite, so that 0 times it is 0 at minus infinity.

  private static void gelu(float[] v, int from, int to) {
    for (int j = from; j < to; j++) {
      float half = Fma.fma(0.5f, Elementary.erf(HALF_ROOT * v[j]), 0.5f);
      v[j] = Math.max(v[j], -MAX) * half;
    }
  }

  private static void geluTanh(float[] v, int from, int to) {
    for (int j = from; j < to; j++) {
      float x = v[j];
      float cubic = x * Fma.fma(GELU_CUBE * x, x, 1);
      v[j] = Math.max(x, -MAX) * Elementary.sigmoid(GELU_SCALE * cubic);
    }
  }

  private static void silu(float[] v, int from, int to) {
    for (int j = from; j < to; j++) {
      v[j] = Math.max(v[j], -MAX) / (1 + Elementary.exp(-v[j]));
    }
  }

  private static void hardSilu(float[] v, int from, int to, float a, float b) {
    for (int j = from; j < to; j++) {
      float gate = Math.min(Math.max(Fma.fma(a, v[j], b), 0), 1);
      v[j] = Math.max(v[j], -MAX) * gate;
    }
  }

  /** {@code tanh(log(1 + u)) = u (u + 2) / (u (u + 2) + 2)}; from 20 on it rounds to 1. */
  private static void mish(float[] v, int from, int to) {
    for (int j = from; j < to; j++) {
      float u = Elementary.exp(Math.min(v[j], 20));
      float product = u * (u + 2);
      v[j] = Math.max(v[j], -MAX) * (product / (product + 2));
    }
  }

  private static void softShrink(float[] v, int from, int to, float a) {
    for (int j = from; j < to; j++) {
      v[j] = v[j] - Math.min(Math.max(v[j], -a), a);
    }
  }

  private static void hardShrink(float[] v, int from, int to, float a) {
    for (int j = from; j < to; j++) {
      v[j] = Math.abs(v[j]) <= a ? 0 : v[j];
    }
  }
}
