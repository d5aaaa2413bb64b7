package org.sparkrnn.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnTransform;

@Tag("spark")
@ExtendWith(SharedSession.class)
class PlanTest {
  private static final int ROWS = 80;

  @TempDir static Path folder;

  private final RnnModel model = RnnModel.of(TestModels.features());
  private final RnnTransform transform = model.on("x").lengths("n");

  @BeforeAll
  static void writeRows(SparkSession session) {
    TestModels.frame(session, ROWS, 3)
        .withColumn("unused", functions.lit("u"))
        .write()
        .parquet(parquet());
  }

  private static String parquet() {
    return folder.resolve("rows").toString();
  }

  private Dataset<Row> scored(SparkSession session) {
    return transform.transform(session.read().parquet(parquet()));
  }

  private static String plan(Dataset<Row> rows) {
    return ((org.apache.spark.sql.classic.Dataset<Row>) rows)
        .queryExecution()
        .executedPlan()
        .toString();
  }

  @Test
  void nothingRunsBeforeAnAction(SparkSession session) throws Exception {
    Dataset<Row> rows = session.read().parquet(parquet());
    AtomicInteger jobs = new AtomicInteger();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart start) {
            jobs.incrementAndGet();
          }
        };
    session.sparkContext().listenerBus().waitUntilEmpty();
    session.sparkContext().addSparkListener(listener);
    try {
      Dataset<Row> scored = transform.transform(rows);
      scored.schema();
      plan(scored);
      session.sparkContext().listenerBus().waitUntilEmpty();
      assertThat(jobs).hasValue(0);
      scored.collectAsList();
      session.sparkContext().listenerBus().waitUntilEmpty();
      assertThat(jobs).hasPositiveValue();
    } finally {
      session.sparkContext().removeSparkListener(listener);
    }
  }

  @Test
  void columnsThatNobodyAsksForAreNotRead(SparkSession session) {
    Dataset<Row> some = scored(session).select("id", "final_state");

    assertThat(plan(some))
        .contains("ReadSchema: struct<id:bigint,x:array<array<float>>,n:int>")
        .containsPattern(
            "RnnInference \\[x#\\d+, n#\\d+\\], \\[id#\\d+L\\], \\[final_state#\\d+\\]");
    assertThat(Bits.of(some))
        .isEqualTo(
            Bits.of(scored(session)).stream()
                .map(row -> List.of(((List<?>) row).get(0), ((List<?>) row).get(6)))
                .toList());
  }

  @Test
  void outputsThatNobodyAsksForAreNotComputed(SparkSession session) {
    RnnTransform all = transform.select("both", "probabilities");
    Dataset<Row> both = all.transform(session.read().parquet(parquet())).select("id", "both");
    Dataset<Row> top =
        all.transform(session.read().parquet(parquet())).select("id", "probabilities");
    both.collectAsList();
    top.collectAsList();

    assertThat(RunMetrics.of(both).work().flops())
        .isPositive()
        .isLessThan(RunMetrics.of(top).work().flops());
  }

  @Test
  void withoutAnyOutputTheOperatorGoesAway(SparkSession session) {
    Dataset<Row> ids = scored(session).select("id");

    assertThat(plan(ids)).doesNotContain("RnnInference").contains("ReadSchema: struct<id:bigint>");
    assertThat(scored(session).count()).isEqualTo(ROWS);
  }

  @Test
  void conditionsOnColumnsThatPassThroughGoBelow(SparkSession session) {
    Dataset<Row> few =
        scored(session).where("id < 10 and size(outputs) > 2 and tag <> 'tag-1'").select("id");

    assertThat(plan(few))
        .contains("LessThan(id,10)")
        .contains("Not(EqualTo(tag,tag-1))")
        .containsPattern(
            "(?s)Filter \\(size\\(outputs.*RnnInference.*Filter .*id#\\d+L < 10.*FileScan");
    assertThat(few.collectAsList().stream().map(row -> row.getLong(0)))
        .containsExactlyInAnyOrderElementsOf(
            scored(session).collectAsList().stream()
                .filter(row -> row.getLong(0) < 10 && row.getLong(0) % 5 != 1)
                .filter(row -> row.getSeq(5).length() > 2)
                .map(row -> row.getLong(0))
                .toList());
  }

  @Test
  void conditionsThatDependOnChanceStay(SparkSession session) {
    assertThat(plan(scored(session).where("rand(1) < 0.5 and id < 10")))
        .containsPattern("(?s)Filter .*rand\\(1\\).*RnnInference.*Filter .*id#\\d+L < 10");
  }

  @Test
  void limitsGoBelow(SparkSession session) {
    Dataset<Row> limited = scored(session).limit(3);
    limited.collectAsList();
    assertThat(RunMetrics.of(limited).rows()).isBetween(3L, 9L);
  }

  @Test
  void batchesOfTheScanAreReadDirectly(SparkSession session) {
    RnnInferenceExec node =
        RunMetrics.nodes(
                ((org.apache.spark.sql.classic.Dataset<Row>)
                        scored(session).select("id", "outputs"))
                    .queryExecution()
                    .executedPlan())
            .get(0);

    assertThat(node.columnar()).isNotNull();
    assertThat(node.columnar().supportsColumnar()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "spark.sql.columnVector.offheap.enabled, true",
    "spark.sql.parquet.enableVectorizedReader, false",
    "spark.sql.parquet.enableNestedColumnVectorizedReader, false",
    "spark.sql.codegen.wholeStage, false",
    "spark.sql.adaptive.enabled, false",
    "spark.sql.parquet.columnarReaderBatchSize, 7"
  })
  void everyWayOfReadingGivesEqualBits(String key, String value, SparkSession session) {
    List<Object> usual = Bits.of(scored(session));
    SparkSession other = session.newSession();
    other.conf().set(key, value);

    assertThat(Bits.of(scored(other))).isEqualTo(usual);
    assertThat(usual)
        .isEqualTo(
            Bits.of(
                transform
                    .transform(
                        TestModels.frame(session, ROWS, 2).withColumn("unused", functions.lit("u")))
                    .select("id", "x", "n", "tag", "unused", "outputs", "final_state")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "parquet | cast(x as array<array<double>>)",
        "parquet | flatten(x)",
        "parquet | cast(flatten(x) as array<double>)",
        "orc | x",
        "orc | flatten(x)",
        "json | x"
      })
  void everyTypeGivesEqualBitsFromFiles(String format, String x, SparkSession session) {
    String path = folder.resolve(format + Integer.toHexString(x.hashCode())).toString();
    Dataset<Row> rows = session.read().parquet(parquet()).selectExpr("id", x + " as x", "n");
    rows.write().format(format).save(path);

    Dataset<Row> back = session.read().schema(rows.schema()).format(format).load(path);

    assertThat(Bits.of(transform.transform(back).select("id", "outputs", "final_state")))
        .isEqualTo(Bits.of(scored(session).select("id", "outputs", "final_state")));
  }

  @Test
  void aDataFrameJoinsItself(SparkSession session) {
    Dataset<Row> scored = scored(session);

    Row row =
        scored
            .as("a")
            .join(scored.as("b"), expr("a.id = b.id"))
            .selectExpr("count(1)", "count_if(a.final_state = b.final_state)")
            .first();

    assertThat(row.getLong(0)).isEqualTo(ROWS);
    assertThat(row.getLong(1)).isEqualTo(ROWS);
  }

  @Test
  void unionsSortsGroupsAndCachesWork(SparkSession session) {
    Dataset<Row> scored = scored(session);
    List<Object> usual = Bits.of(scored);

    assertThat(scored.union(scored).count()).isEqualTo(2 * ROWS);
    assertThat(scored.orderBy(col("id").desc()).select("id", "outputs").collectAsList().get(0))
        .extracting(row -> row.getLong(0))
        .isEqualTo(ROWS - 1L);
    assertThat(scored.orderBy("final_state.top.h", "id").count()).isEqualTo(ROWS);
    assertThat(
            scored
                .groupBy("tag")
                .agg(functions.sum(functions.size(col("outputs"))).as("steps"))
                .collectAsList())
        .hasSize(5);
    Dataset<Row> cached = scored.persist();
    try {
      assertThat(Bits.of(cached)).isEqualTo(usual);
      assertThat(Bits.of(cached.where("id > -1"))).isEqualTo(usual);
    } finally {
      cached.unpersist();
    }
  }

  @Test
  void modelsFollowEachOther(SparkSession session) {
    Dataset<Row> twice =
        model
            .on("x")
            .select("final_state")
            .outputPrefix("second_")
            .transform(scored(session).drop("outputs"));

    assertThat(twice.where("n is null and final_state <> second_final_state").count()).isZero();
    assertThat(twice.where("n is null").count()).isPositive();
  }

  @Test
  void viewsAnswerSql(SparkSession session) {
    scored(session).createOrReplaceTempView("scored");

    assertThat(
            session
                .sql("select count(*), max(size(outputs)) from scored where id % 2 = 0")
                .first()
                .getLong(0))
        .isEqualTo(ROWS / 2);
  }

  @Test
  void partitioningIsToldOnlyInColumnsThatPassThrough(SparkSession session) {
    Dataset<Row> byTag = session.read().parquet(parquet()).repartition(3, col("tag"));

    Dataset<Row> kept = transform.transform(byTag).groupBy("tag").agg(functions.max("outputs"));
    Dataset<Row> dropped =
        transform.drop("tag").transform(byTag).groupBy("n").agg(functions.max("outputs"));

    assertThat(plan(kept).split("Exchange hashpartitioning", -1)).hasSize(2);
    assertThat(kept.collectAsList()).hasSize(5);
    assertThat(dropped.count())
        .isEqualTo(session.read().parquet(parquet()).select("n").distinct().count());
  }

  @Test
  void streamsRun(SparkSession session) throws Exception {
    Dataset<Row> rows = session.read().parquet(parquet());
    Dataset<Row> in =
        session
            .readStream()
            .schema(rows.schema())
            .option("maxFilesPerTrigger", 1)
            .parquet(parquet());
    String out = folder.resolve("stream").toString();

    StreamingQuery query =
        transform
            .transform(in)
            .writeStream()
            .format("parquet")
            .option("path", out)
            .option("checkpointLocation", folder.resolve("checkpoint").toString())
            .trigger(Trigger.AvailableNow())
            .start();
    query.awaitTermination();

    assertThat(query.recentProgress()).hasSizeGreaterThan(1);
    assertThat(Bits.of(session.read().parquet(out))).isEqualTo(Bits.of(scored(session)));
  }

  @Test
  void theSessionIsTaughtOnce(SparkSession session) {
    SparkSession other = session.newSession();
    scored(other);
    scored(other);

    assertThat(Seqs.list(other.experimental().extraStrategies())).hasSize(1);
    assertThat(Seqs.list(other.experimental().extraOptimizations())).hasSize(1);
  }

  /** What {@code spark.sql.extensions} does, with nothing taught to the session later on. */
  @Test
  void theExtensionTeachesSessionsFromTheStart(SparkSession session) {
    SparkSession.clearActiveSession();
    SparkSession.clearDefaultSession();
    try {
      SparkSession extended =
          SparkSession.builder().withExtensions(new RnnExtensions()).getOrCreate();
      assertThat(extended).isNotSameAs(session);
      Dataset<Row> scored = scored(extended);
      extended.experimental().extraStrategies_$eq(Seqs.of(List.of()));
      extended.experimental().extraOptimizations_$eq(Seqs.of(List.of()));

      Dataset<Row> few = scored.where("id < 10").select("id", "final_state");

      assertThat(plan(few))
          .contains("ReadSchema: struct<id:bigint,x:array<array<float>>,n:int>")
          .contains("LessThan(id,10)");
      assertThat(Bits.of(few))
          .isEqualTo(Bits.of(scored(session).where("id < 10").select("id", "final_state")));
      assertThat(scored.limit(3).collectAsList()).hasSize(3);
      assertThat(scored.as("a").join(scored.as("b"), expr("a.id = b.id")).count()).isEqualTo(ROWS);
    } finally {
      SparkSession.setDefaultSession(session);
      SparkSession.setActiveSession(session);
    }
  }

  @Test
  void sizesGrowWithTheOutputs(SparkSession session) {
    Dataset<Row> rows = session.read().parquet(parquet());

    assertThat(size(transform.select("both", "top").transform(rows)))
        .isGreaterThan(4 * size(rows))
        .isGreaterThan(size(transform.select("last_output").transform(rows)));
  }

  private static long size(Dataset<Row> rows) {
    return ((org.apache.spark.sql.classic.Dataset<Row>) rows)
        .queryExecution()
        .optimizedPlan()
        .stats()
        .sizeInBytes()
        .toLong();
  }
}
