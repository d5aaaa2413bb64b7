package org.sparkrnn;

import java.util.List;
import org.sparkrnn.rnn.Output;

/**
 * What a model gave for sequences in arrays: each output of each row, in the order of the rows. Not
 * to be changed by others; thread-safe to read.
 */
public final class RnnOutputs {
  private final List<Output> outputs;
  private final List<Row> rows;

  /** One row's values, a {@code float[]} or an {@code int[]} for each output. */
  record Row(List<Object> values) {}

  RnnOutputs(List<Output> outputs, List<Row> rows) {
    this.outputs = List.copyOf(outputs);
    this.rows = List.copyOf(rows);
  }

  /** How many rows there are. */
  public int rows() {
    return rows.size();
  }

  /**
   * The floats of an output for one row: {@code [steps * size]}, step by step, where it has one
   * entry for each step; {@code [size]} where it has one for the row; the flattened state for
   * {@code final_state}.
   *
   * @throws IllegalArgumentException if there is no such output, or its values are integers
   */
  public float[] floats(String output, int row) {
    if (value(output, row) instanceof float[] floats) {
      return floats.clone();
    }
    throw new IllegalArgumentException("output '" + output + "' holds integers: ask for ints");
  }

  /**
   * The integers of an output for one row: one for each step, or one for the row.
   *
   * @throws IllegalArgumentException if there is no such output, or its values are floats
   */
  public int[] ints(String output, int row) {
    if (value(output, row) instanceof int[] ints) {
      return ints.clone();
    }
    throw new IllegalArgumentException("output '" + output + "' holds floats: ask for floats");
  }

  private Object value(String name, int row) {
    List<String> names = outputs.stream().map(Output::name).toList();
    int place = names.indexOf(name);
    if (place < 0) {
      throw new IllegalArgumentException(
          "the model has no output '" + name + "'; it has " + String.join(", ", names));
    }
    return rows.get(row).values().get(place);
  }
}
