package org.sparkrnn.cell;

import org.sparkrnn.tensor.Tensor;

/**
 * ONNX' operator {@code LSTM} with all of its options. Gate order {@code i, j, f, o}, as in
 * TensorFlow; a cell whose gates are coupled has no {@code f}.
 *
 * <pre>{@code
 * i, j, f, o = split([x, h] * kernel + bias)
 * i  = f(clip(i + w_i * c))
 * f  = f(clip(f + w_f * c)), or 1 - i where the gates are coupled
 * c' = f * c + i * g(clip(j))
 * h' = f(clip(o + w_o * c')) * h(c')
 * }</pre>
 *
 * @param kernel {@code [D + n, 4n]}, or {@code [D + n, 3n]} where the gates are coupled
 * @param bias {@code [4n]} or {@code [3n]}
 * @param functions ONNX' {@code f}, {@code g} and {@code h}
 * @param peepholes {@code w_i, w_f, w_o}, {@code w_f} empty where the gates are coupled; or {@link
 *     LstmCell.Peepholes#NONE}
 * @param clip bound on the arguments of {@code f} and {@code g}, not of {@code h}; positive
 *     infinity for none
 * @param coupled whether the input gate is the forget gate's complement: {@code input_forget}
 * @see <a href="https://github.com/onnx/onnx/blob/v1.17.0/docs/Operators.md#LSTM">ONNX operators,
 *     1.17</a>
 */
public record OnnxLstmCell(
    Tensor kernel,
    Tensor bias,
    Functions functions,
    LstmCell.Peepholes peepholes,
    float clip,
    boolean coupled)
    implements FormulaCell {
  /**
   * The activations.
   *
   * @param f of the gates
   * @param g of the input
   * @param h of the cell state
   */
  public record Functions(Activation f, Activation g, Activation h)
      implements java.io.Serializable {}

  /** Checks the shapes. */
  public OnnxLstmCell {
    int gates = coupled ? 3 : 4;
    int n = Shapes.units("kernel", kernel, gates);
    Shapes.inputSize("kernel", kernel, n);
    Shapes.require("bias", bias, "[gates * units]", (long) gates * n);
    if (peepholes.present()) {
      Shapes.require("w_i", peepholes.input(), "[units]", n);
      Shapes.require("w_f", peepholes.forget(), "[units or 0]", coupled ? 0 : n);
      Shapes.require("w_o", peepholes.output(), "[units]", n);
    }
    Shapes.requireClip(clip);
  }

  /** {@code n}. */
  public int numUnits() {
    return Shapes.units("kernel", kernel, coupled ? 3 : 4);
  }

  @Override
  public int inputSize() {
    return Shapes.inputSize("kernel", kernel, numUnits());
  }

  @Override
  public int outputSize() {
    return numUnits();
  }

  @Override
  public StateShape stateShape() {
    return LstmFormula.state(numUnits(), numUnits());
  }

  @Override
  public Formula formula() {
    int n = numUnits();
    Term c = Term.state(0, n);
    Term z = Term.concat(Term.input(inputSize()), Term.state(1, n)).product(kernel, bias);
    Term i = gate(z.slice(0, n), peepholes.input(), c);
    Term j = z.slice(n, n).clip(clip).apply(functions.g());
    Term f = coupled ? i.complement() : gate(z.slice(2 * n, n), peepholes.forget(), c);
    Term next = f.timesPlus(c, i.times(j));
    Term o = gate(z.slice(z.size() - n, n), peepholes.output(), next);
    Term h = o.times(next.apply(functions.h()));
    return new Formula(h, next, h);
  }

  private Term gate(Term z, Tensor diagonal, Term c) {
    return LstmFormula.peep(z, diagonal, c).clip(clip).apply(functions.f());
  }
}
