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
   * <p>Row {@code r} reads {@code inputSize} floats from {@code x[from[r] * inputSize ...]} and
   * writes {@code outputSize} floats to {@code y[to[r] * outputSize ...]}. {@code x} and {@code y}
   * do not overlap.
   *
   * @param rows how many rows, at least 1
   * @param from for each row the index of its step in {@code x}; several rows may read the same
   * @param to for each row the index of its step in {@code y}
   */
  void step(int rows, int[] from, float[] x, int[] to, float[] y);

  /** The same where a row's output has the index of its input. */
  default void step(int rows, int[] at, float[] x, float[] y) {
    step(rows, at, x, at, y);
  }
}
