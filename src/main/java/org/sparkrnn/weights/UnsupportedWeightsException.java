package org.sparkrnn.weights;

/** The file is well formed, but holds something that spark-rnn does not read. */
public final class UnsupportedWeightsException extends WeightsException {
  private static final long serialVersionUID = 1L;

  /**
   * @param source the file
   * @param reason what is not supported, and what to do instead
   */
  public UnsupportedWeightsException(String source, String reason) {
    super(source, reason, null);
  }
}
