package org.sparkrnn.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnTransform;
import org.sparkrnn.model.BadRow;
import org.sparkrnn.model.BadRowException;
import org.sparkrnn.model.SequenceModel;

@Tag("spark")
@ExtendWith(SharedSession.class)
class BadRowsTest {

  /**
   * A row that cannot be computed.
   *
   * @param type of the sequence column
   * @param sequence what it holds
   * @param length the row's length
   * @param good a sequence of that type that can be computed, of two steps
   * @param text what the error column says
   */
  record Case(
      SequenceModel model, String type, Object sequence, Integer length, Object good, String text) {
    @Override
    public String toString() {
      return text + " in " + type;
    }
  }

  private static final float[][] GOOD = {{1, 2, 3}, {4, 5, 6}};
  private static final String NESTED = "array<array<float>>";

  private static Case nested(Object sequence, Integer length, String text) {
    return new Case(TestModels.features(), NESTED, sequence, length, GOOD, text);
  }

  static Stream<Case> cases() {
    float nan = Float.NaN;
    SequenceModel features = TestModels.features();
    SequenceModel tokens = TestModels.tokens();
    return Stream.of(
        nested(null, null, "null_sequence: the sequence is null"),
        nested(new float[][] {{1, 2, 3}, null}, null, "null_element: step 1 is null"),
        nested(
            new Float[][] {{1f, 2f, 3f}, {4f, null, 6f}},
            null,
            "null_element: value 1 of step 1 is null"),
        nested(
            new float[][] {{1, 2, 3}, {4, 5, nan}}, null, "nan_element: value 2 of step 1 is NaN"),
        nested(
            new float[][] {{1, 2, 3}, {4, 5}}, null, "step_width: step 1 has 2 values, expected 3"),
        nested(new float[][] {{}}, 1, "step_width: step 0 has 0 values, expected 3"),
        nested(GOOD, -1, "negative_length: the length is -1"),
        nested(GOOD, 3, "length_beyond_row: the length is 3, but the row has 2 steps"),
        new Case(
            TestModels.flattened(2),
            NESTED,
            new float[][] {{1, 2, 3}},
            null,
            GOOD,
            "step_count: the row has 1 steps, the model takes 2, which a flatten layer joins: fill"
                + " rows up, or cut them, as when the model was trained"),
        new Case(
            TestModels.flattened(2),
            NESTED,
            GOOD,
            1,
            GOOD,
            "step_count: the row has 1 steps, the model takes 2, which a flatten layer joins: fill"
                + " rows up, or cut them, as when the model was trained"),
        new Case(
            features,
            "array<array<double>>",
            new double[][] {{1, 2, 1e300}},
            null,
            new double[][] {{1, 2, 3}, {4, 5, Double.POSITIVE_INFINITY}},
            "float_range: value 2 of step 0 is a double beyond the range of float"),
        new Case(
            features,
            "array<float>",
            new float[] {1, 2, 3, 4},
            null,
            new float[] {1, 2, 3, 4, 5, 6},
            "partial_step: the flattened sequence has 4 values, not a multiple of the 3 of a step"),
        new Case(
            features,
            "array<double>",
            new Double[] {1d, 2d, 3d, null, 5d, 6d},
            2,
            new double[] {1, 2, 3, 4, 5, 6},
            "null_element: value 0 of step 1 is null"),
        new Case(
            features,
            "binary",
            new byte[13],
            null,
            new byte[24],
            "partial_step: the flattened sequence has 13 bytes, not a multiple of the 4 of a"
                + " float32"),
        new Case(
            features,
            "binary",
            new byte[16],
            null,
            new byte[24],
            "partial_step: the flattened sequence has 4 float32 values, not a multiple of the 3 of"
                + " a step"),
        new Case(
            tokens,
            "array<int>",
            new int[] {1, 5},
            null,
            new int[] {0, 4},
            "id_range: the id at step 1 is outside 0 .. 4"),
        new Case(
            tokens,
            "array<bigint>",
            new long[] {-1},
            null,
            new long[] {0, 4},
            "id_range: the id at step 0 is outside 0 .. 4"),
        new Case(
            tokens,
            "array<bigint>",
            new Long[] {1L, null},
            null,
            new long[] {0, 4},
            "null_element: step 1 is null"),
        new Case(
            tokens,
            "array<string>",
            new String[] {"one", "five"},
            null,
            new String[] {"one", "two"},
            "unknown_token: step 1 is not in the model's vocabulary"),
        new Case(
            tokens,
            "string",
            "one two five",
            null,
            "four three",
            "unknown_token: step 2 is not in the model's vocabulary"),
        new Case(
            TestModels.characters(),
            "string",
            "ab?",
            null,
            "😀a",
            "unknown_token: step 2 is not in the model's vocabulary"));
  }

  /** Row 0 good, row 1 bad, row 2 good. */
  private static Dataset<Row> rows(Case bad, SparkSession session) {
    StructType schema =
        new StructType()
            .add("id", "bigint", false)
            .add("x", DataType.fromDDL(bad.type()))
            .add("n", "int");
    return session
        .createDataFrame(
            List.of(
                RowFactory.create(0L, bad.good(), 2),
                RowFactory.create(1L, bad.sequence(), bad.length()),
                RowFactory.create(2L, bad.good(), null)),
            schema)
        .coalesce(1);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void costsOnlyItselfUnderNull(Case bad, SparkSession session) {
    RnnTransform transform = RnnModel.of(bad.model()).on("x").lengths("n");
    Dataset<Row> rows = rows(bad, session);
    Dataset<Row> scored = transform.onBadRow("null").transform(rows);

    List<Row> found = scored.orderBy("id").collectAsList();

    assertThat(found.get(1).<String>getAs("rnn_error")).isEqualTo(bad.text());
    assertThat(found.get(1).isNullAt(3)).isTrue();
    assertThat(found.get(1).isNullAt(4)).isTrue();
    assertThat(found.get(0).<String>getAs("rnn_error")).isNull();
    assertThat(Bits.of(scored.where("id <> 1").drop("rnn_error", "x")))
        .isEqualTo(Bits.of(transform.transform(rows.where("id <> 1")).drop("x")));
  }

  /** From a scan's column batches, one of them off the heap. */
  @ParameterizedTest
  @MethodSource("cases")
  void isFoundInColumnBatchesToo(Case bad, SparkSession session, @TempDir Path folder) {
    String path = folder.resolve("rows").toString();
    rows(bad, session).write().parquet(path);
    SparkSession other = session.newSession();
    other.conf().set("spark.sql.columnVector.offheap.enabled", "true");

    for (SparkSession reader : List.of(session, other)) {
      Dataset<Row> scored =
          RnnModel.of(bad.model())
              .on("x")
              .lengths("n")
              .onBadRow("null")
              .transform(reader.read().parquet(path));

      assertThat(
              scored.orderBy("id").select("rnn_error").collectAsList().stream()
                  .map(row -> row.getString(0)))
          .containsExactly(null, bad.text(), null);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void failsTheJobUnderFail(Case bad, SparkSession session) {
    Dataset<Row> scored =
        RnnModel.of(bad.model()).on("x").lengths("n").transform(rows(bad, session));

    String column = bad.text().contains("_length") || bad.text().startsWith("length") ? "n" : "x";
    assertThat(cause(catchThrowable(scored::collectAsList)))
        .hasMessage(
            "row 1 of partition 0 (both counted from 0), column '"
                + column
                + "': "
                + bad.text()
                + ". Take such rows out, or keep them with null results and the reason in a column:"
                + " spark.rnn.onBadRow=null (--on-bad-row null)");
  }

  private static Throwable cause(Throwable thrown) {
    Throwable cause = thrown;
    while (cause != null && !(cause instanceof BadRowException)) {
      cause = cause.getCause();
    }
    assertThat(cause).as("a BadRowException among the causes of %s", thrown).isNotNull();
    return cause;
  }

  @Test
  void whatIsBehindTheLengthIsNotLookedAt(SparkSession session) {
    Dataset<Row> rows =
        session.createDataFrame(
            List.of(
                RowFactory.create(
                    0L, new Float[][] {{1f, 2f, 3f}, {null, Float.NaN}, null, {}}, 1, "")),
            TestModels.schema());

    Row row =
        RnnModel.of(TestModels.features())
            .on("x")
            .lengths("n")
            .select("last_output")
            .transform(rows)
            .first();

    assertThat(Bits.of(row.get(4)))
        .isEqualTo(
            Bits.of(
                RnnModel.of(TestModels.features())
                    .run(new float[][][] {{{1, 2, 3}}})
                    .floats("last_output", 0),
                0,
                6));
  }

  @Test
  void statesThatDoNotFitAreBadRows(SparkSession session) {
    RnnModel model = RnnModel.of(TestModels.forward());
    StructType state = (StructType) ColumnTypes.state(model.definition().network().stateShape());
    StructType nullable = (StructType) DataType.fromDDL(state.asNullable().simpleString());
    StructType schema =
        new StructType().add("id", "bigint").add("x", TestModels.nested()).add("s", nullable);
    Row wrongSize = RowFactory.create(RowFactory.create(new float[5], new float[4]), h(4));
    Row nullPart = RowFactory.create(RowFactory.create(new float[5], null), h(4));
    Row nan =
        RowFactory.create(
            RowFactory.create(new float[5], new float[] {0, Float.NaN, 0, 0, 0}), h(4));
    Row nullCell = RowFactory.create(null, h(4));
    List<Row> rows = new ArrayList<>();
    for (Row bad : List.of(wrongSize, nullPart, nan, nullCell)) {
      rows.add(RowFactory.create((long) rows.size(), GOOD, bad));
    }

    Dataset<Row> scored =
        model
            .on("x")
            .initialState("s")
            .onBadRow("null")
            .transform(session.createDataFrame(rows, schema));

    assertThat(
            scored.orderBy("id").select("rnn_error").collectAsList().stream()
                .map(row -> row.getString(0)))
        .containsExactly(
            "initial_state: 'cell_0.h' of the initial state has 4 values, expected 5",
            "initial_state: 'cell_0.h' of the initial state is null",
            "initial_state: value 1 of 'cell_0.h' of the initial state is NaN",
            "initial_state: 'cell_0' of the initial state is null");
  }

  private static Row h(int size) {
    return RowFactory.create((Object) new float[size]);
  }

  @Test
  void aRowThatCannotFitIsABadRowThatSaysWhatItNeeds(SparkSession session) {
    List<Row> rows = new ArrayList<>(TestModels.rows(5));
    rows.add(RowFactory.create(99L, new float[1000][TestModels.WIDTH], null, "long"));
    Dataset<Row> frame = session.createDataFrame(rows, TestModels.schema()).coalesce(1);
    RnnTransform transform =
        RnnModel.of(TestModels.features()).on("x").lengths("n").onBadRow("null");

    Row bad = transform.with(RnnKey.WINDOW_BYTES, "10k").transform(frame).where("id = 99").first();

    String text = bad.getAs("rnn_error");
    assertThat(text)
        .matches(
            "too_large: a row of 1000 steps takes [0-9]+ bytes, more than the 10240 of"
                + " spark\\.rnn\\.windowBytes \\(--window-bytes\\): raise it to at least [0-9]+");
    String enough = text.replaceAll(".* ", "");
    Row good =
        transform.with(RnnKey.WINDOW_BYTES, enough).transform(frame).where("id = 99").first();
    assertThat(good.<String>getAs("rnn_error")).isNull();
    String less = Long.toString(Long.parseLong(enough) - 1);
    Row again = transform.with(RnnKey.WINDOW_BYTES, less).transform(frame).where("id = 99").first();
    assertThat(again.<String>getAs("rnn_error")).startsWith("too_large");
  }

  @Test
  void badRowsAreCountedByReason(SparkSession session) {
    List<Row> rows = new ArrayList<>(TestModels.rows(50));
    rows.add(RowFactory.create(100L, null, null, ""));
    rows.add(RowFactory.create(101L, null, null, ""));
    rows.add(RowFactory.create(102L, new float[][] {{1}}, null, ""));
    Dataset<Row> scored =
        RnnModel.of(TestModels.features())
            .on("x")
            .lengths("n")
            .onBadRow("null")
            .transform(session.createDataFrame(rows, TestModels.schema()).repartition(3));

    scored.collectAsList();

    RunMetrics metrics = RunMetrics.of(scored);
    assertThat(metrics.badRows())
        .isEqualTo(Map.of(BadRow.NULL_SEQUENCE, 2L, BadRow.STEP_WIDTH, 1L));
    assertThat(metrics.rows()).isEqualTo(53);
  }

  @Test
  void theReasonMayHaveAnotherColumn(SparkSession session) {
    Dataset<Row> scored =
        RnnModel.of(TestModels.features())
            .on("x")
            .onBadRow("null")
            .errorColumn("why")
            .transform(TestModels.frame(session, 2, 1));

    assertThat(scored.schema().apply("why").dataType()).isEqualTo(DataTypes.StringType);
    assertThat(scored.select("why").collectAsList()).allMatch(row -> row.isNullAt(0));
  }
}
