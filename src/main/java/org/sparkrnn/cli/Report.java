package org.sparkrnn.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkrnn.spark.RunMetrics;

/**
 * A run as JSON for machines: what was asked, what ran, what came of it. The file is there from the
 * start, with status {@code running}, which also shows that it can be written; it is replaced, not
 * changed, so a reader sees one state or the next.
 *
 * <p>Times are ISO 8601 in UTC, durations seconds. Runs on the driver.
 */
final class Report {
  private final Path path;
  private final FileSystem files;
  private final Map<String, Object> content = new LinkedHashMap<>();

  private Report(Path path, FileSystem files) {
    this.path = path;
    this.files = files;
  }

  /**
   * Begins a report.
   *
   * @throws Refusal (usage) if it cannot be written
   */
  static Report begin(String given, JobSettings settings, Configuration conf) {
    try {
      Path path = Places.real(new Path(given), conf);
      FileSystem files = path.getFileSystem(conf);
      if (files.exists(path) && files.getFileStatus(path).isDirectory()) {
        throw Refusal.usage("report " + path + " is a folder; name a file");
      }
      Report report = new Report(path, files);
      report.put("status", "running");
      report.put("exitCode", null);
      report.put("error", null);
      report.put("started", Instant.now().toString());
      report.put("ended", null);
      report.put("versions", versions());
      Map<String, String> inForce = new LinkedHashMap<>();
      settings.all().forEach((key, value) -> inForce.put(key.key(), value));
      report.put("settings", inForce);
      report.write();
      return report;
    } catch (IOException | IllegalArgumentException e) {
      throw Refusal.unwritable("report " + given, e);
    }
  }

  private static Map<String, String> versions() {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("sparkRnn", Version.own());
    versions.put("spark", Version.spark());
    versions.put("java", Version.java());
    return versions;
  }

  private void put(String name, Object value) {
    content.put(name, value);
  }

  /** Ends it well. */
  void done(JobResult result) throws IOException {
    RunMetrics metrics = result.metrics();
    put(
        "model",
        ordered("name", result.model().name(), "fingerprint", result.model().fingerprint()));
    put("input", ordered("path", result.input().path(), "format", result.input().format()));
    put("output", ordered("path", result.output(), "written", result.written()));
    put("rows", metrics.rows());
    put("steps", metrics.steps());
    put("longestRow", metrics.longestRow());
    put("badRows", ordered("total", metrics.badRowCount(), "byReason", Summary.byReason(metrics)));
    put("seconds", result.seconds());
    put("rowsPerSecond", result.rowsPerSecond());
    put("stepsPerSecond", result.stepsPerSecond());
    put("networkSeconds", result.networkSeconds());
    put("gflopsPerTask", result.gflopsPerTask());
    put("cellSteps", metrics.work().cellSteps());
    put("arithmetic", metrics.work().ops());
    end("done", ExitCode.DONE, null);
  }

  private static Map<String, Object> ordered(
      String first, Object one, String second, Object other) {
    Map<String, Object> both = new LinkedHashMap<>();
    both.put(first, one);
    both.put(second, other);
    return both;
  }

  /** Ends it badly. */
  void failed(Failure failure) throws IOException {
    end("failed", failure.code(), failure.message());
  }

  private void end(String status, ExitCode code, String error) throws IOException {
    put("status", status);
    put("exitCode", code.number());
    put("error", error);
    put("ended", Instant.now().toString());
    write();
  }

  private void write() throws IOException {
    Path next =
        new Path(path.getParent(), "." + path.getName() + "." + UUID.randomUUID().toString());
    try {
      try (OutputStream out = files.create(next, false)) {
        out.write(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(content));
        out.write('\n');
      }
      files.delete(path, false);
      if (!files.rename(next, path)) {
        throw new IOException(next + " could not be renamed to " + path);
      }
    } catch (IOException e) {
      files.delete(next, false);
      throw e;
    }
  }
}
