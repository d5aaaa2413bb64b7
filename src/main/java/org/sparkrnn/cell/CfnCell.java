package org.sparkrnn.cell;

import java.util.List;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code CFNCell}, the chaos free network. TensorFlow's input gate is one minus the
 * paper's.
 *
 * <pre>{@code
 * v, w  = the first 2n and the last n columns of kernel
 * t, e  = split(sigmoid(x * v + h * recurrentKernel + bias))
 * h'    = t * act(h) + (1 - e) * act(x * w)
 * }</pre>
 *
 * @param kernel {@code [D, 3n]}
 * @param recurrentKernel {@code recurrent_kernel}, {@code [n, 2n]}
 * @param bias {@code [2n]}; TensorFlow initialises it to 1
 * @param activation {@code act}; TensorFlow's default is tanh
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
public record CfnCell(Tensor kernel, Tensor recurrentKernel, Tensor bias, Activation activation)
    implements FormulaCell {
  /** Checks the shapes. */
  public CfnCell {
    int n = Shapes.units("kernel", kernel, 3);
    Shapes.require("recurrent_kernel", recurrentKernel, "[units, 2 * units]", n, 2L * n);
    Shapes.require("bias", bias, "[2 * units]", 2L * n);
  }

  /** {@code n}. */
  public int numUnits() {
    return Shapes.units("kernel", kernel, 3);
  }

  @Override
  public int inputSize() {
    return Shapes.inputSize("kernel", kernel, 0);
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
    int n = numUnits();
    float[] biases = new float[3 * n];
    bias.copyTo(0, biases, 0, 2 * n);
    Term x = Term.input(inputSize()).product(kernel, Tensor.of(Shape.of(3L * n), biases));
    Term h = Term.state(0, n);
    List<Term> gates = h.product(recurrentKernel).plus(x.slice(0, 2 * n)).sigmoid().split(2);
    Term candidate = x.slice(2 * n, n).apply(activation);
    Term next =
        gates.get(0).timesPlus(h.apply(activation), gates.get(1).complement().times(candidate));
    return new Formula(next, next);
  }
}
