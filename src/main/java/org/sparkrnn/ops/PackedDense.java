package org.sparkrnn.ops;

/** The weights of {@code y = activation(x * kernel + bias)}. Immutable and thread-safe. */
public interface PackedDense {

  /** Width of a row of {@code x}. */
  int inputSize();

  /** Width of a row of {@code y}. */
  int outputSize();

  /** Floating-point operations for one row: two for each weight. */
  long flopsPerRow();

  /** Memory of the packed weights, in bytes. */
  long bytes();

  /** A runner with scratch of its own; for one thread. */
  Runner runner();

  /** Computes rows, and allocates nothing. Not thread-safe. */
  interface Runner {
    /**
     * Computes {@code rows} rows.
     *
     * @param x {@code [rows, inputSize]} from {@code xOffset} on
     * @param y {@code [rows, outputSize]} from {@code yOffset} on; does not overlap {@code x}
     */
    void apply(int rows, float[] x, int xOffset, float[] y, int yOffset);
  }
}
