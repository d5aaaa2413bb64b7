package org.sparkrnn.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.catalog.ExternalCatalogUtils;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Whether rows may be appended to an output: files of other columns, or in other folders, would
 * spoil it for whoever reads it. Driver side.
 */
final class Appending {
  private Appending() {}

  /**
   * Refuses rows that do not fit what is there.
   *
   * @throws Refusal (data) if the columns or the partition columns differ
   */
  static void check(
      Dataset<Row> rows, List<String> partitionBy, OutputFolder output, SparkSession session)
      throws IOException {
    if (!output.appends()) {
      return;
    }
    FileSystem files = output.path().getFileSystem(session.sparkContext().hadoopConfiguration());
    List<String> partitioned = new ArrayList<>();
    if (!findData(files, output.path(), partitioned)) {
      return;
    }
    if (!partitioned.equals(partitionBy)) {
      throw new Refusal(
          ExitCode.DATA,
          "output "
              + output.path()
              + " is partitioned by "
              + partitioned
              + ", but this run's rows by "
              + partitionBy
              + "; append with the same --partition-by, or choose another folder");
    }
    Map<String, String> there =
        types(session.read().parquet(output.path().toString()).schema(), partitioned);
    Map<String, String> coming = types(rows.schema(), partitionBy);
    if (!there.equals(coming)) {
      throw new Refusal(
          ExitCode.DATA,
          "output "
              + output.path()
              + " has columns "
              + there
              + ", but this run's rows have "
              + coming
              + "; append the same columns, or choose another folder");
    }
  }

  /** Follows the first folder to the first data file; false when there is none. */
  private static boolean findData(FileSystem files, Path folder, List<String> partitioned)
      throws IOException {
    for (FileStatus child : files.listStatus(folder)) {
      String name = child.getPath().getName();
      if (Places.hidden(name)) {
        continue;
      }
      if (!child.isDirectory()) {
        return true;
      }
      int equals = name.indexOf('=');
      int depth = partitioned.size();
      if (equals > 0) {
        partitioned.add(ExternalCatalogUtils.unescapePathName(name.substring(0, equals)));
      }
      if (findData(files, child.getPath(), partitioned)) {
        return true;
      }
      partitioned.subList(depth, partitioned.size()).clear();
    }
    return false;
  }

  /** Types by name. Partition columns have none in files: readers guess it from folders' names. */
  private static Map<String, String> types(StructType schema, List<String> partitionBy) {
    Map<String, String> types = new TreeMap<>();
    for (StructField field : schema.fields()) {
      if (!partitionBy.contains(field.name())) {
        types.put(field.name(), field.dataType().catalogString());
      }
    }
    return types;
  }
}
