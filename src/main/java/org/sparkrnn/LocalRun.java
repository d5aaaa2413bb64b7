package org.sparkrnn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.rnn.Limits;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.rnn.NetworkRunner;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.rnn.PackedNetwork;
import org.sparkrnn.rnn.Result;
import org.sparkrnn.rnn.Value;
import org.sparkrnn.rnn.Window;

/** Runs a model over arrays, window by window. */
final class LocalRun {
  private final Network network;
  private final List<Output> outputs;
  private final NetworkRunner runner;
  private final Window window;
  private final List<RnnOutputs.Row> done = new ArrayList<>();

  LocalRun(SequenceModel model) {
    this.network = model.network();
    this.outputs = network.outputs();
    this.runner = PackedNetwork.pack(network, Ops.of("auto")).runner(outputs, Limits.DEFAULT);
    this.window = runner.window();
  }

  RnnOutputs features(float[][][] sequences, float[][] states) {
    if (!(network.input() instanceof Network.Input.Features input)) {
      throw new IllegalArgumentException("the model takes ids, not floats");
    }
    if (states.length > 0 && states.length != sequences.length) {
      throw new IllegalArgumentException(
          sequences.length + " sequences, but " + states.length + " initial states");
    }
    for (int row = 0; row < sequences.length; row++) {
      float[][] steps = sequences[row];
      float[] flat = new float[steps.length * input.size()];
      for (int t = 0; t < steps.length; t++) {
        if (steps[t].length != input.size()) {
          throw new IllegalArgumentException(
              String.format(
                  "step %d of sequence %d has %d values, expected %d",
                  t, row, steps[t].length, input.size()));
        }
        System.arraycopy(steps[t], 0, flat, t * input.size(), input.size());
      }
      makeRoom(row, steps.length);
      window.add(flat, 0, steps.length);
      if (states.length > 0) {
        int size = network.stateShape().size();
        if (states[row].length != size) {
          throw new IllegalArgumentException(
              String.format(
                  "initial state %d has %d values, expected %d", row, states[row].length, size));
        }
        window.initialState(states[row], 0);
      }
    }
    return finish();
  }

  RnnOutputs ids(int[][] sequences) {
    if (!(network.input() instanceof Network.Input.Ids)) {
      throw new IllegalArgumentException("the model takes floats, not ids");
    }
    for (int row = 0; row < sequences.length; row++) {
      makeRoom(row, sequences[row].length);
      window.add(sequences[row], 0, sequences[row].length);
    }
    return finish();
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

  private RnnOutputs finish() {
    flush();
    return new RnnOutputs(outputs, done);
  }

  private void flush() {
    runner.run();
    for (int row = 0; row < window.rows(); row++) {
      List<Object> values = new ArrayList<>();
      for (int i = 0; i < outputs.size(); i++) {
        values.add(values(runner.result(i), row));
      }
      done.add(new RnnOutputs.Row(values));
    }
    window.clear();
  }

  private Object values(Result result, int row) {
    int from = result.offset(row);
    int to = from + result.size() * (result.perStep() ? window.length(row) : 1);
    boolean ints =
        result.output() instanceof Output.LayerValue layer
            && layer.value().type() == Value.Type.INT;
    return ints
        ? Arrays.copyOfRange(result.ints(), from, to)
        : Arrays.copyOfRange(result.floats(), from, to);
  }
}
