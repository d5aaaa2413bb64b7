package org.sparkrnn.spark;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.execution.CommandResultExec;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.adaptive.AdaptiveSparkPlanExec;
import org.apache.spark.sql.execution.adaptive.QueryStageExec;
import org.sparkrnn.model.BadRow;
import org.sparkrnn.spark.task.Facts;
import org.sparkrnn.spark.task.TaskMetrics;

/**
 * What the operator did in one finished query, all its nodes together. Driver side.
 *
 * <p>As with all of Spark's metrics, work that was done again for a lost executor counts again; the
 * rows of a cached DataFrame count where the cache was filled, not where it is read.
 *
 * @param rows rows given out, with bad ones
 * @param steps the sum of the lengths
 * @param longestRow steps of the longest row
 * @param badRows rows not computed, by reason; reasons that did not occur are left out
 * @param work how much was done
 */
public record RunMetrics(
    long rows, long steps, long longestRow, Map<BadRow, Long> badRows, Work work) {
  /** Name of the metric that counts steps, as Spark's SQL page and its listeners show it. */
  public static final String STEPS = "time steps";

  /** Nothing ran. */
  public static final RunMetrics NONE =
      new RunMetrics(0, 0, 0, Map.of(), new Work(0, 0, 0, 0, 0, Set.of()));

  /** Takes a copy of the map. */
  public RunMetrics {
    badRows = Map.copyOf(badRows);
  }

  /**
   * How much was done.
   *
   * @param nanos time in the network, summed over tasks
   * @param cellSteps steps of cells computed: for each cell the sum of the lengths, but for masked
   *     steps and those that were another row's already
   * @param flops floating-point operations
   * @param windows how often a network was run
   * @param stagedBytes memory of all windows, with results and the columns that pass through
   * @param ops names of the arithmetic that ran on executors
   */
  public record Work(
      long nanos, long cellSteps, long flops, long windows, long stagedBytes, Set<String> ops) {
    Work and(Work other) {
      return new Work(
          nanos + other.nanos,
          cellSteps + other.cellSteps,
          flops + other.flops,
          windows + other.windows,
          stagedBytes + other.stagedBytes,
          new Facts(0, ops).and(new Facts(0, other.ops)).ops());
    }
  }

  /** Rows not computed, for any reason. */
  public long badRowCount() {
    return badRows.values().stream().mapToLong(Long::longValue).sum();
  }

  /** What a DataFrame's own last action did; a write runs as a query of its own. */
  public static RunMetrics of(Dataset<?> rows) {
    return of(((org.apache.spark.sql.classic.Dataset<?>) rows).queryExecution());
  }

  /** What a query did. */
  static RunMetrics of(QueryExecution query) {
    return of(query.executedPlan());
  }

  private static RunMetrics of(SparkPlan plan) {
    RunMetrics all = NONE;
    for (RnnInferenceExec node : nodes(plan)) {
      all = all.and(ofNode(node));
    }
    return all;
  }

  /** The operator's nodes in a plan, inside all that Spark wraps plans in. */
  static List<RnnInferenceExec> nodes(SparkPlan plan) {
    List<RnnInferenceExec> nodes = new ArrayList<>();
    if (plan instanceof AdaptiveSparkPlanExec adaptive) {
      nodes.addAll(nodes(adaptive.executedPlan()));
    } else if (plan instanceof QueryStageExec stage) {
      nodes.addAll(nodes(stage.plan()));
    } else if (plan instanceof CommandResultExec command) {
      nodes.addAll(nodes(command.commandPhysicalPlan()));
    } else {
      if (plan instanceof RnnInferenceExec node) {
        nodes.add(node);
      }
      for (SparkPlan child : Seqs.list(plan.children())) {
        nodes.addAll(nodes(child));
      }
    }
    return nodes;
  }

  private static RunMetrics ofNode(RnnInferenceExec node) {
    TaskMetrics metrics = node.operatorMetrics().ofTasks();
    Map<BadRow, Long> bad = new EnumMap<>(BadRow.class);
    metrics
        .badRows()
        .forEach(
            (reason, count) -> {
              if (count.value() > 0) {
                bad.put(reason, count.value());
              }
            });
    Facts facts = metrics.facts().value();
    return new RunMetrics(
        metrics.rows().value(),
        metrics.steps().value(),
        facts.longestRow(),
        bad,
        new Work(
            Math.max(0, metrics.work().nanos().value()),
            metrics.work().cellSteps().value(),
            metrics.work().flops().value(),
            metrics.work().windows().value(),
            Math.max(0, metrics.work().stagedBytes().value()),
            facts.ops()));
  }

  /** Both together. */
  public RunMetrics and(RunMetrics other) {
    Map<BadRow, Long> bad = new EnumMap<>(BadRow.class);
    bad.putAll(badRows);
    other.badRows.forEach((reason, count) -> bad.merge(reason, count, Long::sum));
    return new RunMetrics(
        rows + other.rows,
        steps + other.steps,
        Math.max(longestRow, other.longestRow),
        bad,
        work.and(other.work));
  }
}
