package org.sparkrnn.ops;

import org.sparkrnn.cell.Activation;

/**
 * The activations, elementwise and in place. One small loop each, over one array from its start,
 * because that is the form that C2 vectorises.
 *
 * <p>{@code relu(x) = max(x, 0)}, {@code relu6(x) = min(max(x, 0), 6)}, {@code softsign(x) = x / (1
 * + |x|)}, {@code elu(x) = x > 0 ? x : exp(x) - 1}, {@code hardSigmoid(x) = min(max(fma(0.2, x,
 * 0.5), 0), 1)}; the others are {@link Elementary}'s. NaN stays NaN in all of them.
 */
final class Activations {
  private Activations() {}

  /** Replaces the first {@code n} elements by their activations. */
  static void apply(Activation activation, float[] v, int n) {
    switch (activation) {
      case LINEAR -> {}
      case TANH -> tanh(v, n);
      case SIGMOID -> sigmoid(v, n);
      case RELU -> relu(v, n);
      case RELU6 -> relu6(v, n);
      case SOFTSIGN -> softsign(v, n);
      case ELU -> elu(v, n);
      case EXPONENTIAL -> exponential(v, n);
      case HARD_SIGMOID -> hardSigmoid(v, n);
    }
  }

  private static void tanh(float[] v, int n) {
    for (int j = 0; j < n; j++) {
      v[j] = Elementary.tanh(v[j]);
    }
  }

  private static void sigmoid(float[] v, int n) {
    for (int j = 0; j < n; j++) {
      v[j] = Elementary.sigmoid(v[j]);
    }
  }

  private static void relu(float[] v, int n) {
    for (int j = 0; j < n; j++) {
      v[j] = Math.max(v[j], 0);
    }
  }

  private static void relu6(float[] v, int n) {
    for (int j = 0; j < n; j++) {
      v[j] = Math.min(Math.max(v[j], 0), 6);
    }
  }

  private static void softsign(float[] v, int n) {
    for (int j = 0; j < n; j++) {
      v[j] = v[j] / (1 + Math.abs(v[j]));
    }
  }

  private static void elu(float[] v, int n) {
    for (int j = 0; j < n; j++) {
      v[j] = v[j] > 0 ? v[j] : Elementary.exp(v[j]) - 1;
    }
  }

  private static void exponential(float[] v, int n) {
    for (int j = 0; j < n; j++) {
      v[j] = Elementary.exp(v[j]);
    }
  }

  private static void hardSigmoid(float[] v, int n) {
    for (int j = 0; j < n; j++) {
      v[j] = Math.min(Math.max(Math.fma(0.2f, v[j], 0.5f), 0), 1);
    }
  }
}
