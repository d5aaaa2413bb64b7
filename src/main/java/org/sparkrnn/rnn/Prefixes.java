package org.sparkrnn.rnn;

import java.util.Arrays;

/**
 * Where rows of ids begin alike: each takes its first steps with another row, and from one step on
 * goes its own way.
 *
 * <pre>{@code
 * row 0:  M A R I A     alone
 * row 1:  . . . . E     4 steps with row 0
 * row 2:  . . . K       3 steps with row 0
 * row 3:  . . . . O     4 steps with row 2
 * row 4:  . . .         3 steps with row 0, and is at its end
 * }</pre>
 *
 * <p>That is the tree of all prefixes, of which each row owns the part that no row before it has. A
 * row costs a look-up where it leaves another one, and a comparison for each step until then: its
 * own steps, most of a long text, cost nothing. Reversed rows have their suffixes in the tree.
 */
final class Prefixes {
  /** What stands behind the last id of each row: rows that end together are the same. */
  private static final int END = -1;

  /** The rows of ids. */
  interface Rows {
    int length(int row);

    int id(int row, int t);
  }

  private Rows rows;
  private int count;

  /** By row the one that has taken the step before its own first one; -1 where there is none. */
  private int[] with = new int[0];

  /** By row how many steps it takes with others. */
  private int[] shared = new int[0];

  /**
   * By row the one before it that it is a copy of, which is none itself; -1 where there is none.
   */
  private int[] same = new int[0];

  /** The rows that are no copies, each where its first own id's hash says or behind; -1 is free. */
  private int[] table = new int[0];

  /** Finds what the first {@code count} rows share. */
  void find(Rows given, int count) {
    begin(count);
    rows = given;
    // At most half full.
    int slots = Integer.highestOneBit(Math.max(1, count)) * 4;
    if (table.length < slots) {
      table = new int[slots];
    }
    Arrays.fill(table, 0, slots, -1);
    for (int row = 0; row < count; row++) {
      add(row, slots - 1);
    }
    rows = null;
  }

  /** Lets the first {@code count} rows share nothing. */
  void none(int count) {
    begin(count);
    Arrays.fill(with, 0, count, -1);
    Arrays.fill(shared, 0, count, 0);
    Arrays.fill(same, 0, count, -1);
  }

  private void begin(int rowCount) {
    count = rowCount;
    with = Window.grown(with, count);
    shared = Window.grown(shared, count);
    same = Window.grown(same, count);
  }

  private void add(int row, int mask) {
    int leader = -1;
    int t = 0;
    same[row] = -1;
    while (true) {
      int symbol = symbol(row, t);
      int next = leader;
      if (leader < 0 || symbol(leader, t) != symbol) {
        int slot = slot(leader, t, symbol, mask);
        next = table[slot];
        if (next < 0) {
          table[slot] = row;
          break;
        }
      }
      if (symbol == END) {
        same[row] = next;
        break;
      }
      leader = next;
      t++;
    }
    with[row] = leader;
    shared[row] = t;
  }

  private int symbol(int row, int t) {
    return t < rows.length(row) ? rows.id(row, t) : END;
  }

  /**
   * Where the row is that leaves {@code leader} at step {@code t} with this symbol, or would be.
   */
  private int slot(int leader, int t, int symbol, int mask) {
    int hash = ((leader * 31 + t) * 31 + symbol) * 0x9E3779B9;
    int slot = (hash ^ hash >>> 15) & mask;
    while (table[slot] >= 0) {
      int row = table[slot];
      if (with[row] == leader && shared[row] == t && symbol(row, t) == symbol) {
        break;
      }
      slot = slot + 1 & mask;
    }
    return slot;
  }

  /** How many rows there are. */
  int count() {
    return count;
  }

  /** The row that takes the last of those steps that {@code row} shares; -1 if it shares none. */
  int with(int row) {
    return with[row];
  }

  /** How many steps a row shares, from its first one on. */
  int shared(int row) {
    return shared[row];
  }

  /** The row before it that a row is a copy of, which is none itself; -1 where there is none. */
  int same(int row) {
    return same[row];
  }
}
