package org.sparkrnn.cell;

import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code OutputProjectionWrapper}: {@code output = act(cell(x) * kernel + bias)}; the
 * state is the cell's.
 *
 * @param cell the wrapped cell
 * @param kernel {@code [cell's output, output_size]}
 * @param bias {@code [output_size]}
 * @param activation {@code act}; TensorFlow's default is none
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/core_rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, core_rnn_cell.py</a>
 */
public record OutputProjectionWrapper(
    RnnCell cell, Tensor kernel, Tensor bias, Activation activation) implements FormulaCell {
  /** Checks the shapes. */
  public OutputProjectionWrapper {
    int size = Shapes.units("kernel", kernel, 1);
    Shapes.require("kernel", kernel, "[cell_output, output_size]", cell.outputSize(), size);
    Shapes.require("bias", bias, "[output_size]", size);
  }

  @Override
  public Formula formula() {
    Formula.Call call = Formula.call(cell, Term.input(inputSize()));
    return new Formula(call.output().product(kernel, bias).apply(activation), call.state());
  }

  @Override
  public int inputSize() {
    return cell.inputSize();
  }

  @Override
  public int outputSize() {
    return Shapes.units("kernel", kernel, 1);
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
