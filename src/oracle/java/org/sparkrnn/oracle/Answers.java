package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnOutputs;
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

  /** Ours, through the public face. */
  static Answers ours(Layer.Rnn layer, JudgedRows rows) {
    int input = layer.inputSize();
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

  /**
   * The exact answers for one row, with bounds.
   *
   * @param levels by level the cell, or the forward and the backward one; the states of all levels
   *     of a direction stand together, as TensorFlow's stack returns them
   */
  static BoundedLoop exact(List<List<PublishedCell>> levels, JudgedRows rows, int row) {
    List<Bounded> x = rows.exact(row);
    List<List<Bounded>> states = List.of(new ArrayList<>(), new ArrayList<>());
    for (int level = 0; level < levels.size(); level++) {
      List<List<Bounded>> outputs = new ArrayList<>();
      for (int d = 0; d < levels.get(level).size(); d++) {
        PublishedCell cell = levels.get(level).get(d);
        int from = stateOffset(levels, level, d);
        float[] state = Arrays.copyOfRange(rows.states()[row], from, from + cell.stateSize());
        BoundedLoop run = BoundedLoop.run(cell, d == 0 ? x : reversed(x), state);
        outputs.add(d == 0 ? run.outputs() : reversed(run.outputs()));
        states.get(d).add(run.state());
      }
      List<Bounded> merged = new ArrayList<>();
      for (int t = 0; t < x.size(); t++) {
        int at = t;
        merged.add(Bounded.concat(outputs.stream().map(each -> each.get(at)).toList()));
      }
      x = merged;
    }
    return new BoundedLoop(x, Bounded.concat(states.stream().flatMap(List::stream).toList()));
  }

  /** Where a cell's state begins in the flattened state. */
  static int stateOffset(List<List<PublishedCell>> levels, int level, int direction) {
    int offset = 0;
    for (int d = 0; d <= direction; d++) {
      for (int i = 0; i < (d == direction ? level : levels.size()); i++) {
        offset += levels.get(i).get(d).stateSize();
      }
    }
    return offset;
  }

  private static <T> List<T> reversed(List<T> list) {
    List<T> reversed = new ArrayList<>(list);
    Collections.reverse(reversed);
    return reversed;
  }

  /** {@code b} behind {@code a}. */
  static float[] concat(float[] a, float[] b) {
    float[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }
}
