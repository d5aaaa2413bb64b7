package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Loop;

/**
 * Keras' loop in double precision as {@code keras.backend.rnn} writes it down: every step is
 * computed, and where it is masked the previous state and output are taken in its place.
 */
final class TextbookKeras {
  private TextbookKeras() {}

  /**
   * Runs a layer over one row.
   *
   * @param mask true where a step is masked
   * @param state the initial state by direction, replaced by the final one
   * @return one output per step, or one
   */
  static List<double[]> run(Layer.Rnn rnn, List<double[]> x, boolean[] mask, double[][] state) {
    Loop.Keras loop = (Loop.Keras) rnn.loop();
    List<List<double[]>> directions = new ArrayList<>();
    for (int d = 0; d < rnn.cells().size(); d++) {
      boolean backwards = loop.goBackwards() != (d == 1);
      List<double[]> outputs = direction(rnn.cells().get(d), loop, backwards, x, mask, state[d]);
      if (!loop.returnSequences()) {
        int last = outputs.size() - 1;
        outputs =
            List.of(last < 0 ? new double[rnn.cells().get(d).outputSize()] : outputs.get(last));
      } else if (d == 1) {
        Collections.reverse(outputs);
      }
      directions.add(outputs);
    }
    return TextbookNetwork.merged(rnn.merge(), directions);
  }

  private static List<double[]> direction(
      RnnCell cell,
      Loop.Keras loop,
      boolean backwards,
      List<double[]> x,
      boolean[] mask,
      double[] state) {
    double[] current = state.clone();
    double[] zeros = new double[cell.outputSize()];
    double[] previous = zeros;
    List<double[]> outputs = new ArrayList<>();
    for (int k = 0; k < x.size(); k++) {
      int t = backwards ? x.size() - 1 - k : k;
      TextbookCell.Step step = TextbookCell.step(cell, x.get(t), current);
      double[] instead = loop.zeroOutputForMask() ? zeros : previous;
      previous = mask[t] ? instead : step.output();
      current = mask[t] ? current : step.state();
      outputs.add(previous);
    }
    System.arraycopy(current, 0, state, 0, state.length);
    return outputs;
  }

  /** {@code keras.layers.Masking}. */
  static List<double[]> masking(Layer.Masking layer, List<double[]> x, boolean[] mask) {
    List<double[]> y = new ArrayList<>();
    for (int t = 0; t < x.size(); t++) {
      mask[t] = Arrays.stream(x.get(t)).allMatch(value -> value == layer.maskValue());
      double keep = mask[t] ? 0 : 1;
      y.add(Arrays.stream(x.get(t)).map(value -> value * keep).toArray());
    }
    return y;
  }
}
