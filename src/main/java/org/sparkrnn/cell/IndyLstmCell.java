package org.sparkrnn.cell;

import java.util.List;
import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code IndyLSTMCell}: an LSTM in which each unit sees only its own state. Gate order
 * {@code i, j, f, o}.
 *
 * <pre>{@code
 * i, j, f, o = split(x * inputKernel + recurrentKernel * [h, h, h, h] + bias)
 * c' = sigmoid(f + forgetBias) * c + sigmoid(i) * act(j)
 * h' = act(c') * sigmoid(o)
 * }</pre>
 *
 * @param inputKernel {@code kernel_w}, {@code [D, 4n]}
 * @param recurrentKernel {@code kernel_u}, {@code [1, 4n]}
 * @param bias {@code [4n]}
 * @param forgetBias added to {@code f} at run time; no checkpoint records it
 * @param activation {@code act}; TensorFlow's default is tanh
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
public record IndyLstmCell(
    Tensor inputKernel,
    Tensor recurrentKernel,
    Tensor bias,
    float forgetBias,
    Activation activation)
    implements FormulaCell {
  /** Checks the shapes. */
  public IndyLstmCell {
    long gates = 4L * Shapes.units("kernel_w", inputKernel, 4);
    Shapes.require("kernel_u", recurrentKernel, "[1, 4 * units]", 1, gates);
    Shapes.require("bias", bias, "[4 * units]", gates);
  }

  /** {@code n}. */
  public int numUnits() {
    return Shapes.units("kernel_w", inputKernel, 4);
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
    return LstmFormula.state(numUnits(), numUnits());
  }

  @Override
  public Formula formula() {
    Term c = Term.state(0, numUnits());
    Term h = Term.state(1, numUnits());
    Term x = Term.input(inputSize()).product(inputKernel, bias);
    List<Term> z = h.tile(4).timesPlus(Term.constant(recurrentKernel), x).split(4);
    Term next = LstmFormula.update(z, forgetBias, activation, c);
    Term output = next.apply(activation).times(z.get(3).sigmoid());
    return new Formula(output, next, output);
  }
}
