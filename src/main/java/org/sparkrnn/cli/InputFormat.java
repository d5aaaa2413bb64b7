package org.sparkrnn.cli;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Tells a source's format by the names of its files. Runs on the driver. */
final class InputFormat {
  /** Spark's name of a format by the extension of its files. */
  private static final Map<String, String> BY_EXTENSION =
      Map.ofEntries(
          Map.entry("parquet", "parquet"),
          Map.entry("pq", "parquet"),
          Map.entry("json", "json"),
          Map.entry("jsonl", "json"),
          Map.entry("ndjson", "json"),
          Map.entry("csv", "csv"),
          Map.entry("orc", "orc"),
          Map.entry("avro", "avro"),
          Map.entry("txt", "text"));

  /** Extensions that only say how a file is compressed. */
  private static final java.util.Set<String> COMPRESSION =
      java.util.Set.of("gz", "bz2", "zst", "zstd", "lz4", "snappy", "deflate", "xz");

  /** How many files of a folder are looked at before its format is taken as told. */
  private static final int ENOUGH = 1000;

  private InputFormat() {}

  /**
   * The format of {@code places}, files or folders: what the extensions of their names say, or else
   * of the files in them; Parquet if they say nothing.
   *
   * @throws Refusal (usage) if they disagree
   */
  static String of(Iterable<Path> places, Configuration conf) throws IOException {
    SortedSet<String> found = new TreeSet<>();
    for (Path place : places) {
      String format = byName(place.getName());
      if (format != null) {
        found.add(format);
      } else {
        FileSystem files = place.getFileSystem(conf);
        inFolder(files, files.getFileStatus(place), found, ENOUGH);
      }
    }
    if (found.size() > 1) {
      throw Refusal.usage(
          "the input's files are of several formats, "
              + String.join(" and ", found)
              + "; name one with --input-format, or give a narrower --input");
    }
    return found.isEmpty() ? "parquet" : found.first();
  }

  private static int inFolder(
      FileSystem files, FileStatus place, SortedSet<String> found, int budget) throws IOException {
    if (!place.isDirectory()) {
      return budget;
    }
    int left = budget;
    for (FileStatus child : files.listStatus(place.getPath())) {
      String name = child.getPath().getName();
      if (left <= 0 || Places.hidden(name)) {
        continue;
      }
      if (child.isDirectory()) {
        left = inFolder(files, child, found, left);
      } else {
        left--;
        String format = byName(name);
        if (format != null) {
          found.add(format);
        }
      }
    }
    return left;
  }

  /** By a name's last extension that is not of a compression; null when it says nothing. */
  private static String byName(String name) {
    String rest = name.toLowerCase(Locale.ROOT);
    int dot = rest.lastIndexOf('.');
    while (dot > 0 && COMPRESSION.contains(rest.substring(dot + 1))) {
      rest = rest.substring(0, dot);
      dot = rest.lastIndexOf('.');
    }
    return dot > 0 ? BY_EXTENSION.get(rest.substring(dot + 1)) : null;
  }
}
