package org.sparkrnn.spark;

/** A setting that does not exist or has a value it cannot have. */
public final class SettingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** With the message. */
  public SettingException(String message) {
    super(message);
  }
}
