package org.sparkrnn.ops;

/**
 * Batch and layer normalisation, and the softmax as logarithms. One small loop each; so there is
 * one form of them, and the bits are the same whatever {@link Ops} run beside it.
 */
public final class Normalisation {
  private Normalisation() {}

  /**
   * {@code z = fma(x, factor, addend)} in each row.
   *
   * @param x {@code [rows, factor.length]}, as {@code z}
   */
  public static void scale(float[] x, float[] factor, float[] addend, float[] z, int rows) {
    int n = factor.length;
    for (int r = 0; r < rows; r++) {
      int from = r * n;
      for (int j = 0; j < n; j++) {
        z[from + j] = Fma.fma(x[from + j], factor[j], addend[j]);
      }
    }
  }

  /**
   * Each row less its mean, over the root of its variance and {@code epsilon}, times {@code gamma}
   * and plus {@code beta}; mean and variance in double precision.
   */
  public static void normalise(
      float[] x, float[] gamma, float[] beta, float epsilon, float[] z, int rows) {
    Elementwise.layerNorm(x, gamma, beta, epsilon, z, rows);
  }

  /**
   * Replaces each row by the logarithms of its softmax, the sum and its logarithm in double
   * precision.
   *
   * @param x {@code [rows, size]}
   */
  public static void logSoftmax(float[] x, int rows, int size) {
    for (int from = 0; from < rows * size; from += size) {
      float max = Float.NEGATIVE_INFINITY;
      for (int j = from; j < from + size; j++) {
        max = Math.max(max, x[j]);
      }
      double sum = 0;
      for (int j = from; j < from + size; j++) {
        sum += Elementary.exp(x[j] - max);
      }
      // Math.log may differ from one virtual machine to the next.
      double log = max + StrictMath.log(sum);
      for (int j = from; j < from + size; j++) {
        x[j] = (float) (x[j] - log);
      }
    }
  }
}
