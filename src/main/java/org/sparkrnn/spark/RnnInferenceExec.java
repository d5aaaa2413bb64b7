package org.sparkrnn.spark;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.SortOrder;
import org.apache.spark.sql.catalyst.plans.physical.Partitioning;
import org.apache.spark.sql.catalyst.plans.physical.UnknownPartitioning;
import org.apache.spark.sql.catalyst.types.DataTypeUtils;
import org.apache.spark.sql.execution.ColumnarToRowExec;
import org.apache.spark.sql.execution.InputAdapter;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.WholeStageCodegenExec;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.sparkrnn.spark.task.Inputs;
import org.sparkrnn.spark.task.TaskFunction;
import org.sparkrnn.spark.task.TaskPlan;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/**
 * The operator in Spark's physical plans. Takes column batches where a scan gives them, else rows;
 * gives rows, because Spark's own way from batches to rows copies float by float.
 *
 * <p>Spark copies nodes by their constructor's parameters, as for {@link RnnInference}. Lazy:
 * nothing runs, and no model is sent, before the plan is executed.
 */
public final class RnnInferenceExec extends SparkPlan {
  private final Seq<Attribute> inputs;
  private final Seq<Attribute> passThrough;
  private final Seq<Attribute> generated;
  private final RnnSpec spec;
  private final SparkPlan child;
  private transient OperatorMetrics metrics;

  /** A node; the parameters are those of {@link RnnInference}. */
  public RnnInferenceExec(
      Seq<Attribute> inputs,
      Seq<Attribute> passThrough,
      Seq<Attribute> generated,
      RnnSpec spec,
      SparkPlan child) {
    this.inputs = inputs;
    this.passThrough = passThrough;
    this.generated = generated;
    this.spec = spec;
    this.child = child;
  }

  @Override
  public Seq<Attribute> output() {
    return Seqs.concat(passThrough, generated);
  }

  @Override
  public AttributeSet producedAttributes() {
    return Seqs.set(generated);
  }

  @Override
  public Seq<SparkPlan> children() {
    return Seqs.of(List.of(child));
  }

  @Override
  public SparkPlan withNewChildrenInternal(IndexedSeq<SparkPlan> newChildren) {
    return new RnnInferenceExec(inputs, passThrough, generated, spec, newChildren.apply(0));
  }

  /** Rows stay where they are; what is said in columns that do not pass through is lost. */
  @Override
  public Partitioning outputPartitioning() {
    Partitioning below = child.outputPartitioning();
    return below instanceof Expression expression && !said(expression)
        ? new UnknownPartitioning(below.numPartitions())
        : below;
  }

  /** Rows keep their order. */
  @Override
  public Seq<SortOrder> outputOrdering() {
    List<SortOrder> below = Seqs.list(child.outputOrdering());
    int said = 0;
    while (said < below.size() && said(below.get(said))) {
      said++;
    }
    return Seqs.of(below.subList(0, said));
  }

  private boolean said(Expression expression) {
    return expression.references().subsetOf(Seqs.set(passThrough));
  }

  @Override
  public scala.collection.immutable.Map<String, SQLMetric> metrics() {
    return operatorMetrics().byName();
  }

  synchronized OperatorMetrics operatorMetrics() {
    if (metrics == null) {
      metrics = OperatorMetrics.register(sparkContext());
    }
    return metrics;
  }

  @Override
  public RDD<InternalRow> doExecute() {
    TaskFunction function = new TaskFunction(taskPlan(), operatorMetrics().ofTasks());
    SparkPlan columnar = columnar();
    if (columnar != null) {
      return columnar.executeColumnar().toJavaRDD().mapPartitions(function::batches, true).rdd();
    }
    return child.execute().toJavaRDD().mapPartitions(function::rows, true).rdd();
  }

  /**
   * The plan that gives the child's rows as column batches: Spark puts a {@code ColumnarToRow}
   * between, maybe inside a stage of generated code, which is stepped over. Null if there is none.
   */
  SparkPlan columnar() {
    SparkPlan inner = child instanceof WholeStageCodegenExec stage ? stage.child() : child;
    if (inner instanceof ColumnarToRowExec transition) {
      SparkPlan below = transition.child();
      return below instanceof InputAdapter adapter ? adapter.child() : below;
    }
    return null;
  }

  private TaskPlan taskPlan() {
    List<Attribute> in = Seqs.list(child.output());
    List<Attribute> read = Seqs.list(inputs);
    int next = 1;
    Inputs.Field length = spec.hasLength() ? field(in, read.get(next++)) : Inputs.Field.ABSENT;
    Inputs.Field state = spec.hasState() ? field(in, read.get(next)) : Inputs.Field.ABSENT;
    return new TaskPlan(
        ModelShipping.source(sparkContext(), spec.model(), spec.conf().broadcastLimit()),
        new Inputs(field(in, read.get(0)), length, state),
        new TaskPlan.Rows(
            DataTypeUtils.fromAttributes(child.output()),
            Seqs.list(passThrough).stream().map(column -> ordinal(in, column)).toList(),
            DataTypeUtils.fromAttributes(generated)),
        spec.generated(),
        spec.conf().running());
  }

  private static Inputs.Field field(List<Attribute> in, Attribute column) {
    return new Inputs.Field(column.name(), ordinal(in, column), column.dataType());
  }

  private static int ordinal(List<Attribute> in, Attribute column) {
    for (int i = 0; i < in.size(); i++) {
      if (in.get(i).exprId().equals(column.exprId())) {
        return i;
      }
    }
    throw new NoSuchElementException(column + " is not among " + in);
  }

  @Override
  public int productArity() {
    return 5;
  }

  @Override
  public Object productElement(int n) {
    return switch (n) {
      case 0 -> inputs;
      case 1 -> passThrough;
      case 2 -> generated;
      case 3 -> spec;
      case 4 -> child;
      default -> throw new IndexOutOfBoundsException(n);
    };
  }

  @Override
  public boolean canEqual(Object that) {
    return that instanceof RnnInferenceExec;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RnnInferenceExec that
        && inputs.equals(that.inputs)
        && passThrough.equals(that.passThrough)
        && generated.equals(that.generated)
        && spec.equals(that.spec)
        && child.equals(that.child);
  }

  @Override
  public int hashCode() {
    return Objects.hash(inputs, passThrough, generated, spec, child);
  }

  @Override
  public String nodeName() {
    return "RnnInference";
  }
}
