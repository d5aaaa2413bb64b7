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
            add(x, group.index(r, t) * size, y, to, size);
          }
          if (reduction == Layer.Reduction.MEAN) {
            divide(y, to, size, length);
          }
        }
        case FINAL_STATE ->
            throw new IllegalStateException("a final state is not reduced from steps");
      }
    }
  }

  /**
   * Each row's steps, one behind the other; every row has as many.
   *
   * @param x packed {@code [steps, size]}
   * @param y {@code [rows, steps * size]}
   */
  static void flatten(Group group, int steps, int size, float[] x, float[] y) {
    for (int t = 0; t < steps; t++) {
      for (int r = 0; r < group.rows(); r++) {
        System.arraycopy(x, group.index(r, t) * size, y, (r * steps + t) * size, size);
      }
    }
  }

  /**
   * The mean of each row's steps that are not masked; zeros where all are.
   *
   * @param x packed {@code [steps, size]}
   * @param y {@code [rows, size]}
   */
  static void mean(Mask mask, Group group, int size, float[] x, float[] y) {
    for (int r = 0; r < group.rows(); r++) {
      int count = 0;
      Arrays.fill(y, r * size, (r + 1) * size, 0f);
      for (int t = 0; t < group.length(r); t++) {
        if (!mask.at(group.index(r, t))) {
          add(x, group.index(r, t) * size, y, r * size, size);
          count++;
        }
      }
      divide(y, r * size, size, Math.max(1, count));
    }
  }

  private static void add(float[] x, int from, float[] y, int to, int size) {
    for (int i = 0; i < size; i++) {
      y[to + i] += x[from + i];
    }
  }

  private static void divide(float[] y, int to, int size, int count) {
    for (int i = 0; i < size; i++) {
      y[to + i] /= count;
    }
  }
}
