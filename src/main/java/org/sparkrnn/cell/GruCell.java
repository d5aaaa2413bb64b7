package org.sparkrnn.cell;

import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code GRUCell}, which resets {@code h} before the candidate's product. Gate order
 * {@code r, u}.
 *
 * <pre>{@code
 * r, u = gate(split([x, h] * gatesKernel + gatesBias))
 * c    = act([x, r * h] * candidateKernel + candidateBias)
 * h'   = u * h + (1 - u) * c
 * }</pre>
 *
 * @param gatesKernel {@code [D + n, 2n]}
 * @param gatesBias {@code [2n]}
 * @param candidateKernel {@code [D + n, n]}
 * @param candidateBias {@code [n]}
 * @param activation {@code act}; TensorFlow's default is tanh
 * @param gateActivation {@code gate}; always sigmoid in TensorFlow's own cells
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/python/ops/rnn_cell_impl.py">TensorFlow
 *     1.15, rnn_cell_impl.py</a>
 */
public record GruCell(
    Tensor gatesKernel,
    Tensor gatesBias,
    Tensor candidateKernel,
    Tensor candidateBias,
    Activation activation,
    Activation gateActivation)
    implements RnnCell {
  /** Checks the shapes. */
  public GruCell {
    int n = Shapes.units("gates/kernel", gatesKernel, 2);
    int d = Shapes.inputSize("gates/kernel", gatesKernel, n);
    Shapes.require("gates/bias", gatesBias, "[2 * units]", 2L * n);
    Shapes.require("candidate/kernel", candidateKernel, "[input + units, units]", d + n, n);
    Shapes.require("candidate/bias", candidateBias, "[units]", n);
  }

  /** With sigmoid gates. */
  public GruCell(
      Tensor gatesKernel,
      Tensor gatesBias,
      Tensor candidateKernel,
      Tensor candidateBias,
      Activation activation) {
    this(gatesKernel, gatesBias, candidateKernel, candidateBias, activation, Activation.SIGMOID);
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
