package org.sparkrnn.ops;

import java.util.Arrays;

/** Steps a cell over flat arrays, by the numbers of steps in place of where they begin. */
final class FlatSteps {
  private FlatSteps() {}

  /** Reads {@code [steps, inputSize]} and writes {@code [steps, outputSize]}. */
  static void step(
      PackedCell cell, CellStepper stepper, int rows, int[] from, float[] x, int[] to, float[] y) {
    stepper.step(
        rows, each(rows, x), times(from, cell.inputSize()), y, times(to, cell.outputSize()));
  }

  /** The same where a row's output has the number of its input. */
  static void step(PackedCell cell, CellStepper stepper, int rows, int[] at, float[] x, float[] y) {
    step(cell, stepper, rows, at, x, at, y);
  }

  /** The same array for so many rows. */
  static float[][] each(int rows, float[] x) {
    float[][] all = new float[rows][];
    Arrays.fill(all, x);
    return all;
  }

  /** Where steps of a size begin. */
  static int[] times(int[] steps, int size) {
    return Arrays.stream(steps).map(step -> step * size).toArray();
  }
}
