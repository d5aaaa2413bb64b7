package org.sparkrnn.rnn;

import java.util.Arrays;
import java.util.List;

/**
 * What the rows of a window share, and an order in which those that begin alike stand together.
 *
 * <p>A row that is the same as one before it need not be computed at all, whatever the layers. The
 * steps that two rows share are the same under a direction that {@link Direction#shares}.
 */
final class SharedRows {
  /** Floating-point operations of a step of each row: under directions that share, and others. */
  private final long forward;

  private final long backward;
  private final long other;

  private final Prefixes prefixes = new Prefixes();
  private final Prefixes suffixes = new Prefixes();

  /** The one by which rows are ordered. */
  private final Prefixes tree;

  /** By row, behind one for those that follow no other, the first of the rows that follow it. */
  private int[] first = new int[0];

  /** By row the next of those that follow the same one. */
  private int[] next = new int[0];

  private long[] keys = new long[0];
  private int[] order = new int[0];
  private int count;

  SharedRows(List<Direction> directions) {
    long[] flops = new long[3];
    for (Direction direction : directions) {
      flops[!direction.shares() ? 2 : direction.reversed() ? 1 : 0] += direction.flopsPerStep();
    }
    forward = flops[0];
    backward = flops[1];
    other = flops[2];
    tree = backward > forward ? suffixes : prefixes;
  }

  /** Memory for each row of a window, in bytes. */
  static long bytesPerRow() {
    long tree = 3L * Integer.BYTES + 4L * Integer.BYTES;
    return 2 * tree + 3L * Integer.BYTES + Long.BYTES;
  }

  /** The ids of a window's rows. */
  private record Ids(Window window, boolean reversed) implements Prefixes.Rows {
    @Override
    public int length(int row) {
      return window.length(row);
    }

    @Override
    public int id(int row, int t) {
      return window.id(row, reversed ? window.length(row) - 1 - t : t);
    }
  }

  /**
   * Finds what a window's rows share. Those that begin with states of their own share nothing.
   *
   * @return whether it is worth computing once
   */
  boolean find(Window window, Sharing sharing) {
    if (window.ownStates()) {
      return false;
    }
    int rows = window.rows();
    if (forward > 0 || tree == prefixes) {
      prefixes.find(new Ids(window, false), rows);
    }
    if (backward > 0) {
      suffixes.find(new Ids(window, true), rows);
    }
    long left = 0;
    for (int row = 0; row < rows; row++) {
      int length = window.length(row);
      left += forward == 0 ? 0 : forward * (length - prefixes.shared(row));
      left += backward == 0 ? 0 : backward * (length - suffixes.shared(row));
      left += tree.same(row) < 0 ? other * length : 0;
    }
    long all = (forward + backward + other) * window.steps();
    return all > left && all >= sharing.least() * left;
  }

  /**
   * The rows that are the same as none before them, as a walk through the tree of their prefixes
   * meets them; {@link #count} of them, valid until the next call.
   */
  int[] order(Window window) {
    int rows = window.rows();
    order = Window.grown(order, rows);
    first = Window.grown(first, rows + 1);
    next = Window.grown(next, rows);
    if (keys.length < rows) {
      keys = new long[rows];
    }
    for (int row = 0; row < rows; row++) {
      keys[row] = (long) tree.shared(row) << 32 | row;
    }
    Arrays.sort(keys, 0, rows);
    Arrays.fill(first, 0, rows + 1, -1);
    for (int i = 0; i < rows; i++) {
      // Those that follow the furthest come first, for they are nearest to where a row ends.
      int row = (int) keys[i];
      if (tree.same(row) < 0) {
        next[row] = first[tree.with(row) + 1];
        first[tree.with(row) + 1] = row;
      }
    }
    count = 0;
    int row = first[0];
    while (row >= 0) {
      order[count++] = row;
      if (first[row + 1] >= 0) {
        row = first[row + 1];
        continue;
      }
      while (row >= 0 && next[row] < 0) {
        row = tree.with(row);
      }
      row = row < 0 ? row : next[row];
    }
    return order;
  }

  /** How many rows {@link #order} has found. */
  int count() {
    return count;
  }

  /** The row before it that a row is the same as; -1 where there is none. */
  int same(int row) {
    return tree.same(row);
  }
}
