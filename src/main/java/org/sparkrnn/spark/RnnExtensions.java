package org.sparkrnn.spark;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.ExperimentalMethods;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.apache.spark.sql.execution.SparkStrategy;
import scala.Function1;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Teaches a Spark session the operator.
 *
 * <p>Nobody needs to: the first {@code transform} teaches the session it meets. Set as {@code
 * spark.sql.extensions=org.sparkrnn.spark.RnnExtensions} it is there from the start, and the
 * operator's rules run among Spark's own instead of behind them, which lets also data sources of
 * Spark's newer kind (Iceberg, Delta) read fewer columns.
 */
public final class RnnExtensions extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {
  /** For Spark, which makes one by reflection. */
  public RnnExtensions() {}

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    Function1<SparkSession, SparkStrategy> strategy =
        new AbstractFunction1<>() {
          @Override
          public SparkStrategy apply(SparkSession session) {
            return new RnnStrategy();
          }
        };
    Function1<SparkSession, Rule<LogicalPlan>> rule =
        new AbstractFunction1<>() {
          @Override
          public Rule<LogicalPlan> apply(SparkSession session) {
            return new RnnOptimization();
          }
        };
    extensions.injectPlannerStrategy(strategy);
    extensions.injectOptimizerRule(rule);
    return BoxedUnit.UNIT;
  }

  /** Teaches a running session, once, leaving what others have taught it. */
  static void install(org.apache.spark.sql.classic.SparkSession session) {
    ExperimentalMethods methods = session.experimental();
    synchronized (methods) {
      List<SparkStrategy> strategies = new ArrayList<>(Seqs.list(methods.extraStrategies()));
      if (strategies.stream().noneMatch(RnnStrategy.class::isInstance)) {
        strategies.add(new RnnStrategy());
        methods.extraStrategies_$eq(Seqs.of(strategies));
      }
      List<Rule<LogicalPlan>> rules = new ArrayList<>(Seqs.list(methods.extraOptimizations()));
      if (rules.stream().noneMatch(RnnOptimization.class::isInstance)) {
        rules.add(new RnnOptimization());
        methods.extraOptimizations_$eq(Seqs.of(rules));
      }
    }
  }
}
