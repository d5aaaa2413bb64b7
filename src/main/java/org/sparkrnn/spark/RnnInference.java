package org.sparkrnn.spark;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeMap$;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Statistics;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.model.Generated;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.rnn.Output;
import scala.Option;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;
import scala.math.BigInt;

/**
 * The operator in Spark's logical plans: a row for each row, with the columns that pass through and
 * behind them the generated ones.
 *
 * <p>Spark copies nodes by their constructor's parameters, so {@link #productElement} gives those,
 * in their order. The constructor is public because Spark calls it by reflection.
 */
public final class RnnInference extends LogicalPlan {
  private final Seq<Attribute> inputs;
  private final Seq<Attribute> passThrough;
  private final Seq<Attribute> generated;
  private final RnnSpec spec;
  private final LogicalPlan child;

  /**
   * A node.
   *
   * @param inputs the columns that are read: the sequence, the length if there is one, the initial
   *     state if there is one
   * @param passThrough the columns that pass through
   * @param generated the columns that are added
   * @param spec what is done
   * @param child where rows come from
   */
  public RnnInference(
      Seq<Attribute> inputs,
      Seq<Attribute> passThrough,
      Seq<Attribute> generated,
      RnnSpec spec,
      LogicalPlan child) {
    this.inputs = inputs;
    this.passThrough = passThrough;
    this.generated = generated;
    this.spec = spec;
    this.child = child;
  }

  Seq<Attribute> inputs() {
    return inputs;
  }

  Seq<Attribute> passThrough() {
    return passThrough;
  }

  Seq<Attribute> generated() {
    return generated;
  }

  RnnSpec spec() {
    return spec;
  }

  LogicalPlan child() {
    return child;
  }

  RnnInference over(LogicalPlan other) {
    return new RnnInference(inputs, passThrough, generated, spec, other);
  }

  /** The same without the columns that nobody asks for. */
  RnnInference only(AttributeSet required) {
    List<Integer> places = new ArrayList<>();
    List<Attribute> kept = new ArrayList<>();
    List<Attribute> added = Seqs.list(generated);
    for (int i = 0; i < added.size(); i++) {
      if (required.contains(added.get(i))) {
        places.add(i);
        kept.add(added.get(i));
      }
    }
    return new RnnInference(
        inputs,
        Seqs.of(Seqs.list(passThrough).stream().filter(required::contains).toList()),
        Seqs.of(kept),
        spec.only(places),
        child);
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
  public Seq<LogicalPlan> children() {
    return Seqs.of(List.of(child));
  }

  @Override
  public LogicalPlan withNewChildrenInternal(IndexedSeq<LogicalPlan> newChildren) {
    return over(newChildren.apply(0));
  }

  @Override
  public Option<Object> maxRows() {
    return child.maxRows();
  }

  @Override
  public Option<Object> maxRowsPerPartition() {
    return child.maxRowsPerPartition();
  }

  /**
   * The child's size, and for each generated column as much as its floats are to the input's. With
   * Spark's default, the child's size, wide outputs would look small enough to broadcast.
   */
  @Override
  public Statistics stats() {
    Statistics below = child.stats();
    double factor = 1;
    for (Generated column : spec.generated()) {
      if (column instanceof Generated.Column given) {
        factor += (double) floats(given.output()) / stepFloats();
      }
    }
    BigInteger size =
        below
            .sizeInBytes()
            .bigInteger()
            .multiply(BigInteger.valueOf((long) Math.ceil(factor * 16)))
            .shiftRight(4);
    return new Statistics(
        new BigInt(size), below.rowCount(), AttributeMap$.MODULE$.empty(), below.isRuntime());
  }

  private long stepFloats() {
    return spec.model().model().input() instanceof InputSpec.Features features
        ? Math.max(1, features.size())
        : 1;
  }

  private static long floats(Output output) {
    if (output instanceof Output.FinalState state) {
      StateShape shape = state.shape();
      return shape.size();
    }
    if (output instanceof Output.Generated generated) {
      return generated.maxSteps();
    }
    return output instanceof Output.LastOutput last
        ? last.size()
        : ((Output.LayerValue) output).value().size();
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
    return that instanceof RnnInference;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RnnInference that
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
