package org.sparkrnn.cell;

import org.sparkrnn.tensor.Tensor;

/**
 * ONNX' operator {@code GRU} with all of its options. Gate order {@code r, z}, as in TensorFlow.
 *
 * <pre>{@code
 * r, z = f(clip([x, h] * gatesKernel + gatesBias))
 * c  = g(clip([x, r * h] * candidateKernel + candidateBias))
 * c  = g(clip(x * candidateKernel[:D] + candidateBias + r * (h * candidateKernel[D:] + hiddenBias)))
 * h' = z * h + (1 - z) * c
 * }</pre>
 *
 * <p>The second {@code c} is that of a cell that resets after the product.
 *
 * @param gatesKernel {@code [D + n, 2n]}
 * @param gatesBias {@code [2n]}
 * @param candidateKernel {@code [D + n, n]}
 * @param candidateBias {@code [n]}
 * @param hiddenBias {@code [n]} where it resets after the product: {@code linear_before_reset};
 *     empty elsewhere
 * @param gateActivation ONNX' {@code f}
 * @param activation ONNX' {@code g}
 * @param clip bound on the arguments of both; positive infinity for none
 * @see <a href="https://github.com/onnx/onnx/blob/v1.17.0/docs/Operators.md#GRU">ONNX operators,
 *     1.17</a>
 */
public record OnnxGruCell(
    Tensor gatesKernel,
    Tensor gatesBias,
    Tensor candidateKernel,
    Tensor candidateBias,
    Tensor hiddenBias,
    Activation gateActivation,
    Activation activation,
    float clip)
    implements FormulaCell {
  /** Checks the shapes. */
  public OnnxGruCell {
    int n = Shapes.units("candidate/kernel", candidateKernel, 1);
    int d = Shapes.inputSize("candidate/kernel", candidateKernel, n);
    Shapes.require("candidate/bias", candidateBias, "[units]", n);
    Shapes.require("gates/kernel", gatesKernel, "[input + units, 2 * units]", (long) d + n, 2L * n);
    Shapes.require("gates/bias", gatesBias, "[2 * units]", 2L * n);
    if (hiddenBias.shape().elements() > 0) {
      Shapes.require("candidate/hidden_bias", hiddenBias, "[units]", n);
    }
    Shapes.requireClip(clip);
  }

  /** {@code n}. */
  public int numUnits() {
    return Shapes.units("candidate/kernel", candidateKernel, 1);
  }

  /** Whether it resets after the product. */
  public boolean linearBeforeReset() {
    return hiddenBias.shape().elements() > 0;
  }

  @Override
  public int inputSize() {
    return Shapes.inputSize("candidate/kernel", candidateKernel, numUnits());
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
    Term x = Term.input(inputSize());
    Term h = Term.state(0, n);
    Term gates = Term.concat(x, h).product(gatesKernel, gatesBias).clip(clip).apply(gateActivation);
    Term r = gates.slice(0, n);
    Term z = gates.slice(n, n);
    Term next = z.blend(h, candidate(x, h, r).clip(clip).apply(activation));
    return new Formula(next, next);
  }

  private Term candidate(Term x, Term h, Term r) {
    int d = x.size();
    return linearBeforeReset()
        ? r.timesPlus(
            h.product(candidateKernel.rows(d, h.size()), hiddenBias),
            x.product(candidateKernel.rows(0, d), candidateBias))
        : Term.concat(x, r.times(h)).product(candidateKernel, candidateBias);
  }
}
