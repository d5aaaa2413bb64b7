package org.sparkrnn.ops;

import java.util.List;
import java.util.Optional;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.ResetAfterGruCell;

/**
 * {@link ResetAfterGruCell} in vector code; the sequence of operations is at {@link
 * ScalarResetAfterGru}.
 *
 * <p>Takes the units in groups: for each group the gates' sums, the input's and the recurrent ones,
 * then the new state.
 */
final class SimdResetAfterGru implements PackedCell {
  private static final int LANES = Panels.LANES;

  private final int inputSize;

  /** How much of a step's input stands before {@code h} in a row: all, or none of the sums'. */
  private final int before;

  private final int n;
  private final int padded;

  /** Floats from row to row of {@code [x, h]}: vectors of {@code h} may reach past its end. */
  private final int width;

  /**
   * Vectors of units in a group: a whole panel of each product; all where the cell is not usual.
   */
  private final int group;

  private final Panels gates;
  private final Panels input;
  private final Panels hidden;
  private final Activation activation;
  private final Activation gateActivation;

  /**
   * Whether the cell is one whose gates stand in {@link SimdTiles}, vector by vector of units; in
   * others they stand gate by gate.
   */
  private final boolean usual;

  SimdResetAfterGru(ResetAfterGruCell cell) {
    SimdFirstRun.resetAfterGru();
    inputSize = cell.inputSize();
    before = inputSize;
    n = cell.numUnits();
    padded = Panels.padded(n);
    width = Panels.stride(before + padded);
    activation = cell.activation();
    gateActivation = cell.gateActivation();
    usual = activation.equals(Activation.TANH) && gateActivation.equals(Activation.SIGMOID);
    gates =
        new Panels(
            cell.gatesKernel(),
            0,
            inputSize + n,
            cell.gatesBias().toArray(),
            usual ? Panels.interleaved(n, 2) : Panels.gateByGate(n, 0, 1));
    int[] columns = Panels.interleaved(n, 1);
    input = new Panels(cell.inputKernel(), 0, inputSize, cell.inputBias().toArray(), columns);
    hidden = new Panels(cell.hiddenKernel(), 0, n, cell.hiddenBias().toArray(), columns);
    group = usual ? Panels.WIDTH : Panels.blocks(n);
  }

  /** The cell behind its input's product. */
  private SimdResetAfterGru(SimdResetAfterGru whole) {
    n = whole.n;
    padded = whole.padded;
    width = Panels.stride(padded);
    inputSize = 3 * padded;
    before = 0;
    group = whole.group;
    gates = whole.gates.rest(whole.inputSize, 0);
    input = whole.input.rest(whole.inputSize, 2 * padded);
    hidden = whole.hidden;
    activation = whole.activation;
    gateActivation = whole.gateActivation;
    usual = whole.usual;
  }

  @Override
  public Optional<Split> split() {
    return before == 0
        ? Optional.empty()
        : Optional.of(
            new Split(
                new SimdInputProduct(inputSize, List.of(gates, input)),
                new SimdResetAfterGru(this)));
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
    return 2L * (before + n) * 3 * n;
  }

  @Override
  public long bytes() {
    return gates.bytes() + input.bytes() + hidden.bytes();
  }

  @Override
  public long stepperBytes(int rows) {
    return Footprint.floats(2, rows * width) + Footprint.floats(4, rows * group * LANES);
  }

  @Override
  public CellStepper stepper(int rows) {
    return new Stepper(rows);
  }

  private final class Stepper implements CellStepper {
    private final int ldp = group * LANES;

    /** Rows {@code [x, h]}; {@code h} lives here between steps. */
    private float[] xh;

    /** The same for the next step; exchanged at the end of a step. */
    private float[] next;

    private final float[] z;
    private final float[] p;
    private final float[] q;

    Stepper(int rows) {
      xh = new float[rows * width];
      next = new float[rows * width];
      z = new float[rows * 2 * ldp];
      p = new float[rows * ldp];
      q = new float[rows * ldp];
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
      for (int v = 0; v < input.vectors(); v += group) {
        gates.apply(2 * v, 2 * group, rows, x, from, xh, 0, width, z, 0, 2 * ldp);
        input.apply(v, group, rows, x, from, xh, 0, width, p, 0, ldp);
        hidden.apply(v, group, rows, xh, before, width, q, 0, ldp);
        if (usual) {
          update(rows, v);
        } else {
          updateAll(rows);
        }
      }
      for (int r = 0; r < rows; r++) {
        SimdElementwise.copy(next, r * width + before, y, to[r], n);
      }
      float[] swapped = xh;
      xh = next;
      next = swapped;
    }

    private void update(int rows, int first) {
      int end = Math.min(first + group, input.vectors());
      for (int v = first; v < end; v++) {
        int po = (v - first) * LANES;
        int ho = before + v * LANES;
        SimdTiles.resetAfter(rows, z, 2 * po, 2 * ldp, p, q, po, ldp, xh, next, ho, width);
      }
    }

    private void updateAll(int rows) {
      SimdActivations.apply(gateActivation, z, 0, rows * 2 * ldp);
      for (int r = 0; r < rows; r++) {
        SimdElementwise.multiplyAdd(z, r * 2 * ldp, q, r * ldp, p, r * ldp, padded);
      }
      SimdActivations.apply(activation, p, 0, rows * ldp);
      for (int r = 0; r < rows; r++) {
        int h = r * width + before;
        SimdElementwise.gruState(z, r * 2 * ldp + ldp, p, r * ldp, xh, next, h, padded);
      }
    }
  }
}
