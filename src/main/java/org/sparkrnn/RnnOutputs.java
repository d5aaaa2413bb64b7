package org.sparkrnn;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.sparkrnn.rnn.Output;

/**
 * What a model gave for sequences in arrays: each output of each row, in the order of the rows. Not
 * to be changed by others; thread-safe to read.
 */
public final class RnnOutputs {
  private final List<Output> outputs;
  private final List<Part> parts;
  private final Set<String> whole;

  /**
   * Rows that were computed together.
   *
   * @param first the first one's place among all rows
   * @param steps for each row how many steps it was given, those behind its length counted too
   * @param values for each output; outputs that are the same have the same
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Part(int first, int[] steps, Values[] values) {}

  /**
   * An output of rows that were computed together.
   *
   * @param numbers a {@code float[]} or an {@code int[]}, row by row
   * @param starts for each row where it begins, and where the last one ends
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Values(Object numbers, int[] starts) {}

  /**
   * @param whole outputs that are not here because they are over all steps of a sequence
   */
  RnnOutputs(List<Output> outputs, List<Part> parts, Set<String> whole) {
    this.outputs = List.copyOf(outputs);
    this.parts = List.copyOf(parts);
    this.whole = Set.copyOf(whole);
  }

  /** The same, where these outputs are not here because they are over all steps of a sequence. */
  RnnOutputs without(Set<String> outputsOfAllSteps) {
    return new RnnOutputs(outputs, parts, outputsOfAllSteps);
  }

  /** How many rows there are. */
  public int rows() {
    if (parts.isEmpty()) {
      return 0;
    }
    Part last = parts.get(parts.size() - 1);
    return last.first() + last.steps().length;
  }

  /**
   * The floats of an output for one row: {@code [length * size]}, step by step, where it has one
   * entry for each step; {@code [size]} where it has one for the row; the flattened state for
   * {@code final_state}.
   *
   * @throws IllegalArgumentException if there is no such output, or its values are integers
   */
  public float[] floats(String output, int row) {
    Part part = part(row);
    Values values = part.values()[place(output)];
    if (values.numbers() instanceof float[] floats) {
      int in = row - part.first();
      return Arrays.copyOfRange(floats, values.starts()[in], values.starts()[in + 1]);
    }
    throw new IllegalArgumentException("output '" + output + "' holds integers: ask for ints");
  }

  /**
   * The integers of an output for one row: one for each step, or one for the row.
   *
   * @throws IllegalArgumentException if there is no such output, or its values are floats
   */
  public int[] ints(String output, int row) {
    Part part = part(row);
    Values values = part.values()[place(output)];
    if (values.numbers() instanceof int[] ints) {
      int in = row - part.first();
      return Arrays.copyOfRange(ints, values.starts()[in], values.starts()[in + 1]);
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
    Part part = part(row);
    Values values = part.values()[place(output)];
    if (!(values.numbers() instanceof float[] floats)) {
      throw new IllegalArgumentException("output '" + output + "' holds integers: ask for ints");
    }
    if (!(outputs.get(place(output)) instanceof Output.LayerValue layer)
        || !layer.value().perStep()) {
      throw new IllegalArgumentException(
          "output '" + output + "' has one entry for the row: ask for floats");
    }
    int size = layer.value().size();
    int in = row - part.first();
    int from = values.starts()[in];
    float[][] steps = new float[part.steps()[in]][size];
    for (int t = 0; from < values.starts()[in + 1]; t++) {
      System.arraycopy(floats, from, steps[t], 0, size);
      from += size;
    }
    return steps;
  }

  /** Where a row is. */
  private Part part(int row) {
    Objects.checkIndex(row, rows());
    int low = 0;
    int high = parts.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (parts.get(middle).first() <= row) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return parts.get(low);
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
