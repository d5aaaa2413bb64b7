package org.sparkrnn.cell;

import java.util.List;
import org.sparkrnn.tensor.Tensor;

/**
 * An LSTM with layer normalisation: TensorFlow's {@code LayerNormLSTMCell}, and {@code
 * LayerNormBasicLSTMCell} as its special case, both with {@code layer_norm=True}. Gate order {@code
 * i, j, f, o}.
 *
 * <pre>{@code
 * i, j, f, o = each normalised of split([x, h] * kernel)
 * c' = sigmoid(f + forgetBias + w_f * c) * c + sigmoid(i + w_i * c) * act(j)
 * c' = clip(normalised c')
 * r  = sigmoid(o + w_o * c') * act(c')
 * h' = clip(r * projection), or r without one
 * }</pre>
 *
 * @param kernel {@code [D + m, 4n]}; there is no bias beside {@code beta}
 * @param norms the layer normalisations
 * @param forgetBias added to {@code f} behind its normalisation; no checkpoint records it
 * @param activation {@code act}; TensorFlow's default is tanh
 * @param peepholes {@code w_i, w_f, w_o}, or {@link LstmCell.Peepholes#NONE}
 * @param cellClip bound on {@code |c'|}; positive infinity for none
 * @param projection from {@code n} units to {@code p}, or {@link LstmCell.Projection#NONE}
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
public record LayerNormLstmCell(
    Tensor kernel,
    GateNorms norms,
    float forgetBias,
    Activation activation,
    LstmCell.Peepholes peepholes,
    float cellClip,
    LstmCell.Projection projection)
    implements FormulaCell {
  /** Checks the shapes. */
  public LayerNormLstmCell {
    int n = Shapes.units("kernel", kernel, 4);
    norms.input().require("input", n);
    norms.require(n);
    if (peepholes.present()) {
      Shapes.require("w_i_diag", peepholes.input(), "[units]", n);
      Shapes.require("w_f_diag", peepholes.forget(), "[units]", n);
      Shapes.require("w_o_diag", peepholes.output(), "[units]", n);
    }
    Shapes.inputSize("kernel", kernel, projection.width(n));
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
    return projection.width(numUnits());
  }

  @Override
  public StateShape stateShape() {
    return LstmFormula.state(numUnits(), outputSize());
  }

  @Override
  public Formula formula() {
    Term c = Term.state(0, numUnits());
    Term given = Term.concat(Term.input(inputSize()), Term.state(1, outputSize()));
    List<Term> gates = given.product(kernel).split(4);
    Term i = LstmFormula.peep(norms.input().of(gates.get(0)), peepholes.input(), c);
    Term j = norms.transform().of(gates.get(1)).apply(activation);
    Term f = norms.forget().of(gates.get(2)).plus(forgetBias);
    Term o = norms.output().of(gates.get(3));
    Term forget = LstmFormula.peep(f, peepholes.forget(), c).sigmoid();
    Term updated = forget.timesPlus(c, i.sigmoid().times(j));
    Term next = norms.state().of(updated).clip(cellClip);
    Term r = LstmFormula.peep(o, peepholes.output(), next).sigmoid().times(next.apply(activation));
    Term h = LstmFormula.project(r, projection);
    return new Formula(h, next, h);
  }
}
