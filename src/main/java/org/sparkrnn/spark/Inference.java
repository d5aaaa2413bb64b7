package org.sparkrnn.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.sparkrnn.model.Generated;
import org.sparkrnn.model.OnBadRow;
import org.sparkrnn.ops.Ops;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/** Puts the operator on top of a DataFrame. */
public final class Inference {
  private Inference() {}

  /**
   * The DataFrame with the model's outputs added. Checks everything that can be checked without
   * looking at rows; nothing runs before an action does.
   *
   * @param handle the model
   * @param settings what the program says; the rest comes from the session's {@code spark.rnn.*}
   * @param rows the rows
   * @throws SettingException if a setting is unknown or cannot be
   * @throws ColumnException if the columns do not fit the model
   */
  public static Dataset<Row> transform(
      ModelHandle handle, Map<RnnKey, String> settings, Dataset<?> rows) {
    if (!(rows instanceof org.apache.spark.sql.classic.Dataset<?> classic)) {
      throw new UnsupportedOperationException(
          "this DataFrame belongs to a Spark Connect client ("
              + rows.getClass().getName()
              + "), which has no part in planning: call spark-rnn in a program that runs on the"
              + " driver, as spark-submit starts it");
    }
    SparkSession session = classic.sparkSession();
    RnnConf conf = RnnConf.resolve(settings, CollectionConverters.asJava(session.conf().getAll()));
    checkOps(conf.running().ops());
    ModelShipping.check(handle, conf.broadcastLimit());
    RnnExtensions.install(session);
    LogicalPlan plan = plan(handle, conf, classic.logicalPlan(), names(session));
    return org.apache.spark.sql.classic.Dataset.ofRows(session, plan);
  }

  private static void checkOps(String setting) {
    try {
      Ops.of(setting);
    } catch (IllegalArgumentException e) {
      throw new SettingException(e.getMessage());
    }
  }

  private static BiPredicate<String, String> names(SparkSession session) {
    return session.sessionState().conf().caseSensitiveAnalysis()
        ? String::equals
        : String::equalsIgnoreCase;
  }

  private static LogicalPlan plan(
      ModelHandle handle, RnnConf conf, LogicalPlan child, BiPredicate<String, String> sameName) {
    ColumnChecks checks =
        new ColumnChecks(handle.model(), conf, Seqs.list(child.output()), sameName);
    List<Attribute> inputs = new ArrayList<>();
    inputs.add(checks.sequence());
    inputs.addAll(checks.length());
    inputs.addAll(checks.initialState());
    List<Attribute> passThrough = checks.passThrough();
    List<ColumnChecks.Added> added = checks.added(passThrough);

    List<Attribute> generated = new ArrayList<>();
    List<NamedExpression> all = new ArrayList<>(passThrough);
    for (ColumnChecks.Added column : added) {
      Attribute attribute = attribute(column, conf.running().onBadRow() == OnBadRow.NULL);
      generated.add(attribute);
      // Under a name of its own: Spark gives those new identities where a DataFrame is joined with
      // itself, which it does not for columns of nodes it does not know.
      all.add(
          new Alias(
              attribute,
              column.name(),
              NamedExpression.newExprId(),
              Seqs.of(List.of()),
              Option.empty(),
              Seqs.of(List.of())));
    }
    RnnSpec spec = new RnnSpec(handle, conf, added.stream().map(ColumnChecks.Added::what).toList());
    return new Project(
        Seqs.of(all),
        new RnnInference(Seqs.of(inputs), Seqs.of(passThrough), Seqs.of(generated), spec, child));
  }

  private static Attribute attribute(ColumnChecks.Added column, boolean nullable) {
    DataType type =
        column.what() instanceof Generated.Column given
            ? ColumnTypes.of(given.output(), given.layout())
            : DataTypes.StringType;
    return new AttributeReference(
        column.name(),
        type,
        nullable,
        Metadata.empty(),
        NamedExpression.newExprId(),
        Seqs.of(List.of()));
  }
}
