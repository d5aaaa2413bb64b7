package org.sparkrnn.rnn;

/**
 * One selected output of all rows of a window, valid until the window is run again or cleared.
 *
 * <p>A row's numbers lie together: of an output per step {@code length * size}, step by step; of
 * one per row {@code size}; of the final state the flattened state; of what was generated {@code
 * entries} ids.
 */
public interface Result {

  /** Which output. */
  Output output();

  /** The numbers of all rows, where they are floats. */
  float[] floats();

  /**
   * The numbers of all rows, where they are floats and lie together, in an array for the caller to
   * keep. To be called once, behind what else is asked.
   */
  float[] takeFloats();

  /** The numbers of all rows, where they are integers. */
  int[] ints();

  /** Index of the first number of {@code row}. */
  int offset(int row);

  /** How many numbers one entry has. */
  int size();

  /** How many entries {@code row} has: one for each of its steps, or for each id, or one. */
  int entries(int row);

  /** Whether there is one entry for each step of a row. */
  boolean perStep();
}
