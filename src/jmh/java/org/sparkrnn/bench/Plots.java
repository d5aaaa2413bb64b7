package org.sparkrnn.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Draws the plots that the README shows, out of the tables that are committed beside them. With
 * {@code -Dkeep=true} the last run's tables become those first.
 */
final class Plots {
  private static final Path SITE = Path.of("src", "site", "resources");
  private static final List<String> TABLES =
      List.of("micro", "fixed", "ragged", "spread", "scaling");

  private Plots() {}

  /** Without arguments. */
  public static void main(String[] args) throws IOException {
    if (Boolean.getBoolean("keep")) {
      Files.createDirectories(SITE.resolve("bench"));
      for (String table : TABLES) {
        Path made = Tsv.FOLDER.resolve(table + ".tsv");
        if (Files.exists(made)) {
          Files.copy(
              made,
              SITE.resolve("bench").resolve(table + ".tsv"),
              java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    Files.createDirectories(SITE.resolve("images"));
    sizes("lstm", "64", "speed-by-units.svg");
    sizes("lstm", "1", "speed-by-units-batch-1.svg");
    spread();
    ragged();
  }

  private static List<Map<String, String>> table(String name) {
    return Tsv.read(SITE.resolve("bench").resolve(name + ".tsv"));
  }

  /** A peer's name without its version: those change from run to run. */
  private static String shortName(String peer) {
    return peer.replaceAll(" [0-9].*", "");
  }

  private static void sizes(String cell, String batch, String file) {
    List<String> ticks = new ArrayList<>();
    Map<String, List<Double>> ours = new LinkedHashMap<>();
    Map<String, Map<String, Double>> peers = new LinkedHashMap<>();
    for (Map<String, String> row : table("fixed")) {
      if (!row.get("cell").equals(cell) || !row.get("batch").equals(batch)) {
        continue;
      }
      String units = row.get("units");
      ours.computeIfAbsent(units, key -> new ArrayList<>())
          .add(Double.parseDouble(row.get("modelGflops")));
      peers
          .computeIfAbsent(shortName(row.get("peer")), key -> new TreeMap<>())
          .put(units, Double.parseDouble(row.get("peerGflops")));
    }
    ours.keySet().stream()
        .sorted((a, b) -> Integer.parseInt(a) - Integer.parseInt(b))
        .forEach(ticks::add);
    if (ticks.isEmpty()) {
      return;
    }
    LinePlot plot =
        new LinePlot(
            "LSTM, batch of " + batch + ", equal lengths, one core",
            "units",
            "GFLOP/s",
            ticks);
    plot.line(
        "spark-rnn",
        ticks.stream()
            .map(
                units ->
                    Turns.median(
                        ours.get(units).stream().mapToDouble(Double::doubleValue).toArray()))
            .toList());
    peers.forEach(
        (peer, values) ->
            plot.line(peer, ticks.stream().map(units -> values.getOrDefault(units, Double.NaN)).toList()));
    write(file, plot.svg());
  }

  private static void spread() {
    List<String> ticks = new ArrayList<>();
    Map<String, List<Double>> ours = new LinkedHashMap<>();
    Map<String, Map<String, Double>> peers = new LinkedHashMap<>();
    for (Map<String, String> row : table("spread")) {
      String spread = row.get("spread");
      double tokens = Double.parseDouble(row.get("tokens"));
      if (!ticks.contains(spread)) {
        ticks.add(spread);
      }
      ours.computeIfAbsent(spread, key -> new ArrayList<>())
          .add(1000 * Double.parseDouble(row.get("modelMillis")) / tokens);
      String way = row.get("way");
      if (way.equals("padded, arrival") || way.equals("packed, arrival")) {
        peers
            .computeIfAbsent(
                shortName(row.get("peer")) + (way.startsWith("packed") ? ", packed" : ""),
                key -> new TreeMap<>())
            .put(spread, 1000 * Double.parseDouble(row.get("peerMillis")) / tokens);
      }
    }
    if (ticks.isEmpty()) {
      return;
    }
    LinePlot plot =
        new LinePlot(
            "Time for a valid step, LSTM of 128 units, batches in arrival order",
            "spread of the lengths (standard deviation of their logarithm; mean 32)",
            "microseconds",
            ticks);
    plot.line(
        "spark-rnn",
        ticks.stream()
            .map(
                each ->
                    Turns.median(
                        ours.get(each).stream().mapToDouble(Double::doubleValue).toArray()))
            .toList());
    peers.forEach(
        (peer, values) ->
            plot.line(peer, ticks.stream().map(each -> values.getOrDefault(each, Double.NaN)).toList()));
    write("speed-by-spread.svg", plot.svg());
  }

  /** How many times as long each peer takes, in each way, for 4096 sequences as they come. */
  private static void ragged() {
    Map<String, Double> bars = new LinkedHashMap<>();
    for (Map<String, String> row : table("ragged")) {
      if (row.get("cell").equals("lstm") && row.get("units").equals("128")) {
        bars.put(
            shortName(row.get("peer")) + ", " + row.get("way").replace(", ", " in order of ")
                .replace("order of sorted", "sorted order").replace("order of arrival", "arrival order"),
            Double.parseDouble(row.get("modelRatio")));
      }
    }
    if (!bars.isEmpty()) {
      write(
          "speed-ragged.svg",
          BarPlot.svg(
              "CPU time of the same work, RnnModel = 1 (LSTM, 128 units, lengths 1 to 200)", bars));
    }
  }

  private static void write(String file, String svg) {
    Path target = SITE.resolve("images").resolve(file);
    try {
      Files.writeString(target, svg);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.out.println(target);
  }
}
