package org.sparkrnn.cell;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code NASCell}, the cell that a search over architectures found: a tree over eight
 * branches.
 *
 * <pre>{@code
 * x0..x7 = split(x * kernel)
 * m0..m7 = split(h * recurrentKernel + bias)
 * a  = tanh(sigmoid(x0 + m0) * relu(x1 + m1))
 * b  = tanh(sigmoid(x2 + m2) + relu(x3 * m3))
 * d  = tanh(tanh(x4 + m4) * sigmoid(x5 + m5))
 * e  = sigmoid(tanh(x6 + m6) + sigmoid(x7 + m7))
 * c' = tanh(a + c) * b
 * h' = tanh(c' * tanh(d + e)) * projection, or without one
 * }</pre>
 *
 * @param kernel {@code [D, 8n]}
 * @param recurrentKernel {@code [m, 8n]}
 * @param bias {@code [8n]}; empty without
 * @param projection {@code projection_weights}, {@code [n, p]}; empty without
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
public record NasCell(Tensor kernel, Tensor recurrentKernel, Tensor bias, Tensor projection)
    implements FormulaCell {
  private static final int BRANCHES = 8;

  /** Checks the shapes. */
  public NasCell {
    int n = Shapes.units("kernel", kernel, BRANCHES);
    int m = n;
    if (projection.shape().elements() > 0) {
      m = Shapes.units("projection_weights", projection, 1);
      Shapes.require("projection_weights", projection, "[units, num_proj]", n, m);
    }
    Shapes.require(
        "recurrent_kernel", recurrentKernel, "[num_proj, 8 * units]", m, (long) BRANCHES * n);
    if (bias.shape().elements() > 0) {
      Shapes.require("bias", bias, "[8 * units]", (long) BRANCHES * n);
    }
  }

  /** {@code n}. */
  public int numUnits() {
    return Shapes.units("kernel", kernel, BRANCHES);
  }

  /** Whether there is a bias. */
  public boolean usesBias() {
    return bias.shape().elements() > 0;
  }

  /** Whether {@code h} is projected. */
  public boolean projects() {
    return projection.shape().elements() > 0;
  }

  @Override
  public int inputSize() {
    return Shapes.inputSize("kernel", kernel, 0);
  }

  @Override
  public int outputSize() {
    return Shapes.inputSize("recurrent_kernel", recurrentKernel, 0);
  }

  @Override
  public StateShape stateShape() {
    return LstmFormula.state(numUnits(), outputSize());
  }

  @Override
  public Formula formula() {
    Term c = Term.state(0, numUnits());
    Term h = Term.state(1, outputSize());
    List<Term> x = Term.input(inputSize()).product(kernel).split(BRANCHES);
    Term recurrent = usesBias() ? h.product(recurrentKernel, bias) : h.product(recurrentKernel);
    List<Term> m = recurrent.split(BRANCHES);
    List<Term> z = new ArrayList<>();
    for (int branch = 0; branch < BRANCHES; branch++) {
      z.add(x.get(branch).plus(m.get(branch)));
    }
    Term a = z.get(0).sigmoid().times(z.get(1).apply(Activation.RELU)).tanh();
    Term product = x.get(3).times(m.get(3)).apply(Activation.RELU);
    Term b = z.get(2).sigmoid().plus(product).tanh();
    Term d = z.get(4).tanh().times(z.get(5).sigmoid()).tanh();
    Term e = z.get(6).tanh().plus(z.get(7).sigmoid()).sigmoid();
    Term next = a.plus(c).tanh().times(b);
    Term r = next.times(d.plus(e).tanh()).tanh();
    Term output = projects() ? r.product(projection) : r;
    return new Formula(output, next, output);
  }
}
