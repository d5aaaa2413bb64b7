package org.sparkrnn.cell;

import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code MinimalRNNCell}: a GRU with nothing but an update gate, over inputs that are
 * first mapped to the width of the state.
 *
 * <pre>{@code
 * z  = act(x * kernel[:D])
 * u  = sigmoid([z, h] * kernel[D:] + bias)
 * h' = u * h + (1 - u) * z
 * }</pre>
 *
 * @param kernel {@code [D + 2n, n]}
 * @param bias {@code [n]}; TensorFlow initialises it to 1
 * @param activation {@code act}; TensorFlow's default is tanh
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
public record MinimalRnnCell(Tensor kernel, Tensor bias, Activation activation)
    implements FormulaCell {
  /** Checks the shapes. */
  public MinimalRnnCell {
    int n = Shapes.units("kernel", kernel, 1);
    Shapes.inputSize("kernel", kernel, 2 * n);
    Shapes.require("bias", bias, "[units]", n);
  }

  /** {@code n}. */
  public int numUnits() {
    return Shapes.units("kernel", kernel, 1);
  }

  @Override
  public int inputSize() {
    return Shapes.inputSize("kernel", kernel, 2 * numUnits());
  }

  @Override
  public int outputSize() {
    return numUnits();
  }

  @Override
  public StateShape stateShape() {
    return StateShape.Struct.of(StateShape.Field.leaf("h", numUnits()));
  }

  @Override
  public Formula formula() {
    int d = inputSize();
    int n = numUnits();
    Term x = Term.input(d);
    Term h = Term.state(0, n);
    Term z = x.product(kernel.rows(0, d)).apply(activation);
    Term u = Term.concat(z, h).product(kernel.rows(d, 2 * n), bias).sigmoid();
    Term next = u.blend(h, z);
    return new Formula(next, next);
  }
}
