package org.sparkrnn.cli;

/** Ends the command with an exit code and one message for the person who gave it. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode code;

  Refusal(ExitCode code, String message) {
    super(message);
    this.code = code;
  }

  Refusal(ExitCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  static Refusal usage(String message) {
    return new Refusal(ExitCode.USAGE, message);
  }

  /** For a place that cannot be read, with the storage's reason. */
  static Refusal unreadable(String what, ExitCode code, Exception cause) {
    return new Refusal(code, what + " cannot be read: " + reason(cause), cause);
  }

  /** For a place that cannot be written, with the storage's reason. */
  static Refusal unwritable(String what, Exception cause) {
    return new Refusal(ExitCode.USAGE, what + " cannot be written: " + reason(cause), cause);
  }

  private static String reason(Exception cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  ExitCode code() {
    return code;
  }
}
