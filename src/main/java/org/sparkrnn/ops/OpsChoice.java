package org.sparkrnn.ops;

import java.util.Locale;

/** Chooses the implementation for a setting. */
final class OpsChoice {
  private OpsChoice() {}

  static Ops of(String setting) {
    return switch (setting) {
      case "auto", "scalar" -> ScalarOps.INSTANCE;
      default ->
          throw new IllegalArgumentException(
              "spark.rnn.ops is '" + setting + "', expected one of auto, scalar" + hint(setting));
    };
  }

  private static String hint(String setting) {
    String plain = setting.strip().toLowerCase(Locale.ROOT);
    return switch (plain) {
      case "auto", "scalar" -> "; did you mean '" + plain + "'?";
      case "simd" -> "; 'auto' takes the fastest that the machine can run";
      default -> "";
    };
  }
}
