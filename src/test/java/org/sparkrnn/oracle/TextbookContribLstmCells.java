package org.sparkrnn.oracle;

import static org.sparkrnn.oracle.TextbookCell.activate;
import static org.sparkrnn.oracle.TextbookCell.affine;
import static org.sparkrnn.oracle.TextbookCell.clip;
import static org.sparkrnn.oracle.TextbookCell.concat;
import static org.sparkrnn.oracle.TextbookContribCells.sigmoid;

import java.util.Arrays;
import org.sparkrnn.cell.CoupledGateLstmCell;
import org.sparkrnn.cell.IndyLstmCell;
import org.sparkrnn.cell.LayerNormLstmCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.NasCell;
import org.sparkrnn.cell.Norm;
import org.sparkrnn.cell.PhasedLstmCell;
import org.sparkrnn.cell.WeightNormLstmCell;
import org.sparkrnn.oracle.TextbookCell.Step;
import org.sparkrnn.tensor.Tensor;

/** The textbook's steps of {@code tf.contrib.rnn}'s LSTM cells. */
final class TextbookContribLstmCells {
  private TextbookContribLstmCells() {}

  static Step coupled(CoupledGateLstmCell cell, double[] x, double[] state) {
    int n = cell.numUnits();
    double[] c = Arrays.copyOf(state, n);
    double[] h = Arrays.copyOfRange(state, n, state.length);
    boolean normed = cell.norms().present();
    double[] z = affine(concat(x, h), cell.kernel(), normed ? Tensor.zeros(3L * n) : cell.bias());
    double[] j = part(z, 0, n);
    double[] f = part(z, 1, n);
    double[] o = part(z, 2, n);
    if (normed) {
      j = layerNorm(j, cell.norms().transform());
      f = layerNorm(f, cell.norms().forget());
      o = layerNorm(o, cell.norms().output());
    }
    double[] next = new double[n];
    for (int u = 0; u < n; u++) {
      double gate =
          sigmoid(f[u] + cell.forgetBias() + diagonal(cell.peepholes().forget(), u) * c[u]);
      next[u] = gate * c[u] + (1 - gate) * activate(cell.activation(), j[u]);
    }
    next = normed ? layerNorm(next, cell.norms().state()) : next;
    double[] r = new double[n];
    for (int u = 0; u < n; u++) {
      r[u] =
          sigmoid(o[u] + diagonal(cell.peepholes().output(), u) * next[u])
              * activate(cell.activation(), next[u]);
    }
    double[] output = project(r, cell.projection());
    return new Step(output, concat(next, output));
  }

  static Step layerNorm(LayerNormLstmCell cell, double[] x, double[] state) {
    int n = cell.numUnits();
    double[] c = Arrays.copyOf(state, n);
    double[] h = Arrays.copyOfRange(state, n, state.length);
    double[] z = affine(concat(x, h), cell.kernel(), Tensor.zeros(4L * n));
    double[] i = layerNorm(part(z, 0, n), cell.norms().input());
    double[] j = layerNorm(part(z, 1, n), cell.norms().transform());
    double[] f = layerNorm(part(z, 2, n), cell.norms().forget());
    double[] o = layerNorm(part(z, 3, n), cell.norms().output());
    double[] next = new double[n];
    for (int u = 0; u < n; u++) {
      double forget =
          sigmoid(f[u] + cell.forgetBias() + diagonal(cell.peepholes().forget(), u) * c[u]);
      double write = sigmoid(i[u] + diagonal(cell.peepholes().input(), u) * c[u]);
      next[u] = forget * c[u] + write * activate(cell.activation(), j[u]);
    }
    next = layerNorm(next, cell.norms().state());
    double[] r = new double[n];
    for (int u = 0; u < n; u++) {
      next[u] = clip(next[u], cell.cellClip());
      r[u] =
          sigmoid(o[u] + diagonal(cell.peepholes().output(), u) * next[u])
              * activate(cell.activation(), next[u]);
    }
    double[] output = project(r, cell.projection());
    return new Step(output, concat(next, output));
  }

  static Step weightNorm(WeightNormLstmCell normed, double[] x, double[] state) {
    LstmCell cell = normed.cell();
    int n = cell.numUnits();
    double[] c = Arrays.copyOf(state, n);
    double[] h = Arrays.copyOfRange(state, n, state.length);
    double[] z = normalised(x, cell.kernel(), 0, normed.inputNorm());
    double[] recurrent = normalised(h, cell.kernel(), x.length, normed.hiddenNorm());
    for (int k = 0; k < z.length; k++) {
      z[k] += recurrent[k] + cell.bias().at(k);
    }
    double[] next = new double[n];
    double[] r = new double[n];
    for (int u = 0; u < n; u++) {
      double i = sigmoid(z[u] + diagonal(cell.peepholes().input(), u) * c[u]);
      double j = activate(cell.activation(), z[n + u]);
      double f =
          sigmoid(z[2 * n + u] + cell.forgetBias() + diagonal(cell.peepholes().forget(), u) * c[u]);
      next[u] = clip(f * c[u] + i * j, cell.cellClip());
      double o = sigmoid(z[3 * n + u] + diagonal(cell.peepholes().output(), u) * next[u]);
      r[u] = o * activate(cell.activation(), next[u]);
    }
    double[] output = r;
    if (cell.projection().present()) {
      output = normalised(r, cell.projection().kernel(), 0, normed.projectionNorm());
      for (int u = 0; u < output.length; u++) {
        output[u] = clip(output[u], cell.projection().clip());
      }
    }
    return new Step(output, concat(next, output));
  }

  /** The product with rows of a kernel whose columns have length 1, times the norm. */
  private static double[] normalised(double[] x, Tensor kernel, int from, Tensor norm) {
    double[] y = new double[Math.toIntExact(norm.shape().dim(0))];
    for (int j = 0; j < y.length; j++) {
      double sum = 0;
      double squares = 0;
      for (int k = 0; k < x.length; k++) {
        double weight = kernel.at(from + k, j);
        sum += x[k] * weight;
        squares += weight * weight;
      }
      y[j] = norm.at(j) * sum / Math.sqrt(Math.max(squares, 1e-12));
    }
    return y;
  }

  static Step nas(NasCell cell, double[] x, double[] state) {
    int n = cell.numUnits();
    double[] h = Arrays.copyOfRange(state, n, state.length);
    double[] ix = affine(x, cell.kernel(), Tensor.zeros(8L * n));
    double[] hm =
        affine(h, cell.recurrentKernel(), cell.usesBias() ? cell.bias() : Tensor.zeros(8L * n));
    double[] next = new double[n];
    double[] r = new double[n];
    for (int u = 0; u < n; u++) {
      double[] z = new double[8];
      for (int k = 0; k < 8; k++) {
        z[k] = ix[k * n + u] + hm[k * n + u];
      }
      double first = Math.tanh(sigmoid(z[0]) * Math.max(z[1], 0));
      double product = ix[3 * n + u] * hm[3 * n + u];
      double second = Math.tanh(sigmoid(z[2]) + Math.max(product, 0));
      double third = Math.tanh(Math.tanh(z[4]) * sigmoid(z[5]));
      double fourth = sigmoid(Math.tanh(z[6]) + sigmoid(z[7]));
      next[u] = Math.tanh(first + state[u]) * second;
      r[u] = Math.tanh(next[u] * Math.tanh(third + fourth));
    }
    double[] output =
        cell.projects() ? affine(r, cell.projection(), Tensor.zeros(cell.outputSize())) : r;
    return new Step(output, concat(next, output));
  }

  static Step indyLstm(IndyLstmCell cell, double[] x, double[] state) {
    int n = cell.numUnits();
    double[] z = affine(x, cell.inputKernel(), cell.bias());
    for (int k = 0; k < z.length; k++) {
      z[k] += state[n + k % n] * cell.recurrentKernel().at(k);
    }
    double[] next = new double[n];
    double[] h = new double[n];
    for (int u = 0; u < n; u++) {
      double forget = sigmoid(z[2 * n + u] + cell.forgetBias());
      next[u] = forget * state[u] + sigmoid(z[u]) * activate(cell.activation(), z[n + u]);
      h[u] = sigmoid(z[3 * n + u]) * activate(cell.activation(), next[u]);
    }
    return new Step(h, concat(next, h));
  }

  static Step phased(PhasedLstmCell cell, double[] input, double[] state) {
    int n = cell.numUnits();
    double[] x = Arrays.copyOfRange(input, 1, input.length);
    double[] c = Arrays.copyOf(state, n);
    double[] h = Arrays.copyOfRange(state, n, 2 * n);
    double[] seen = concat(x, h);
    boolean peep = cell.usesPeepholes();
    double[] mask =
        affine(peep ? concat(seen, c) : seen, cell.maskGates().kernel(), cell.maskGates().bias());
    double[] fresh = affine(seen, cell.newInput().kernel(), cell.newInput().bias());
    double[] open = new double[n];
    for (int u = 0; u < n; u++) {
      open[u] = sigmoid(mask[n + u]) * c[u] + sigmoid(mask[u]) * Math.tanh(fresh[u]);
    }
    double[] gate =
        affine(
            peep ? concat(seen, open) : seen, cell.outputGate().kernel(), cell.outputGate().bias());
    double[] next = new double[n];
    double[] output = new double[n];
    for (int u = 0; u < n; u++) {
      double period = cell.rhythm().period().at(u);
      double shifted = input[0] - cell.rhythm().phase().at(u);
      double phi = (shifted - Math.floor(shifted / period) * period) / period;
      double on = cell.rhythm().ratioOn().at(u);
      double k = phi < on / 2 ? 2 * phi / on : phi < on ? 2 - 2 * phi / on : cell.leak() * phi;
      next[u] = k * open[u] + (1 - k) * c[u];
      output[u] = k * sigmoid(gate[u]) * Math.tanh(open[u]) + (1 - k) * h[u];
    }
    return new Step(output, concat(next, output));
  }

  static double[] part(double[] z, int index, int size) {
    return Arrays.copyOfRange(z, index * size, (index + 1) * size);
  }

  static double diagonal(Tensor weights, int unit) {
    return weights.shape().elements() == 0 ? 0 : weights.at(unit);
  }

  static double[] project(double[] r, LstmCell.Projection projection) {
    if (!projection.present()) {
      return r;
    }
    Tensor none = Tensor.zeros(projection.kernel().shape().dim(1));
    double[] projected = affine(r, projection.kernel(), none);
    return Arrays.stream(projected).map(value -> clip(value, projection.clip())).toArray();
  }

  private static double[] layerNorm(double[] x, Norm norm) {
    double mean = Arrays.stream(x).average().orElseThrow();
    double variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = norm.gamma().at(i) * (x[i] - mean) / Math.sqrt(variance + 1e-12) + norm.beta().at(i);
    }
    return y;
  }
}
