package org.sparkrnn.spark;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.apache.spark.sql.execution.metric.SQLMetrics;
import org.sparkrnn.model.BadRow;
import org.sparkrnn.spark.task.FactsAccumulator;
import org.sparkrnn.spark.task.TaskMetrics;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The metrics of one node, registered with Spark.
 *
 * @param ofTasks what tasks add to
 * @param byName the same as Spark's SQL page wants it
 */
record OperatorMetrics(
    TaskMetrics ofTasks, scala.collection.immutable.Map<String, SQLMetric> byName) {

  static OperatorMetrics register(SparkContext context) {
    Map<String, SQLMetric> named = new LinkedHashMap<>();
    SQLMetric rows = SQLMetrics.createMetric(context, "number of output rows");
    SQLMetric steps = SQLMetrics.createMetric(context, RunMetrics.STEPS);
    SQLMetric nanos = SQLMetrics.createNanoTimingMetric(context, "time in the network", -1L);
    SQLMetric cellSteps = SQLMetrics.createMetric(context, "steps of cells computed");
    SQLMetric flops = SQLMetrics.createMetric(context, "floating-point operations");
    SQLMetric windows = SQLMetrics.createMetric(context, "windows");
    SQLMetric staged = SQLMetrics.createSizeMetric(context, "staged bytes", -1L);
    SQLMetric longest = SQLMetrics.createAverageMetric(context, "longest row");
    named.put("numOutputRows", rows);
    named.put("steps", steps);
    named.put("networkTime", nanos);
    named.put("cellSteps", cellSteps);
    named.put("flops", flops);
    named.put("windows", windows);
    named.put("stagedBytes", staged);
    named.put("longestRow", longest);
    Map<BadRow, SQLMetric> bad = new EnumMap<>(BadRow.class);
    for (BadRow reason : BadRow.values()) {
      SQLMetric count = SQLMetrics.createMetric(context, "bad rows: " + reason.meaning());
      bad.put(reason, count);
      named.put(reason.metric(), count);
    }
    FactsAccumulator facts = new FactsAccumulator();
    context.register(facts, "spark-rnn facts");
    return new OperatorMetrics(
        new TaskMetrics(
            rows,
            steps,
            bad,
            new TaskMetrics.Work(nanos, cellSteps, flops, windows, staged, longest),
            facts),
        scala.collection.immutable.Map$.MODULE$.from(CollectionConverters.asScala(named)));
  }
}
