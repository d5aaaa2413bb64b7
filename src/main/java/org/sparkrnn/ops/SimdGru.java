package org.sparkrnn.ops;

import java.util.List;
import java.util.Optional;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.GruCell;

/** {@link GruCell} in vector code; the sequence of operations is at {@link ScalarGru}. */
final class SimdGru implements PackedCell {
  private static final int LANES = Panels.LANES;
  private static final int PANEL = Panels.WIDTH * LANES;

  private final int inputSize;

  /** How much of a step's input stands before {@code h} in a row: all, or none of the sums'. */
  private final int before;

  private final int n;
  private final int padded;

  /** Floats from row to row of {@code [x, h]}: vectors of {@code h} may reach past its end. */
  private final int width;

  private final Panels gates;
  private final Panels candidate;
  private final Activation activation;
  private final Activation gateActivation;
  private final boolean sigmoidGates;

  SimdGru(GruCell cell) {
    SimdFirstRun.gru();
    inputSize = cell.inputSize();
    before = inputSize;
    n = cell.numUnits();
    padded = Panels.padded(n);
    width = Panels.stride(before + padded);
    int inputs = inputSize + n;
    activation = cell.activation();
    gateActivation = cell.gateActivation();
    sigmoidGates = gateActivation.equals(Activation.SIGMOID);
    gates =
        new Panels(
            cell.gatesKernel(),
            0,
            inputs,
            cell.gatesBias().toArray(),
            sigmoidGates ? Panels.interleaved(n, 2) : Panels.gateByGate(n, 0, 1));
    candidate =
        new Panels(
            cell.candidateKernel(),
            0,
            inputs,
            cell.candidateBias().toArray(),
            Panels.interleaved(n, 1));
  }

  /** The cell behind its input's product. */
  private SimdGru(SimdGru whole) {
    n = whole.n;
    padded = whole.padded;
    width = Panels.stride(padded);
    inputSize = 3 * padded;
    before = 0;
    gates = whole.gates.rest(whole.inputSize, 0);
    candidate = whole.candidate.rest(whole.inputSize, 2 * padded);
    activation = whole.activation;
    gateActivation = whole.gateActivation;
    sigmoidGates = whole.sigmoidGates;
  }

  @Override
  public Optional<Split> split() {
    return before == 0
        ? Optional.empty()
        : Optional.of(
            new Split(
                new SimdInputProduct(inputSize, List.of(gates, candidate)), new SimdGru(this)));
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
    return gates.bytes() + candidate.bytes();
  }

  @Override
  public long stepperBytes(int rows) {
    return Footprint.floats(2, rows * width)
        + Footprint.floats(1, rows * padded)
        + Footprint.floats(1, rows * PANEL)
        + Footprint.floats(1, activation.equals(Activation.TANH) ? 0 : rows * padded)
        + Footprint.floats(1, sigmoidGates ? 0 : rows * 2 * padded);
  }

  @Override
  public CellStepper stepper(int rows) {
    return new Stepper(rows);
  }

  private final class Stepper implements CellStepper {
    /** Rows {@code [x, h]}; {@code h} lives here between steps. */
    private final float[] xh;

    /** Rows {@code [x, r * h]}. */
    private final float[] xrh;

    private final float[] u;
    private final float[] z;

    /** All sums of the candidate, where its activation is not tanh. */
    private final float[] sums;

    /** All sums of the gates, rows of {@code r} and {@code u}, where those are not sigmoids. */
    private final float[] gateSums;

    Stepper(int rows) {
      xh = new float[rows * width];
      xrh = new float[rows * width];
      u = new float[rows * padded];
      z = new float[rows * PANEL];
      sums = new float[activation.equals(Activation.TANH) ? 0 : rows * padded];
      gateSums = new float[sigmoidGates ? 0 : rows * 2 * padded];
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
        SimdElementwise.copy(x[r], from[r], xrh, r * width, before);
      }
      if (sigmoidGates) {
        sigmoidGates(rows, x, from);
      } else {
        gates.apply(0, gates.vectors(), rows, x, from, xh, 0, width, gateSums, 0, 2 * padded);
        SimdActivations.apply(gateActivation, gateSums, 0, rows * 2 * padded);
        for (int r = 0; r < rows; r++) {
          int h = r * width + before;
          SimdElementwise.multiply(gateSums, r * 2 * padded, xh, h, xrh, h, padded);
          SimdElementwise.copy(gateSums, r * 2 * padded + padded, u, r * padded, padded);
        }
      }
      if (activation.equals(Activation.TANH)) {
        candidates(rows, x, from);
      } else {
        candidate.apply(0, candidate.vectors(), rows, x, from, xrh, 0, width, sums, 0, padded);
        SimdActivations.apply(activation, sums, 0, rows * padded);
        for (int r = 0; r < rows; r++) {
          int h = r * width + before;
          SimdElementwise.gruState(u, r * padded, sums, r * padded, xh, xh, h, padded);
        }
      }
      for (int r = 0; r < rows; r++) {
        SimdElementwise.copy(xh, r * width + before, y, to[r], n);
      }
    }

    private void sigmoidGates(int rows, float[][] x, int[] from) {
      for (int v = 0; v < gates.vectors(); v += Panels.WIDTH) {
        gates.apply(v, Panels.WIDTH, rows, x, from, xh, 0, width, z, 0, PANEL);
        int end = Math.min(v + Panels.WIDTH, gates.vectors());
        for (int pair = v; pair < end; pair += 2) {
          int unit = pair / 2 * LANES;
          int zo = (pair - v) * LANES;
          SimdTiles.gruGates(rows, z, zo, PANEL, xh, xrh, before + unit, width, u, unit, padded);
        }
      }
    }

    private void candidates(int rows, float[][] x, int[] from) {
      for (int v = 0; v < candidate.vectors(); v += Panels.WIDTH) {
        candidate.apply(v, Panels.WIDTH, rows, x, from, xrh, 0, width, z, 0, PANEL);
        int end = Math.min(v + Panels.WIDTH, candidate.vectors());
        for (int vector = v; vector < end; vector++) {
          int unit = vector * LANES;
          int zo = (vector - v) * LANES;
          SimdTiles.gruCandidate(rows, z, zo, PANEL, u, unit, padded, xh, before + unit, width);
        }
      }
    }
  }
}
