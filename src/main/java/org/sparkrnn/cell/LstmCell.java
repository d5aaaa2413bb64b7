package org.sparkrnn.cell;

import java.io.Serializable;
import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code LSTMCell}, and {@code BasicLSTMCell} as its special case. Gate order {@code
 * i, j, f, o}.
 *
 * <pre>{@code
 * i, j, f, o = split([x, h] * kernel + bias)
 * c' = clip(sigmoid(f + forgetBias + w_f * c) * c + sigmoid(i + w_i * c) * act(j))
 * r  = sigmoid(o + w_o * c') * act(c')
 * h' = clip(r * projection), or r without one
 * }</pre>
 *
 * @param kernel {@code [D + m, 4n]}
 * @param bias {@code [4n]}
 * @param forgetBias added to {@code f} at run time; no checkpoint records it
 * @param activation {@code act}; TensorFlow's default is tanh
 * @param gateActivation in place of {@code sigmoid}; always sigmoid in TensorFlow's own cells
 * @param peepholes {@code w_i, w_f, w_o}, or {@link Peepholes#NONE}
 * @param cellClip bound on {@code |c'|}; positive infinity for none; 0 forces {@code c'} to 0, as
 *     in TensorFlow
 * @param projection from {@code n} units to {@code p}, or {@link Projection#NONE}
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/python/ops/rnn_cell_impl.py">TensorFlow
 *     1.15, rnn_cell_impl.py</a>
 */
public record LstmCell(
    Tensor kernel,
    Tensor bias,
    float forgetBias,
    Activation activation,
    Activation gateActivation,
    Peepholes peepholes,
    float cellClip,
    Projection projection)
    implements RnnCell {

  /** Checks the shapes. */
  public LstmCell {
    int n = Shapes.units("kernel", kernel, 4);
    Shapes.require("bias", bias, "[4 * units]", 4L * n);
    if (peepholes.present()) {
      Shapes.require("w_i_diag", peepholes.input(), "[units]", n);
      Shapes.require("w_f_diag", peepholes.forget(), "[units]", n);
      Shapes.require("w_o_diag", peepholes.output(), "[units]", n);
    }
    Shapes.inputSize("kernel", kernel, projection.width(n));
    if (Float.isNaN(cellClip) || cellClip < 0) {
      throw new IllegalArgumentException("cell_clip is " + cellClip + ", expected at least 0");
    }
  }

  /** {@code n}. */
  public int numUnits() {
    return Shapes.units("kernel", kernel, 4);
  }

  @Override
  public int inputSize() {
    return Shapes.inputSize("kernel", kernel, outputSize());
  }

  @Override
  public int outputSize() {
    return projection.present() ? Math.toIntExact(projection.kernel().shape().dim(1)) : numUnits();
  }

  @Override
  public StateShape stateShape() {
    return StateShape.Struct.of(
        StateShape.Field.leaf("c", numUnits()), StateShape.Field.leaf("h", outputSize()));
  }

  /**
   * Diagonal connections from the cell state to the gates; {@code i} and {@code f} see the old
   * {@code c}, {@code o} the new, already clipped one.
   *
   * @param input {@code w_i_diag}, {@code [n]}
   * @param forget {@code w_f_diag}, {@code [n]}
   * @param output {@code w_o_diag}, {@code [n]}
   */
  public record Peepholes(Tensor input, Tensor forget, Tensor output) implements Serializable {
    /** A cell without peepholes. */
    public static final Peepholes NONE =
        new Peepholes(Tensor.zeros(0), Tensor.zeros(0), Tensor.zeros(0));

    /** Whether there are any. */
    public boolean present() {
      return input.shape().elements() > 0;
    }
  }

  /**
   * The projection of {@code h}.
   *
   * @param kernel {@code [n, p]}; there is no bias
   * @param clip bound on the projected {@code |h|}; positive infinity for none
   */
  public record Projection(Tensor kernel, float clip) implements Serializable {
    /** A cell without projection. */
    public static final Projection NONE =
        new Projection(Tensor.zeros(0, 0), Float.POSITIVE_INFINITY);

    /** Whether there is one. */
    public boolean present() {
      return kernel.shape().elements() > 0;
    }

    /** Width of {@code h} behind {@code units}, whose projection this is. */
    int width(int units) {
      if (!present()) {
        return units;
      }
      int width = Shapes.units("projection", kernel, 1);
      Shapes.require("projection", kernel, "[units, num_proj]", units, width);
      return width;
    }
  }
}
