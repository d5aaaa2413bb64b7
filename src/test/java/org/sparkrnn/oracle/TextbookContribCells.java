package org.sparkrnn.oracle;

import static org.sparkrnn.oracle.TextbookCell.activate;
import static org.sparkrnn.oracle.TextbookCell.affine;
import static org.sparkrnn.oracle.TextbookCell.concat;

import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.CfnCell;
import org.sparkrnn.cell.IndRnnCell;
import org.sparkrnn.cell.IndyGruCell;
import org.sparkrnn.cell.IntersectionRnnCell;
import org.sparkrnn.cell.SruCell;
import org.sparkrnn.cell.UgrnnCell;
import org.sparkrnn.oracle.TextbookCell.Step;
import org.sparkrnn.tensor.Tensor;

/** The textbook's steps of {@code tf.contrib.rnn}'s cells that are no LSTM. */
final class TextbookContribCells {
  private TextbookContribCells() {}

  static double sigmoid(double x) {
    return activate(Activation.SIGMOID, x);
  }

  static Step ugrnn(UgrnnCell cell, double[] x, double[] h) {
    int n = h.length;
    double[] z = affine(concat(x, h), cell.kernel(), cell.bias());
    double[] next = new double[n];
    for (int i = 0; i < n; i++) {
      double gate = sigmoid(z[i] + cell.forgetBias());
      next[i] = gate * h[i] + (1 - gate) * activate(cell.activation(), z[n + i]);
    }
    return new Step(next, next);
  }

  static Step intersection(IntersectionRnnCell cell, double[] given, double[] s) {
    int n = s.length;
    double[] x =
        cell.projection().present()
            ? affine(given, cell.projection().kernel(), cell.projection().bias())
            : given;
    double[] z = affine(concat(x, s), cell.kernel(), cell.bias());
    double[] next = new double[n];
    double[] output = new double[n];
    for (int i = 0; i < n; i++) {
      double time = sigmoid(z[i] + cell.forgetBias());
      double depth = sigmoid(z[2 * n + i] + cell.forgetBias());
      next[i] = time * s[i] + (1 - time) * Math.tanh(z[n + i]);
      output[i] = depth * x[i] + (1 - depth) * activate(cell.activation(), z[3 * n + i]);
    }
    return new Step(output, next);
  }

  static Step sru(SruCell cell, double[] x, double[] c) {
    int n = c.length;
    double[] z = affine(x, cell.kernel(), Tensor.zeros(4L * n));
    double[] next = new double[n];
    double[] output = new double[n];
    for (int i = 0; i < n; i++) {
      double f = sigmoid(z[n + i] + cell.bias().at(i));
      double r = sigmoid(z[2 * n + i] + cell.bias().at(n + i));
      next[i] = f * c[i] + (1 - f) * z[i];
      output[i] = r * activate(cell.activation(), next[i]) + (1 - r) * z[3 * n + i];
    }
    return new Step(output, next);
  }

  static Step indRnn(IndRnnCell cell, double[] x, double[] h) {
    double[] z = affine(x, cell.inputKernel(), cell.bias());
    double[] next = new double[h.length];
    for (int i = 0; i < h.length; i++) {
      next[i] = activate(cell.activation(), z[i] + h[i] * cell.recurrentKernel().at(i));
    }
    return new Step(next, next);
  }

  static Step indyGru(IndyGruCell cell, double[] x, double[] h) {
    int n = h.length;
    double[] gates = affine(x, cell.gatesKernel(), cell.gatesBias());
    double[] candidate = affine(x, cell.candidateKernel(), cell.candidateBias());
    double[] next = new double[n];
    for (int i = 0; i < n; i++) {
      double r = sigmoid(gates[i] + h[i] * cell.gatesRecurrent().at(i));
      double u = sigmoid(gates[n + i] + h[i] * cell.gatesRecurrent().at(n + i));
      double fresh = candidate[i] + r * h[i] * cell.candidateRecurrent().at(i);
      next[i] = u * h[i] + (1 - u) * activate(cell.activation(), fresh);
    }
    return new Step(next, next);
  }

  static Step cfn(CfnCell cell, double[] x, double[] h) {
    int n = h.length;
    double[] given = affine(x, cell.kernel(), Tensor.zeros(3L * n));
    double[] recurrent = affine(h, cell.recurrentKernel(), cell.bias());
    double[] next = new double[n];
    for (int i = 0; i < n; i++) {
      double theta = sigmoid(given[i] + recurrent[i]);
      double eta = sigmoid(given[n + i] + recurrent[n + i]);
      next[i] =
          theta * activate(cell.activation(), h[i])
              + (1 - eta) * activate(cell.activation(), given[2 * n + i]);
    }
    return new Step(next, next);
  }
}
