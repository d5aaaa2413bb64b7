package org.sparkrnn.rnn;

import java.util.Arrays;

/**
 * Steps the rows of a group so that steps which several of them share are computed once, for one of
 * them: at its own first step a row takes over the state that another one has reached.
 *
 * <p>Rows come and go from step to step, so between steps their states stand where the final ones
 * belong, and a stepper has them for one step only. That a row's bits do not depend on the rows
 * that are with it is what makes the shared ones right.
 */
final class SharedSteps {
  private final Prefixes prefixes = new Prefixes();

  /** Of all rows at a step, those that share it too. */
  private float[][] x = new float[0][];

  private int[] from = new int[0];
  private int[] to = new int[0];

  /** Of the rows that are stepped together. */
  private final int[] row;

  private final float[][] ownX;
  private final int[] ownFrom;
  private final int[] ownTo;

  /**
   * @param most how many rows are stepped together at most
   */
  SharedSteps(int most) {
    row = new int[most];
    ownX = new float[most][];
    ownFrom = new int[most];
    ownTo = new int[most];
  }

  /**
   * Finds what the rows share.
   *
   * @param ids the packed ids; null where the rows' inputs differ though their ids do not
   */
  void find(Steps taken, int[] ids, boolean reversed) {
    int rows = taken.group().rows();
    if (ids == null) {
      prefixes.none(rows);
    } else {
      prefixes.find(new Ids(taken, ids, reversed), rows);
    }
    if (x.length < rows) {
      x = new float[rows][];
      from = new int[rows];
      to = new int[rows];
    }
  }

  /** The rows of a group, in the order in which a direction takes their steps. */
  @SuppressWarnings("ArrayRecordComponent") // handed down, never compared
  private record Ids(Steps taken, int[] ids, boolean reversed) implements Prefixes.Rows {
    @Override
    public int length(int row) {
      return taken.group().length(row);
    }

    @Override
    public int id(int row, int t) {
      return ids[taken.at(row, t, reversed)];
    }
  }

  /**
   * Takes all steps of the group that {@link #find} has seen, under one cell.
   *
   * @param spread whether each row gets the outputs of those steps too that it shares; those who
   *     read them from the cell's own buffer need them once
   * @param stateOffset where the layer's state begins in a row's
   * @return how many steps were computed
   */
  long run(
      Steps taken,
      boolean reversed,
      SteppedCell cell,
      StepInput in,
      StepOutput out,
      boolean spread,
      Direction.States states,
      int stateOffset) {
    Group group = taken.group();
    long computed = 0;
    int size = cell.packed().outputSize();
    int reached = group.rows();
    for (int t = 0; t <= group.longest(); t++) {
      for (int r = 0; r < reached; r++) {
        if (prefixes.shared(r) == t) {
          begin(taken, r, cell, states, stateOffset);
        }
      }
      reached = t < group.longest() ? group.active(t) : 0;
      if (reached == 0) {
        break;
      }
      in.find(taken, t, reached, reversed, x, from);
      out.find(taken, t, reached, reversed, to);
      int next = 0;
      while (next < reached) {
        int count = 0;
        for (; next < reached && count < row.length; next++) {
          if (prefixes.shared(next) <= t) {
            row[count] = next;
            ownX[count] = x[next];
            ownFrom[count] = from[next];
            ownTo[count] = to[next];
            cell.set(count, states.last(), place(taken, next, states, stateOffset));
            count++;
          }
        }
        if (count > 0) {
          cell.stepper().step(count, ownX, ownFrom, out.values(), ownTo);
        }
        for (int i = 0; i < count; i++) {
          cell.get(cell.stepper(), i, states.last(), place(taken, row[i], states, stateOffset));
        }
        computed += count;
      }
      for (int r = 0; spread && r < reached; r++) {
        if (prefixes.shared(r) > t) {
          System.arraycopy(out.values(), to[prefixes.with(r)], out.values(), to[r], size);
        }
      }
    }
    // They may be the caller's arrays, which this must not keep alive.
    Arrays.fill(x, null);
    Arrays.fill(ownX, null);
    return computed;
  }

  /** Gives a row the state before its own first step. */
  private void begin(
      Steps taken, int r, SteppedCell cell, Direction.States states, int stateOffset) {
    int to = place(taken, r, states, stateOffset);
    int leader = prefixes.with(r);
    if (leader < 0) {
      cell.copy(states.window().states(), to, states.last(), to);
    } else {
      cell.copy(states.last(), place(taken, leader, states, stateOffset), states.last(), to);
    }
  }

  private static int place(Steps taken, int r, Direction.States states, int stateOffset) {
    return taken.group().windowRow(r) * states.size() + stateOffset;
  }
}
