package org.sparkrnn.cell;

import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code InputProjectionWrapper}: {@code output = cell(act(x * kernel + bias))}; the
 * state is the cell's.
 *
 * @param cell the wrapped cell
 * @param kernel {@code [D, num_proj]}
 * @param bias {@code [num_proj]}
 * @param activation {@code act}; TensorFlow's default is none
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/core_rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, core_rnn_cell.py</a>
 */
public record InputProjectionWrapper(
    RnnCell cell, Tensor kernel, Tensor bias, Activation activation) implements FormulaCell {
  /** Checks the shapes. */
  public InputProjectionWrapper {
    Shapes.units("kernel", kernel, 1);
    long input = kernel.shape().dim(0);
    Shapes.require("kernel", kernel, "[input, num_proj]", input, cell.inputSize());
    Shapes.require("bias", bias, "[num_proj]", cell.inputSize());
  }

  @Override
  public Formula formula() {
    Term projected = Term.input(inputSize()).product(kernel, bias).apply(activation);
    Formula.Call call = Formula.call(cell, projected);
    return new Formula(call.output(), call.state());
  }

  @Override
  public int inputSize() {
    return Shapes.inputSize("kernel", kernel, 0);
  }

  @Override
  public int outputSize() {
    return cell.outputSize();
  }

  @Override
  public StateShape stateShape() {
    return cell.stateShape();
  }

  @Override
  public StateShape.Part hidden() {
    return cell.hidden();
  }
}
