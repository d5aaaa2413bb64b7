package org.sparkrnn.spark;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.optimizer.CollapseProject$;
import org.apache.spark.sql.catalyst.optimizer.ColumnPruning$;
import org.apache.spark.sql.catalyst.optimizer.PushDownPredicates$;
import org.apache.spark.sql.catalyst.optimizer.RemoveNoopOperators$;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LocalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.rules.Rule;
import scala.Function1;
import scala.runtime.AbstractPartialFunction;

/**
 * Moves below the operator what need not wait for it, as Spark's own rules do for its own nodes:
 * conditions on columns that pass through, limits, and the choice of columns. Columns that nobody
 * asks for are neither read, kept nor computed; if no generated column is asked for, the operator
 * goes away.
 */
final class RnnOptimization extends Rule<LogicalPlan> {
  @Override
  public LogicalPlan apply(LogicalPlan plan) {
    LogicalPlan tightened = plan.transformDown(new Tighten());
    if (tightened.fastEquals(plan)) {
      return plan;
    }
    // Spark's rules have run by now where this one was added to a running session; let them carry
    // on from where things were moved to.
    LogicalPlan pushed = PushDownPredicates$.MODULE$.apply(tightened);
    LogicalPlan pruned = ColumnPruning$.MODULE$.apply(pushed);
    return RemoveNoopOperators$.MODULE$.apply(CollapseProject$.MODULE$.apply(pruned));
  }

  private static final class Tighten extends AbstractPartialFunction<LogicalPlan, LogicalPlan> {
    @Override
    public boolean isDefinedAt(LogicalPlan plan) {
      return !tighten(plan).fastEquals(plan);
    }

    @Override
    @SuppressWarnings(
        "unchecked") // As Scala compiles partial functions: A1 is a LogicalPlan, B1 above one.
    public <A1 extends LogicalPlan, B1> B1 applyOrElse(A1 plan, Function1<A1, B1> otherwise) {
      LogicalPlan tightened = tighten(plan);
      return tightened.fastEquals(plan) ? otherwise.apply(plan) : (B1) tightened;
    }
  }

  /** The plan itself where there is nothing to do. */
  private static LogicalPlan tighten(LogicalPlan plan) {
    if (plan instanceof Filter filter && filter.child() instanceof RnnInference node) {
      return pushFilter(filter, node);
    }
    if (plan instanceof LocalLimit limit && limit.child() instanceof RnnInference node) {
      return pushLimit(limit, node);
    }
    if (plan instanceof Project project) {
      if (project.child() instanceof RnnInference node) {
        LogicalPlan pruned = prune(node, project.references());
        return pruned == node ? plan : project.copy(project.projectList(), pruned);
      }
      // Spark takes away a projection right below a filter, so that one has to look past it.
      if (project.child() instanceof Filter filter && filter.child() instanceof RnnInference node) {
        LogicalPlan pruned = prune(node, project.references().$plus$plus(filter.references()));
        return pruned == node
            ? plan
            : project.copy(project.projectList(), filter.copy(filter.condition(), pruned));
      }
    }
    return plan;
  }

  private static LogicalPlan pushFilter(Filter filter, RnnInference node) {
    AttributeSet below = Seqs.set(node.passThrough());
    List<Expression> down = new ArrayList<>();
    List<Expression> stay = new ArrayList<>();
    for (Expression condition : conditions(filter.condition())) {
      boolean movable = condition.deterministic() && condition.references().subsetOf(below);
      (movable ? down : stay).add(condition);
    }
    if (down.isEmpty()) {
      return filter;
    }
    LogicalPlan pushed = node.over(new Filter(all(down), node.child()));
    return stay.isEmpty() ? pushed : new Filter(all(stay), pushed);
  }

  private static List<Expression> conditions(Expression condition) {
    if (condition instanceof And and) {
      List<Expression> both = new ArrayList<>(conditions(and.left()));
      both.addAll(conditions(and.right()));
      return both;
    }
    return List.of(condition);
  }

  private static Expression all(List<Expression> conditions) {
    return conditions.stream().reduce(And::new).orElseThrow();
  }

  /** Without it, showing ten rows would compute a whole window of each partition. */
  private static LogicalPlan pushLimit(LocalLimit limit, RnnInference node) {
    if (!(limit.limitExpr() instanceof Literal literal && literal.value() instanceof Integer most)
        || isLimited(node.child(), most)) {
      return limit;
    }
    return limit.copy(
        limit.limitExpr(), node.over(new LocalLimit(limit.limitExpr(), node.child())));
  }

  /** Asks for rows, not for a limit node, which other rules may have moved further down. */
  private static boolean isLimited(LogicalPlan plan, int most) {
    return plan.maxRowsPerPartition().isDefined()
        && ((Number) plan.maxRowsPerPartition().get()).longValue() <= most;
  }

  private static LogicalPlan prune(RnnInference node, AttributeSet required) {
    RnnInference pruned = node.only(required);
    if (pruned.generated().isEmpty()) {
      return node.child();
    }
    AttributeSet needed = pruned.references();
    LogicalPlan child = pruned.child();
    if (child.outputSet().subsetOf(needed)) {
      return pruned.output().size() == node.output().size() ? node : pruned;
    }
    List<NamedExpression> kept = new ArrayList<>();
    for (Attribute column : Seqs.list(child.output())) {
      if (needed.contains(column)) {
        kept.add(column);
      }
    }
    return pruned.over(new Project(Seqs.of(kept), child));
  }
}
