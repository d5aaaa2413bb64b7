package org.sparkrnn.cell;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code GLSTMCell}: an LSTM whose gates are computed in groups, each from its own
 * part of {@code x} and of {@code h}. Gate order {@code i, j, f, o}.
 *
 * <pre>{@code
 * group g of i, j, f, o = split([x of g, h of g] * kernels[g]) + group g of biases
 * c' = sigmoid(f + forgetBias) * c + sigmoid(i) * tanh(j)
 * r  = sigmoid(o) * act(c')
 * h' = r * projection, or r without one
 * }</pre>
 *
 * @param kernels {@code group0/kernel}, ...: {@code [D / groups + m / groups, 4n / groups]} each
 * @param biases {@code bias_i, bias_j, bias_f, bias_o}, {@code [n]} each
 * @param forgetBias added to {@code f} at run time; no checkpoint records it
 * @param activation {@code act}, of {@code c'} only; TensorFlow's default is tanh
 * @param projection {@code projection/kernel}, {@code [n, p]}; empty without
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
public record GlstmCell(
    List<Tensor> kernels,
    List<Tensor> biases,
    float forgetBias,
    Activation activation,
    Tensor projection)
    implements FormulaCell {
  /** Checks the shapes; takes copies of the lists. */
  public GlstmCell {
    kernels = List.copyOf(kernels);
    biases = List.copyOf(biases);
    int n = Math.multiplyExact(Shapes.units("group0/kernel", kernels.get(0), 4), kernels.size());
    for (Tensor kernel : kernels) {
      Shapes.require(
          "a group's kernel",
          kernel,
          "[group0's rows, 4 * units / groups]",
          kernels.get(0).shape().dim(0),
          4L * n / kernels.size());
    }
    for (Tensor bias : biases) {
      Shapes.require("a gate's bias", bias, "[units]", n);
    }
    int m = n;
    if (projection.shape().elements() > 0) {
      m = Shapes.units("projection", projection, 1);
      Shapes.require("projection", projection, "[units, num_proj]", n, m);
    }
    Shapes.inputSize("group0/kernel", kernels.get(0), m / kernels.size());
  }

  /** {@code n}. */
  public int numUnits() {
    return Math.toIntExact(biases.get(0).shape().dim(0));
  }

  /** Whether {@code h} is projected. */
  public boolean projects() {
    return projection.shape().elements() > 0;
  }

  @Override
  public int inputSize() {
    int groups = kernels.size();
    return groups * Shapes.inputSize("group0/kernel", kernels.get(0), outputSize() / groups);
  }

  @Override
  public int outputSize() {
    return projects() ? Math.toIntExact(projection.shape().dim(1)) : numUnits();
  }

  @Override
  public StateShape stateShape() {
    return LstmFormula.state(numUnits(), outputSize());
  }

  @Override
  public Formula formula() {
    int groups = kernels.size();
    List<Term> x = Term.input(inputSize()).split(groups);
    List<Term> h = Term.state(1, outputSize()).split(groups);
    List<List<Term>> parts = new ArrayList<>();
    for (int g = 0; g < groups; g++) {
      parts.add(Term.concat(x.get(g), h.get(g)).product(kernels.get(g), bias(g)).split(4));
    }
    List<Term> gates = new ArrayList<>();
    for (int gate = 0; gate < 4; gate++) {
      int index = gate;
      gates.add(Term.concat(parts.stream().map(p -> p.get(index)).toArray(Term[]::new)));
    }
    Term next = LstmFormula.update(gates, forgetBias, Activation.TANH, Term.state(0, numUnits()));
    Term r = gates.get(3).sigmoid().times(next.apply(activation));
    Term output = projects() ? r.product(projection) : r;
    return new Formula(output, next, output);
  }

  /** A group's part of the four biases. */
  private Tensor bias(int group) {
    int size = numUnits() / kernels.size();
    float[] values = new float[4 * size];
    for (int gate = 0; gate < 4; gate++) {
      biases.get(gate).copyTo(group * size, values, gate * size, size);
    }
    return Tensor.of(Shape.of(4L * size), values);
  }
}
