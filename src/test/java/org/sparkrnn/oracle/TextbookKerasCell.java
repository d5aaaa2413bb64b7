package org.sparkrnn.oracle;

import static org.sparkrnn.oracle.TextbookCell.activate;
import static org.sparkrnn.oracle.TextbookCell.affine;

import java.util.Arrays;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.tensor.Tensor;

/**
 * One step of Keras' cells in double precision, from {@code call} in Keras' recurrent.py, over
 * weights as Keras holds them.
 *
 * @param kernel {@code [D, gates * n]}
 * @param recurrentKernel {@code [n, gates * n]}
 * @param bias {@code [gates * n]}, or {@code [2, gates * n]} where a GRU resets after the product
 * @param activation the cell's
 * @param gate the gates'
 */
public record TextbookKerasCell(
    Tensor kernel, Tensor recurrentKernel, Tensor bias, Activation activation, Activation gate) {

  private int units() {
    return Math.toIntExact(recurrentKernel.shape().dim(0));
  }

  private double[] fromInput(double[] x) {
    return affine(x, kernel, Tensor.zeros(kernel.shape().dim(1)));
  }

  private double[] fromState(double[] h) {
    return affine(h, recurrentKernel, Tensor.zeros(kernel.shape().dim(1)));
  }

  /** {@code LSTMCell}: from {@code h} and {@code c} to {@code h'} and {@code c'}. */
  public double[][] lstm(double[] x, double[] h, double[] c) {
    int n = units();
    double[] in = fromInput(x);
    double[] rec = fromState(h);
    double[] z = new double[4 * n];
    Arrays.setAll(z, k -> in[k] + rec[k] + bias.at(k));
    double[] nextC = new double[n];
    double[] nextH = new double[n];
    for (int k = 0; k < n; k++) {
      double i = activate(gate, z[k]);
      double f = activate(gate, z[n + k]);
      nextC[k] = f * c[k] + i * activate(activation, z[2 * n + k]);
      nextH[k] = activate(gate, z[3 * n + k]) * activate(activation, nextC[k]);
    }
    return new double[][] {nextH, nextC};
  }

  /** {@code GRUCell} with {@code reset_after=False}. */
  public double[] gru(double[] x, double[] h) {
    int n = units();
    double[] in = fromInput(x);
    double[] rec = fromState(h);
    double[] reset = new double[n];
    for (int k = 0; k < n; k++) {
      reset[k] = activate(gate, in[n + k] + rec[n + k] + bias.at(n + k)) * h[k];
    }
    double[] recReset = fromState(reset);
    double[] next = new double[n];
    for (int k = 0; k < n; k++) {
      double z = activate(gate, in[k] + rec[k] + bias.at(k));
      double hh = activate(activation, in[2 * n + k] + recReset[2 * n + k] + bias.at(2 * n + k));
      next[k] = z * h[k] + (1 - z) * hh;
    }
    return next;
  }

  /** {@code GRUCell} with {@code reset_after=True}. */
  public double[] gruResetAfter(double[] x, double[] h) {
    int n = units();
    double[] in = fromInput(x);
    double[] rec = fromState(h);
    for (int k = 0; k < 3 * n; k++) {
      in[k] += bias.at(k);
      rec[k] += bias.at(3 * n + k);
    }
    double[] next = new double[n];
    for (int k = 0; k < n; k++) {
      double z = activate(gate, in[k] + rec[k]);
      double r = activate(gate, in[n + k] + rec[n + k]);
      double hh = activate(activation, in[2 * n + k] + r * rec[2 * n + k]);
      next[k] = z * h[k] + (1 - z) * hh;
    }
    return next;
  }

  /** {@code SimpleRNNCell}. */
  public double[] simpleRnn(double[] x, double[] h) {
    double[] in = fromInput(x);
    double[] rec = fromState(h);
    double[] next = new double[units()];
    Arrays.setAll(next, k -> activate(activation, in[k] + rec[k] + bias.at(k)));
    return next;
  }
}
