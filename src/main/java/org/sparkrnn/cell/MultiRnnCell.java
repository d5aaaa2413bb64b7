package org.sparkrnn.cell;

import java.util.ArrayList;
import java.util.List;

/**
 * TensorFlow's {@code MultiRNNCell}: each cell's output is the next one's input; the state has one
 * part per cell, {@code cell_0}, {@code cell_1}, ...
 *
 * @param cells the cells, first to last
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/python/ops/rnn_cell_impl.py">TensorFlow
 *     1.15, rnn_cell_impl.py</a>
 */
public record MultiRnnCell(List<RnnCell> cells) implements RnnCell {
  /** Checks that each cell takes what the one before it gives. */
  public MultiRnnCell {
    cells = List.copyOf(cells);
    if (cells.isEmpty()) {
      throw new IllegalArgumentException("MultiRNNCell needs at least one cell");
    }
    for (int i = 1; i < cells.size(); i++) {
      int given = cells.get(i - 1).outputSize();
      int taken = cells.get(i).inputSize();
      if (given != taken) {
        throw new IllegalArgumentException(
            String.format(
                "cell_%d takes inputs of size %d, but cell_%d gives outputs of size %d",
                i, taken, i - 1, given));
      }
    }
  }

  @Override
  public int inputSize() {
    return cells.get(0).inputSize();
  }

  @Override
  public int outputSize() {
    return cells.get(cells.size() - 1).outputSize();
  }

  @Override
  public StateShape stateShape() {
    List<StateShape.Field> fields = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      fields.add(new StateShape.Field("cell_" + i, cells.get(i).stateShape()));
    }
    return new StateShape.Struct(fields);
  }
}
