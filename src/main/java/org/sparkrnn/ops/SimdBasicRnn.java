package org.sparkrnn.ops;

import java.util.List;
import java.util.Optional;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;

/** {@link BasicRnnCell} in vector code; as {@link ScalarBasicRnn}. */
final class SimdBasicRnn implements PackedCell {
  private final int inputSize;

  /** How much of a step's input stands before {@code h} in a row: all, or none of the sums'. */
  private final int before;

  private final int n;
  private final int padded;
  private final Panels product;
  private final Activation activation;

  SimdBasicRnn(BasicRnnCell cell) {
    inputSize = cell.inputSize();
    before = inputSize;
    n = cell.numUnits();
    padded = Panels.padded(n);
    product =
        new Panels(
            cell.kernel(), 0, inputSize + n, cell.bias().toArray(), Panels.interleaved(n, 1));
    activation = cell.activation();
  }

  /** The cell behind its input's product. */
  private SimdBasicRnn(SimdBasicRnn whole) {
    n = whole.n;
    padded = whole.padded;
    inputSize = padded;
    before = 0;
    product = whole.product.rest(whole.inputSize, 0);
    activation = whole.activation;
  }

  @Override
  public Optional<Split> split() {
    return before == 0
        ? Optional.empty()
        : Optional.of(
            new Split(new SimdInputProduct(inputSize, List.of(product)), new SimdBasicRnn(this)));
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
    return 2L * (before + n) * n;
  }

  @Override
  public long bytes() {
    return product.bytes();
  }

  @Override
  public long stepperBytes(int rows) {
    return Footprint.floats(1, rows * (before + n)) + Footprint.floats(1, rows * padded);
  }

  @Override
  public CellStepper stepper(int rows) {
    return new Stepper(rows);
  }

  private final class Stepper implements CellStepper {
    private final int width = before + n;

    /** Rows {@code [x, h]}; {@code h} lives here between steps. */
    private final float[] xh;

    private final float[] z;

    Stepper(int rows) {
      xh = new float[rows * width];
      z = new float[rows * padded];
    }

    @Override
    public void setState(int row, float[] state, int offset) {
      System.arraycopy(state, offset, xh, row * width + before, n);
    }

    @Override
    public void getState(int row, float[] state, int offset) {
      System.arraycopy(xh, row * width + before, state, offset, n);
    }

    @Override
    public void step(int rows, float[][] x, int[] from, float[] y, int[] to) {
      for (int r = 0; r < rows; r++) {
        SimdElementwise.copy(x[r], from[r], xh, r * width, before);
      }
      product.apply(0, product.vectors(), rows, x, from, xh, 0, width, z, 0, padded);
      SimdActivations.apply(activation, z, 0, rows * padded);
      for (int r = 0; r < rows; r++) {
        SimdElementwise.copy(z, r * padded, xh, r * width + before, n);
        SimdElementwise.copy(z, r * padded, y, to[r], n);
      }
    }
  }
}
