package org.sparkrnn.cli;

import java.util.Arrays;
import java.util.Locale;

/** What to do when the output is there already; Spark's words. */
enum SaveMode {
  /** Refuse to run. */
  ERRORIFEXISTS,
  /** Replace it, once the new one is complete. */
  OVERWRITE,
  /** Add files to it, once they are complete. */
  APPEND,
  /** Leave it and do nothing. */
  IGNORE;

  /** From the setting's word. */
  static SaveMode of(String word) {
    for (SaveMode mode : values()) {
      if (mode.word().equals(word.toLowerCase(Locale.ROOT))) {
        return mode;
      }
    }
    throw Refusal.usage(
        "mode is '"
            + word
            + "'; it can be "
            + String.join(", ", Arrays.stream(values()).map(SaveMode::word).toList()));
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
