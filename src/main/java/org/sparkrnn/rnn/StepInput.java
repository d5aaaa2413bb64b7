package org.sparkrnn.rnn;

import java.util.Arrays;

/** Where the cells of a direction read their steps. */
@SuppressWarnings("ArrayRecordComponent") // handed down, never compared
sealed interface StepInput {

  /**
   * Finds the steps that the first {@code rows} rows take next.
   *
   * @param t they take their {@code t}th, from their last one on where reversed
   * @param x receives for each row the array that its step is in
   * @param from receives for each row where the step begins in that
   */
  void find(Steps taken, int t, int rows, boolean reversed, float[][] x, int[] from);

  /**
   * What the cells or the layer before have made of the group.
   *
   * @param values {@code [steps, size]}, packed
   */
  record Packed(float[] values, int size) implements StepInput {
    @Override
    public void find(Steps taken, int t, int rows, boolean reversed, float[][] x, int[] from) {
      Arrays.fill(x, 0, rows, values);
      for (int r = 0; r < rows; r++) {
        from[r] = taken.at(r, t, reversed) * size;
      }
    }
  }

  /**
   * A table's row for each id.
   *
   * @param sums {@code [ids, size]}
   * @param ids {@code [steps]}, packed
   */
  record Tabulated(float[] sums, int size, int[] ids) implements StepInput {
    @Override
    public void find(Steps taken, int t, int rows, boolean reversed, float[][] x, int[] from) {
      Arrays.fill(x, 0, rows, sums);
      for (int r = 0; r < rows; r++) {
        from[r] = ids[taken.at(r, t, reversed)] * size;
      }
    }
  }

  /** The rows as they stand in the window: nobody has to bring them into packed order first. */
  record Staged(Window window) implements StepInput {
    @Override
    public void find(Steps taken, int t, int rows, boolean reversed, float[][] x, int[] from) {
      for (int r = 0; r < rows; r++) {
        int row = taken.group().windowRow(r);
        int step = taken.step(r, t, reversed);
        x[r] = window.source(row, step);
        from[r] = window.place(row, step);
      }
    }
  }
}
