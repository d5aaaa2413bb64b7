package org.sparkrnn.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.model.Generated;
import org.sparkrnn.model.OnBadRow;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.rnn.Output;

/**
 * Finds the columns that a run names, and checks them against the model. On the driver, before
 * anything runs.
 */
final class ColumnChecks {
  private final SequenceModel model;
  private final RnnConf conf;
  private final List<Attribute> columns;
  private final BiPredicate<String, String> sameName;

  /**
   * @param sameName whether Spark takes two names for one: by default regardless of case
   */
  ColumnChecks(
      SequenceModel model,
      RnnConf conf,
      List<Attribute> columns,
      BiPredicate<String, String> sameName) {
    this.model = model;
    this.conf = conf;
    this.columns = columns;
    this.sameName = sameName;
  }

  /** The column with the steps. */
  Attribute sequence() {
    String name = conf.input().sequence();
    if (name.isEmpty()) {
      throw new SettingException(
          "no column with sequences is named: set "
              + RnnKey.SEQUENCE.key()
              + " ("
              + RnnKey.SEQUENCE.option()
              + "); the columns are "
              + names());
    }
    Attribute column = find(name, RnnKey.SEQUENCE);
    if (!ColumnTypes.acceptsSequence(model.input(), column.dataType())) {
      throw new ColumnException(
          "column '"
              + name
              + "' has type "
              + column.dataType().simpleString()
              + ", but the model '"
              + model.name()
              + "' takes "
              + ColumnTypes.acceptedSequences(model.input()));
    }
    return column;
  }

  /** The column with the lengths, or none. */
  List<Attribute> length() {
    String name = conf.input().length();
    if (name.isEmpty()) {
      return List.of();
    }
    Attribute column = find(name, RnnKey.LENGTH);
    if (!ColumnTypes.acceptsLength(column.dataType())) {
      throw new ColumnException(
          "column '"
              + name
              + "' has type "
              + column.dataType().simpleString()
              + ", but lengths are tinyint, smallint, int or bigint");
    }
    return List.of(column);
  }

  /** The column with the initial states, or none. */
  List<Attribute> initialState() {
    String name = conf.input().initialState();
    if (name.isEmpty()) {
      return List.of();
    }
    Attribute column = find(name, RnnKey.INITIAL_STATE);
    StateShape shape = model.network().stateShape();
    DataType expected = ColumnTypes.state(shape);
    if (shape.size() == 0) {
      throw new ColumnException(
          "column '"
              + name
              + "' cannot be an initial state: the model '"
              + model.name()
              + "' has no state");
    }
    if (!(column.dataType() instanceof StructType)
        || !ColumnTypes.sameButForNulls(column.dataType(), expected)) {
      throw new ColumnException(
          "column '"
              + name
              + "' has type "
              + column.dataType().simpleString()
              + ", but an initial state of the model '"
              + model.name()
              + "' has the type of its final_state, "
              + expected.simpleString());
    }
    return List.of(column);
  }

  /** The columns that pass through: all but those to drop. */
  List<Attribute> passThrough() {
    List<Attribute> kept = new ArrayList<>(columns);
    for (String name : conf.input().drop()) {
      kept.remove(find(name, RnnKey.DROP));
    }
    return kept;
  }

  /** The columns to add, with their names. */
  List<Added> added(List<Attribute> passThrough) {
    List<Added> added = new ArrayList<>();
    List<String> select = conf.output().select();
    for (String name : select.isEmpty() ? model.select() : select) {
      Output output = output(name);
      add(
          added,
          passThrough,
          new Added(
              conf.output().prefix() + name,
              new Generated.Column(output, conf.output().layout(), conf.output().padding())));
    }
    if (conf.running().onBadRow() == OnBadRow.NULL) {
      add(added, passThrough, new Added(conf.output().error(), new Generated.Reason()));
    }
    return added;
  }

  /**
   * A column to add.
   *
   * @param name its name
   * @param what what it holds
   */
  record Added(String name, Generated what) {}

  private void add(List<Added> added, List<Attribute> passThrough, Added next) {
    boolean error = next.what() instanceof Generated.Reason;
    for (Attribute column : passThrough) {
      if (sameName.test(column.name(), next.name())) {
        throw new ColumnException(
            "a column '"
                + next.name()
                + "' would be added, but there is one: take it out with "
                + RnnKey.DROP.key()
                + " ("
                + RnnKey.DROP.option()
                + " "
                + column.name()
                + "), or choose another name with "
                + (error ? named(RnnKey.ERROR_COLUMN) : named(RnnKey.OUTPUT_PREFIX)));
      }
    }
    for (Added other : added) {
      if (sameName.test(other.name(), next.name())) {
        throw new SettingException(
            "two columns '"
                + next.name()
                + "' would be added: "
                + named(RnnKey.SELECT)
                + " names an output twice, or the error column is called like an output");
      }
    }
    added.add(next);
  }

  private static String named(RnnKey key) {
    return key.key() + " (" + key.option() + ")";
  }

  private Output output(String name) {
    List<Output> outputs = model.network().outputs();
    for (Output output : outputs) {
      if (output.name().equals(name)) {
        return output;
      }
    }
    List<String> names = outputs.stream().map(Output::name).toList();
    throw new SettingException(
        "the model '"
            + model.name()
            + "' has no output '"
            + name
            + "'"
            + Nearest.hint(name, names)
            + "; it has "
            + String.join(", ", names));
  }

  private Attribute find(String name, RnnKey role) {
    List<Attribute> found =
        columns.stream().filter(column -> sameName.test(column.name(), name)).toList();
    if (found.size() == 1) {
      return found.get(0);
    }
    List<String> names = columns.stream().map(Attribute::name).toList();
    throw new ColumnException(
        (found.isEmpty() ? "there is no column '" : "there are several columns '")
            + name
            + "', which "
            + named(role)
            + " names"
            + (found.isEmpty() ? Nearest.hint(name, names) : "")
            + "; the columns are "
            + names());
  }

  private String names() {
    return "[" + String.join(", ", columns.stream().map(Attribute::name).toList()) + "]";
  }
}
