package org.sparkrnn.rnn;

import java.util.Arrays;

/** Sorts rows of a window by length, longest first; rows of one length by their number. */
final class LengthOrder {
  private long[] keys = new long[0];
  private int[] rows = new int[0];

  /** All of the window's rows in order; valid until the next call. */
  int[] longestFirst(Window window) {
    rows = Window.grown(rows, window.rows());
    for (int row = 0; row < window.rows(); row++) {
      rows[row] = row;
    }
    sort(window, rows, 0, window.rows());
    return rows;
  }

  /** Sorts the rows {@code order[from .. to - 1]} of a window. */
  void sort(Window window, int[] order, int from, int to) {
    int count = to - from;
    if (keys.length < count) {
      keys = new long[count];
    }
    for (int i = 0; i < count; i++) {
      int row = order[from + i];
      keys[i] = ((long) (Integer.MAX_VALUE - window.length(row)) << 32) | row;
    }
    Arrays.sort(keys, 0, count);
    for (int i = 0; i < count; i++) {
      order[from + i] = (int) keys[i];
    }
  }
}
