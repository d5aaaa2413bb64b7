package org.sparkrnn.ops;

import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.ResetAfterGruCell;

/**
 * {@link ResetAfterGruCell} in plain Java. The exact sequence, which every implementation keeps:
 *
 * <pre>{@code
 * z    = bias; z = fma(x[k], w[k], z) in order; z = fma(h[k], w[k], z) in order
 * p    = inputBias; p = fma(x[k], w[k], p) in order
 * q    = hiddenBias; q = fma(h[k], w[k], q) in order
 * r, u = gate(z)
 * c    = act(fma(r, q, p))
 * h'   = fma(u, h - c, c)
 * }</pre>
 */
final class ScalarResetAfterGru implements PackedCell {
  private final int inputSize;
  private final int n;
  private final Product gates;
  private final Product input;
  private final Product hidden;
  private final Activation activation;
  private final Activation gateActivation;

  ScalarResetAfterGru(ResetAfterGruCell cell) {
    inputSize = cell.inputSize();
    n = cell.numUnits();
    gates = Product.of(cell.gatesKernel(), cell.gatesBias().toArray());
    input = Product.of(cell.inputKernel(), cell.inputBias().toArray());
    hidden = Product.of(cell.hiddenKernel(), cell.hiddenBias().toArray());
    activation = cell.activation();
    gateActivation = cell.gateActivation();
  }

  @Override
  public int inputSize() {
    return inputSize;
  }

  @Override
  public int outputSize() {
    return n;
  }

  @Override
  public int stateSize() {
    return n;
  }

  @Override
  public long flopsPerStep() {
    return gates.flops() + input.flops() + hidden.flops();
  }

  @Override
  public long bytes() {
    return gates.bytes() + input.bytes() + hidden.bytes();
  }

  @Override
  public long stepperBytes(int rows) {
    return Footprint.floats(rows, inputSize + n)
        + Footprint.floats(rows, 2 * n)
        + 2 * Footprint.floats(rows, n)
        + Footprint.floats(3, n);
  }

  @Override
  public CellStepper stepper(int rows) {
    return new Stepper(rows);
  }

  private final class Stepper implements CellStepper {
    /** Rows {@code [x, h]}; {@code h} lives here between steps. */
    private final float[][] xh;

    private final float[][] z;
    private final float[][] p;
    private final float[][] q;
    private final float[] r = new float[n];
    private final float[] u = new float[n];
    private final float[] h = new float[n];

    Stepper(int rows) {
      xh = new float[rows][inputSize + n];
      z = new float[rows][2 * n];
      p = new float[rows][n];
      q = new float[rows][n];
    }

    @Override
    public void setState(int row, float[] state, int offset) {
      System.arraycopy(state, offset, xh[row], inputSize, n);
    }

    @Override
    public void getState(int row, float[] state, int offset) {
      System.arraycopy(xh[row], inputSize, state, offset, n);
    }

    @Override
    public void step(int rows, float[][] x, int[] from, float[] y, int[] to) {
      for (int row = 0; row < rows; row++) {
        System.arraycopy(x[row], from[row], xh[row], 0, inputSize);
      }
      gates.apply(rows, xh, 0, z);
      input.apply(rows, xh, 0, p);
      hidden.apply(rows, xh, inputSize, q);
      for (int row = 0; row < rows; row++) {
        Activations.apply(gateActivation, z[row], 2 * n);
        System.arraycopy(z[row], 0, r, 0, n);
        System.arraycopy(z[row], n, u, 0, n);
        System.arraycopy(xh[row], inputSize, h, 0, n);
        reset(p[row], r, q[row]);
        Activations.apply(activation, p[row], n);
        ScalarGru.update(h, u, p[row]);
        System.arraycopy(h, 0, xh[row], inputSize, n);
        System.arraycopy(h, 0, y, to[row], n);
      }
    }
  }

  static void reset(float[] p, float[] r, float[] q) {
    for (int k = 0; k < p.length; k++) {
      p[k] = Fma.fma(r[k], q[k], p[k]);
    }
  }
}
