package org.sparkrnn.cell;

import org.sparkrnn.tensor.Tensor;

/**
 * The GRU that resets after the candidate's recurrent product: cuDNN's, PyTorch's, Keras' {@code
 * reset_after=True}, TensorFlow's {@code CudnnCompatibleGRUCell}. Gate order {@code r, u}.
 *
 * <pre>{@code
 * r, u = gate(split([x, h] * gatesKernel + gatesBias))
 * c    = act(x * inputKernel + inputBias + r * (h * hiddenKernel + hiddenBias))
 * h'   = u * h + (1 - u) * c
 * }</pre>
 *
 * @param gatesKernel {@code [D + n, 2n]}
 * @param gatesBias {@code [2n]}, the sum of both biases where a framework has two
 * @param inputKernel {@code candidate/input_projection/kernel}, {@code [D, n]}
 * @param inputBias {@code candidate/input_projection/bias}, {@code [n]}
 * @param hiddenKernel {@code candidate/hidden_projection/kernel}, {@code [n, n]}
 * @param hiddenBias {@code candidate/hidden_projection/bias}, {@code [n]}
 * @param activation {@code act}; tanh by default
 * @param gateActivation {@code gate}; sigmoid in cuDNN and PyTorch
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/cudnn_rnn/python/ops/cudnn_rnn_ops.py">TensorFlow
 *     1.15, cudnn_rnn_ops.py</a>
 */
public record ResetAfterGruCell(
    Tensor gatesKernel,
    Tensor gatesBias,
    Tensor inputKernel,
    Tensor inputBias,
    Tensor hiddenKernel,
    Tensor hiddenBias,
    Activation activation,
    Activation gateActivation)
    implements RnnCell {
  /** Checks the shapes. */
  public ResetAfterGruCell {
    int n = Shapes.units("gates/kernel", gatesKernel, 2);
    int d = Shapes.inputSize("gates/kernel", gatesKernel, n);
    Shapes.require("gates/bias", gatesBias, "[2 * units]", 2L * n);
    Shapes.require("candidate/input_projection/kernel", inputKernel, "[input, units]", d, n);
    Shapes.require("candidate/input_projection/bias", inputBias, "[units]", n);
    Shapes.require("candidate/hidden_projection/kernel", hiddenKernel, "[units, units]", n, n);
    Shapes.require("candidate/hidden_projection/bias", hiddenBias, "[units]", n);
  }

  /** With sigmoid gates. */
  public ResetAfterGruCell(
      Tensor gatesKernel,
      Tensor gatesBias,
      Tensor inputKernel,
      Tensor inputBias,
      Tensor hiddenKernel,
      Tensor hiddenBias,
      Activation activation) {
    this(
        gatesKernel,
        gatesBias,
        inputKernel,
        inputBias,
        hiddenKernel,
        hiddenBias,
        activation,
        Activation.SIGMOID);
  }

  /** {@code n}. */
  public int numUnits() {
    return Shapes.units("gates/kernel", gatesKernel, 2);
  }

  @Override
  public int inputSize() {
    return Shapes.inputSize("gates/kernel", gatesKernel, numUnits());
  }

  @Override
  public int outputSize() {
    return numUnits();
  }

  @Override
  public StateShape stateShape() {
    return StateShape.Struct.of(StateShape.Field.leaf("h", numUnits()));
  }
}
