package org.sparkrnn.cell;

import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code IndRNNCell}, the independently recurrent network: each unit sees only its own
 * state.
 *
 * <pre>{@code
 * h' = act(x * inputKernel + recurrentKernel * h + bias), the second product element by element
 * }</pre>
 *
 * @param inputKernel {@code kernel_w}, {@code [D, n]}
 * @param recurrentKernel {@code kernel_u}, {@code [1, n]}
 * @param bias {@code [n]}
 * @param activation {@code act}; TensorFlow's default is tanh
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
public record IndRnnCell(
    Tensor inputKernel, Tensor recurrentKernel, Tensor bias, Activation activation)
    implements FormulaCell {
  /** Checks the shapes. */
  public IndRnnCell {
    int n = Shapes.units("kernel_w", inputKernel, 1);
    Shapes.require("kernel_u", recurrentKernel, "[1, units]", 1, n);
    Shapes.require("bias", bias, "[units]", n);
  }

  /** {@code n}. */
  public int numUnits() {
    return Shapes.units("kernel_w", inputKernel, 1);
  }

  @Override
  public int inputSize() {
    return Shapes.inputSize("kernel_w", inputKernel, 0);
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
    Term z = Term.input(inputSize()).product(inputKernel, bias);
    Term h = Term.state(0, numUnits());
    Term next = h.timesPlus(Term.constant(recurrentKernel), z).apply(activation);
    return new Formula(next, next);
  }
}
