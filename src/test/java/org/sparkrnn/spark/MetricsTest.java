package org.sparkrnn.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnTransform;
import org.sparkrnn.ops.Ops;

@Tag("spark")
@ExtendWith(SharedSession.class)
class MetricsTest {
  private final RnnTransform transform = RnnModel.of(TestModels.features()).on("x").lengths("n");

  private static List<Integer> lengths(int count) {
    return TestModels.rows(count).stream()
        .map(row -> row.isNullAt(2) ? ((float[][]) row.get(1)).length : row.getInt(2))
        .toList();
  }

  @Test
  void stepsAreTheSumOfTheLengths(SparkSession session) {
    Dataset<Row> scored = transform.transform(TestModels.frame(session, 100, 5));
    scored.collectAsList();

    RunMetrics metrics = RunMetrics.of(scored);
    List<Integer> lengths = lengths(100);
    assertThat(metrics.rows()).isEqualTo(100);
    assertThat(metrics.steps()).isEqualTo(lengths.stream().mapToLong(Integer::longValue).sum());
    assertThat(metrics.longestRow())
        .isEqualTo(lengths.stream().mapToLong(Integer::longValue).max().orElseThrow());
    assertThat(metrics.badRowCount()).isZero();
    assertThat(metrics.work().windows()).isEqualTo(5);
    // The model has four cells, and steps of floats that no rows share.
    assertThat(metrics.work().cellSteps()).isEqualTo(4 * metrics.steps());
    assertThat(metrics.work().flops()).isPositive();
    assertThat(metrics.work().nanos()).isPositive();
    assertThat(metrics.work().stagedBytes()).isPositive();
    assertThat(metrics.work().ops()).isEqualTo(Set.of(Ops.of("auto").name()));
  }

  @Test
  void stepsThatRowsShareAreComputedOnceUnlessTheSettingSaysNever(SparkSession session) {
    // 60 rows of 8 letters, of which every second one begins with the same 7.
    Dataset<Row> rows =
        session
            .range(0, 60, 1, 1)
            .selectExpr(
                "id",
                "case when id % 2 = 0 then concat('abababa', if(id % 4 = 0, 'a', 'b'))"
                    + " else reverse(translate(lpad(bin(id), 8, '0'), '01', 'ab')) end as word");
    Set<String> prefixes = new HashSet<>();
    for (Row row : rows.collectAsList()) {
      for (int end = 1; end <= 8; end++) {
        prefixes.add(row.getString(1).substring(0, end));
      }
    }
    RnnTransform scoring = RnnModel.of(TestModels.characters()).on("word");
    Dataset<Row> each = scoring.with(RnnKey.SHARED_STEPS, "never").transform(rows);
    List<Object> expected = Bits.of(each);
    assertThat(RunMetrics.of(each).work().cellSteps()).isEqualTo(60 * 8);
    for (String sharing : List.of("auto", "always")) {
      Dataset<Row> shared = scoring.with(RnnKey.SHARED_STEPS, sharing).transform(rows);
      assertThat(Bits.of(shared)).isEqualTo(expected);
      assertThat(RunMetrics.of(shared).steps()).isEqualTo(60 * 8);
      assertThat(RunMetrics.of(shared).work().cellSteps()).isEqualTo(prefixes.size());
    }
  }

  @Test
  void smallWindowsAreMany(SparkSession session) {
    Dataset<Row> scored =
        transform
            .with(RnnKey.WINDOW_BYTES, "5000")
            .transform(TestModels.frame(session, 100, 1).coalesce(1));
    scored.collectAsList();

    assertThat(RunMetrics.of(scored).work().windows()).isGreaterThan(20);
  }

  /** The columns that pass through count too, though the network's own bytes are few. */
  @Test
  void whatPassesThroughIsBounded(SparkSession session) {
    Dataset<Row> rows =
        TestModels.frame(session, 100, 1)
            .coalesce(1)
            .selectExpr("id", "slice(x, 1, 1) as x", "repeat('t', 20000) as tag");
    Dataset<Row> scored =
        RnnModel.of(TestModels.features())
            .on("x")
            .select("last_output")
            .with(RnnKey.WINDOW_BYTES, "100k")
            .transform(rows);
    scored.collectAsList();

    assertThat(RunMetrics.of(scored).work().windows()).isBetween(20L, 34L);
  }

  @Test
  void aWriteReportsWhatItDid(SparkSession session, @TempDir Path folder) throws Exception {
    String out = folder.resolve("out").toString();
    try (RunListener listener = RunListener.on(session)) {
      session.range(3).count();
      transform.transform(TestModels.frame(session, 40, 2)).write().parquet(out);

      RunMetrics metrics = listener.next(Duration.ofMinutes(1));

      assertThat(metrics.rows()).isEqualTo(40);
      assertThat(metrics.steps())
          .isEqualTo(lengths(40).stream().mapToLong(Integer::longValue).sum());
      assertThat(metrics.work().ops()).isEqualTo(Set.of(Ops.of("auto").name()));
      assertThatThrownBy(() -> listener.next(Duration.ofMillis(1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("Spark did not report a finished query with the operator within PT0.001S");
    }
  }

  @Test
  void metricsAreFoundBehindShuffles(SparkSession session) {
    Dataset<Row> sorted =
        transform.transform(TestModels.frame(session, 40, 2)).orderBy("final_state.top.h", "id");
    sorted.collectAsList();

    // A global sort samples its input first, so rows may be computed twice.
    assertThat(RunMetrics.of(sorted).rows()).isIn(40L, 80L);
  }
}
