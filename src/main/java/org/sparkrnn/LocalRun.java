package org.sparkrnn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.TextIds;
import org.sparkrnn.model.Vocabulary;
import org.sparkrnn.rnn.Limits;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.rnn.NetworkRunner;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.rnn.PackedNetwork;
import org.sparkrnn.rnn.Result;
import org.sparkrnn.rnn.Value;
import org.sparkrnn.rnn.Window;

/**
 * Runs a model over arrays, window by window. For one thread, which may use it again: all but the
 * results is kept.
 */
final class LocalRun {
  private final InputSpec input;
  private final Network network;
  private final List<Output> outputs;
  private final NetworkRunner runner;
  private final Window window;

  /** The outputs without those that are another one by another name. */
  private final List<Output> distinct = new ArrayList<>();

  /** For each output which of {@link #distinct} it is. */
  private final int[] places;

  private final int stateSize;
  private List<RnnOutputs.Part> done = List.of();

  /** How many rows are in {@link #done}. */
  private int flushed;

  /** How many steps each row of the window has, those behind its length counted too. */
  private int[] steps = new int[16];

  private TextIds texts;

  LocalRun(InputSpec input, PackedNetwork packed, List<Output> outputs) {
    this.input = input;
    this.network = packed.network();
    this.stateSize = network.stateShape().size();
    this.outputs = outputs;
    this.places = outputs.stream().mapToInt(this::place).toArray();
    this.runner = packed.runner(distinct, Limits.DEFAULT);
    this.window = runner.window();
  }

  private int place(Output output) {
    for (int i = 0; i < distinct.size(); i++) {
      if (output instanceof Output.LayerValue value
          && distinct.get(i) instanceof Output.LayerValue other
          && value.layer() == other.layer()) {
        return i;
      }
    }
    distinct.add(output);
    return distinct.size() - 1;
  }

  RnnOutputs run(RnnSequences sequences) {
    sequences.check();
    window.clear();
    done = new ArrayList<>(1);
    flushed = 0;
    for (int row = 0; row < sequences.count(); row++) {
      Object given = sequences.row(row);
      if (given == null) {
        throw new IllegalArgumentException("sequence " + row + " is null");
      }
      if (given instanceof float[][] floats) {
        add(row, floats, sequences.length(row, floats.length));
      } else {
        int[] ids = ids(given);
        add(row, ids, sequences.length(row, ids.length), !(given instanceof int[]));
      }
      float[] state = sequences.state(row);
      if (state != null) {
        addState(row, state);
      }
    }
    flush();
    RnnOutputs found = new RnnOutputs(outputs, done, Set.of());
    done = List.of();
    return found;
  }

  private void addState(int row, float[] state) {
    if (state.length != stateSize) {
      throw new IllegalArgumentException(
          String.format(
              "initial state %d has %d values, expected %d", row, state.length, stateSize));
    }
    window.initialState(state, 0);
  }

  private void add(int row, float[][] sequence, int length) {
    if (!(network.input() instanceof Network.Input.Features features)) {
      throw new IllegalArgumentException("the model takes ids, not floats");
    }
    int size = features.size();
    for (int t = 0; t < length; t++) {
      if (sequence[t] == null || sequence[t].length != size) {
        String found = sequence[t] == null ? "is null" : "has " + sequence[t].length + " values";
        throw new IllegalArgumentException(
            String.format("step %d of sequence %d %s, expected %d values", t, row, found, size));
      }
    }
    makeRoom(row, length);
    window.add(sequence, length);
    admitted(sequence.length);
  }

  private void add(int row, int[] ids, int length, boolean words) {
    int count = ((Network.Input.Ids) network.input()).count();
    for (int t = 0; t < length; t++) {
      if (ids[t] < 0 || ids[t] >= count) {
        throw new IllegalArgumentException(
            String.format("step %d of sequence %d ", t, row)
                + (words && ids[t] == Vocabulary.REFUSE
                    ? "is not in the model's vocabulary"
                    : String.format("has id %d, expected 0 to %d", ids[t], count - 1)));
      }
    }
    makeRoom(row, length);
    window.add(ids, 0, length);
    admitted(ids.length);
  }

  /** Notes how many steps the row was given that was added last. */
  private void admitted(int given) {
    if (steps.length < window.rows()) {
      steps = Arrays.copyOf(steps, 2 * window.rows());
    }
    steps[window.rows() - 1] = given;
  }

  private int[] ids(Object given) {
    if (!(network.input() instanceof Network.Input.Ids)) {
      throw new IllegalArgumentException(
          "the model takes floats, not " + (given instanceof int[] ? "ids" : "strings"));
    }
    if (given instanceof int[] ids) {
      return ids;
    }
    texts = texts == null ? TextIds.of(input) : texts;
    if (given instanceof String text) {
      return texts.ids(text);
    }
    String[] words = (String[]) given;
    int[] ids = new int[words.length];
    for (int t = 0; t < ids.length; t++) {
      ids[t] = words[t] == null ? Vocabulary.REFUSE : texts.id(words[t]);
    }
    return ids;
  }

  private void makeRoom(int row, int length) {
    window
        .refusal(length)
        .ifPresent(
            refusal -> {
              throw new IllegalArgumentException("sequence " + row + ": " + refusal);
            });
    if (!window.fits(length)) {
      throw new IllegalArgumentException(
          String.format(
              "sequence %d of %d steps takes %d bytes, more than the %d of a window",
              row, length, window.bytesNeeded(length), Limits.DEFAULT.windowBytes()));
    }
    if (!window.hasRoom(length)) {
      flush();
    }
  }

  private void flush() {
    runner.run();
    int rows = window.rows();
    RnnOutputs.Values[] found = new RnnOutputs.Values[distinct.size()];
    for (int i = 0; i < found.length; i++) {
      found[i] = values(runner.result(i), rows);
    }
    RnnOutputs.Values[] values = new RnnOutputs.Values[places.length];
    for (int i = 0; i < places.length; i++) {
      values[i] = found[places[i]];
    }
    done.add(new RnnOutputs.Part(flushed, Arrays.copyOf(steps, rows), values));
    flushed += rows;
    window.clear();
  }

  private static RnnOutputs.Values values(Result result, int rows) {
    int[] starts = new int[rows + 1];
    boolean together = true;
    for (int row = 0; row < rows; row++) {
      together &= result.offset(row) == starts[row];
      starts[row + 1] = starts[row] + result.size() * result.entries(row);
    }
    boolean ints =
        result.output() instanceof Output.Generated
            || result.output() instanceof Output.LayerValue layer
                && layer.value().type() == Value.Type.INT;
    if (together && !ints) {
      return new RnnOutputs.Values(result.takeFloats(), starts);
    }
    Object source = ints ? result.ints() : result.floats();
    Object numbers = ints ? new int[starts[rows]] : new float[starts[rows]];
    for (int row = 0; row < rows; row++) {
      int count = starts[row + 1] - starts[row];
      System.arraycopy(source, result.offset(row), numbers, starts[row], count);
    }
    return new RnnOutputs.Values(numbers, starts);
  }
}
