package org.sparkrnn.cli;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.sparkrnn.RnnModel;
import org.sparkrnn.model.Cut;
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

  /** A graph with something before and behind its sums that does not run. */
  private static byte[] inTheMiddle() {
    OnnxWriter around = new OnnxWriter();
    around.message(1, OnnxWriter.node("Conv", List.of("audio", "one"), List.of("X")));
    around.message(1, OnnxWriter.node("Einsum", List.of("twice"), List.of("end")));
    around.message(11, OnnxWriter.value("audio", 1, -1, -1));
    around.message(12, OnnxWriter.value("end", 1, -1));
    // Messages written twice are merged.
    return new OnnxWriter().raw(sums()).message(7, around).toByteArray();
  }

  @Test
  void aPartOfAGraphIsInspectedImportedAndRun(SparkSession session) throws IOException {
    Path temp = given.toRealPath();
    String file = Files.write(temp.resolve("audio.onnx"), inTheMiddle()).toString();
    assertThat(Command.withoutSpark("inspect", file).code()).isEqualTo(ExitCode.MODEL);
    Command inspect = Command.withoutSpark("inspect", file, "--from", "X", "--to", "twice");
    assertThat(inspect.code()).as(inspect.toString()).isEqualTo(ExitCode.DONE);
    assertThat(inspect.out()).contains("dynamic_rnn of BasicRNNCell", "used by rnn");
    String written = temp.resolve("canonical").toString();
    Command imported =
        Command.withoutSpark("import", "--from", "X", "--to", "twice", file, written);
    assertThat(imported.code()).as(imported.toString()).isEqualTo(ExitCode.DONE);
    session.sql("select array(1f, 2f, 4f) as steps").write().parquet(temp + "/in");
    Command run =
        Command.with(
            session,
            "run",
            "--model",
            file,
            "--from",
            "X",
            "--to",
            "twice",
            "--input",
            temp + "/in",
            "--output",
            temp + "/out",
            "--sequence",
            "steps");
    assertThat(run.code()).as(run.toString()).isEqualTo(ExitCode.DONE);
    assertThat(session.read().parquet(temp + "/out").first().getSeq(1).apply(0)).isEqualTo(14f);
    Configuration conf = new Configuration();
    RnnModel part = RnnModel.load(file, "", new Cut("X", "twice"), conf);
    assertThat(RnnModel.load(written, conf).run(new float[][][] {{{1}, {2}}}).floats("dense", 0))
        .isEqualTo(part.run(new float[][][] {{{1}, {2}}}).floats("dense", 0))
        .containsExactly(6f);
  }
}
