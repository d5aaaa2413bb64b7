package org.sparkrnn.ops;

/**
 * The state of up to a fixed number of rows under one cell, stepped together. Not thread-safe;
 * allocates nothing after it is made.
 *
 * <p>Rows are stepped from the front: {@link #step} advances rows {@code 0 .. rows - 1}, and from
 * call to call {@code rows} only shrinks until the states are set again. A row's state may be read
 * after the last step that included it and before the next call of {@code step}.
 */
public interface CellStepper {

  /** Sets the state of {@code row} from {@code stateSize} floats at {@code state[offset...]}. */
  void setState(int row, float[] state, int offset);

  /** Copies the state of {@code row} to {@code state[offset...]}. */
  void getState(int row, float[] state, int offset);

  /**
   * Advances the first {@code rows} rows by one step.
   *
   * <p>Row {@code r} reads {@code inputSize} floats from {@code x[r][from[r] ...]} and writes
   * {@code outputSize} floats to {@code y[to[r] ...]}. {@code y} is none of the arrays that are
   * read.
   *
   * @param rows how many rows, at least 1
   * @param x for each row the array that its step is in; several rows may read the same step
   * @param from for each row where its step begins in that
   * @param to for each row where its output begins in {@code y}
   */
  void step(int rows, float[][] x, int[] from, float[] y, int[] to);
}
