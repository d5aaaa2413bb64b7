package org.sparkrnn.spark;

/** A DataFrame that does not have the columns the model needs. Thrown before any task starts. */
public final class ColumnException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** With the message. */
  public ColumnException(String message) {
    super(message);
  }
}
