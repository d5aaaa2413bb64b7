package org.sparkrnn.cell;

import java.util.List;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code SRUCell}, the simple recurrent unit: its gates see the input only. The output
 * is not the state.
 *
 * <pre>{@code
 * z, f, r, x' = split(x * kernel)
 * f, r   = sigmoid([f, r] + bias)
 * c'     = f * c + (1 - f) * z
 * output = r * act(c') + (1 - r) * x'
 * }</pre>
 *
 * @param kernel {@code [D, 4n]}
 * @param bias {@code [2n]}, of {@code f} and {@code r}
 * @param activation {@code act}; TensorFlow's default is tanh
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
public record SruCell(Tensor kernel, Tensor bias, Activation activation) implements FormulaCell {
  /** Checks the shapes. */
  public SruCell {
    int n = Shapes.units("kernel", kernel, 4);
    Shapes.require("bias", bias, "[2 * units]", 2L * n);
  }

  /** {@code n}. */
  public int numUnits() {
    return Shapes.units("kernel", kernel, 4);
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
    return StateShape.Struct.of(StateShape.Field.leaf("c", numUnits()));
  }

  @Override
  public Formula formula() {
    int n = numUnits();
    float[] biases = new float[4 * n];
    bias.copyTo(0, biases, n, 2 * n);
    Tensor all = Tensor.of(Shape.of(4L * n), biases);
    List<Term> z = Term.input(inputSize()).product(kernel, all).split(4);
    Term c = z.get(1).sigmoid().blend(Term.state(0, n), z.get(0));
    Term output = z.get(2).sigmoid().blend(c.apply(activation), z.get(3));
    return new Formula(output, c);
  }
}
