package org.sparkrnn.cell;

import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code BasicRNNCell}: {@code h' = act([x, h] * kernel + bias)}; output and state are
 * {@code h'}.
 *
 * @param kernel {@code [D + n, n]}
 * @param bias {@code [n]}
 * @param activation the cell's activation; TensorFlow's default is tanh
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/python/ops/rnn_cell_impl.py">TensorFlow
 *     1.15, rnn_cell_impl.py</a>
 */
public record BasicRnnCell(Tensor kernel, Tensor bias, Activation activation) implements RnnCell {
  /** Checks the shapes. */
  public BasicRnnCell {
    int n = Shapes.units("kernel", kernel, 1);
    Shapes.inputSize("kernel", kernel, n);
    Shapes.require("bias", bias, "[units]", n);
  }

  /** {@code n}. */
  public int numUnits() {
    return Shapes.units("kernel", kernel, 1);
  }

  @Override
  public int inputSize() {
    return Shapes.inputSize("kernel", kernel, numUnits());
  }

  @Override
  public int outputSize() {
    return numUnits();
  }

  @Override
  public StateShape stateShape() {
    return StateShape.Struct.of(StateShape.Field.leaf("h", numUnits()));
  }
}
