package org.sparkrnn.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.arrow.ArrowWriter;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.ArrowUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkrnn.RnnBatches;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnTransform;
import org.sparkrnn.model.BadRowException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.rnn.Padding;

/**
 * A record batch comes back as Spark makes one of its own result: the same schema, and the same
 * bits. Spark writes the batches that go in, too.
 */
@Tag("spark")
@ExtendWith(SharedSession.class)
class BatchesAgainstSparkTest {
  private BufferAllocator allocator;

  @BeforeEach
  void open() {
    allocator = new RootAllocator();
  }

  /** Fails if any buffer was not released. */
  @AfterEach
  void close() {
    allocator.close();
  }

  private VectorSchemaRoot batch(Dataset<Row> rows) {
    VectorSchemaRoot root =
        VectorSchemaRoot.create(
            ArrowUtils.toArrowSchema(rows.schema(), "UTC", true, false), allocator);
    ArrowWriter writer = ArrowWriter.create(root);
    for (InternalRow row :
        ((org.apache.spark.sql.classic.Dataset<Row>) rows)
            .queryExecution()
            .executedPlan()
            .executeCollect()) {
      writer.write(row);
    }
    writer.finish();
    return root;
  }

  private void same(Dataset<Row> rows, RnnBatches batches, RnnTransform transform) {
    try (VectorSchemaRoot in = batch(rows);
        VectorSchemaRoot expected = batch(transform.transform(rows));
        VectorSchemaRoot found = batches.run(in, allocator)) {
      assertThat(found.getSchema()).isEqualTo(expected.getSchema());
      assertThat(found.getRowCount()).isEqualTo(expected.getRowCount());
      assertThat(found.equals(expected))
          .withFailMessage(
              () -> found.contentToTSVString() + "\nexpected\n" + expected.contentToTSVString())
          .isTrue();
    }
  }

  private static String[] everything(SequenceModel model) {
    return model.network().outputs().stream().map(Output::name).toArray(String[]::new);
  }

  private static Dataset<Row> typed(Dataset<Row> rows, String type) {
    return rows.withColumn(
        "x",
        switch (type) {
          case "array<float>" -> org.apache.spark.sql.functions.flatten(rows.col("x"));
          case "array<double>" ->
              org.apache.spark.sql.functions.flatten(rows.col("x")).cast("array<double>");
          default -> rows.col("x").cast(type);
        });
  }

  @ParameterizedTest
  @CsvSource({
    "nested, pad, array<array<float>>",
    "nested, trim, array<array<double>>",
    "flat, pad, array<float>",
    "flat, trim, array<float>",
    "binary, pad, array<double>",
    "binary, trim, array<array<float>>",
  })
  void everyOutputInEveryLayoutIsSparks(
      String layout, String padding, String type, SparkSession session) {
    SequenceModel features = TestModels.features();
    RnnModel model = RnnModel.of(features);
    Dataset<Row> rows = typed(TestModels.frame(session, 40, 1).coalesce(1), type);
    same(
        rows,
        model
            .onBatch("x")
            .lengths("n")
            .select(everything(features))
            .layout(layout)
            .outputs(padding)
            .outputPrefix("rnn_")
            .drop("tag"),
        model
            .on("x")
            .lengths("n")
            .select(everything(features))
            .layout(layout)
            .outputs(padding)
            .outputPrefix("rnn_")
            .drop("tag"));
  }

  @Test
  void anyWindowGivesTheSame(SparkSession session) {
    RnnModel model = RnnModel.of(TestModels.features());
    Dataset<Row> rows = TestModels.frame(session, 300, 1);
    same(
        rows,
        model.onBatch("x").windowBytes("16k").onBadRow("null"),
        model.on("x").onBadRow("null"));
  }

  @Test
  void noRowsGiveNoRows(SparkSession session) {
    RnnModel model = RnnModel.of(TestModels.features());
    Dataset<Row> none = TestModels.frame(session, 1, 1).limit(0);
    String[] all = everything(TestModels.features());
    same(none, model.onBatch("x").select(all), model.on("x").select(all));
  }

  static Stream<String> sequences() {
    return Stream.of("array<int>", "array<bigint>", "array<string>", "string");
  }

  @ParameterizedTest
  @MethodSource("sequences")
  void idsAndWordsAreSparks(String type, SparkSession session) {
    SequenceModel tokens = TestModels.tokens();
    Dataset<Row> words =
        session
            .createDataset(
                List.of("one two", "four", "", "three three one two four"),
                org.apache.spark.sql.Encoders.STRING())
            .toDF("x")
            .coalesce(1);
    Dataset<Row> rows =
        switch (type) {
          case "string" -> words;
          case "array<string>" -> words.selectExpr("filter(split(x, ' '), w -> w != '') AS x");
          default -> words.selectExpr("cast(sequence(0, length(x) % 5) AS " + type + ") AS x");
        };
    RnnModel model = RnnModel.of(tokens);
    same(
        rows,
        model.onBatch("x").select(everything(tokens)),
        model.on("x").select(everything(tokens)));
    if (type.equals("string")) {
      RnnModel characters = RnnModel.of(TestModels.characters());
      Dataset<Row> texts = rows.selectExpr("translate(x, 'one tw', 'abü😀😀a') AS x").limit(2);
      same(texts, characters.onBatch("x").onBadRow("null"), characters.on("x").onBadRow("null"));
    }
  }

  private static Dataset<Row> rows(BadRowsTest.Case bad, SparkSession session) {
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
  @MethodSource("org.sparkrnn.spark.BadRowsTest#cases")
  void badRowsAreSparksToTheReasonsText(BadRowsTest.Case bad, SparkSession session) {
    RnnModel model = RnnModel.of(bad.model());
    Dataset<Row> rows = rows(bad, session);
    String[] all = everything(bad.model());
    same(
        rows,
        model.onBatch("x").lengths("n").onBadRow("null").select(all),
        model.on("x").lengths("n").onBadRow("null").select(all));
    String column = bad.text().contains("_length") || bad.text().startsWith("length") ? "n" : "x";
    try (VectorSchemaRoot in = batch(rows)) {
      assertThatThrownBy(() -> model.onBatch("x").lengths("n").run(in, allocator))
          .isInstanceOf(BadRowException.class)
          .hasMessage(
              "row 1 of the batch (counted from 0), column '"
                  + column
                  + "': "
                  + bad.text()
                  + ". Take such rows out, or keep them with null results and the reason in a"
                  + " column: onBadRow(\"null\")");
    }
  }

  @Test
  void finalStatesComeBackAsInitialStates(SparkSession session) {
    RnnModel model = RnnModel.of(TestModels.forward());
    Dataset<Row> rows = TestModels.frame(session, 30, 1);
    Dataset<Row> states =
        model
            .on("x")
            .select("final_state")
            .transform(rows)
            .coalesce(1)
            .selectExpr("*", "if(id % 3 = 0, null, final_state) AS state")
            .drop("final_state");
    same(
        states,
        model.onBatch("x").initialState("state").lengths("n"),
        model.on("x").initialState("state").lengths("n"));
  }

  @Test
  void statesThatDoNotFitHaveSparksReasons(SparkSession session) {
    RnnModel model = RnnModel.of(TestModels.forward());
    StructType state = (StructType) ColumnTypes.state(model.definition().network().stateShape());
    StructType schema =
        new StructType()
            .add("id", "bigint")
            .add("x", TestModels.nested())
            .add("s", DataType.fromDDL(state.asNullable().simpleString()));
    Row h = RowFactory.create((Object) new float[4]);
    List<Row> rows = new ArrayList<>();
    for (Row bad :
        List.of(
            RowFactory.create(RowFactory.create(new float[5], new float[4]), h),
            RowFactory.create(RowFactory.create(new float[5], null), h),
            RowFactory.create(
                RowFactory.create(new float[5], new float[] {0, Float.NaN, 0, 0, 0}), h),
            RowFactory.create(
                RowFactory.create(new float[5], new Float[] {0f, null, 0f, 0f, 0f}), h),
            RowFactory.create(null, h))) {
      rows.add(RowFactory.create((long) rows.size(), new float[][] {{1, 2, 3}}, bad));
    }
    same(
        session.createDataFrame(rows, schema).coalesce(1),
        model.onBatch("x").initialState("s").onBadRow("null"),
        model.on("x").initialState("s").onBadRow("null"));
  }

  /** Rows with padding, which the network counts, are those rows with the lengths that are left. */
  @Test
  void rowsWithCountedPaddingAreThoseWithTheirLengths(SparkSession session) {
    SequenceModel plain = TestModels.plainIds();
    Network counted =
        new Network(new Network.Input.Ids(5, Padding.of(0)), plain.network().layers());
    RnnModel padded =
        RnnModel.of(new SequenceModel("padded", plain.input(), counted, plain.select(), "padded"));
    Dataset<Row> rows =
        session.sql(
            "SELECT * FROM VALUES (array(1, 4, 0, 0), 2), (array(0, 0, 0), 0), (array(3, 0, 2), 2),"
                + " (array(2, 2), 2) AS t(x, n)");
    String[] all = everything(plain);
    for (String padding : List.of("pad", "trim")) {
      same(
          rows.drop("n"),
          padded.onBatch("x").select(all).outputs(padding),
          padded.on("x").select(all).outputs(padding));
      List<Row> expected =
          RnnModel.of(plain)
              .on("x")
              .lengths("n")
              .select(all)
              .outputs(padding)
              .transform(rows)
              .collectAsList();
      List<Row> found = padded.on("x").select(all).outputs(padding).transform(rows).collectAsList();
      assertThat(found.toString()).isEqualTo(expected.toString());
    }
  }
}
