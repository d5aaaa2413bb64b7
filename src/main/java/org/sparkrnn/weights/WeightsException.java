package org.sparkrnn.weights;

/** A weights file that cannot be used. The message names the file and the offence. */
public abstract sealed class WeightsException extends RuntimeException
    permits MalformedWeightsException, UnsupportedWeightsException {
  private static final long serialVersionUID = 1L;

  WeightsException(String source, String reason, Throwable cause) {
    super(source + ": " + reason, cause);
  }
}
