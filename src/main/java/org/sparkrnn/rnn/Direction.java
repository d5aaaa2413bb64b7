package org.sparkrnn.rnn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sparkrnn.ops.CellStepper;
import org.sparkrnn.ops.PackedCell;

/**
 * One direction of a level of an rnn layer: its cells, one after the other, each over all steps of
 * a group.
 */
final class Direction {
  private final List<SteppedCell> cells = new ArrayList<>();

  /** What the first cell reads by ids, {@code [ids, inputSize]}; null where it reads steps. */
  private final float[] sums;

  private final boolean reversed;
  private final Between between;

  /** Where the layer's state starts in the network's flattened state. */
  private final int stateOffset;

  private final float[][] x;
  private final int[] from;
  private final int[] to;
  private final SharedSteps shared;

  /** Whether the steps of rows that begin alike are the same. */
  private final boolean shares;

  private long cellSteps;
  private long flops;

  /** What the cells of one direction hand on: by turns the output of a cell. */
  static final class Between {
    private final float[][] outputs = {new float[0], new float[0]};

    float[] of(int cell, int size) {
      outputs[cell % 2] = Window.grown(outputs[cell % 2], size);
      return outputs[cell % 2];
    }
  }

  /**
   * The states of the window's rows, as they stand at the border.
   *
   * @param window has the initial ones, {@code [rows, size]}
   * @param last receives the final states
   * @param size floats in the network's flattened state
   */
  @SuppressWarnings("ArrayRecordComponent") // handed down, never compared
  record States(Window window, float[] last, int size) {}

  /**
   * @param sums null where the first cell reads steps
   * @param shares whether rows that begin alike, from their ends where reversed, have equal inputs
   *     as far as their ids are equal
   * @param groupRows how many rows are stepped together at most
   */
  Direction(
      float[] sums,
      boolean reversed,
      boolean shares,
      Between between,
      int stateOffset,
      int groupRows) {
    this.sums = sums;
    this.reversed = reversed;
    this.shares = shares;
    this.shared = new SharedSteps(groupRows);
    this.between = between;
    this.stateOffset = stateOffset;
    this.x = new float[groupRows][];
    this.from = new int[groupRows];
    this.to = new int[groupRows];
  }

  /** Adds a cell behind those there are, with the pieces that its state is of at the border. */
  void add(PackedCell cell, List<StateOrder.Span> spans) {
    InputAhead ahead = sums != null && cells.isEmpty() ? null : InputAhead.of(cell);
    cells.add(new SteppedCell(cell, x.length, ahead, spans));
  }

  boolean reversed() {
    return reversed;
  }

  /** Whether it computes once what rows that begin alike, in its order, share. */
  boolean shares() {
    return shares;
  }

  /** Floating-point operations of a step. */
  long flopsPerStep() {
    return cells.stream().mapToLong(cell -> cell.packed().flopsPerStep()).sum();
  }

  int outputSize() {
    return cells.get(cells.size() - 1).packed().outputSize();
  }

  /** Steps computed so far, one for each step of each row under each cell. */
  long cellSteps() {
    return cellSteps;
  }

  /** Floating-point operations of those steps. */
  long flops() {
    return flops;
  }

  /** An array of this direction's own for so many of its outputs; the next run overwrites it. */
  float[] own(int entries) {
    return between.of(cells.size() - 1, entries * outputSize());
  }

  /**
   * Takes the steps of a group.
   *
   * @param input the packed input {@code [steps, inputSize]}; null where the window has it
   * @param ids the packed ids {@code [steps]}; only read where there is a table, or steps are
   *     shared
   * @param output where the last cell's outputs go
   */
  void run(Steps taken, float[] input, int[] ids, States states, StepOutput output) {
    Group group = taken.group();
    StepInput in = first(input, ids, states.window());
    if (group.shared()) {
      shared.find(taken, shares ? ids : null, reversed);
    }
    for (int i = 0; i < cells.size(); i++) {
      SteppedCell cell = cells.get(i);
      int size = cell.packed().outputSize();
      StepOutput out =
          i == cells.size() - 1
              ? output
              : new StepOutput.Packed(between.of(i, taken.stored() * size), size, 0);
      if (group.shared()) {
        boolean last = i == cells.size() - 1;
        long computed = shared.run(taken, reversed, cell, in, out, last, states, stateOffset);
        cellSteps += computed;
        flops += computed * cell.packed().flopsPerStep();
      } else {
        stepAll(taken, cell, in, out, states);
      }
      in = new StepInput.Packed(out.values(), size);
    }
    // They may be the caller's arrays, which this must not keep alive.
    Arrays.fill(x, null);
  }

  private StepInput first(float[] input, int[] ids, Window window) {
    int size = cells.get(0).packed().inputSize();
    if (sums != null) {
      return new StepInput.Tabulated(sums, size, ids);
    }
    return input == null ? new StepInput.Staged(window) : new StepInput.Packed(input, size);
  }

  private void stepAll(Steps taken, SteppedCell cell, StepInput in, StepOutput out, States states) {
    Group group = taken.group();
    CellStepper stepper = cell.stepper();
    for (int r = 0; r < group.rows(); r++) {
      cell.set(r, states.window().states(), group.windowRow(r) * states.size() + stateOffset);
    }
    int alive = group.rows();
    for (int t = 0; t <= group.longest(); t++) {
      int active = t < group.longest() ? group.active(t) : 0;
      while (alive > active) {
        alive--;
        int offset = group.windowRow(alive) * states.size() + stateOffset;
        cell.get(stepper, alive, states.last(), offset);
      }
      if (active == 0) {
        break;
      }
      if (stepper == cell.stepper() && cell.ahead() != null) {
        stepper = cell.ahead().from(taken, t, reversed, in, stepper);
      }
      out.find(taken, t, active, reversed, to);
      if (stepper == cell.stepper()) {
        in.find(taken, t, active, reversed, x, from);
        stepper.step(active, x, from, out.values(), to);
      } else {
        cell.ahead().step(t, out.values(), to);
      }
      cellSteps += active;
      flops += active * cell.packed().flopsPerStep();
    }
  }
}
