package org.sparkrnn.rnn;

import java.util.Arrays;

/** Sorts a window's rows by length, longest first; rows of one length stay in their order. */
final class LengthOrder {
  private long[] keys = new long[0];
  private int[] rows = new int[0];

  /** The window's rows in order; valid until the next call. */
  int[] longestFirst(Window window) {
    int count = window.rows();
    if (rows.length < count) {
      keys = new long[count];
      rows = new int[count];
    }
    for (int row = 0; row < count; row++) {
      keys[row] = ((long) (Integer.MAX_VALUE - window.length(row)) << 32) | row;
    }
    Arrays.sort(keys, 0, count);
    for (int i = 0; i < count; i++) {
      rows[i] = (int) keys[i];
    }
    return rows;
  }
}
