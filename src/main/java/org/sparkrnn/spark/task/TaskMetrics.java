package org.sparkrnn.spark.task;

import java.io.Serializable;
import java.util.Map;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.sparkrnn.model.BadRow;

/**
 * The operator's metrics, as Spark's SQL page shows them. Made on the driver; each task adds to its
 * own copy, and Spark brings them together.
 *
 * @param rows rows given out
 * @param steps the sum of the lengths
 * @param badRows rows not computed, by reason
 * @param work how much was done
 * @param facts what cannot be summed up
 */
public record TaskMetrics(
    SQLMetric rows,
    SQLMetric steps,
    Map<BadRow, SQLMetric> badRows,
    Work work,
    FactsAccumulator facts)
    implements Serializable {

  /**
   * How much was done.
   *
   * @param nanos time in the network
   * @param cellSteps steps of cells computed
   * @param flops floating-point operations
   * @param windows how often the network was run
   * @param stagedBytes memory of the windows, with results and the columns that pass through
   * @param longestRow steps of each task's longest row
   */
  public record Work(
      SQLMetric nanos,
      SQLMetric cellSteps,
      SQLMetric flops,
      SQLMetric windows,
      SQLMetric stagedBytes,
      SQLMetric longestRow)
      implements Serializable {}
}
