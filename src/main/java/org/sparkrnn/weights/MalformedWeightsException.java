package org.sparkrnn.weights;

/** The file is damaged: cut short, changed, or not of the format it claims. */
public final class MalformedWeightsException extends WeightsException {
  private static final long serialVersionUID = 1L;

  /**
   * @param source the file
   * @param reason which rule is broken, where, what was expected and what was found
   */
  public MalformedWeightsException(String source, String reason) {
    super(source, reason, null);
  }

  /** As above, with the exception that showed it. */
  public MalformedWeightsException(String source, String reason, Throwable cause) {
    super(source, reason, cause);
  }
}
