package org.sparkrnn.ops;

import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.LstmCell;

/**
 * {@link LstmCell} in plain Java. The exact sequence, which every implementation keeps:
 *
 * <pre>{@code
 * z  = bias; z = fma(x[k], w[k], z) in order; z = fma(h[k], w[k], z) in order
 *      (the forget gate's bias is fl(bias + forgetBias), rounded once when the cell is packed)
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
final class ScalarLstm implements PackedCell {
  private final int inputSize;
  private final int n;
  private final int outputSize;
  private final Product product;
  private final Product projection;
  private final float[] inputPeephole;
  private final float[] forgetPeephole;
  private final float[] outputPeephole;
  private final LstmCell cell;

  ScalarLstm(LstmCell cell) {
    this.cell = cell;
    inputSize = cell.inputSize();
    n = cell.numUnits();
    outputSize = cell.outputSize();
    product = Product.of(cell.kernel(), foldedBias(cell));
    projection =
        cell.projection().present()
            ? Product.of(cell.projection().kernel(), new float[outputSize])
            : null;
    inputPeephole = cell.peepholes().input().toArray();
    forgetPeephole = cell.peepholes().forget().toArray();
    outputPeephole = cell.peepholes().output().toArray();
  }

  /** The bias with {@code forgetBias} added to the forget gate's part. */
  static float[] foldedBias(LstmCell cell) {
    float[] bias = cell.bias().toArray();
    int n = cell.numUnits();
    for (int j = 2 * n; j < 3 * n; j++) {
      bias[j] += cell.forgetBias();
    }
    return bias;
  }

  @Override
  public int inputSize() {
    return inputSize;
  }

  @Override
  public int outputSize() {
    return outputSize;
  }

  @Override
  public int stateSize() {
    return n + outputSize;
  }

  @Override
  public long flopsPerStep() {
    return product.flops() + (projection == null ? 0 : projection.flops());
  }

  @Override
  public long bytes() {
    return product.bytes()
        + (projection == null ? 0 : projection.bytes())
        + 3 * Footprint.floats(1, inputPeephole.length);
  }

  @Override
  public long stepperBytes(int rows) {
    return Footprint.floats(rows, inputSize + outputSize)
        + Footprint.floats(rows, 4 * n)
        + 2 * Footprint.floats(rows, n)
        + (projection == null ? 0 : Footprint.floats(rows, outputSize))
        + Footprint.floats(4, n);
  }

  @Override
  public CellStepper stepper(int rows) {
    return new Stepper(rows);
  }

  private final class Stepper implements CellStepper {
    /** Rows {@code [x, h]}; {@code h} lives here between steps. */
    private final float[][] xh;

    private final float[][] c;
    private final float[][] z;
    private final float[][] m;
    private final float[][] h;
    private final float[] i = new float[n];
    private final float[] j = new float[n];
    private final float[] f = new float[n];
    private final float[] o = new float[n];

    Stepper(int rows) {
      xh = new float[rows][inputSize + outputSize];
      c = new float[rows][n];
      z = new float[rows][4 * n];
      m = new float[rows][n];
      h = projection == null ? m : new float[rows][outputSize];
    }

    @Override
    public void setState(int row, float[] state, int offset) {
      System.arraycopy(state, offset, c[row], 0, n);
      System.arraycopy(state, offset + n, xh[row], inputSize, outputSize);
    }

    @Override
    public void getState(int row, float[] state, int offset) {
      System.arraycopy(c[row], 0, state, offset, n);
      System.arraycopy(xh[row], inputSize, state, offset + n, outputSize);
    }

    @Override
    public void step(int rows, int[] at, float[] x, float[] y) {
      for (int r = 0; r < rows; r++) {
        System.arraycopy(x, at[r] * inputSize, xh[r], 0, inputSize);
      }
      product.apply(rows, xh, 0, z);
      for (int r = 0; r < rows; r++) {
        gates(z[r], c[r], m[r]);
      }
      if (projection != null) {
        projection.apply(rows, m, 0, h);
        for (int r = 0; r < rows; r++) {
          clip(h[r], cell.projection().clip());
        }
      }
      for (int r = 0; r < rows; r++) {
        System.arraycopy(h[r], 0, xh[r], inputSize, outputSize);
        System.arraycopy(h[r], 0, y, at[r] * outputSize, outputSize);
      }
    }

    private void gates(float[] z, float[] c, float[] m) {
      System.arraycopy(z, 0, i, 0, n);
      System.arraycopy(z, n, j, 0, n);
      System.arraycopy(z, 2 * n, f, 0, n);
      System.arraycopy(z, 3 * n, o, 0, n);
      Activation gate = cell.gateActivation();
      if (cell.peepholes().present()) {
        addProduct(i, inputPeephole, c);
        addProduct(f, forgetPeephole, c);
      }
      Activations.apply(gate, i, n);
      Activations.apply(cell.activation(), j, n);
      Activations.apply(gate, f, n);
      update(c, f, i, j);
      clip(c, cell.cellClip());
      if (cell.peepholes().present()) {
        addProduct(o, outputPeephole, c);
      }
      Activations.apply(gate, o, n);
      System.arraycopy(c, 0, m, 0, n);
      Activations.apply(cell.activation(), m, n);
      multiply(m, o);
    }
  }

  private static void addProduct(float[] z, float[] w, float[] c) {
    for (int k = 0; k < z.length; k++) {
      z[k] = Math.fma(w[k], c[k], z[k]);
    }
  }

  private static void update(float[] c, float[] f, float[] i, float[] j) {
    for (int k = 0; k < c.length; k++) {
      c[k] = Math.fma(f[k], c[k], i[k] * j[k]);
    }
  }

  private static void multiply(float[] m, float[] o) {
    for (int k = 0; k < m.length; k++) {
      m[k] = o[k] * m[k];
    }
  }

  private static void clip(float[] v, float bound) {
    if (bound == Float.POSITIVE_INFINITY) {
      return;
    }
    for (int k = 0; k < v.length; k++) {
      v[k] = Math.max(Math.min(v[k], bound), -bound);
    }
  }
}
