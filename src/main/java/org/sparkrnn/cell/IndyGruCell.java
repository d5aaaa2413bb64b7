package org.sparkrnn.cell;

import java.util.List;
import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code IndyGRUCell}: a GRU in which each unit sees only its own state. Gate order
 * {@code r, u}.
 *
 * <pre>{@code
 * r, u = split(sigmoid(x * gatesKernel + gatesRecurrent * [h, h] + gatesBias))
 * k    = act(x * candidateKernel + candidateRecurrent * (r * h) + candidateBias)
 * h'   = u * h + (1 - u) * k
 * }</pre>
 *
 * @param gatesKernel {@code gates/kernel_w}, {@code [D, 2n]}
 * @param gatesRecurrent {@code gates/kernel_u}, {@code [1, 2n]}
 * @param gatesBias {@code gates/bias}, {@code [2n]}; TensorFlow initialises it to 1
 * @param candidateKernel {@code candidate/kernel}, {@code [D, n]}
 * @param candidateRecurrent {@code candidate/kernel_u}, {@code [1, n]}
 * @param candidateBias {@code candidate/bias}, {@code [n]}
 * @param activation {@code act}; TensorFlow's default is tanh
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
public record IndyGruCell(
    Tensor gatesKernel,
    Tensor gatesRecurrent,
    Tensor gatesBias,
    Tensor candidateKernel,
    Tensor candidateRecurrent,
    Tensor candidateBias,
    Activation activation)
    implements FormulaCell {
  /** Checks the shapes. */
  public IndyGruCell {
    int n = Shapes.units("candidate/kernel", candidateKernel, 1);
    long d = candidateKernel.shape().dim(0);
    Shapes.require("gates/kernel_w", gatesKernel, "[input, 2 * units]", d, 2L * n);
    Shapes.require("gates/kernel_u", gatesRecurrent, "[1, 2 * units]", 1, 2L * n);
    Shapes.require("gates/bias", gatesBias, "[2 * units]", 2L * n);
    Shapes.require("candidate/kernel_u", candidateRecurrent, "[1, units]", 1, n);
    Shapes.require("candidate/bias", candidateBias, "[units]", n);
  }

  /** {@code n}. */
  public int numUnits() {
    return Shapes.units("candidate/kernel", candidateKernel, 1);
  }

  @Override
  public int inputSize() {
    return Shapes.inputSize("candidate/kernel", candidateKernel, 0);
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
    Term x = Term.input(inputSize());
    Term h = Term.state(0, numUnits());
    Term z =
        h.tile(2)
            .timesPlus(Term.constant(gatesRecurrent), x.product(gatesKernel, gatesBias))
            .sigmoid();
    List<Term> gates = z.split(2);
    Term candidate =
        gates
            .get(0)
            .times(h)
            .timesPlus(Term.constant(candidateRecurrent), x.product(candidateKernel, candidateBias))
            .apply(activation);
    Term next = gates.get(1).blend(h, candidate);
    return new Formula(next, next);
  }
}
