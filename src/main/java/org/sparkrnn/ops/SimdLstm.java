package org.sparkrnn.ops;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.tensor.Tensor;

/** {@link LstmCell} in vector code; the sequence of operations is at {@link LstmGates}. */
final class SimdLstm implements PackedCell {
  private static final int LANES = Panels.LANES;

  private final LstmCell cell;

  /** Width of one input step. */
  private final int inputSize;

  /** How much of a step's input stands before {@code h} in a row: all, or none of the sums'. */
  private final int before;

  private final int n;
  private final int padded;
  private final int outputSize;

  /** Floats from row to row of {@code [x, h]}; vectors of {@code h} may reach past its end. */
  private final int width;

  /** Floats from row to row of {@code c}. */
  private final int ldc;

  private final Panels product;
  private final Panels projection;
  private final float[] inputPeephole;
  private final float[] forgetPeephole;
  private final float[] outputPeephole;

  /**
   * Whether the cell is one whose gates stand in {@link SimdTiles}, vector by vector of units; in
   * others they stand gate by gate: i, f, o, j.
   */
  private final boolean plain;

  SimdLstm(LstmCell cell) {
    SimdFirstRun.lstm();
    this.cell = cell;
    inputSize = cell.inputSize();
    before = inputSize;
    n = cell.numUnits();
    padded = Panels.padded(n);
    outputSize = cell.outputSize();
    width = Panels.stride(before + Panels.padded(outputSize));
    ldc = Panels.stride(padded);
    plain =
        cell.activation().equals(Activation.TANH)
            && cell.gateActivation().equals(Activation.SIGMOID)
            && !cell.peepholes().present()
            && cell.cellClip() == Float.POSITIVE_INFINITY;
    product =
        new Panels(
            cell.kernel(),
            0,
            inputSize + outputSize,
            LstmGates.foldedBias(cell),
            plain ? Panels.interleaved(n, 4) : Panels.gateByGate(n, 0, 2, 3, 1));
    inputPeephole = padded(cell.peepholes().input());
    forgetPeephole = padded(cell.peepholes().forget());
    outputPeephole = padded(cell.peepholes().output());
    projection =
        cell.projection().present()
            ? new Panels(
                cell.projection().kernel(),
                0,
                n,
                new float[outputSize],
                Panels.interleaved(outputSize, 1))
            : null;
  }

  /** Weights of each unit in whole vectors; none where the cell has none. */
  private float[] padded(Tensor weights) {
    return cell.peepholes().present() ? Arrays.copyOf(weights.toArray(), padded) : new float[0];
  }

  /** The cell behind its input's product. */
  private SimdLstm(SimdLstm whole) {
    cell = whole.cell;
    inputSize = whole.product.vectors() * LANES;
    before = 0;
    n = whole.n;
    padded = whole.padded;
    outputSize = whole.outputSize;
    width = Panels.stride(Panels.padded(outputSize));
    ldc = whole.ldc;
    product = whole.product.rest(whole.inputSize, 0);
    inputPeephole = whole.inputPeephole;
    forgetPeephole = whole.forgetPeephole;
    outputPeephole = whole.outputPeephole;
    projection = whole.projection;
    plain = whole.plain;
  }

  @Override
  public Optional<Split> split() {
    return before == 0
        ? Optional.empty()
        : Optional.of(
            new Split(new SimdInputProduct(inputSize, List.of(product)), new SimdLstm(this)));
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
    return 2L * (before + outputSize) * 4 * n + (projection == null ? 0 : 2L * n * outputSize);
  }

  @Override
  public long bytes() {
    return product.bytes()
        + (projection == null ? 0 : projection.bytes())
        + 3 * Footprint.floats(1, inputPeephole.length);
  }

  @Override
  public long stepperBytes(int rows) {
    return Footprint.floats(2, rows * width)
        + Footprint.floats(1, rows * ldc)
        + Footprint.floats(1, rows * 4 * (plain ? LANES : padded))
        + Footprint.floats(1, projection == null ? 0 : rows * padded);
  }

  @Override
  public CellStepper stepper(int rows) {
    return new Stepper(rows);
  }

  private final class Stepper implements CellStepper {
    /** Rows {@code [x, h]}; {@code h} lives here between steps. */
    private float[] xh;

    /** The same for the next step; exchanged at the end of a step. */
    private float[] next;

    private final float[] c;
    private final float[] z;
    private final float[] m;

    Stepper(int rows) {
      xh = new float[rows * width];
      next = new float[rows * width];
      c = new float[rows * ldc];
      z = new float[rows * 4 * (plain ? LANES : padded)];
      m = new float[projection == null ? 0 : rows * padded];
    }

    @Override
    public void setState(int row, float[] state, int offset) {
      System.arraycopy(state, offset, c, row * ldc, n);
      System.arraycopy(state, offset + n, xh, row * width + before, outputSize);
    }

    @Override
    public void getState(int row, float[] state, int offset) {
      System.arraycopy(c, row * ldc, state, offset, n);
      System.arraycopy(xh, row * width + before, state, offset + n, outputSize);
    }

    @Override
    public void step(int rows, float[][] x, int[] from, float[] y, int[] to) {
      for (int r = 0; r < rows; r++) {
        SimdElementwise.copy(x[r], from[r], xh, r * width, before);
      }
      float[] h = projection == null ? next : m;
      int ho = projection == null ? before : 0;
      int ldh = projection == null ? width : padded;
      if (plain) {
        for (int unit = 0; unit < padded; unit += LANES) {
          product.apply(4 * (unit / LANES), 4, rows, x, from, xh, 0, width, z, 0, 4 * LANES);
          SimdTiles.lstm(rows, z, c, unit, ldc, h, ho + unit, ldh);
        }
      } else {
        product.apply(0, product.vectors(), rows, x, from, xh, 0, width, z, 0, 4 * padded);
        for (int r = 0; r < rows; r++) {
          gates(r * 4 * padded, r * ldc, h, ho + r * ldh);
        }
      }
      if (projection != null) {
        projection.apply(0, projection.vectors(), rows, m, 0, padded, next, before, width);
      }
      for (int r = 0; r < rows; r++) {
        int h0 = r * width + before;
        if (projection != null) {
          SimdElementwise.clip(next, h0, Panels.padded(outputSize), cell.projection().clip());
        }
        SimdElementwise.copy(next, h0, y, to[r], outputSize);
      }
      float[] swapped = xh;
      xh = next;
      next = swapped;
    }

    /** The gates of a row whose sums, {@code c} and {@code h} stand at these places. */
    private void gates(int i, int co, float[] h, int ho) {
      int f = i + padded;
      int o = f + padded;
      int j = o + padded;
      Activation gate = cell.gateActivation();
      boolean peepholes = inputPeephole.length > 0;
      if (peepholes) {
        SimdElementwise.multiplyAdd(inputPeephole, 0, c, co, z, i, padded);
        SimdElementwise.multiplyAdd(forgetPeephole, 0, c, co, z, f, padded);
      }
      SimdActivations.apply(gate, z, i, peepholes ? o : j);
      SimdActivations.apply(cell.activation(), z, j, j + padded);
      SimdElementwise.lstmState(z, i, f, j, c, co, padded);
      SimdElementwise.clip(c, co, padded, cell.cellClip());
      if (peepholes) {
        SimdElementwise.multiplyAdd(outputPeephole, 0, c, co, z, o, padded);
        SimdActivations.apply(gate, z, o, j);
      }
      SimdElementwise.copy(c, co, h, ho, padded);
      SimdActivations.apply(cell.activation(), h, ho, ho + padded);
      SimdElementwise.multiply(z, o, h, ho, h, ho, padded);
    }
  }
}
