package org.sparkrnn;

import java.util.List;
import java.util.Set;
import org.sparkrnn.rnn.Output;

/**
 * What a model gave for sequences in arrays: each output of each row, in the order of the rows. Not
 * to be changed by others; thread-safe to read.
 */
public final class RnnOutputs {
  private final List<Output> outputs;
  private final List<Row> rows;
  private final Set<String> whole;

  /**
   * One row.
   *
   * @param values a {@code float[]} or an {@code int[]} for each output
   * @param steps how many steps it was given, those behind its length counted too
   */
  record Row(List<Object> values, int steps) {}

  /**
   * @param whole outputs that are not here because they are over all steps of a sequence
   */
  RnnOutputs(List<Output> outputs, List<Row> rows, Set<String> whole) {
    this.outputs = List.copyOf(outputs);
    this.rows = List.copyOf(rows);
    this.whole = Set.copyOf(whole);
  }

  /** The same, where these outputs are not here because they are over all steps of a sequence. */
  RnnOutputs without(Set<String> outputsOfAllSteps) {
    return new RnnOutputs(outputs, rows, outputsOfAllSteps);
  }

  /** How many rows there are. */
  public int rows() {
    return rows.size();
  }

  /**
   * The floats of an output for one row: {@code [length * size]}, step by step, where it has one
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

  /**
   * The floats of an output with one entry for each step, as {@code dynamic_rnn} returns them.
   *
   * @return {@code [steps][size]}: as many steps as the row was given, zeros behind its length
   * @throws IllegalArgumentException if there is no such output, or it is not floats for each step
   */
  public float[][] steps(String output, int row) {
    float[] valid = floats(output, row);
    if (!(outputs.get(place(output)) instanceof Output.LayerValue layer)
        || !layer.value().perStep()) {
      throw new IllegalArgumentException(
          "output '" + output + "' has one entry for the row: ask for floats");
    }
    int size = layer.value().size();
    float[][] steps = new float[rows.get(row).steps()][size];
    for (int t = 0; t * size < valid.length; t++) {
      System.arraycopy(valid, t * size, steps[t], 0, size);
    }
    return steps;
  }

  private Object value(String name, int row) {
    return rows.get(row).values().get(place(name));
  }

  private int place(String name) {
    List<String> names = outputs.stream().map(Output::name).toList();
    int place = names.indexOf(name);
    if (whole.contains(name)) {
      throw new IllegalArgumentException(
          "output '" + name + "' is over all steps of a sequence, which a stepper does not see");
    }
    if (place < 0) {
      throw new IllegalArgumentException(
          "the model has no output '" + name + "'; it has " + String.join(", ", names));
    }
    return place;
  }
}
