package org.sparkrnn.oracle;

import static org.sparkrnn.oracle.TextbookCell.activate;
import static org.sparkrnn.oracle.TextbookCell.affine;
import static org.sparkrnn.oracle.TextbookCell.concat;

import java.util.Arrays;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.AttentionCellWrapper;
import org.sparkrnn.cell.HighwayWrapper;
import org.sparkrnn.cell.InputProjectionWrapper;
import org.sparkrnn.cell.OutputProjectionWrapper;
import org.sparkrnn.cell.ResidualWrapper;
import org.sparkrnn.oracle.TextbookCell.Step;
import org.sparkrnn.tensor.Tensor;

/** The textbook's steps of the cells around a cell. */
final class TextbookWrappers {
  private TextbookWrappers() {}

  static Step residual(ResidualWrapper cell, double[] x, double[] state) {
    Step inner = TextbookCell.step(cell.cell(), x, state);
    double[] sum = new double[x.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = inner.output()[i] + x[i];
    }
    return new Step(sum, inner.state());
  }

  static Step highway(HighwayWrapper cell, double[] x, double[] state) {
    Step inner = TextbookCell.step(cell.cell(), x, state);
    double[] carry = gate(x, cell.carryKernel(), cell.carryBias());
    double[] transform =
        cell.transform().present()
            ? gate(x, cell.transform().kernel(), cell.transform().bias())
            : Arrays.stream(carry).map(c -> 1 - c).toArray();
    double[] mixed = new double[x.length];
    for (int i = 0; i < mixed.length; i++) {
      mixed[i] = x[i] * carry[i] + inner.output()[i] * transform[i];
    }
    return new Step(mixed, inner.state());
  }

  private static double[] gate(double[] x, Tensor kernel, Tensor bias) {
    return activated(Activation.SIGMOID, affine(x, kernel, bias));
  }

  private static double[] activated(Activation activation, double[] values) {
    return Arrays.stream(values).map(value -> activate(activation, value)).toArray();
  }

  static Step inputProjection(InputProjectionWrapper cell, double[] x, double[] state) {
    double[] projected = activated(cell.activation(), affine(x, cell.kernel(), cell.bias()));
    return TextbookCell.step(cell.cell(), projected, state);
  }

  static Step outputProjection(OutputProjectionWrapper cell, double[] x, double[] state) {
    Step inner = TextbookCell.step(cell.cell(), x, state);
    double[] projected = affine(inner.output(), cell.kernel(), cell.bias());
    return new Step(activated(cell.activation(), projected), inner.state());
  }

  /** As {@code AttentionCellWrapper.call} and {@code _attention} of TensorFlow's rnn_cell.py. */
  static Step attention(AttentionCellWrapper cell, double[] x, double[] state) {
    int a = cell.attnSize();
    int v = cell.attention().size();
    int length = cell.attnLength();
    int own = cell.cell().stateShape().size();
    double[] attns = Arrays.copyOfRange(state, own, own + a);
    double[] states = Arrays.copyOfRange(state, own + a, state.length);
    double[] input = affine(concat(x, attns), cell.kernel(), cell.bias());
    Step inner = TextbookCell.step(cell.cell(), input, Arrays.copyOfRange(state, 0, own));
    double[] y = affine(inner.state(), cell.attention().kernel(), cell.attention().bias());
    double[] weights = new double[length];
    double sum = 0;
    for (int i = 0; i < length; i++) {
      double score = 0;
      for (int k = 0; k < v; k++) {
        double feature = y[k];
        for (int j = 0; j < a; j++) {
          feature += states[i * a + j] * cell.attention().w().at(j * v + k);
        }
        score += cell.attention().v().at(k) * Math.tanh(feature);
      }
      weights[i] = Math.exp(score);
      sum += weights[i];
    }
    double[] attended = new double[a];
    for (int i = 0; i < length; i++) {
      for (int j = 0; j < a; j++) {
        attended[j] += weights[i] / sum * states[i * a + j];
      }
    }
    double[] output =
        affine(concat(inner.output(), attended), cell.outputKernel(), cell.outputBias());
    double[] moved = concat(Arrays.copyOfRange(states, a, states.length), output);
    return new Step(output, concat(inner.state(), concat(attended, moved)));
  }
}
