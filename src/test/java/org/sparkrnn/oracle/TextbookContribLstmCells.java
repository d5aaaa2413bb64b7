package org.sparkrnn.oracle;

import static org.sparkrnn.oracle.TextbookCell.activate;
import static org.sparkrnn.oracle.TextbookCell.affine;
import static org.sparkrnn.oracle.TextbookCell.clip;
import static org.sparkrnn.oracle.TextbookCell.concat;
import static org.sparkrnn.oracle.TextbookContribCells.sigmoid;

import java.util.Arrays;
import org.sparkrnn.cell.CoupledGateLstmCell;
import org.sparkrnn.cell.LayerNormLstmCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.Norm;
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
