package org.sparkrnn.bench;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.ops.CellStepper;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.ops.PackedCell;

/** A cell alone, stepped over a batch of equal lengths: no staging, no copies. */
final class SteppedCell implements Runnable {
  private final CellStepper stepper;
  private final int rows;
  private final int steps;
  private final int[][] from;
  private final int[][] to;

  /** For each row the same array. */
  private final float[][] inputs;

  private final float[] y;
  private final float[] zero;

  SteppedCell(RnnCell cell, String ops, Corpus corpus) {
    PackedCell packed = Ops.of(ops).pack(cell);
    rows = corpus.rows();
    steps = corpus.longest();
    stepper = packed.stepper(rows);
    zero = new float[packed.stateSize()];
    int size = packed.inputSize();
    int units = packed.outputSize();
    float[] x = new float[steps * rows * size];
    inputs = new float[rows][];
    Arrays.fill(inputs, x);
    y = new float[steps * rows * units];
    from = new int[steps][];
    to = new int[steps][];
    for (int t = 0; t < steps; t++) {
      int first = t * rows;
      from[t] = IntStream.range(first, first + rows).map(step -> step * size).toArray();
      to[t] = IntStream.range(first, first + rows).map(step -> step * units).toArray();
      for (int row = 0; row < rows; row++) {
        System.arraycopy(corpus.flat()[row], t * size, x, (first + row) * size, size);
      }
    }
  }

  @Override
  public void run() {
    for (int row = 0; row < rows; row++) {
      stepper.setState(row, zero, 0);
    }
    for (int t = 0; t < steps; t++) {
      stepper.step(rows, inputs, from[t], y, to[t]);
    }
  }

  /** {@code [rows][steps * units]} of the last run. */
  float[][] answers() {
    int units = y.length / (rows * steps);
    float[][] answers = new float[rows][steps * units];
    for (int row = 0; row < rows; row++) {
      for (int t = 0; t < steps; t++) {
        System.arraycopy(y, (t * rows + row) * units, answers[row], t * units, units);
      }
    }
    return answers;
  }
}
