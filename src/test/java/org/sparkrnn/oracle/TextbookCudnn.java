package org.sparkrnn.oracle;

import java.util.Arrays;
import java.util.List;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.rnn.Layer;

/**
 * cuDNN's layers in double precision, layer by layer and direction by direction, with the states as
 * cuDNN has them: {@code h} of shape {@code [layers * directions, n]}, behind it {@code c} where
 * there is one.
 */
final class TextbookCudnn {
  private TextbookCudnn() {}

  static List<double[]> run(
      Layer.Rnn rnn, List<double[]> x, double[] state, List<double[]> lastHidden) {
    int directions = rnn.bidirectional() ? 2 : 1;
    int layers =
        directions == 2
            ? rnn.levels().size()
            : ((MultiRnnCell) rnn.levels().get(0).directions().get(0)).cells().size();
    int units = rnn.outputSize() / directions;
    int all = layers * directions * units;
    List<double[]> value = x;
    for (int layer = 0; layer < layers; layer++) {
      lastHidden.clear();
      List<List<double[]>> outputs = new java.util.ArrayList<>();
      for (int d = 0; d < directions; d++) {
        RnnCell cell = cell(rnn, layer, d);
        int h = (layer * directions + d) * units;
        double[] own = cell instanceof LstmCell ? new double[2 * units] : new double[units];
        System.arraycopy(state, h, own, own.length - units, units);
        if (cell instanceof LstmCell) {
          System.arraycopy(state, all + h, own, 0, units);
        }
        outputs.add(TextbookNetwork.direction(cell, d == 1, value, own));
        System.arraycopy(own, own.length - units, state, h, units);
        if (cell instanceof LstmCell) {
          System.arraycopy(own, 0, state, all + h, units);
        }
        lastHidden.add(Arrays.copyOfRange(own, own.length - units, own.length));
      }
      value = TextbookNetwork.merged(Layer.Merge.CONCAT, outputs);
    }
    return value;
  }

  private static RnnCell cell(Layer.Rnn rnn, int layer, int direction) {
    return rnn.bidirectional()
        ? rnn.levels().get(layer).directions().get(direction)
        : ((MultiRnnCell) rnn.levels().get(0).directions().get(0)).cells().get(layer);
  }
}
