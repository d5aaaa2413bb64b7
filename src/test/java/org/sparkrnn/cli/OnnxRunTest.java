package org.sparkrnn.cli;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.sparkrnn.RnnModel;
import org.sparkrnn.spark.SharedSession;
import org.sparkrnn.weights.onnx.OnnxWriter;

/** An ONNX file alone, from the command line and in a program. */
@ExtendWith(SharedSession.class)
class OnnxRunTest {
  @TempDir private Path given;

  /** Twice the sum of a row's floats: an RNN that adds up, and a dense layer that doubles. */
  private static byte[] sums() {
    OnnxWriter graph = new OnnxWriter();
    graph.message(
        1,
        OnnxWriter.node("RNN", List.of("X", "one", "one"), List.of("", "h"))
            .texts("activations", "Relu"));
    graph.message(1, OnnxWriter.node("Squeeze", List.of("h"), List.of("s")).ints("axes", 0));
    graph.message(1, OnnxWriter.node("Gemm", List.of("s", "two"), List.of("twice")));
    graph.message(5, OnnxWriter.tensor("one", List.of(1L, 1L, 1L), 1));
    graph.message(5, OnnxWriter.tensor("two", List.of(1L, 1L), 2));
    graph.message(11, OnnxWriter.value("X", 1, -1, -1, 1));
    graph.message(12, OnnxWriter.value("twice", 1, -1, 1));
    return OnnxWriter.model(graph);
  }

  @Test
  void aFolderWithOneGraphRunsFromTheCommandLineAsInAProgram(SparkSession session)
      throws IOException {
    Path temp = given.toRealPath();
    Path folder = Files.createDirectory(temp.resolve("model"));
    Files.write(folder.resolve("sums.onnx"), sums());
    Dataset<Row> rows =
        session.sql(
            "select 1 as id, array(1f, 2f, 4f) as steps"
                + " union all select 2, array(0.5f) union all select 3, array(8f, 0.25f)");
    rows.write().parquet(temp.resolve("in").toString());
    Command run =
        Command.with(
            session,
            "run",
            "--model",
            folder.toString(),
            "--input",
            temp.resolve("in").toString(),
            "--output",
            temp.resolve("out").toString(),
            "--sequence",
            "steps");
    assertThat(run.code()).as(run.toString()).isEqualTo(ExitCode.DONE);
    Dataset<Row> written = session.read().parquet(temp.resolve("out").toString());
    Dataset<Row> transformed =
        RnnModel.load(folder.resolve("sums.onnx").toString()).on("steps").transform(rows);
    for (Dataset<Row> found : List.of(written, transformed)) {
      assertThat(found.columns()).containsExactly("id", "steps", "dense");
      assertThat(found.orderBy("id").select(col("dense").getItem(0)).collectAsList())
          .extracting(row -> row.getFloat(0))
          .containsExactly(14f, 1f, 16.5f);
    }
  }
}
