package org.sparkrnn.cell;

import java.io.Serializable;
import java.util.List;
import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code IntersectionRNNCell}: gates both through time and through depth. The output
 * is not the state.
 *
 * <pre>{@code
 * x  = x * inProjection.kernel + inProjection.bias, where there is one
 * gh, h, gy, y = split([x, s] * kernel + bias)
 * s' = sigmoid(gh + forgetBias) * s + (1 - sigmoid(gh + forgetBias)) * tanh(h)
 * output = sigmoid(gy + forgetBias) * x + (1 - sigmoid(gy + forgetBias)) * act(y)
 * }</pre>
 *
 * @param projection to {@code n} features first, or {@link InProjection#NONE}
 * @param kernel {@code [2n, 4n]}
 * @param bias {@code [4n]}
 * @param forgetBias added to both gates at run time; no checkpoint records it
 * @param activation {@code act}, TensorFlow's {@code y_activation}, relu by default
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
public record IntersectionRnnCell(
    InProjection projection, Tensor kernel, Tensor bias, float forgetBias, Activation activation)
    implements FormulaCell {
  /** Checks the shapes. */
  public IntersectionRnnCell {
    int n = Shapes.units("kernel", kernel, 4);
    Shapes.require("kernel", kernel, "[2 * units, 4 * units]", 2L * n, 4L * n);
    Shapes.require("bias", bias, "[4 * units]", 4L * n);
    if (projection.present()) {
      long in = projection.kernel().shape().dim(0);
      Shapes.require("in_projection/kernel", projection.kernel(), "[input, units]", in, n);
      Shapes.require("in_projection/bias", projection.bias(), "[units]", n);
    }
  }

  /** {@code n}. */
  public int numUnits() {
    return Shapes.units("kernel", kernel, 4);
  }

  @Override
  public int inputSize() {
    return projection.present() ? Math.toIntExact(projection.kernel().shape().dim(0)) : numUnits();
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
    Term given = Term.input(inputSize());
    Term x = projection.present() ? given.product(projection.kernel(), projection.bias()) : given;
    Term state = Term.state(0, numUnits());
    List<Term> z = Term.concat(x, state).product(kernel, bias).split(4);
    Term time = z.get(0).plus(forgetBias).sigmoid();
    Term depth = z.get(2).plus(forgetBias).sigmoid();
    return new Formula(
        depth.blend(x, z.get(3).apply(activation)), time.blend(state, z.get(1).tanh()));
  }

  /**
   * The projection of the inputs.
   *
   * @param kernel {@code [D, n]}
   * @param bias {@code [n]}
   */
  public record InProjection(Tensor kernel, Tensor bias) implements Serializable {
    /** A cell whose inputs have the width of its state. */
    public static final InProjection NONE = new InProjection(Tensor.zeros(0, 0), Tensor.zeros(0));

    /** Whether there is one. */
    public boolean present() {
      return kernel.shape().elements() > 0;
    }
  }
}
