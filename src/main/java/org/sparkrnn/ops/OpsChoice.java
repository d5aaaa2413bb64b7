package org.sparkrnn.ops;

/** Chooses the implementation for a setting. */
final class OpsChoice {
  private OpsChoice() {}

  static Ops of(String setting) {
    throw new IllegalArgumentException(
        "spark.rnn.ops is '" + setting + "', expected one of auto, scalar");
  }
}
