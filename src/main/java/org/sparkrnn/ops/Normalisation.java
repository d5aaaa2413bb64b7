package org.sparkrnn.ops;

/**
 * Batch and layer normalisation. One small loop each, which C2 vectorises; so there is one form of
 * them, and the bits are the same whatever {@link Ops} run beside it.
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
}
