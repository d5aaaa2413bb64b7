package org.sparkrnn.cell;

import java.util.List;
import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code UGRNNCell}: one gate between the old state and a fresh one.
 *
 * <pre>{@code
 * g, c = split([x, h] * kernel + bias)
 * u  = sigmoid(g + forgetBias)
 * h' = u * h + (1 - u) * act(c)
 * }</pre>
 *
 * @param kernel {@code [D + n, 2n]}
 * @param bias {@code [2n]}
 * @param forgetBias added to {@code g} at run time; no checkpoint records it
 * @param activation {@code act}; TensorFlow's default is tanh
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
public record UgrnnCell(Tensor kernel, Tensor bias, float forgetBias, Activation activation)
    implements FormulaCell {
  /** Checks the shapes. */
  public UgrnnCell {
    int n = Shapes.units("kernel", kernel, 2);
    Shapes.inputSize("kernel", kernel, n);
    Shapes.require("bias", bias, "[2 * units]", 2L * n);
  }

  /** {@code n}. */
  public int numUnits() {
    return Shapes.units("kernel", kernel, 2);
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

  @Override
  public Formula formula() {
    Term h = Term.state(0, numUnits());
    List<Term> z = Term.concat(Term.input(inputSize()), h).product(kernel, bias).split(2);
    Term next = z.get(0).plus(forgetBias).sigmoid().blend(h, z.get(1).apply(activation));
    return new Formula(next, next);
  }
}
