package org.sparkrnn.ops;

import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.GruCell;

/**
 * {@link GruCell} in plain Java. The exact sequence, which every implementation keeps:
 *
 * <pre>{@code
 * z    = bias; z = fma(x[k], w[k], z) in order; z = fma(h[k], w[k], z) in order
 * r, u = gate(z)
 * q    = bias; q = fma(x[k], w[k], q) in order; q = fma(r[k] * h[k], w[k], q) in order
 * c    = act(q)
 * h'   = fma(u, h - c, c)
 * }</pre>
 */
final class ScalarGru implements PackedCell {
  private final int inputSize;
  private final int n;
  private final Product gates;
  private final Product candidate;
  private final Activation activation;
  private final Activation gateActivation;

  ScalarGru(GruCell cell) {
    inputSize = cell.inputSize();
    n = cell.numUnits();
    gates = Product.of(cell.gatesKernel(), cell.gatesBias().toArray());
    candidate = Product.of(cell.candidateKernel(), cell.candidateBias().toArray());
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
    return gates.flops() + candidate.flops();
  }

  @Override
  public long bytes() {
    return gates.bytes() + candidate.bytes();
  }

  @Override
  public long stepperBytes(int rows) {
    return Footprint.floats(rows, inputSize + n)
        + Footprint.floats(rows, 2 * n)
        + 3 * Footprint.floats(rows, n)
        + Footprint.floats(1, n);
  }

  @Override
  public CellStepper stepper(int rows) {
    return new Stepper(rows);
  }

  private final class Stepper implements CellStepper {
    /** Rows {@code [x, h]}, later in the step {@code [x, r * h]}. */
    private final float[][] xh;

    private final float[][] h;
    private final float[][] z;
    private final float[][] u;
    private final float[][] c;
    private final float[] r = new float[n];

    Stepper(int rows) {
      xh = new float[rows][inputSize + n];
      h = new float[rows][n];
      z = new float[rows][2 * n];
      u = new float[rows][n];
      c = new float[rows][n];
    }

    @Override
    public void setState(int row, float[] state, int offset) {
      System.arraycopy(state, offset, h[row], 0, n);
    }

    @Override
    public void getState(int row, float[] state, int offset) {
      System.arraycopy(h[row], 0, state, offset, n);
    }

    @Override
    public void step(int rows, float[][] x, int[] from, float[] y, int[] to) {
      for (int row = 0; row < rows; row++) {
        System.arraycopy(x[row], from[row], xh[row], 0, inputSize);
        System.arraycopy(h[row], 0, xh[row], inputSize, n);
      }
      gates.apply(rows, xh, 0, z);
      for (int row = 0; row < rows; row++) {
        Activations.apply(gateActivation, z[row], 2 * n);
        System.arraycopy(z[row], 0, r, 0, n);
        System.arraycopy(z[row], n, u[row], 0, n);
        multiply(r, h[row]);
        System.arraycopy(r, 0, xh[row], inputSize, n);
      }
      candidate.apply(rows, xh, 0, c);
      for (int row = 0; row < rows; row++) {
        Activations.apply(activation, c[row], n);
        update(h[row], u[row], c[row]);
        System.arraycopy(h[row], 0, y, to[row], n);
      }
    }
  }

  static void multiply(float[] r, float[] h) {
    for (int k = 0; k < r.length; k++) {
      r[k] = r[k] * h[k];
    }
  }

  /** {@code h = u * h + (1 - u) * c}, as {@code fma(u, h - c, c)}. */
  static void update(float[] h, float[] u, float[] c) {
    for (int k = 0; k < h.length; k++) {
      h[k] = Fma.fma(u[k], h[k] - c[k], c[k]);
    }
  }
}
