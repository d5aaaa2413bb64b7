package org.sparkrnn.ops;

import org.sparkrnn.tensor.Tensor;

/**
 * {@code z = bias + a * weights} in plain Java: each element starts as its bias and takes one fused
 * multiply-add per input, in order.
 *
 * <p>One array per row of weights and the same index everywhere in the inner loop: then C2 can
 * prove that nothing overlaps, and vectorises it. Four rows of weights at a time spare three of
 * four loads and stores of {@code z}; eight are more than C2's limits on a loop's size allow.
 */
final class Product {
  private static final int UNROLL = 4;

  private final float[] bias;
  private final float[][] weights;

  private Product(float[] bias, float[][] weights) {
    this.bias = bias;
    this.weights = weights;
  }

  /**
   * Copies rows of a matrix.
   *
   * @param from the first row of {@code kernel} that takes part
   * @param inputs how many rows
   */
  static Product of(Tensor kernel, int from, int inputs, float[] bias) {
    float[][] weights = new float[inputs][bias.length];
    for (int k = 0; k < inputs; k++) {
      kernel.copyTo((from + k) * bias.length, weights[k], 0, bias.length);
    }
    return new Product(bias, weights);
  }

  /** As {@link #of(Tensor, int, int, float[])} with all rows of the matrix. */
  static Product of(Tensor kernel, float[] bias) {
    return of(kernel, 0, Math.toIntExact(kernel.shape().dim(0)), bias);
  }

  int inputs() {
    return weights.length;
  }

  int outputs() {
    return bias.length;
  }

  long flops() {
    return 2L * inputs() * outputs();
  }

  long bytes() {
    return Footprint.floats(1, outputs()) + Footprint.floats(inputs(), outputs());
  }

  /**
   * Computes {@code rows} rows.
   *
   * @param a row {@code r}'s inputs begin at {@code a[r][from]}
   * @param z {@code [rows][outputs]}
   */
  void apply(int rows, float[][] a, int from, float[][] z) {
    for (int r = 0; r < rows; r++) {
      System.arraycopy(bias, 0, z[r], 0, bias.length);
    }
    int inputs = weights.length;
    int k = 0;
    for (; k + UNROLL <= inputs; k += UNROLL) {
      float[] w0 = weights[k];
      float[] w1 = weights[k + 1];
      float[] w2 = weights[k + 2];
      float[] w3 = weights[k + 3];
      for (int r = 0; r < rows; r++) {
        float[] row = a[r];
        int at = from + k;
        add4(z[r], w0, w1, w2, w3, row[at], row[at + 1], row[at + 2], row[at + 3]);
      }
    }
    for (; k < inputs; k++) {
      for (int r = 0; r < rows; r++) {
        add(z[r], weights[k], a[r][from + k]);
      }
    }
  }

  // The factors arrive as values: loaded in here, they would keep C2 from vectorising the loop.
  private static void add4(
      float[] z,
      float[] w0,
      float[] w1,
      float[] w2,
      float[] w3,
      float a0,
      float a1,
      float a2,
      float a3) {
    for (int j = 0; j < z.length; j++) {
      z[j] = Fma.fma(a3, w3[j], Fma.fma(a2, w2[j], Fma.fma(a1, w1[j], Fma.fma(a0, w0[j], z[j]))));
    }
  }

  private static void add(float[] z, float[] w, float a) {
    for (int j = 0; j < z.length; j++) {
      z[j] = Fma.fma(a, w[j], z[j]);
    }
  }
}
