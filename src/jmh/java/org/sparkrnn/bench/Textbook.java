package org.sparkrnn.bench;

import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;

/** The cells' formulas in double precision, as a textbook has them: the judge of every answer. */
final class Textbook {
  private final RnnCell cell;
  private final int n;
  private final int in;
  private final int gates;

  /** {@code [in, gates * n]}, {@code [n, gates * n]}, {@code [gates * n]} twice. */
  private final double[] w;

  private final double[] r;
  private final double[] inputBias;
  private final double[] recurrentBias;

  Textbook(RnnCell cell) {
    this.cell = cell;
    Gates given = Gates.of(cell, cell instanceof LstmCell ? "ijfo" : "ruc");
    n = given.units();
    in = given.inputs();
    gates = given.count();
    w = doubles(Gates.turned(given.w(), gates * n, in));
    r = doubles(Gates.turned(given.r(), gates * n, n));
    inputBias = doubles(given.inputBias());
    recurrentBias = doubles(given.recurrentBias());
  }

  /**
   * The outputs {@code [steps * n]} of one sequence, from the zero state.
   *
   * @param x {@code [steps * in]}
   */
  double[] run(float[] x) {
    int steps = x.length / in;
    double[] h = new double[n];
    double[] c = new double[n];
    double[] outputs = new double[steps * n];
    for (int t = 0; t < steps; t++) {
      double[] zx = inputBias.clone();
      for (int k = 0; k < in; k++) {
        add(x[t * in + k], w, k, zx, 0, gates * n);
      }
      if (cell instanceof LstmCell) {
        lstm(zx, h, c);
      } else {
        gru(zx, h);
      }
      System.arraycopy(h, 0, outputs, t * n, n);
    }
    return outputs;
  }

  private void lstm(double[] z, double[] h, double[] c) {
    for (int k = 0; k < n; k++) {
      add(h[k], r, k, z, 0, 4 * n);
    }
    for (int u = 0; u < n; u++) {
      c[u] = sigmoid(z[2 * n + u]) * c[u] + sigmoid(z[u]) * Math.tanh(z[n + u]);
      h[u] = sigmoid(z[3 * n + u]) * Math.tanh(c[u]);
    }
  }

  private void gru(double[] zx, double[] h) {
    double[] zh = recurrentBias.clone();
    for (int k = 0; k < n; k++) {
      add(h[k], r, k, zh, 0, 2 * n);
    }
    boolean after = cell instanceof ResetAfterGruCell;
    for (int k = 0; k < n; k++) {
      double factor = after ? h[k] : h[k] * sigmoid(zx[k] + zh[k]);
      add(factor, r, k, zh, 2 * n, 3 * n);
    }
    for (int u = 0; u < n; u++) {
      double reset = after ? sigmoid(zx[u] + zh[u]) : 1;
      double candidate = Math.tanh(zx[2 * n + u] + reset * zh[2 * n + u]);
      double update = sigmoid(zx[n + u] + zh[n + u]);
      h[u] = update * h[u] + (1 - update) * candidate;
    }
  }

  private void add(double factor, double[] matrix, int row, double[] z, int from, int to) {
    int start = row * gates * n;
    for (int j = from; j < to; j++) {
      z[j] += factor * matrix[start + j];
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
