package org.sparkrnn.rnn;

/** Whether steps that rows of ids share, because they begin alike, are computed once. */
public enum Sharing {
  /** Where it saves enough of a window's arithmetic. */
  AUTO(1.2),
  /** Where it saves any. */
  ALWAYS(1),
  /** Nowhere. */
  NEVER(Double.POSITIVE_INFINITY);

  private final double least;

  Sharing(double least) {
    this.least = least;
  }

  /** How many times the arithmetic that is left all of it has to be. */
  double least() {
    return least;
  }
}
