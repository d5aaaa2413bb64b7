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

/** Runs a model over arrays, window by window. For one thread. */
final class LocalRun {
  private final InputSpec input;
  private final Network network;
  private final List<Output> outputs;
  private final NetworkRunner runner;
  private final Window window;
  private final List<RnnOutputs.Row> done = new ArrayList<>();

  /** How many steps each row of the window has, those behind its length counted too. */
  private final List<Integer> steps = new ArrayList<>();

  private TextIds texts;

  LocalRun(InputSpec input, PackedNetwork packed, List<Output> outputs) {
    this.input = input;
    this.network = packed.network();
    this.outputs = outputs;
    this.runner = packed.runner(outputs, Limits.DEFAULT);
    this.window = runner.window();
  }

  RnnOutputs run(RnnSequences sequences) {
    sequences.check();
    done.clear();
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
      addState(row, sequences);
    }
    flush();
    return new RnnOutputs(outputs, done, Set.of());
  }

  private void addState(int row, RnnSequences sequences) {
    sequences
        .state(row)
        .ifPresent(
            state -> {
              int size = network.stateShape().size();
              if (state.length != size) {
                throw new IllegalArgumentException(
                    String.format(
                        "initial state %d has %d values, expected %d", row, state.length, size));
              }
              window.initialState(state, 0);
            });
  }

  private void add(int row, float[][] sequence, int length) {
    if (!(network.input() instanceof Network.Input.Features features)) {
      throw new IllegalArgumentException("the model takes ids, not floats");
    }
    int size = features.size();
    float[] flat = new float[Math.multiplyExact(length, size)];
    for (int t = 0; t < length; t++) {
      if (sequence[t] == null || sequence[t].length != size) {
        String found = sequence[t] == null ? "is null" : "has " + sequence[t].length + " values";
        throw new IllegalArgumentException(
            String.format("step %d of sequence %d %s, expected %d values", t, row, found, size));
      }
      System.arraycopy(sequence[t], 0, flat, t * size, size);
    }
    makeRoom(row, length);
    window.add(flat, 0, length);
    steps.add(sequence.length);
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
    steps.add(ids.length);
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
    for (int row = 0; row < window.rows(); row++) {
      List<Object> values = new ArrayList<>();
      for (int i = 0; i < outputs.size(); i++) {
        values.add(values(runner.result(i), row));
      }
      done.add(new RnnOutputs.Row(values, steps.get(row)));
    }
    window.clear();
    steps.clear();
  }

  private Object values(Result result, int row) {
    int from = result.offset(row);
    int to = from + result.size() * result.entries(row);
    boolean ints =
        result.output() instanceof Output.Generated
            || result.output() instanceof Output.LayerValue layer
                && layer.value().type() == Value.Type.INT;
    return ints
        ? Arrays.copyOfRange(result.ints(), from, to)
        : Arrays.copyOfRange(result.floats(), from, to);
  }
}
