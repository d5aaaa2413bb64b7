package org.sparkrnn.rnn;

import java.util.Arrays;

/** One entry per row out of a group's packed steps. Sums run over the steps in order. */
final class Reductions {
  private Reductions() {}

  /**
   * Reduces each row of the group.
   *
   * @param x packed {@code [steps, size]}
   * @param y {@code [rows, size]}
   */
  static void reduce(Layer.Reduction reduction, Group group, int size, float[] x, float[] y) {
    for (int r = 0; r < group.rows(); r++) {
      int to = r * size;
      int length = group.length(r);
      if (length == 0) {
        Arrays.fill(y, to, to + size, 0f);
        continue;
      }
      switch (reduction) {
        case FIRST -> System.arraycopy(x, group.index(r, 0) * size, y, to, size);
        case LAST -> System.arraycopy(x, group.index(r, length - 1) * size, y, to, size);
        case MAX -> {
          System.arraycopy(x, group.index(r, 0) * size, y, to, size);
          for (int t = 1; t < length; t++) {
            int from = group.index(r, t) * size;
            for (int i = 0; i < size; i++) {
              y[to + i] = Math.max(y[to + i], x[from + i]);
            }
          }
        }
        case SUM, MEAN -> {
          Arrays.fill(y, to, to + size, 0f);
          for (int t = 0; t < length; t++) {
            int from = group.index(r, t) * size;
            for (int i = 0; i < size; i++) {
              y[to + i] += x[from + i];
            }
          }
          if (reduction == Layer.Reduction.MEAN) {
            for (int i = 0; i < size; i++) {
              y[to + i] /= length;
            }
          }
        }
        case FINAL_STATE ->
            throw new IllegalStateException("a final state is not reduced from steps");
      }
    }
  }
}
