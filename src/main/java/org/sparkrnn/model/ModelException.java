package org.sparkrnn.model;

/**
 * A model that cannot be run: its spec is wrong, or does not fit its weights. The message names the
 * file, the path inside the spec or the tensor, what was expected, what was found and what to do.
 */
public final class ModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the message. */
  public ModelException(String message) {
    super(message);
  }

  /** With the message and what showed it. */
  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
