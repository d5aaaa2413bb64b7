package org.sparkrnn.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.sparkrnn.ops.Ops;

/** A table of results: tab-separated, with lines about the machine in front of it. */
final class Tsv {
  /** Where tables go. */
  static final Path FOLDER = Path.of("target", "bench");

  private final Path file;
  private final List<String> columns;

  private Tsv(Path file, List<String> columns) {
    this.file = file;
    this.columns = columns;
  }

  /** A table to append to; begun with its heading if it is not there yet. */
  static Tsv append(String name, String... columns) {
    Path file = FOLDER.resolve(name + ".tsv");
    Tsv tsv = new Tsv(file, List.of(columns));
    if (!Files.exists(file)) {
      tsv.write(
          "# "
              + LocalDate.now(ZoneOffset.UTC)
              + ", "
              + processor()
              + ", "
              + Runtime.getRuntime().availableProcessors()
              + " processors, load "
              + ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()
              + "\n# Java "
              + System.getProperty("java.vm.version")
              + ", "
              + Ops.of("auto").name()
              + ", "
              + flags()
              + "\n"
              + String.join("\t", columns)
              + "\n");
    }
    return tsv;
  }

  /** Takes a former run's table away. */
  static void begin(String name) {
    try {
      Files.createDirectories(FOLDER);
      Files.deleteIfExists(FOLDER.resolve(name + ".tsv"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Appends a row, and prints it for people. */
  void row(Object... values) {
    List<String> texts = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < values.length; i++) {
      String text = values[i] instanceof Double number ? shortened(number) : values[i].toString();
      texts.add(text);
      line.append(line.isEmpty() ? "" : "  ").append(columns.get(i)).append(' ').append(text);
    }
    write(String.join("\t", texts) + "\n");
    System.out.println(line);
  }

  private static String shortened(double number) {
    return number != 0 && Math.abs(number) < 0.01
        ? String.format("%.1e", number)
        : String.format(Math.abs(number) < 100 ? "%.2f" : "%.1f", number);
  }

  private void write(String text) {
    try {
      Files.createDirectories(FOLDER);
      Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The rows of a table, each by column; none where there is no such file. */
  static List<Map<String, String>> read(Path file) {
    List<String> lines;
    try {
      if (!Files.exists(file)) {
        return List.of();
      }
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    lines.removeIf(line -> line.startsWith("#"));
    String[] names = lines.get(0).split("\t", -1);
    List<Map<String, String>> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] values = line.split("\t", -1);
      Map<String, String> row = new LinkedHashMap<>();
      for (int i = 0; i < names.length; i++) {
        row.put(names[i], values[i]);
      }
      rows.add(row);
    }
    return rows;
  }

  private static String flags() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("-X") || flag.startsWith("--add-modules"))
        .collect(Collectors.joining(" "));
  }

  /** The processor's name, family and vector extensions, where Linux tells them. */
  private static String processor() {
    Map<String, String> facts = new LinkedHashMap<>();
    try {
      for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
        int colon = line.indexOf(':');
        if (colon > 0) {
          facts.putIfAbsent(line.substring(0, colon).trim(), line.substring(colon + 1).trim());
        }
      }
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
    return String.format(
        "%s (family %s, model %s)",
        facts.get("model name"), facts.get("cpu family"), facts.get("model"));
  }
}
