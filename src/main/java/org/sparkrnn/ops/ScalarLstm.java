package org.sparkrnn.ops;

import org.sparkrnn.cell.LstmCell;

/** {@link LstmCell} in plain Java; the sequence of operations is at {@link LstmGates}. */
final class ScalarLstm implements PackedCell {
  private final int inputSize;
  private final int n;
  private final int outputSize;
  private final Product product;
  private final Product projection;
  private final LstmCell cell;

  ScalarLstm(LstmCell cell) {
    this.cell = cell;
    inputSize = cell.inputSize();
    n = cell.numUnits();
    outputSize = cell.outputSize();
    product = Product.of(cell.kernel(), LstmGates.foldedBias(cell));
    projection =
        cell.projection().present()
            ? Product.of(cell.projection().kernel(), new float[outputSize])
            : null;
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
    return product.bytes() + (projection == null ? 0 : projection.bytes());
  }

  @Override
  public long stepperBytes(int rows) {
    return Footprint.floats(rows, inputSize + outputSize)
        + Footprint.floats(rows, 4 * n)
        + 2 * Footprint.floats(rows, n)
        + (projection == null ? 0 : Footprint.floats(rows, outputSize))
        + LstmGates.bytes(cell);
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
    private final LstmGates gates = new LstmGates(cell);

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
    public void step(int rows, float[][] x, int[] from, float[] y, int[] to) {
      for (int r = 0; r < rows; r++) {
        System.arraycopy(x[r], from[r], xh[r], 0, inputSize);
      }
      product.apply(rows, xh, 0, z);
      for (int r = 0; r < rows; r++) {
        split(z[r]);
        gates.apply(c[r], m[r]);
      }
      if (projection != null) {
        projection.apply(rows, m, 0, h);
        for (int r = 0; r < rows; r++) {
          LstmGates.clip(h[r], 0, outputSize, cell.projection().clip());
        }
      }
      for (int r = 0; r < rows; r++) {
        System.arraycopy(h[r], 0, xh[r], inputSize, outputSize);
        System.arraycopy(h[r], 0, y, to[r], outputSize);
      }
    }

    private void split(float[] z) {
      System.arraycopy(z, 0, gates.i, 0, n);
      System.arraycopy(z, n, gates.j, 0, n);
      System.arraycopy(z, 2 * n, gates.f, 0, n);
      System.arraycopy(z, 3 * n, gates.o, 0, n);
    }
  }
}
