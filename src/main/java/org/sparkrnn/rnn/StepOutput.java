package org.sparkrnn.rnn;

/** Where the cells of a direction write their outputs. */
@SuppressWarnings("ArrayRecordComponent") // handed down, never compared
sealed interface StepOutput {

  /** The array that all outputs go to. */
  float[] values();

  /**
   * Finds where the outputs of the first {@code rows} rows begin.
   *
   * @param t the rows take their {@code t}th step, from their last one on where reversed
   * @param to receives for each row where its output begins
   */
  void find(Steps taken, int t, int rows, boolean reversed, int[] to);

  /**
   * One for each step of the group, in packed order.
   *
   * @param values {@code [steps, width]}
   * @param column where the output begins in what belongs to a step
   */
  record Packed(float[] values, int width, int column) implements StepOutput {
    @Override
    public void find(Steps taken, int t, int rows, boolean reversed, int[] to) {
      for (int r = 0; r < rows; r++) {
        to[r] = taken.at(r, t, reversed) * width + column;
      }
    }
  }

  /**
   * One for each row: that of its first or of its last step, or none; the others go behind all
   * rows' and are overwritten.
   *
   * @param values {@code [2 * rows, size]}
   */
  record Picked(float[] values, int size, Needed kept) implements StepOutput {
    @Override
    public void find(Steps taken, int t, int rows, boolean reversed, int[] to) {
      Group group = taken.group();
      for (int r = 0; r < rows; r++) {
        int step = taken.step(r, t, reversed);
        boolean picked =
            kept == Needed.FIRST ? step == 0 : kept == Needed.LAST && step == group.length(r) - 1;
        to[r] = (picked ? r : group.rows() + r) * size;
      }
    }
  }

  /**
   * One for each step, where the window's results have it.
   *
   * @param values {@code [steps, width]}, row after row of the window
   * @param column where the output begins in what belongs to a step
   */
  record Placed(float[] values, Window window, int width, int column) implements StepOutput {
    @Override
    public void find(Steps taken, int t, int rows, boolean reversed, int[] to) {
      for (int r = 0; r < rows; r++) {
        int step = window.start(taken.group().windowRow(r)) + taken.step(r, t, reversed);
        to[r] = step * width + column;
      }
    }
  }
}
