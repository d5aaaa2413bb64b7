package org.sparkrnn.ops;

import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;

/** {@link BasicRnnCell} in plain Java: {@code h' = act(product)}. */
final class ScalarBasicRnn implements PackedCell {
  private final int inputSize;
  private final int n;
  private final Product product;
  private final Activation activation;

  ScalarBasicRnn(BasicRnnCell cell) {
    inputSize = cell.inputSize();
    n = cell.numUnits();
    product = Product.of(cell.kernel(), cell.bias().toArray());
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
    return product.flops();
  }

  @Override
  public long bytes() {
    return product.bytes();
  }

  @Override
  public long stepperBytes(int rows) {
    return Footprint.floats(rows, inputSize + n) + Footprint.floats(rows, n);
  }

  @Override
  public CellStepper stepper(int rows) {
    return new Stepper(rows);
  }

  private final class Stepper implements CellStepper {
    /** Rows {@code [x, h]}; {@code h} lives here between steps. */
    private final float[][] xh;

    private final float[][] z;

    Stepper(int rows) {
      xh = new float[rows][inputSize + n];
      z = new float[rows][n];
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
      for (int r = 0; r < rows; r++) {
        System.arraycopy(x[r], from[r], xh[r], 0, inputSize);
      }
      product.apply(rows, xh, 0, z);
      for (int r = 0; r < rows; r++) {
        Activations.apply(activation, z[r], n);
        System.arraycopy(z[r], 0, xh[r], inputSize, n);
        System.arraycopy(z[r], 0, y, to[r], n);
      }
    }
  }
}
