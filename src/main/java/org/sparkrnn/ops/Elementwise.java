package org.sparkrnn.ops;

/**
 * The operations of formulas that are no products: on the first {@code n} elements of arrays, or
 * row by row. One small loop each, over arrays from their start, because that is the form that C2
 * vectorises. No result shares an array with an operand.
 */
final class Elementwise {
  private Elementwise() {}

  static void add(float[] a, float[] b, float[] z, int n) {
    for (int j = 0; j < n; j++) {
      z[j] = a[j] + b[j];
    }
  }

  static void subtract(float[] a, float[] b, float[] z, int n) {
    for (int j = 0; j < n; j++) {
      z[j] = a[j] - b[j];
    }
  }

  static void multiply(float[] a, float[] b, float[] z, int n) {
    for (int j = 0; j < n; j++) {
      z[j] = a[j] * b[j];
    }
  }

  static void divide(float[] a, float[] b, float[] z, int n) {
    for (int j = 0; j < n; j++) {
      z[j] = a[j] / b[j];
    }
  }

  /**
   * {@code a - floor(a / b) * b} without the quotient's rounding, of {@code b}'s sign. The last
   * remainder is TensorFlow's: a tiny {@code rest} of the other sign rounds to {@code b}, that is
   * 0.
   */
  static void modulo(float[] a, float[] b, float[] z, int n) {
    for (int j = 0; j < n; j++) {
      float rest = a[j] % b[j];
      z[j] = rest != 0 && rest < 0 != b[j] < 0 ? (rest + b[j]) % b[j] : rest;
    }
  }

  static void multiplyAdd(float[] a, float[] b, float[] c, float[] z, int n) {
    for (int j = 0; j < n; j++) {
      z[j] = Fma.fma(a[j], b[j], c[j]);
    }
  }

  static void scale(float[] a, float factor, float addend, float[] z, int n) {
    for (int j = 0; j < n; j++) {
      z[j] = Fma.fma(a[j], factor, addend);
    }
  }

  static void clip(float[] a, float bound, float[] z, int n) {
    for (int j = 0; j < n; j++) {
      z[j] = Math.max(Math.min(a[j], bound), -bound);
    }
  }

  static void choose(float[] a, float[] bound, float[] below, float[] above, float[] z, int n) {
    for (int j = 0; j < n; j++) {
      z[j] = a[j] < bound[j] ? below[j] : above[j];
    }
  }

  /** Columns {@code from[i]} of each row, 0 where that is -1. */
  static void gather(float[] a, int width, int[] from, float[] z, int rows) {
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < from.length; i++) {
        z[r * from.length + i] = from[i] < 0 ? 0 : a[r * width + from[i]];
      }
    }
  }

  /** Of each row, a matrix {@code [groups, width]}, the sums of its rows. */
  static void sumWithin(float[] a, int groups, int width, float[] z, int rows) {
    for (int g = 0; g < rows * groups; g++) {
      float sum = a[g * width];
      for (int j = 1; j < width; j++) {
        sum += a[g * width + j];
      }
      z[g] = sum;
    }
  }

  /** Of each row, a matrix {@code [groups, width]}, the sums of its columns. */
  static void sumOver(float[] a, int groups, int width, float[] z, int rows) {
    for (int r = 0; r < rows; r++) {
      int from = r * groups * width;
      System.arraycopy(a, from, z, r * width, width);
      for (int g = 1; g < groups; g++) {
        for (int j = 0; j < width; j++) {
          z[r * width + j] += a[from + g * width + j];
        }
      }
    }
  }

  /**
   * Each row normalised, mean and variance summed in double precision: of four rows at a time, so
   * that their sums do not wait for each other; the last row stands in for rows behind it.
   */
  static void layerNorm(
      float[] a, float[] gamma, float[] beta, float epsilon, float[] z, int rows) {
    int n = gamma.length;
    for (int r = 0; r < rows; r += 4) {
      int last = (rows - 1) * n;
      int at0 = r * n;
      int at1 = Math.min(at0 + n, last);
      int at2 = Math.min(at1 + n, last);
      int at3 = Math.min(at2 + n, last);
      double sum0 = 0;
      double sum1 = 0;
      double sum2 = 0;
      double sum3 = 0;
      for (int j = 0; j < n; j++) {
        sum0 += a[at0 + j];
        sum1 += a[at1 + j];
        sum2 += a[at2 + j];
        sum3 += a[at3 + j];
      }
      double mean0 = sum0 / n;
      double mean1 = sum1 / n;
      double mean2 = sum2 / n;
      double mean3 = sum3 / n;
      double squares0 = 0;
      double squares1 = 0;
      double squares2 = 0;
      double squares3 = 0;
      for (int j = 0; j < n; j++) {
        double distance0 = a[at0 + j] - mean0;
        double distance1 = a[at1 + j] - mean1;
        double distance2 = a[at2 + j] - mean2;
        double distance3 = a[at3 + j] - mean3;
        squares0 += distance0 * distance0;
        squares1 += distance1 * distance1;
        squares2 += distance2 * distance2;
        squares3 += distance3 * distance3;
      }
      normalise(a, at0, gamma, beta, mean0, squares0 / n + epsilon, z);
      normalise(a, at1, gamma, beta, mean1, squares1 / n + epsilon, z);
      normalise(a, at2, gamma, beta, mean2, squares2 / n + epsilon, z);
      normalise(a, at3, gamma, beta, mean3, squares3 / n + epsilon, z);
    }
  }

  private static void normalise(
      float[] a, int at, float[] gamma, float[] beta, double mean, double variance, float[] z) {
    double inverse = 1 / Math.sqrt(variance);
    for (int j = 0; j < gamma.length; j++) {
      z[at + j] = (float) ((a[at + j] - mean) * inverse * gamma[j] + beta[j]);
    }
  }
}
