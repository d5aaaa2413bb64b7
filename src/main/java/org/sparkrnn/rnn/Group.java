package org.sparkrnn.rnn;

/**
 * Rows of a window that are stepped together, longest first, and the packed order of their steps.
 *
 * <p>A value of the group is stored step by step: all rows that have a step 0, then all that have a
 * step 1, and so on. Because rows are sorted, the rows of a step are always the first ones:
 *
 * <pre>{@code
 * row 0:  a0 a1 a2 a3
 * row 1:  b0 b1 b2          ->   a0 b0 c0 | a1 b1 c1 | a2 b2 | a3
 * row 2:  c0 c1
 * }</pre>
 *
 * <p>This is the order of PyTorch's packed sequences; it holds no padding.
 */
final class Group {
  private boolean shared;
  private int rows;
  private int steps;
  private int[] windowRow = new int[0];
  private int[] length = new int[0];

  /** For each step, the packed index of its first row; one more entry than the longest row. */
  private int[] start = new int[1];

  /**
   * Makes this the group of the window's rows {@code order[from .. to - 1]}, which are sorted by
   * length, longest first.
   */
  void set(Window window, int[] order, int from, int to) {
    begin(to - from);
    for (int r = 0; r < rows; r++) {
      set(r, order[from + r], window.length(order[from + r]));
    }
    end();
  }

  /** Says whether steps that its rows share are to be computed once. */
  void share(boolean once) {
    shared = once;
  }

  /** Whether steps that its rows share are computed once. */
  boolean shared() {
    return shared;
  }

  /** Begins a group of so many rows, each of which is to be set. */
  void begin(int count) {
    rows = count;
    if (windowRow.length < rows) {
      windowRow = new int[rows];
      length = new int[rows];
    }
  }

  /** Makes a row of the window the group's {@code row}; no row is longer than the one before. */
  void set(int row, int inWindow, int steps) {
    windowRow[row] = inWindow;
    length[row] = steps;
  }

  /** Lays out the steps of the rows that were set. */
  void end() {
    int longest = longest();
    if (start.length < longest + 1) {
      start = new int[Math.max(longest + 1, start.length + (start.length >> 1))];
    }
    steps = 0;
    int active = rows;
    for (int t = 0; t < longest; t++) {
      while (length[active - 1] <= t) {
        active--;
      }
      start[t] = steps;
      steps += active;
    }
    start[longest] = steps;
  }

  int rows() {
    return rows;
  }

  /** The sum of the rows' lengths. */
  int steps() {
    return steps;
  }

  int longest() {
    return rows == 0 ? 0 : length[0];
  }

  int windowRow(int row) {
    return windowRow[row];
  }

  int length(int row) {
    return length[row];
  }

  /** How many rows have steps; they are the first ones. */
  int nonEmpty() {
    return longest() == 0 ? 0 : active(0);
  }

  /** How many rows have a step {@code t}. */
  int active(int t) {
    return start[t + 1] - start[t];
  }

  /** The packed index of step {@code t} of {@code row}. */
  int index(int row, int t) {
    return start[t] + row;
  }
}
