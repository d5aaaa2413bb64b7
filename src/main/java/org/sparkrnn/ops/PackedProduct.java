package org.sparkrnn.ops;

/**
 * The weights of {@code z = bias + x * weights} for use inside a formula. Immutable; one copy
 * serves all threads.
 */
interface PackedProduct {

  int inputs();

  int outputs();

  /** Memory of the packed weights, in bytes. */
  long bytes();

  /** Memory of a {@link Runner}'s scratch, in bytes. */
  long runnerBytes(int rows);

  /** A runner with scratch of its own for up to {@code rows} rows; for one thread. */
  Runner runner(int rows);

  /** Multiplies without allocating. */
  interface Runner {
    /**
     * @param x {@code [rows, inputs]}
     * @param z {@code [rows, outputs]}
     */
    void run(int rows, float[] x, float[] z);
  }
}
