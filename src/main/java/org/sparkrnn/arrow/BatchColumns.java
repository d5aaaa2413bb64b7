package org.sparkrnn.arrow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.model.Generated;
import org.sparkrnn.model.InputColumns;
import org.sparkrnn.model.OnBadRow;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.Spelling;
import org.sparkrnn.rnn.Output;

/** Finds the columns that a run over a batch names, and checks them against the model. */
final class BatchColumns {
  private final SequenceModel model;
  private final BatchSettings settings;
  private final InputColumns input;
  private final List<FieldVector> columns;
  private final Schema schema;

  BatchColumns(SequenceModel model, BatchSettings settings, VectorSchemaRoot batch) {
    this.model = model;
    this.settings = settings;
    this.input = settings.input();
    this.columns = batch.getFieldVectors();
    this.schema = batch.getSchema();
  }

  /** The column with the steps. */
  StepReader sequence() {
    FieldVector column = find(input.sequence(), "sequences");
    return StepReader.of(model.input(), plain(column))
        .orElseThrow(() -> unfit(column, "takes " + StepReader.accepted(model.input())));
  }

  /** The column with the lengths. */
  LengthColumn length() {
    Optional<FieldVector> column = optional(input.length(), "lengths");
    column.ifPresent(
        given -> {
          if (!(plain(given) instanceof BaseIntVector)) {
            throw unfit(given, "takes lengths that are integers");
          }
        });
    return new LengthColumn(column);
  }

  /** The column with the initial states. */
  StateColumn initialState() {
    Optional<FieldVector> column = optional(input.initialState(), "initial states");
    StateShape shape = model.network().stateShape();
    column.ifPresent(
        given -> {
          if (shape.size() == 0) {
            throw unfit(given, "has no state");
          }
          if (!StateColumn.fits(given, shape)) {
            throw unfit(
                given,
                "takes initial states of the type of its final_state, "
                    + StateColumn.expected(shape));
          }
        });
    return new StateColumn(column, shape);
  }

  /** The columns that pass through: all but those to drop. */
  List<FieldVector> passThrough() {
    List<FieldVector> kept = new ArrayList<>(columns);
    for (String name : input.drop()) {
      kept.remove(find(name, "drop"));
    }
    return kept;
  }

  /** The outputs to add, with their columns' names. */
  List<Added> added(List<FieldVector> passThrough) {
    List<String> select = settings.output().select();
    List<Added> added = new ArrayList<>();
    List<String> taken = new ArrayList<>(passThrough.stream().map(FieldVector::getName).toList());
    for (String name : select.isEmpty() ? model.select() : select) {
      Output output = output(name);
      String column = settings.output().prefix() + name;
      take(column, taken, "outputPrefix");
      added.add(
          new Added(
              column,
              new Generated.Column(
                  output, settings.output().layout(), settings.output().padding())));
    }
    if (settings.onBadRow() == OnBadRow.NULL) {
      take(settings.output().error(), taken, "errorColumn");
    }
    return added;
  }

  /**
   * A column to add.
   *
   * @param name its name
   * @param what what it holds
   */
  record Added(String name, Generated.Column what) {}

  private static void take(String name, List<String> taken, String option) {
    if (taken.contains(name)) {
      throw new IllegalArgumentException(
          "a column '"
              + name
              + "' would be added, but there is one: take it out with drop, or choose another name"
              + " with "
              + option);
    }
    taken.add(name);
  }

  private Output output(String name) {
    for (Output output : model.network().outputs()) {
      if (output.name().equals(name)) {
        return output;
      }
    }
    List<String> names = model.network().outputs().stream().map(Output::name).toList();
    throw new IllegalArgumentException(
        "the model '"
            + model.name()
            + "' has no output '"
            + name
            + "'"
            + Spelling.hint(name, names)
            + "; it has "
            + String.join(", ", names));
  }

  private Optional<FieldVector> optional(String name, String role) {
    return name.isEmpty() ? Optional.empty() : Optional.of(find(name, role));
  }

  private FieldVector find(String name, String role) {
    List<FieldVector> found =
        columns.stream().filter(column -> column.getName().equals(name)).toList();
    if (found.size() == 1) {
      return found.get(0);
    }
    List<String> names = columns.stream().map(FieldVector::getName).toList();
    throw new IllegalArgumentException(
        (found.isEmpty() ? "the batch has no column '" : "the batch has several columns '")
            + name
            + "' ("
            + role
            + ")"
            + (found.isEmpty() ? Spelling.hint(name, names) : "")
            + "; its columns are ["
            + String.join(", ", names)
            + "]");
  }

  /** Refuses a column, or elements, that are places in a dictionary instead of values. */
  private FieldVector plain(FieldVector column) {
    for (FieldVector part = column; part != null; part = child(part)) {
      if (part.getField().getDictionary() != null) {
        throw unfit(
            column,
            "takes values, and these are dictionary-encoded: decode them first, with"
                + " DictionaryEncoder.decode");
      }
    }
    return column;
  }

  private static FieldVector child(FieldVector vector) {
    return ListColumn.is(vector) ? ListColumn.elements(vector) : null;
  }

  private IllegalArgumentException unfit(FieldVector column, String reason) {
    return new IllegalArgumentException(
        "column '"
            + column.getName()
            + "' of type "
            + type(column)
            + " does not fit: the model '"
            + model.name()
            + "' "
            + reason);
  }

  /**
   * The column's field as the schema has it: a vector's own field has other names for the elements
   * of lists.
   */
  Field field(FieldVector column) {
    return schema.getFields().get(columns.indexOf(column));
  }

  /** The column's field as Arrow writes it, without its own name. */
  private String type(FieldVector column) {
    String field = field(column).toString();
    return field.startsWith(column.getName() + ": ")
        ? field.substring(column.getName().length() + 2)
        : field;
  }
}
