package org.sparkrnn.rnn;

/**
 * What rows take in memory, for one network and one choice of outputs.
 *
 * @param limits the bounds
 * @param stagedBytesPerRow states and results of a row
 * @param stagedBytesPerStep input and results of a step
 * @param workBytesPerStep values between layers of a step, while its group is computed
 */
record Footprint(
    Limits limits, long stagedBytesPerRow, long stagedBytesPerStep, long workBytesPerStep) {

  /** The same with so many more bytes for each row. */
  Footprint withRowBytes(long more) {
    return new Footprint(limits, stagedBytesPerRow + more, stagedBytesPerStep, workBytesPerStep);
  }

  /** Bytes of a staged row with its results. */
  long rowBytes(long length) {
    return stagedBytesPerRow + stagedBytesPerStep * length;
  }

  /** Bytes of the values between layers for so many steps of a group. */
  long workBytes(long steps) {
    return workBytesPerStep * steps;
  }

  /** Whether a group may have so many steps. */
  boolean groupFits(long steps) {
    return workBytes(steps) <= limits.windowBytes() / 2;
  }
}
