package org.sparkrnn.cell;

import java.util.List;
import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code CoupledInputForgetGateLSTMCell}: what is forgotten is replaced. Gate order
 * {@code j, f, o}.
 *
 * <pre>{@code
 * j, f, o = split([x, h] * kernel + bias)
 * f  = sigmoid(f + forgetBias + w_f * c)
 * c' = f * c + (1 - f) * act(j)
 * r  = sigmoid(o + w_o * c') * act(c')
 * h' = clip(r * projection), or r without one
 * }</pre>
 *
 * <p>With layer normalisation {@code j}, {@code f}, {@code o} and {@code c'} are normalised, and
 * {@code bias}, though TensorFlow makes it, is not added.
 *
 * @param kernel {@code [D + m, 3n]}
 * @param bias {@code [3n]}
 * @param forgetBias added to {@code f} at run time; no checkpoint records it
 * @param activation {@code act}; TensorFlow's default is tanh
 * @param peepholes {@code w_f} and {@code w_o}, {@code w_i} empty; or {@link
 *     LstmCell.Peepholes#NONE}
 * @param projection from {@code n} units to {@code p}, or {@link LstmCell.Projection#NONE}
 * @param norms the layer normalisations, without {@code input}; or {@link GateNorms#NONE}
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
public record CoupledGateLstmCell(
    Tensor kernel,
    Tensor bias,
    float forgetBias,
    Activation activation,
    LstmCell.Peepholes peepholes,
    LstmCell.Projection projection,
    GateNorms norms)
    implements FormulaCell {
  /** Checks the shapes. */
  public CoupledGateLstmCell {
    int n = Shapes.units("kernel", kernel, 3);
    Shapes.require("bias", bias, "[3 * units]", 3L * n);
    if (peepholes.forget().shape().elements() > 0) {
      Shapes.require("w_f_diag", peepholes.forget(), "[units]", n);
      Shapes.require("w_o_diag", peepholes.output(), "[units]", n);
    }
    Shapes.inputSize("kernel", kernel, projection.width(n));
    if (norms.present()) {
      norms.require(n);
    }
  }

  /** {@code n}. */
  public int numUnits() {
    return Shapes.units("kernel", kernel, 3);
  }

  /** Whether {@code f} and {@code o} see the cell state. */
  public boolean usesPeepholes() {
    return peepholes.forget().shape().elements() > 0;
  }

  @Override
  public int inputSize() {
    return Shapes.inputSize("kernel", kernel, outputSize());
  }

  @Override
  public int outputSize() {
    return projection.width(numUnits());
  }

  @Override
  public StateShape stateShape() {
    return LstmFormula.state(numUnits(), outputSize());
  }

  @Override
  public Formula formula() {
    int n = numUnits();
    Term c = Term.state(0, n);
    Term given = Term.concat(Term.input(inputSize()), Term.state(1, outputSize()));
    Term z = norms.present() ? given.product(kernel) : given.product(kernel, bias);
    List<Term> gates = z.split(3);
    Term j = norms.transform().of(gates.get(0));
    Term f = norms.forget().of(gates.get(1)).plus(forgetBias);
    Term o = norms.output().of(gates.get(2));
    Term forget = LstmFormula.peep(f, peepholes.forget(), c).sigmoid();
    Term next = norms.state().of(forget.blend(c, j.apply(activation)));
    Term r = LstmFormula.peep(o, peepholes.output(), next).sigmoid().times(next.apply(activation));
    Term h = LstmFormula.project(r, projection);
    return new Formula(h, next, h);
  }
}
