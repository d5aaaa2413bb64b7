package org.sparkrnn.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnOutputs;
import org.sparkrnn.RnnTransform;

@Tag("spark")
@ExtendWith(SharedSession.class)
class TransformTest {
  private static final String[] ALL = {
    "outputs", "last_output", "final_state", "both", "top", "logits", "probabilities", "tags"
  };

  private final RnnModel model = RnnModel.of(TestModels.features());
  private final RnnTransform padded = model.on("x").lengths("n").select(ALL);
  private final RnnTransform transform = padded.outputs("trim");

  /** What the model gives for a row alone, without Spark, in the form of {@link Bits}. */
  private List<Object> alone(Row row) {
    float[][] x = steps(row.getSeq(1));
    int length = row.isNullAt(2) ? x.length : row.getInt(2);
    RnnOutputs given = model.run(new float[][][] {java.util.Arrays.copyOf(x, length)});
    float[] state = given.floats("final_state", 0);
    List<Object> tags = new ArrayList<>();
    for (int tag : given.ints("tags", 0)) {
      tags.add(tag);
    }
    return List.of(
        Bits.nested(given.floats("outputs", 0), 6),
        Bits.of(given.floats("last_output", 0), 0, 6),
        List.of(
            List.of(
                List.of(
                    List.of(Bits.of(state, 0, 5), Bits.of(state, 5, 10)),
                    List.of(Bits.of(state, 10, 14), Bits.of(state, 14, 18))),
                List.of(Bits.of(state, 18, 21))),
            List.of(Bits.of(state, 21, 27), Bits.of(state, 27, 33))),
        Bits.nested(given.floats("both", 0), 7),
        Bits.nested(given.floats("top", 0), 6),
        Bits.nested(given.floats("logits", 0), 4),
        Bits.nested(given.floats("probabilities", 0), 4),
        tags);
  }

  private static float[][] steps(scala.collection.Seq<scala.collection.Seq<Object>> x) {
    float[][] steps = new float[x.length()][];
    for (int t = 0; t < steps.length; t++) {
      steps[t] = new float[x.apply(t).length()];
      for (int i = 0; i < steps[t].length; i++) {
        steps[t][i] = (Float) x.apply(t).apply(i);
      }
    }
    return steps;
  }

  @Test
  void aRowGetsWhatTheModelGivesForItAlone(SparkSession session) {
    Dataset<Row> rows = TestModels.frame(session, 60, 4);
    List<Object> expected = new ArrayList<>();
    for (Row row : rows.orderBy("id").collectAsList()) {
      List<Object> columns = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        columns.add(Bits.of(row.get(i)));
      }
      columns.addAll(alone(row));
      expected.add(columns);
    }

    Dataset<Row> scored = transform.outputs("trim").transform(rows);

    assertThat(scored.columns())
        .containsExactly(
            "id",
            "x",
            "n",
            "tag",
            "outputs",
            "last_output",
            "final_state",
            "both",
            "top",
            "logits",
            "probabilities",
            "tags");
    assertThat(Bits.of(scored)).isEqualTo(expected);
  }

  @Test
  void theSchemaSaysWhatComes(SparkSession session) {
    StructType schema =
        transform.drop("x", "n", "tag").transform(TestModels.frame(session, 1, 1)).schema();

    assertThat(schema.simpleString())
        .isEqualTo(
            "struct<id:bigint,outputs:array<array<float>>,last_output:array<float>,"
                + "final_state:struct<both:struct<fw:struct<"
                + "cell_0:struct<c:array<float>,h:array<float>>,"
                + "cell_1:struct<c:array<float>,h:array<float>>>,"
                + "bw:struct<h:array<float>>>,top:struct<c:array<float>,h:array<float>>>,"
                + "both:array<array<float>>,top:array<array<float>>,logits:array<array<float>>,"
                + "probabilities:array<array<float>>,tags:array<int>>");
    assertThat(schema.fields()[1].nullable()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 64})
  void partitionsChangeNoBit(int partitions, SparkSession session) {
    List<Object> one = Bits.of(transform.transform(TestModels.frame(session, 100, 1).coalesce(1)));

    Dataset<Row> shuffled =
        TestModels.frame(session, 100, partitions).sortWithinPartitions(functions.rand(3));

    assertThat(Bits.of(transform.transform(shuffled))).isEqualTo(one);
  }

  @ParameterizedTest
  @ValueSource(strings = {"5000", "1g"})
  void windowsChangeNoBit(String bytes, SparkSession session) {
    Dataset<Row> rows = TestModels.frame(session, 100, 2).cache();
    List<Object> usual = Bits.of(transform.transform(rows));

    Dataset<Row> scored =
        transform.with(RnnKey.WINDOW_BYTES, bytes).with(RnnKey.GROUP_ROWS, "3").transform(rows);

    assertThat(Bits.of(scored)).isEqualTo(usual);
  }

  @Test
  void rowsKeepTheirOrder(SparkSession session) {
    Dataset<Row> rows = TestModels.frame(session, 200, 1).coalesce(1).orderBy("id").coalesce(1);

    List<Row> scored =
        transform
            .with(RnnKey.WINDOW_BYTES, "20k")
            .transform(rows)
            .select("id", "tags")
            .collectAsList();

    assertThat(scored.stream().map(row -> row.getLong(0)))
        .isEqualTo(java.util.stream.LongStream.range(0, 200).boxed().toList());
  }

  @Test
  void everyTypeOfFeaturesGivesEqualBits(SparkSession session) {
    Dataset<Row> rows = TestModels.frame(session, 50, 3);
    List<Object> nested = Bits.of(transform.drop("x", "tag", "n").transform(rows));
    String flat = "flatten(x)";
    Dataset<Row> all =
        rows.selectExpr(
            "id",
            "n",
            "cast(x as array<array<double>>) as doubles",
            flat + " as flat",
            "cast(" + flat + " as array<double>) as flat_doubles");

    for (String column : List.of("doubles", "flat", "flat_doubles")) {
      assertThat(Bits.of(on(column, all))).as(column).isEqualTo(nested);
    }
    assertThat(Bits.of(on("bytes", binary(rows)))).isEqualTo(nested);
  }

  private Dataset<Row> on(String column, Dataset<Row> rows) {
    return model
        .on(column)
        .lengths("n")
        .outputs("trim")
        .select(ALL)
        .transform(rows.select("id", "n", column))
        .drop("n", column);
  }

  private static Dataset<Row> binary(Dataset<Row> rows) {
    StructType schema = new StructType().add("id", "bigint").add("n", "int").add("bytes", "binary");
    MapFunction<Row, Row> pack =
        row -> {
          float[][] x = steps(row.getSeq(1));
          ByteBuffer bytes =
              ByteBuffer.allocate(4 * TestModels.WIDTH * x.length).order(ByteOrder.LITTLE_ENDIAN);
          for (float[] step : x) {
            for (float value : step) {
              bytes.putFloat(value);
            }
          }
          return RowFactory.create(row.get(0), row.get(2), bytes.array());
        };
    return rows.map(pack, Encoders.row(schema));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tinyint", "smallint", "int", "bigint"})
  void lengthsMayHaveAnyWholeType(String type, SparkSession session) {
    Dataset<Row> rows = TestModels.frame(session, 30, 2);

    Dataset<Row> scored =
        transform.transform(rows.withColumn("n", functions.col("n").cast(type))).drop("n");

    assertThat(Bits.of(scored)).isEqualTo(Bits.of(transform.transform(rows).drop("n")));
  }

  @Test
  void withoutLengthsAllStepsCount(SparkSession session) {
    Dataset<Row> rows = TestModels.frame(session, 30, 2);

    Dataset<Row> scored = model.on("x").select(ALL).transform(rows).drop("n");

    assertThat(Bits.of(scored))
        .isEqualTo(
            Bits.of(
                transform.transform(rows.withColumn("n", functions.expr("size(x)"))).drop("n")));
  }

  @Test
  void everyTypeOfTokensGivesEqualBits(SparkSession session) {
    StructType schema =
        new StructType()
            .add("id", "bigint", false)
            .add("ids", "array<int>")
            .add("longs", "array<bigint>")
            .add("words", "array<string>")
            .add("text", "string");
    Dataset<Row> rows =
        session.createDataFrame(
            List.of(
                RowFactory.create(
                    0L,
                    new int[] {1, 3, 4, 2},
                    new long[] {1, 3, 4, 2},
                    new String[] {"one", "three", "four", "two"},
                    " one three\tfour  two "),
                RowFactory.create(1L, new int[0], new long[0], new String[0], ""),
                RowFactory.create(2L, new int[] {2}, new long[] {2}, new String[] {"two"}, "two")),
            schema);
    RnnModel tokens = RnnModel.of(TestModels.tokens());
    List<Object> expected = new ArrayList<>();
    int[][] ids = {{1, 3, 4, 2}, {}, {2}};
    for (int i = 0; i < 3; i++) {
      RnnOutputs given = tokens.run(new int[][] {ids[i]});
      expected.add(
          List.of((long) i, Bits.of(given.floats("logits", 0), 0, 3), given.ints("class", 0)[0]));
    }

    for (String column : List.of("ids", "longs", "words", "text")) {
      Dataset<Row> scored = tokens.on(column).transform(rows).select("id", "logits", "class");
      assertThat(Bits.of(scored)).as(column).isEqualTo(expected);
    }
  }

  @Test
  void aCharacterIsOneCodePoint(SparkSession session) {
    RnnModel characters = RnnModel.of(TestModels.characters());
    StructType schema = new StructType().add("id", "bigint").add("text", "string").add("n", "int");
    Dataset<Row> rows =
        session.createDataFrame(
            List.of(
                RowFactory.create(0L, "aü😀b", null), RowFactory.create(1L, "ab? never seen", 2)),
            schema);

    Dataset<Row> scored =
        characters.on("text").lengths("n").select("logits").drop("text", "n").transform(rows);

    RnnOutputs expected = characters.run(new int[][] {{1, 3, 4, 2}, {1, 2}});
    assertThat(Bits.of(scored))
        .isEqualTo(
            List.of(
                List.of(0L, Bits.of(expected.floats("logits", 0), 0, 3)),
                List.of(1L, Bits.of(expected.floats("logits", 1), 0, 3))));
  }

  @Test
  void theFinalStateOfOnePartIsTheInitialStateOfTheNext(SparkSession session) {
    RnnModel forward = RnnModel.of(TestModels.forward());
    Dataset<Row> whole =
        TestModels.frame(session, 40, 2).withColumn("n", functions.expr("size(x)"));
    Dataset<Row> first =
        forward
            .on("x")
            .lengths("half")
            .select("final_state")
            .transform(whole.withColumn("half", functions.expr("n div 2")));

    Dataset<Row> second =
        forward
            .on("rest")
            .initialState("final_state")
            .select("final_state")
            .outputPrefix("end_")
            .transform(
                first.withColumn(
                    "rest", functions.expr("slice(x, half + 1, greatest(n - half, 0))")));

    assertThat(Bits.of(second.select("id", "end_final_state")))
        .isEqualTo(
            Bits.of(
                forward
                    .on("x")
                    .select("final_state")
                    .transform(whole)
                    .select("id", "final_state")));
  }

  @Test
  void aNullStateIsTheZeroState(SparkSession session) {
    RnnModel forward = RnnModel.of(TestModels.forward());
    Dataset<Row> rows = TestModels.frame(session, 20, 2);
    StructType state = (StructType) ColumnTypes.state(forward.definition().network().stateShape());

    Dataset<Row> scored =
        forward
            .on("x")
            .initialState("s")
            .drop("s")
            .transform(rows.withColumn("s", functions.lit(null).cast(state)));

    assertThat(Bits.of(scored)).isEqualTo(Bits.of(forward.on("x").transform(rows)));
  }

  @Test
  void paddingGoesOnWithZerosToTheRowsSteps(SparkSession session) {
    Dataset<Row> rows =
        session.createDataFrame(
            List.of(RowFactory.create(0L, new float[][] {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}, 1, "")),
            TestModels.schema());

    Row zeroed = padded.transform(rows).select("outputs", "tags").first();
    Row trimmed = transform.transform(rows).select("outputs", "tags").first();

    List<Object> zeros = Bits.of(new float[6], 0, 6);
    List<?> first = (List<?>) Bits.of(trimmed.get(0));
    assertThat(first).hasSize(1);
    assertThat(Bits.of(zeroed.get(0))).isEqualTo(List.of(first.get(0), zeros, zeros));
    assertThat(zeroed.getList(1)).isEqualTo(List.of(trimmed.getList(1).get(0), 0, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"trim", "pad"})
  void layoutsHoldTheSameFloats(String padding, SparkSession session) {
    Dataset<Row> rows = TestModels.frame(session, 40, 2);
    RnnTransform logits = model.on("x").lengths("n").select("logits").outputs(padding).drop("x");
    List<Object> nested =
        Bits.of(logits.transform(rows).selectExpr("id", "flatten(logits) as logits"));

    assertThat(Bits.of(logits.layout("flat").transform(rows).select("id", "logits")))
        .isEqualTo(nested);
    MapFunction<Row, Row> unpack =
        row -> {
          ByteBuffer bytes = ByteBuffer.wrap((byte[]) row.get(1)).order(ByteOrder.LITTLE_ENDIAN);
          float[] floats = new float[bytes.capacity() / 4];
          bytes.asFloatBuffer().get(floats);
          return RowFactory.create(row.get(0), floats);
        };
    Dataset<Row> binary = logits.layout("binary").transform(rows).select("id", "logits");
    assertThat(binary.schema().apply("logits").dataType()).isEqualTo(DataTypes.BinaryType);
    assertThat(
            Bits.of(
                binary.map(
                    unpack,
                    Encoders.row(new StructType().add("id", "bigint").add("l", "array<float>")))))
        .isEqualTo(nested);
  }

  @Test
  void noRowsGiveNoRows(SparkSession session) {
    assertThat(transform.transform(TestModels.frame(session, 0, 2)).collectAsList()).isEmpty();
  }

  @Test
  void aLongRowBesideShortOnes(SparkSession session) {
    List<Row> rows = new ArrayList<>(TestModels.rows(20));
    rows.add(10, RowFactory.create(1000L, new float[5000][TestModels.WIDTH], null, "long"));

    Dataset<Row> scored =
        transform.transform(session.createDataFrame(rows, TestModels.schema()).coalesce(1));

    assertThat(scored.where("id = 1000").selectExpr("size(outputs)").first().getInt(0))
        .isEqualTo(5000);
    assertThat(Bits.of(scored.where("id < 1000")))
        .isEqualTo(Bits.of(transform.transform(TestModels.frame(session, 20, 2))));
  }
}
