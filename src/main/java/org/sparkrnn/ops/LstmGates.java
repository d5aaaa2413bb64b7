package org.sparkrnn.ops;

import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.LstmCell;

/**
 * An LSTM's gates for one row, with everything that a cell can have. Mutable scratch of a stepper.
 *
 * <p>The exact sequence, which every implementation keeps:
 *
 * <pre>{@code
 * z  = bias; z = fma(x[k], w[k], z) in order; z = fma(h[k], w[k], z) in order
 *      (the forget gate's bias is bias + forgetBias, rounded once when the cell is packed)
 * i  = gate(fma(w_i, c, z_i))         gate(z_i) without peepholes
 * f  = gate(fma(w_f, c, z_f))
 * j  = act(z_j)
 * c' = fma(f, c, i * j)
 * c' = max(min(c', clip), -clip)      where there is a clip
 * o  = gate(fma(w_o, c', z_o))
 * m  = o * act(c')
 * h' = m, or with a projection: 0, fma(m[k], p[k], h') in order, max(min(h', clip), -clip)
 * }</pre>
 */
final class LstmGates {
  private final int n;
  private final LstmCell cell;
  private final boolean peepholes;
  private final float[] inputPeephole;
  private final float[] forgetPeephole;
  private final float[] outputPeephole;

  /** The gates' sums; set by the caller, consumed by {@link #apply}. */
  final float[] i;

  final float[] j;
  final float[] f;
  final float[] o;

  LstmGates(LstmCell cell) {
    this.cell = cell;
    n = cell.numUnits();
    peepholes = cell.peepholes().present();
    inputPeephole = cell.peepholes().input().toArray();
    forgetPeephole = cell.peepholes().forget().toArray();
    outputPeephole = cell.peepholes().output().toArray();
    i = new float[n];
    j = new float[n];
    f = new float[n];
    o = new float[n];
  }

  static long bytes(LstmCell cell) {
    return Footprint.floats(4, cell.numUnits())
        + Footprint.floats(3, cell.peepholes().present() ? cell.numUnits() : 0);
  }

  /** The bias with {@code forgetBias} added to the forget gate's part. */
  static float[] foldedBias(LstmCell cell) {
    float[] bias = cell.bias().toArray();
    int n = cell.numUnits();
    for (int k = 2 * n; k < 3 * n; k++) {
      bias[k] += cell.forgetBias();
    }
    return bias;
  }

  /** From the sums, turns {@code c[n]} into {@code c'} and fills {@code m[n]}. */
  void apply(float[] c, float[] m) {
    Activation gate = cell.gateActivation();
    if (peepholes) {
      addProduct(i, inputPeephole, c);
      addProduct(f, forgetPeephole, c);
    }
    Activations.apply(gate, i, n);
    Activations.apply(cell.activation(), j, n);
    Activations.apply(gate, f, n);
    update(c, f, i, j);
    clip(c, 0, n, cell.cellClip());
    if (peepholes) {
      addProduct(o, outputPeephole, c);
    }
    Activations.apply(gate, o, n);
    System.arraycopy(c, 0, m, 0, n);
    Activations.apply(cell.activation(), m, n);
    multiply(m, o);
  }

  private static void addProduct(float[] z, float[] w, float[] c) {
    for (int k = 0; k < z.length; k++) {
      z[k] = Fma.fma(w[k], c[k], z[k]);
    }
  }

  private static void update(float[] c, float[] f, float[] i, float[] j) {
    for (int k = 0; k < c.length; k++) {
      c[k] = Fma.fma(f[k], c[k], i[k] * j[k]);
    }
  }

  private static void multiply(float[] m, float[] o) {
    for (int k = 0; k < m.length; k++) {
      m[k] = o[k] * m[k];
    }
  }

  /** Bounds {@code v[from..to)}; NaN stays NaN. */
  static void clip(float[] v, int from, int to, float bound) {
    if (bound == Float.POSITIVE_INFINITY) {
      return;
    }
    for (int k = from; k < to; k++) {
      v[k] = Math.max(Math.min(v[k], bound), -bound);
    }
  }
}
