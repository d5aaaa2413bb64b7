package org.sparkrnn.ops;

/** What arrays cost. */
final class Footprint {
  private static final int HEADER = 16;
  private static final int REFERENCE = 4;

  private Footprint() {}

  /** Bytes of {@code float[rows][columns]}, headers and references included. */
  static long floats(int rows, int columns) {
    return HEADER + rows * (REFERENCE + HEADER + (long) Float.BYTES * columns);
  }
}
