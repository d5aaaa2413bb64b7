package org.sparkrnn.rnn;

/**
 * Bounds on the memory of one {@link NetworkRunner}.
 *
 * @param windowBytes bound on the bytes of all rows staged together: their inputs, results and the
 *     values between layers
 * @param groupRows how many rows are stepped together at most
 */
public record Limits(long windowBytes, int groupRows) {
  /** The defaults: 64 MiB and 64 rows. */
  public static final Limits DEFAULT = new Limits(64L << 20, 64);

  /** Checks that both are at least 1. */
  public Limits {
    if (windowBytes < 1 || groupRows < 1) {
      throw new IllegalArgumentException(
          "limits must be at least 1, found " + windowBytes + " bytes and " + groupRows + " rows");
    }
  }
}
