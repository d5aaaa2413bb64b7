package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnOutputs;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.rnn.Output;

/**
 * What somebody computes for {@link JudgedRows}.
 *
 * @param outputs {@code [rows][steps][size]}; a judge's have {@code maxTime} steps, ours a row's
 *     length
 * @param states {@code [rows][stateSize]}
 */
@SuppressWarnings("ArrayRecordComponent")
record Answers(float[][][] outputs, float[][] states) {

  /** Ours, through the public face: one cell, or a forward and a backward one. */
  static Answers ours(List<RnnCell> cells, JudgedRows rows) {
    Layer.Rnn layer = new Layer.Rnn("rnn", cells, Layer.Merge.CONCAT);
    int input = cells.get(0).inputSize();
    Network network = new Network(new Network.Input.Features(input), List.of(layer));
    RnnModel model =
        RnnModel.of(
            new SequenceModel(
                "judged",
                new InputSpec.Features(input),
                network,
                List.of(Output.OUTPUTS, Output.FINAL_STATE),
                "judged"));
    RnnOutputs found = model.run(rows.steps(), rows.states());
    int size = layer.outputSize();
    float[][][] outputs = new float[rows.rows()][][];
    float[][] states = new float[rows.rows()][];
    for (int row = 0; row < rows.rows(); row++) {
      float[] flat = found.floats(Output.OUTPUTS, row);
      outputs[row] = new float[rows.length(row)][size];
      for (int t = 0; t < rows.length(row); t++) {
        System.arraycopy(flat, t * size, outputs[row][t], 0, size);
      }
      states[row] = found.floats(Output.FINAL_STATE, row);
    }
    return new Answers(outputs, states);
  }

  /** Two directions' answers as one: outputs and states side by side. */
  static Answers both(Answers forward, Answers backward) {
    float[][][] outputs = new float[forward.outputs.length][][];
    float[][] states = new float[outputs.length][];
    for (int row = 0; row < outputs.length; row++) {
      outputs[row] = new float[forward.outputs[row].length][];
      for (int t = 0; t < outputs[row].length; t++) {
        outputs[row][t] = concat(forward.outputs[row][t], backward.outputs[row][t]);
      }
      states[row] = concat(forward.states[row], backward.states[row]);
    }
    return new Answers(outputs, states);
  }

  /** The exact answers for one row in one direction or two, with bounds. */
  static BoundedLoop exact(List<PublishedCell> cells, JudgedRows rows, int row) {
    List<Bounded> x = rows.exact(row);
    int size = cells.get(0).stateSize();
    float[] state = rows.states()[row];
    BoundedLoop forward =
        BoundedLoop.run(cells.get(0), x, java.util.Arrays.copyOfRange(state, 0, size));
    if (cells.size() == 1) {
      return forward;
    }
    List<Bounded> reversed = new ArrayList<>(x);
    java.util.Collections.reverse(reversed);
    BoundedLoop backward =
        BoundedLoop.run(
            cells.get(1), reversed, java.util.Arrays.copyOfRange(state, size, state.length));
    List<Bounded> outputs = new ArrayList<>();
    for (int t = 0; t < x.size(); t++) {
      outputs.add(
          Bounded.concat(
              List.of(forward.outputs().get(t), backward.outputs().get(x.size() - 1 - t))));
    }
    return new BoundedLoop(outputs, Bounded.concat(List.of(forward.state(), backward.state())));
  }

  /** {@code b} behind {@code a}. */
  static float[] concat(float[] a, float[] b) {
    float[] all = java.util.Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }
}
