package org.sparkrnn.ops;

/**
 * Softmax over rows, in three passes of which one is over all elements alike: the exponentials.
 * Maxima and sums run four at a time, so that they do not wait for each other.
 */
final class Softmax {
  /** How many sums are added up side by side; the same for all lane counts. */
  private static final int PARTS = 16;

  /** So many elements stay in the first cache from pass to pass. */
  private static final int BLOCK = 4096;

  private Softmax() {}

  /** Replaces a range of an array by its exponentials. */
  interface Exponential {
    void apply(float[] v, int from, int to);
  }

  /** Does what {@link Ops#softmax} says. */
  static void apply(float[] x, int offset, int rows, int size, Exponential exponential) {
    int block = Math.max(1, BLOCK / Math.max(1, size));
    for (int first = 0; first < rows; first += block) {
      int from = offset + first * size;
      int to = offset + Math.min(first + block, rows) * size;
      for (int row = from; row < to; row += size) {
        subtractMaximum(x, row, row + size);
      }
      exponential.apply(x, from, to);
      for (int row = from; row < to; row += size) {
        divide(x, row, row + size, sum(x, row, row + size));
      }
    }
  }

  /** NaN is passed over here: it comes back out of the sum, and so in all elements. */
  private static void subtractMaximum(float[] x, int from, int to) {
    float max0 = Float.NEGATIVE_INFINITY;
    float max1 = max0;
    float max2 = max0;
    float max3 = max0;
    int j = from;
    for (; j <= to - 4; j += 4) {
      max0 = x[j] > max0 ? x[j] : max0;
      max1 = x[j + 1] > max1 ? x[j + 1] : max1;
      max2 = x[j + 2] > max2 ? x[j + 2] : max2;
      max3 = x[j + 3] > max3 ? x[j + 3] : max3;
    }
    float max = Math.max(Math.max(max0, max1), Math.max(max2, max3));
    for (; j < to; j++) {
      max = x[j] > max ? x[j] : max;
    }
    for (int i = from; i < to; i++) {
      x[i] -= max;
    }
  }

  private static float sum(float[] x, int from, int to) {
    float sum = 0;
    int end = Math.min(from + PARTS, to);
    int part = from;
    for (; part <= end - 4; part += 4) {
      float sum0 = 0;
      float sum1 = 0;
      float sum2 = 0;
      float sum3 = 0;
      int j = part;
      for (; j <= to - 4; j += PARTS) {
        sum0 += x[j];
        sum1 += x[j + 1];
        sum2 += x[j + 2];
        sum3 += x[j + 3];
      }
      sum0 += j < to ? x[j] : 0;
      sum1 += j + 1 < to ? x[j + 1] : 0;
      sum2 += j + 2 < to ? x[j + 2] : 0;
      sum = sum + sum0 + sum1 + sum2 + sum3;
    }
    for (; part < end; part++) {
      sum += x[part]; // there are fewer than sixteen elements
    }
    return sum;
  }

  private static void divide(float[] x, int from, int to, float by) {
    for (int i = from; i < to; i++) {
      x[i] /= by;
    }
  }
}
