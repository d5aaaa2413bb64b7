package org.sparkrnn.cell;

import org.sparkrnn.tensor.Tensor;

/**
 * ONNX' operator {@code RNN} with all of its options: {@code h' = f(clip([x, h] * kernel + bias))}.
 *
 * @param kernel {@code [D + n, n]}
 * @param bias {@code [n]}
 * @param activation ONNX' {@code f}
 * @param clip bound on its argument; positive infinity for none
 * @see <a href="https://github.com/onnx/onnx/blob/v1.17.0/docs/Operators.md#RNN">ONNX operators,
 *     1.17</a>
 */
public record OnnxRnnCell(Tensor kernel, Tensor bias, Activation activation, float clip)
    implements FormulaCell {
  /** Checks the shapes. */
  public OnnxRnnCell {
    int n = Shapes.units("kernel", kernel, 1);
    Shapes.inputSize("kernel", kernel, n);
    Shapes.require("bias", bias, "[units]", n);
    Shapes.requireClip(clip);
  }

  /** {@code n}. */
  public int numUnits() {
    return Shapes.units("kernel", kernel, 1);
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
    return StateShape.Struct.of(StateShape.Field.leaf("h", numUnits()));
  }

  @Override
  public Formula formula() {
    int n = numUnits();
    Term given = Term.concat(Term.input(inputSize()), Term.state(0, n));
    Term next = given.product(kernel, bias).clip(clip).apply(activation);
    return new Formula(next, next);
  }
}
