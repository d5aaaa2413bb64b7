package org.sparkrnn.spark;

import java.util.List;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.SparkStrategy;
import scala.collection.immutable.Seq;

/** Plans {@link RnnInference} as {@link RnnInferenceExec}. */
final class RnnStrategy extends SparkStrategy {
  @Override
  public Seq<SparkPlan> apply(LogicalPlan plan) {
    if (plan instanceof RnnInference node) {
      return Seqs.of(
          List.of(
              new RnnInferenceExec(
                  node.inputs(),
                  node.passThrough(),
                  node.generated(),
                  node.spec(),
                  planLater(node.child()))));
    }
    return Seqs.of(List.of());
  }
}
