package org.sparkrnn.oracle;

import static org.sparkrnn.oracle.TextbookCell.activate;
import static org.sparkrnn.oracle.TextbookCell.affine;
import static org.sparkrnn.oracle.TextbookCell.clip;
import static org.sparkrnn.oracle.TextbookCell.concat;
import static org.sparkrnn.oracle.TextbookContribLstmCells.diagonal;
import static org.sparkrnn.oracle.TextbookContribLstmCells.part;

import java.util.Arrays;
import org.sparkrnn.cell.OnnxGruCell;
import org.sparkrnn.cell.OnnxLstmCell;
import org.sparkrnn.cell.OnnxRnnCell;
import org.sparkrnn.oracle.TextbookCell.Step;
import org.sparkrnn.tensor.Tensor;

/** The textbook's steps of ONNX' operators, from the equations in their documentation. */
final class TextbookOnnxCells {
  private TextbookOnnxCells() {}

  static Step lstm(OnnxLstmCell cell, double[] x, double[] state) {
    int n = cell.numUnits();
    double[] c = Arrays.copyOf(state, n);
    double[] h = Arrays.copyOfRange(state, n, 2 * n);
    double[] z = affine(concat(x, h), cell.kernel(), cell.bias());
    OnnxLstmCell.Functions functions = cell.functions();
    double[] next = new double[n];
    double[] output = new double[n];
    for (int u = 0; u < n; u++) {
      double zi = clip(z[u] + diagonal(cell.peepholes().input(), u) * c[u], cell.clip());
      double i = activate(functions.f(), zi);
      double f = 1 - i;
      if (!cell.coupled()) {
        double zf = z[2 * n + u] + diagonal(cell.peepholes().forget(), u) * c[u];
        f = activate(functions.f(), clip(zf, cell.clip()));
      }
      next[u] = f * c[u] + i * activate(functions.g(), clip(z[n + u], cell.clip()));
      double zo = z[z.length - n + u] + diagonal(cell.peepholes().output(), u) * next[u];
      double o = activate(functions.f(), clip(zo, cell.clip()));
      output[u] = o * activate(functions.h(), next[u]);
    }
    return new Step(output, concat(next, output));
  }

  static Step gru(OnnxGruCell cell, double[] x, double[] h) {
    int n = cell.numUnits();
    double[] gates = affine(concat(x, h), cell.gatesKernel(), cell.gatesBias());
    for (int u = 0; u < 2 * n; u++) {
      gates[u] = activate(cell.gateActivation(), clip(gates[u], cell.clip()));
    }
    double[] r = part(gates, 0, n);
    double[] candidate =
        cell.linearBeforeReset() ? resetLate(cell, x, h, r) : resetEarly(cell, x, h, r);
    double[] next = new double[n];
    for (int u = 0; u < n; u++) {
      double fresh = activate(cell.activation(), clip(candidate[u], cell.clip()));
      next[u] = (1 - gates[n + u]) * fresh + gates[n + u] * h[u];
    }
    return new Step(next, next);
  }

  private static double[] resetEarly(OnnxGruCell cell, double[] x, double[] h, double[] r) {
    double[] reset = new double[h.length];
    Arrays.setAll(reset, u -> r[u] * h[u]);
    return affine(concat(x, reset), cell.candidateKernel(), cell.candidateBias());
  }

  private static double[] resetLate(OnnxGruCell cell, double[] x, double[] h, double[] r) {
    Tensor kernel = cell.candidateKernel();
    double[] sum = affine(x, kernel.rows(0, x.length), cell.candidateBias());
    double[] recurrent = affine(h, kernel.rows(x.length, h.length), cell.hiddenBias());
    for (int u = 0; u < sum.length; u++) {
      sum[u] += r[u] * recurrent[u];
    }
    return sum;
  }

  static Step rnn(OnnxRnnCell cell, double[] x, double[] h) {
    double[] next = affine(concat(x, h), cell.kernel(), cell.bias());
    for (int u = 0; u < next.length; u++) {
      next[u] = activate(cell.activation(), clip(next[u], cell.clip()));
    }
    return new Step(next, next);
  }
}
