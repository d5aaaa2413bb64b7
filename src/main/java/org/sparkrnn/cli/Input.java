package org.sparkrnn.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkrnn.spark.RnnKey;

/**
 * The rows a job reads.
 *
 * @param path where they are: a file, a folder, a pattern, or a name that the source understands;
 *     empty for a source that needs none
 * @param format Spark's name of the source
 * @param options of the source
 * @param places the files and folders that {@code path} leads to, where it leads to files
 */
record Input(String path, String format, Map<String, String> options, List<Path> places) {
  /** Sources whose path is one of files. */
  private static final Set<String> OF_FILES =
      Set.of("parquet", "json", "csv", "orc", "avro", "text", "xml", "binaryfile");

  /**
   * Finds them, without starting Spark.
   *
   * @throws Refusal if nothing says where they are (usage), or there is nothing (data)
   */
  static Input find(JobSettings settings, Configuration conf) throws IOException {
    Map<String, String> options = InputOptions.parse(settings.text(RnnKey.INPUT_OPTIONS));
    String format = settings.text(RnnKey.INPUT_FORMAT);
    boolean ofFiles = format.isEmpty() || OF_FILES.contains(format.toLowerCase(Locale.ROOT));
    if (!ofFiles) {
      return new Input(settings.text(RnnKey.INPUT), format, options, List.of());
    }
    String path = settings.needed(RnnKey.INPUT);
    List<Path> places = places(path, conf);
    return new Input(
        path, format.isEmpty() ? InputFormat.of(places, conf) : format, options, places);
  }

  private static List<Path> places(String path, Configuration conf) throws IOException {
    Path pattern = new Path(path);
    FileStatus[] found = pattern.getFileSystem(conf).globStatus(pattern);
    List<Path> places = new ArrayList<>();
    for (FileStatus status : found == null ? new FileStatus[0] : found) {
      places.add(status.getPath());
    }
    if (places.isEmpty()) {
      throw new Refusal(
          ExitCode.DATA,
          "input " + path + " does not exist, seen from " + conf.get("fs.defaultFS"));
    }
    return places;
  }

  /** Opens them; reads no more than Spark needs to tell the columns. */
  Dataset<Row> read(SparkSession session) {
    DataFrameReader reader = session.read().format(format).options(options);
    try {
      return path.isEmpty() ? reader.load() : reader.load(path);
    } catch (Exception e) {
      // Spark throws this checked exception without declaring it.
      if (e instanceof ClassNotFoundException) {
        throw new Refusal(
            ExitCode.USAGE,
            "there is no source '" + format + "' for --input-format in this Spark",
            e);
      }
      throw e;
    }
  }
}
