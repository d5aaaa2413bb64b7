package org.sparkrnn.rnn;

import java.util.Arrays;

/**
 * The steps of a group that a layer's cells take: all of them, or those that are not masked, which
 * then stand together as if the others did not exist.
 */
final class Steps {
  private final Group unmasked = new Group();
  private Group group = unmasked;
  private boolean all = true;
  private int stored;
  private int[] source = new int[0];
  private long[] keys = new long[0];

  /** Takes all steps of {@code whole}. */
  Steps all(Group whole) {
    group = whole;
    stored = whole.steps();
    all = true;
    return this;
  }

  /** Takes the steps of {@code whole} that are not masked, rows with most of them first. */
  Steps unmasked(Group whole, Mask mask) {
    group = unmasked;
    stored = whole.steps();
    all = false;
    int rows = whole.rows();
    if (keys.length < rows) {
      keys = new long[rows];
    }
    for (int r = 0; r < rows; r++) {
      int count = 0;
      for (int t = 0; t < whole.length(r); t++) {
        count += mask.at(whole.index(r, t)) ? 0 : 1;
      }
      keys[r] = ((long) (Integer.MAX_VALUE - count) << 32) | r;
    }
    Arrays.sort(keys, 0, rows);
    unmasked.share(whole.shared());
    unmasked.begin(rows);
    for (int i = 0; i < rows; i++) {
      unmasked.set(i, whole.windowRow((int) keys[i]), Integer.MAX_VALUE - (int) (keys[i] >>> 32));
    }
    unmasked.end();
    source = Window.grown(source, unmasked.steps());
    for (int i = 0; i < rows; i++) {
      int r = (int) keys[i];
      int next = 0;
      for (int t = 0; t < whole.length(r); t++) {
        if (!mask.at(whole.index(r, t))) {
          source[unmasked.index(i, next++)] = whole.index(r, t);
        }
      }
    }
    return this;
  }

  /** The rows with the steps that are taken. */
  Group group() {
    return group;
  }

  /** How many steps are stored, taken or not. */
  int stored() {
    return stored;
  }

  /** Whether all steps are taken. */
  boolean all() {
    return all;
  }

  /** Which of its own steps a row takes as its {@code t}th, from its end where reversed. */
  int step(int row, int t, boolean reversed) {
    return reversed ? group.length(row) - 1 - t : t;
  }

  /** Where the step is stored that a row takes as its {@code t}th, from its end where reversed. */
  int at(int row, int t, boolean reversed) {
    return at(row, step(row, t, reversed));
  }

  /** Where the step {@code t} that a row of {@link #group()} takes is stored. */
  int at(int row, int t) {
    int packed = group.index(row, t);
    return all ? packed : source[packed];
  }
}
