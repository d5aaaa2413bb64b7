package org.sparkrnn.bench;

import java.util.Arrays;
import java.util.List;

/** What to measure: system properties, each with a quick default and a full one. */
final class Settings {
  private Settings() {}

  /** Whether a short run is wanted: few sizes, few slices. */
  static boolean quick() {
    return !System.getProperty("quick", "false").equals("false")
        && !System.getProperty("quick").isEmpty();
  }

  /** A property; one that is empty counts as absent. */
  static String text(String name, String quick, String full) {
    String given = System.getProperty(name, "");
    return given.isEmpty() ? quick() ? quick : full : given;
  }

  /** A property that lists words. */
  static List<String> words(String name, String quick, String full) {
    String text = text(name, quick, full);
    return text.equals("none") ? List.of() : Arrays.asList(text.split(",", -1));
  }

  /** A property that lists numbers. */
  static int[] numbers(String name, String quick, String full) {
    return words(name, quick, full).stream().mapToInt(Integer::parseInt).toArray();
  }

  /** A property that is a number. */
  static int number(String name, int quick, int full) {
    return Integer.parseInt(text(name, Integer.toString(quick), Integer.toString(full)));
  }
}
