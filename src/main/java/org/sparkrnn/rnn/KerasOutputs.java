package org.sparkrnn.rnn;

import java.util.Arrays;

/**
 * What Keras makes of one direction's outputs, once its cells have taken the steps that are not
 * masked and stored their outputs where the inputs were.
 *
 * @param loop the loop
 * @param reversed whether the steps are taken from last to first
 * @param size width of an output
 */
record KerasOutputs(Loop.Keras loop, boolean reversed, int size) {

  /**
   * Gives every step its output, in the order in which the layer returns them.
   *
   * @param mask of {@code y}; null where nothing is masked
   * @param y packed {@code [steps, size]}
   */
  void complete(Group group, Mask mask, float[] y) {
    for (int r = 0; r < group.rows(); r++) {
      if (mask != null) {
        fill(group, r, mask, y);
      }
      if (loop.goBackwards()) {
        turn(group, r, y);
      }
    }
  }

  /**
   * The output of the step that each row takes last; zeros for a row without steps.
   *
   * @param y as {@link #complete} left it
   * @param target {@code [rows, size]}
   */
  void last(Group group, float[] y, float[] target) {
    boolean atEnd = reversed == loop.goBackwards();
    for (int r = 0; r < group.rows(); r++) {
      int length = group.length(r);
      if (length == 0) {
        Arrays.fill(target, r * size, (r + 1) * size, 0f);
      } else {
        int from = group.index(r, atEnd ? length - 1 : 0);
        System.arraycopy(y, from * size, target, r * size, size);
      }
    }
  }

  private void fill(Group group, int row, Mask mask, float[] y) {
    int length = group.length(row);
    int before = -1;
    for (int k = 0; k < length; k++) {
      int at = group.index(row, reversed ? length - 1 - k : k);
      if (mask.at(at)) {
        if (before < 0 || loop.zeroOutputForMask()) {
          Arrays.fill(y, at * size, (at + 1) * size, 0f);
        } else {
          System.arraycopy(y, before * size, y, at * size, size);
        }
      }
      before = at;
    }
  }

  /** Turns a row's outputs around on its whole length. */
  private void turn(Group group, int row, float[] y) {
    int length = group.length(row);
    for (int t = 0; t < length / 2; t++) {
      int a = group.index(row, t) * size;
      int b = group.index(row, length - 1 - t) * size;
      for (int i = 0; i < size; i++) {
        float held = y[a + i];
        y[a + i] = y[b + i];
        y[b + i] = held;
      }
    }
  }
}
