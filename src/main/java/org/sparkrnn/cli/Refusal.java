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

  ExitCode code() {
    return code;
  }
}
