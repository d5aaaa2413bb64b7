package org.sparkrnn.model;

import static org.sparkrnn.model.CellOption.ACTIVATION;
import static org.sparkrnn.model.CellOption.NUM_UNITS;

import java.util.List;
import org.sparkrnn.cell.MinimalRnnCell;
import org.sparkrnn.cell.RnnCell;

/**
 * The cells of {@code tf.contrib.rnn}.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
final class ContribCells {
  static final CellType<MinimalRnnCell> MINIMAL_RNN =
      CellType.of("MinimalRNNCell", MinimalRnnCell.class)
          .option(NUM_UNITS, MinimalRnnCell::numUnits)
          .option(ACTIVATION, MinimalRnnCell::activation)
          .variable("kernel", "[input + 2 * num_units, num_units]", MinimalRnnCell::kernel)
          .variable("bias", "[num_units]", MinimalRnnCell::bias)
          .make(
              parts ->
                  new MinimalRnnCell(
                      parts.tensor("kernel"),
                      parts.tensor("bias"),
                      parts.activation("activation")));

  static final List<CellType<? extends RnnCell>> ALL = List.of(MINIMAL_RNN);

  private ContribCells() {}
}
