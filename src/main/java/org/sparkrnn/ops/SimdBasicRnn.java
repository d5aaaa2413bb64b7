package org.sparkrnn.ops;

import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;

/** {@link BasicRnnCell} in vector code; as {@link ScalarBasicRnn}. */
final class SimdBasicRnn implements PackedCell {
  private final int inputSize;
  private final int n;
  private final int padded;
  private final Panels product;
  private final Activation activation;

  SimdBasicRnn(BasicRnnCell cell) {
    inputSize = cell.inputSize();
    n = cell.numUnits();
    padded = Panels.padded(n);
    product =
        new Panels(
            cell.kernel(), 0, inputSize + n, cell.bias().toArray(), Panels.interleaved(n, 1));
    activation = cell.activation();
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
    return 2L * (inputSize + n) * n;
  }

  @Override
  public long bytes() {
    return product.bytes();
  }

  @Override
  public long stepperBytes(int rows) {
    return Footprint.floats(1, rows * (inputSize + n)) + Footprint.floats(1, rows * padded);
  }

  @Override
  public CellStepper stepper(int rows) {
    return new Stepper(rows);
  }

  private final class Stepper implements CellStepper {
    private final int width = inputSize + n;

    /** Rows {@code [x, h]}; {@code h} lives here between steps. */
    private final float[] xh;

    private final float[] z;

    Stepper(int rows) {
      xh = new float[rows * width];
      z = new float[rows * padded];
    }

    @Override
    public void setState(int row, float[] state, int offset) {
      System.arraycopy(state, offset, xh, row * width + inputSize, n);
    }

    @Override
    public void getState(int row, float[] state, int offset) {
      System.arraycopy(xh, row * width + inputSize, state, offset, n);
    }

    @Override
    public void step(int rows, int[] at, float[] x, float[] y) {
      for (int r = 0; r < rows; r++) {
        System.arraycopy(x, at[r] * inputSize, xh, r * width, inputSize);
      }
      product.apply(0, product.vectors(), rows, xh, 0, width, z, 0, padded);
      Activations.apply(activation, z, rows * padded);
      for (int r = 0; r < rows; r++) {
        System.arraycopy(z, r * padded, xh, r * width + inputSize, n);
        System.arraycopy(z, r * padded, y, at[r] * n, n);
      }
    }
  }
}
