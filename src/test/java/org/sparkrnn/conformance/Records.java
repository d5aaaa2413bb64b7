package org.sparkrnn.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Comparisons by what was compared, in memory and as lines of tab-separated text. */
final class Records {
  /** Word by word. */
  static final Comparator<List<String>> ORDER =
      Comparator.comparing(words -> String.join("\u0000", words));

  private final Map<List<String>, Worst> worst = new TreeMap<>(ORDER);

  /**
   * The comparison that came nearest to its tolerance.
   *
   * @param error its largest absolute difference
   * @param tolerance what was allowed for it
   * @param comparisons how many there were in all
   */
  record Worst(double error, double tolerance, long comparisons) {
    private Worst and(Worst other) {
      long all = comparisons + other.comparisons;
      boolean first = error * other.tolerance >= other.error * tolerance;
      return first
          ? new Worst(error, tolerance, all)
          : new Worst(other.error, other.tolerance, all);
    }
  }

  void add(List<String> key, double error, double tolerance) {
    if (!(error <= tolerance)) {
      throw new AssertionError(key + ": error " + error + " is above the tolerance " + tolerance);
    }
    worst.merge(List.copyOf(key), new Worst(error, tolerance, 1), Worst::and);
  }

  Set<List<String>> keys() {
    return worst.keySet();
  }

  Map<List<String>, Worst> all() {
    return worst;
  }

  /** Reads a file; none are no records. */
  static Records read(Path file) throws IOException {
    Records records = new Records();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        List<String> parts = List.of(line.split("\t", -1));
        int words = parts.size() - 3;
        records.worst.put(
            parts.subList(0, words),
            new Worst(
                Double.parseDouble(parts.get(words)),
                Double.parseDouble(parts.get(words + 1)),
                Long.parseLong(parts.get(words + 2))));
      }
    }
    return records;
  }

  /** Saves these in place of the same ones in a file; others stay there. */
  void saveOver(Path file) throws IOException {
    Records merged = read(file);
    merged.worst.putAll(worst);
    StringBuilder text = new StringBuilder();
    merged.worst.forEach(
        (key, value) ->
            text.append(String.join("\t", key))
                .append('\t')
                .append(value.error())
                .append('\t')
                .append(value.tolerance())
                .append('\t')
                .append(value.comparisons())
                .append('\n'));
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
