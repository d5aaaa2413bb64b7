package org.sparkrnn.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.sparkrnn.model.BadRow;
import org.sparkrnn.spark.RunMetrics;

/** A finished job in a few lines for a person. */
final class Summary {
  /** Of a fingerprint's 64 digits as many as tell models apart at a glance. */
  private static final int SHORT = 12;

  private Summary() {}

  /** The lines. */
  static List<String> of(JobResult result) {
    RunMetrics metrics = result.metrics();
    String fingerprint = result.model().fingerprint();
    List<String> lines = new ArrayList<>();
    if (!result.written()) {
      return List.of("output    " + result.output() + " exists and is left as it is; nothing ran");
    }
    lines.add(
        "model     "
            + result.model().name()
            + " "
            + fingerprint.substring(0, Math.min(SHORT, fingerprint.length())));
    lines.add("input     " + result.input().path() + ", " + result.input().format());
    lines.add(
        format(
            "rows      %,d with %,d steps, the longest %,d",
            metrics.rows(), metrics.steps(), metrics.longestRow()));
    lines.add("bad rows  " + badRows(metrics));
    lines.add(
        format(
            "time      %.1f s: %,.0f rows/s, %,.0f steps/s",
            result.seconds(), result.rowsPerSecond(), result.stepsPerSecond()));
    lines.add(
        format(
            "network   %.2f s, summed over tasks, for %,d steps of cells at %.2f GFLOP/s;"
                + " arithmetic: %s",
            result.networkSeconds(),
            metrics.work().cellSteps(),
            result.gflopsPerTask(),
            metrics.work().ops().isEmpty() ? "none ran" : String.join(", ", metrics.work().ops())));
    lines.add("output    " + result.output());
    return lines;
  }

  private static String badRows(RunMetrics metrics) {
    if (metrics.badRows().isEmpty()) {
      return "none";
    }
    return metrics.badRows().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(bad -> format("%,d (%s)", bad.getValue(), bad.getKey().meaning()))
        .collect(Collectors.joining(", "));
  }

  /** Rows not computed by the reason's word, in a fixed order. */
  static Map<String, Long> byReason(RunMetrics metrics) {
    Map<String, Long> byReason = new java.util.LinkedHashMap<>();
    for (BadRow reason : BadRow.values()) {
      if (metrics.badRows().containsKey(reason)) {
        byReason.put(reason.word(), metrics.badRows().get(reason));
      }
    }
    return byReason;
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
