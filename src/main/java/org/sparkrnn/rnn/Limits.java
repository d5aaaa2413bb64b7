package org.sparkrnn.rnn;

/**
 * How a {@link NetworkRunner} goes about it; changes no result.
 *
 * @param windowBytes bound on the bytes of all rows staged together: their inputs, results and the
 *     values between layers
 * @param groupRows how many rows are stepped together at most
 * @param sharing whether steps that rows share are computed once
 */
public record Limits(long windowBytes, int groupRows, Sharing sharing) {
  /** The defaults: 64 MiB and 64 rows. */
  public static final Limits DEFAULT = new Limits(64L << 20, 64);

  /** Checks that both bounds are at least 1. */
  public Limits {
    if (windowBytes < 1 || groupRows < 1) {
      throw new IllegalArgumentException(
          "limits must be at least 1, found " + windowBytes + " bytes and " + groupRows + " rows");
    }
  }

  /** With shared steps computed once where that saves enough. */
  public Limits(long windowBytes, int groupRows) {
    this(windowBytes, groupRows, Sharing.AUTO);
  }
}
