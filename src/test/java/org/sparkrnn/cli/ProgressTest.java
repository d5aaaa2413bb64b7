package org.sparkrnn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.sparkrnn.RnnModel;
import org.sparkrnn.spark.SharedSession;
import org.sparkrnn.spark.TestModels;

@ExtendWith(SharedSession.class)
class ProgressTest {
  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void tasksAndStepsAreCountedAsTheyEnd(SparkSession session) throws InterruptedException {
    StringWriter terminal = new StringWriter();
    Surroundings around =
        new Surroundings(
            new PrintWriter(terminal),
            new PrintWriter(terminal),
            true,
            "spark-rnn",
            Map::of,
            () -> session);
    long steps =
        TestModels.rows(40).stream().mapToLong(row -> ((float[][]) row.get(1)).length).sum();
    try (Progress progress = Progress.of(session.sparkContext(), around)) {
      RnnModel.of(TestModels.forward())
          .on("x")
          .transform(TestModels.frame(session, 40, 4))
          .write()
          .format("noop")
          .mode("overwrite")
          .save();
      // Spark tells its listeners a moment later, and the line is written twice a second.
      while (!terminal.toString().contains("4 of 4 tasks, " + steps + " steps, ")) {
        assertThat(progress.line())
            .matches("\\d of \\d tasks, \\d+ steps, [\\d,]+ steps/s, \\d+ s");
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
    assertThat(terminal.toString()).endsWith("\r\u001b[K");
  }
}
