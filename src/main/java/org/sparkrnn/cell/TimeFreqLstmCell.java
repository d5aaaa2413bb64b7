package org.sparkrnn.cell;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code TimeFreqLSTMCell}: one LSTM that walks over windows of the features, from low
 * frequencies to high, and over time. Gate order {@code i, j, f, o}.
 *
 * <pre>{@code
 * for each window k of x, with g the h' of the window before it, 0 for the first:
 *   i, j, f, o = split([x_k, h_k, g] * kernel + bias)
 *   c_k' = clip(sigmoid(f + forgetBias + w_f * c_k) * c_k + sigmoid(i + w_i * c_k) * tanh(j))
 *   h_k' = sigmoid(o + w_o * c_k') * tanh(c_k')
 * output = [h_0', h_1', ...]
 * }</pre>
 *
 * <p>The state is TensorFlow's: {@code c_0, h_0, c_1, h_1, ...} in one list.
 *
 * @param kernel {@code W}, {@code [featureSize + 2n, 4n]}
 * @param bias {@code B}, {@code [4n]}
 * @param forgetBias added to {@code f} at run time; no checkpoint records it
 * @param peepholes {@code w_i, w_f, w_o}, or {@link LstmCell.Peepholes#NONE}
 * @param cellClip bound on {@code |c'|}; positive infinity for none
 * @param windows the windows
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
public record TimeFreqLstmCell(
    Tensor kernel,
    Tensor bias,
    float forgetBias,
    LstmCell.Peepholes peepholes,
    float cellClip,
    FrequencyWindows windows)
    implements FormulaCell {
  /** Checks the shapes. */
  public TimeFreqLstmCell {
    int n = Shapes.units("kernel", kernel, 4);
    Shapes.require(
        "kernel", kernel, "[feature_size + 2 * units, 4 * units]", windows.size() + 2L * n, 4L * n);
    Shapes.require("bias", bias, "[4 * units]", 4L * n);
    if (peepholes.present()) {
      Shapes.require("w_i_diag", peepholes.input(), "[units]", n);
      Shapes.require("w_f_diag", peepholes.forget(), "[units]", n);
      Shapes.require("w_o_diag", peepholes.output(), "[units]", n);
    }
  }

  /** {@code n}. */
  public int numUnits() {
    return Shapes.units("kernel", kernel, 4);
  }

  @Override
  public int inputSize() {
    return windows.inputSize();
  }

  @Override
  public int outputSize() {
    return windows.count() * numUnits();
  }

  @Override
  public StateShape stateShape() {
    return StateShape.Struct.of(StateShape.Field.leaf("state", 2 * outputSize()));
  }

  @Override
  public Formula formula() {
    int n = numUnits();
    Term x = Term.input(inputSize());
    Term state = Term.state(0, 2 * outputSize());
    Term below = Term.constant(Tensor.zeros(n));
    List<Term> next = new ArrayList<>();
    List<Term> output = new ArrayList<>();
    for (int k = 0; k < windows.count(); k++) {
      Term c = state.slice(2 * k * n, n);
      Term h = state.slice((2 * k + 1) * n, n);
      List<Term> z = Term.concat(windows.of(x, k), h, below).product(kernel, bias).split(4);
      Term write = LstmFormula.peep(z.get(0), peepholes.input(), c).sigmoid();
      Term keep = LstmFormula.peep(z.get(2).plus(forgetBias), peepholes.forget(), c).sigmoid();
      Term updated = keep.timesPlus(c, write.times(z.get(1).tanh())).clip(cellClip);
      below =
          LstmFormula.peep(z.get(3), peepholes.output(), updated).sigmoid().times(updated.tanh());
      next.add(updated);
      next.add(below);
      output.add(below);
    }
    return new Formula(
        Term.concat(output.toArray(Term[]::new)), Term.concat(next.toArray(Term[]::new)));
  }
}
