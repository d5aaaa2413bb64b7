package org.sparkrnn.cell;

import java.io.Serializable;
import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code HighwayWrapper}: how much of the input is carried past the cell is learnt.
 *
 * <pre>{@code
 * carry     = sigmoid(x * carryKernel + carryBias)
 * transform = 1 - carry, or sigmoid(x * transform.kernel + transform.bias)
 * output    = x * carry + cell(x) * transform
 * }</pre>
 *
 * @param cell the wrapped cell, whose output is as wide as its input
 * @param carryKernel {@code carry_w}, {@code [D, D]}
 * @param carryBias {@code carry_b}, {@code [D]}
 * @param transform the second gate, or {@link Transform#COUPLED}
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
public record HighwayWrapper(
    RnnCell cell, Tensor carryKernel, Tensor carryBias, Transform transform)
    implements FormulaCell {
  /** Checks that input and output can be mixed, and the shapes. */
  public HighwayWrapper {
    int d = cell.inputSize();
    if (d != cell.outputSize()) {
      throw new IllegalArgumentException(
          "HighwayWrapper mixes the cell's input, of size "
              + d
              + ", with its output, of size "
              + cell.outputSize()
              + "; they must be equal");
    }
    Shapes.require("carry_w", carryKernel, "[input, input]", d, d);
    Shapes.require("carry_b", carryBias, "[input]", d);
    if (transform.present()) {
      Shapes.require("transform_w", transform.kernel(), "[input, input]", d, d);
      Shapes.require("transform_b", transform.bias(), "[input]", d);
    }
  }

  @Override
  public Formula formula() {
    Term x = Term.input(inputSize());
    Term carry = x.product(carryKernel, carryBias).sigmoid();
    Term keep =
        transform.present()
            ? x.product(transform.kernel(), transform.bias()).sigmoid()
            : carry.complement();
    Formula.Call call = Formula.call(cell, x);
    return new Formula(x.timesPlus(carry, call.output().times(keep)), call.state());
  }

  @Override
  public int inputSize() {
    return cell.inputSize();
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

  /**
   * A gate of its own for the cell's output.
   *
   * @param kernel {@code transform_w}, {@code [D, D]}
   * @param bias {@code transform_b}, {@code [D]}
   */
  public record Transform(Tensor kernel, Tensor bias) implements Serializable {
    /** TensorFlow's default: what is not carried is transformed. */
    public static final Transform COUPLED = new Transform(Tensor.zeros(0, 0), Tensor.zeros(0));

    /** Whether there is one. */
    public boolean present() {
      return kernel.shape().elements() > 0;
    }
  }
}
