package org.sparkrnn.cli;

/** How the command ends, as its exit code. */
enum ExitCode {
  /** All is done. */
  DONE(0, "done"),
  /** The job broke while it ran: storage, memory, a lost cluster. */
  FAILED(1, "failed while running"),
  /** An option or key is wrong, or the output may not be written as asked. */
  USAGE(2, "usage or configuration"),
  /** The model cannot be read or run. */
  MODEL(3, "model"),
  /** The input, its columns or its rows do not fit the model. */
  DATA(4, "data or schema");

  private final int number;
  private final String words;

  ExitCode(int number, String words) {
    this.number = number;
    this.words = words;
  }

  int number() {
    return number;
  }

  String words() {
    return words;
  }
}
