package org.sparkrnn.oracle;

import java.util.Arrays;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.FlatStateCell;
import org.sparkrnn.cell.FormulaCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.tensor.Tensor;

/**
 * Cells in double precision, by plain loops from the published formulas and never from our main
 * code: the second judge, after other people's implementations.
 */
public final class TextbookCell {
  private TextbookCell() {}

  /** What a step gives. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Step(double[] output, double[] state) {}

  /** One step of {@code cell}; states are flattened as {@link RnnCell#stateShape()} says. */
  public static Step step(RnnCell cell, double[] x, double[] state) {
    if (cell instanceof BasicRnnCell basic) {
      double[] h = affine(concat(x, state), basic.kernel(), basic.bias());
      for (int u = 0; u < h.length; u++) {
        h[u] = activate(basic.activation(), h[u]);
      }
      return new Step(h, h);
    }
    if (cell instanceof LstmCell lstm) {
      return lstm(lstm, x, state);
    }
    if (cell instanceof GruCell gru) {
      return gru(gru, x, state);
    }
    if (cell instanceof ResetAfterGruCell gru) {
      return resetAfter(gru, x, state);
    }
    if (cell instanceof FlatStateCell flat) {
      return step(flat.cell(), x, state);
    }
    if (cell instanceof FormulaCell formula) {
      return TextbookCells.step(formula, x, state);
    }
    MultiRnnCell multi = (MultiRnnCell) cell;
    double[] next = new double[state.length];
    double[] value = x;
    int offset = 0;
    for (RnnCell inner : multi.cells()) {
      int size = inner.stateShape().size();
      Step step = step(inner, value, Arrays.copyOfRange(state, offset, offset + size));
      System.arraycopy(step.state(), 0, next, offset, size);
      value = step.output();
      offset += size;
    }
    return new Step(value, next);
  }

  private static Step lstm(LstmCell cell, double[] x, double[] state) {
    int n = cell.numUnits();
    int m = cell.outputSize();
    double[] c = Arrays.copyOfRange(state, 0, n);
    double[] h = Arrays.copyOfRange(state, n, n + m);
    double[] z = affine(concat(x, h), cell.kernel(), cell.bias());
    double[] r = new double[n];
    double[] next = new double[n + m];
    boolean peep = cell.peepholes().present();
    for (int u = 0; u < n; u++) {
      double i = z[u] + (peep ? cell.peepholes().input().at(u) * c[u] : 0);
      double f =
          z[2 * n + u] + cell.forgetBias() + (peep ? cell.peepholes().forget().at(u) * c[u] : 0);
      double j = activate(cell.activation(), z[n + u]);
      double updated =
          activate(cell.gateActivation(), f) * c[u] + activate(cell.gateActivation(), i) * j;
      updated = clip(updated, cell.cellClip());
      double o = z[3 * n + u] + (peep ? cell.peepholes().output().at(u) * updated : 0);
      next[u] = updated;
      r[u] = activate(cell.gateActivation(), o) * activate(cell.activation(), updated);
    }
    double[] output = r;
    if (cell.projection().present()) {
      output = affine(r, cell.projection().kernel(), Tensor.zeros(m));
      for (int u = 0; u < m; u++) {
        output[u] = clip(output[u], cell.projection().clip());
      }
    }
    System.arraycopy(output, 0, next, n, m);
    return new Step(output, next);
  }

  private static Step gru(GruCell cell, double[] x, double[] h) {
    int n = cell.numUnits();
    double[] gates = affine(concat(x, h), cell.gatesKernel(), cell.gatesBias());
    double[] reset = new double[n];
    for (int u = 0; u < n; u++) {
      reset[u] = activate(cell.gateActivation(), gates[u]) * h[u];
    }
    double[] candidate = affine(concat(x, reset), cell.candidateKernel(), cell.candidateBias());
    double[] next = new double[n];
    for (int k = 0; k < n; k++) {
      double u = activate(cell.gateActivation(), gates[n + k]);
      next[k] = u * h[k] + (1 - u) * activate(cell.activation(), candidate[k]);
    }
    return new Step(next, next);
  }

  private static Step resetAfter(ResetAfterGruCell cell, double[] x, double[] h) {
    int n = cell.numUnits();
    double[] gates = affine(concat(x, h), cell.gatesKernel(), cell.gatesBias());
    double[] input = affine(x, cell.inputKernel(), cell.inputBias());
    double[] hidden = affine(h, cell.hiddenKernel(), cell.hiddenBias());
    double[] next = new double[n];
    for (int k = 0; k < n; k++) {
      double r = activate(cell.gateActivation(), gates[k]);
      double u = activate(cell.gateActivation(), gates[n + k]);
      next[k] = u * h[k] + (1 - u) * activate(cell.activation(), input[k] + r * hidden[k]);
    }
    return new Step(next, next);
  }

  /** {@code x * kernel + bias}. */
  public static double[] affine(double[] x, Tensor kernel, Tensor bias) {
    int out = Math.toIntExact(kernel.shape().dim(1));
    double[] y = new double[out];
    for (int j = 0; j < out; j++) {
      double sum = bias.at(j);
      for (int k = 0; k < x.length; k++) {
        sum += x[k] * kernel.at(k, j);
      }
      y[j] = sum;
    }
    return y;
  }

  /** The activation of the textbook. */
  public static double activate(Activation activation, double x) {
    return TextbookActivation.of(activation, x);
  }

  static double clip(double x, double bound) {
    return Math.max(Math.min(x, bound), -bound);
  }

  static double[] concat(double[] a, double[] b) {
    double[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }
}
