package org.sparkrnn.ops;

import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.GruCell;

/** {@link GruCell} in vector code; the sequence of operations is at {@link ScalarGru}. */
final class SimdGru implements PackedCell {
  private static final int LANES = Panels.LANES;
  private static final int PANEL = Panels.WIDTH * LANES;

  private final int inputSize;
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
    inputSize = cell.inputSize();
    n = cell.numUnits();
    padded = Panels.padded(n);
    width = inputSize + padded;
    int inputs = inputSize + n;
    gates =
        new Panels(
            cell.gatesKernel(), 0, inputs, cell.gatesBias().toArray(), Panels.interleaved(n, 2));
    candidate =
        new Panels(
            cell.candidateKernel(),
            0,
            inputs,
            cell.candidateBias().toArray(),
            Panels.interleaved(n, 1));
    activation = cell.activation();
    gateActivation = cell.gateActivation();
    sigmoidGates = gateActivation.equals(Activation.SIGMOID);
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
    return 2L * (inputSize + n) * 3 * n;
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
        + Footprint.floats(1, sigmoidGates ? 0 : rows * 2 * padded)
        + Footprint.floats(4, n);
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

    /** All sums of the candidate, where its activation has no vector code. */
    private final float[] sums;

    /** All sums of the gates, vectors of {@code r} and {@code u} by turns, likewise. */
    private final float[] gateSums;

    private final float[] rRow = new float[n];
    private final float[] cRow = new float[n];
    private final float[] hRow = new float[n];
    private final float[] uRow = new float[n];

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
        System.arraycopy(x, at[r] * inputSize, xrh, r * width, inputSize);
      }
      if (sigmoidGates) {
        sigmoidGates(rows);
      } else {
        gates.apply(0, gates.vectors(), rows, xh, 0, width, gateSums, 0, 2 * padded);
        for (int r = 0; r < rows; r++) {
          gatesOf(r, r * 2 * padded);
        }
      }
      if (activation.equals(Activation.TANH)) {
        candidates(rows);
      } else {
        candidate.apply(0, candidate.vectors(), rows, xrh, 0, width, sums, 0, padded);
        for (int r = 0; r < rows; r++) {
          update(r);
        }
      }
      for (int r = 0; r < rows; r++) {
        System.arraycopy(xh, r * width + inputSize, y, at[r] * n, n);
      }
    }

    private void sigmoidGates(int rows) {
      for (int v = 0; v < gates.vectors(); v += Panels.WIDTH) {
        gates.apply(v, Panels.WIDTH, rows, xh, 0, width, z, 0, PANEL);
        int end = Math.min(v + Panels.WIDTH, gates.vectors());
        for (int pair = v; pair < end; pair += 2) {
          int unit = pair / 2 * LANES;
          int zo = (pair - v) * LANES;
          SimdTiles.gruGates(rows, z, zo, PANEL, xh, xrh, inputSize + unit, width, u, unit, padded);
        }
      }
    }

    private void gatesOf(int row, int from) {
      for (int unit = 0; unit < n; unit += LANES) {
        int count = Math.min(LANES, n - unit);
        System.arraycopy(gateSums, from + 2 * unit, rRow, unit, count);
        System.arraycopy(gateSums, from + 2 * unit + LANES, uRow, unit, count);
      }
      Activations.apply(gateActivation, rRow, n);
      Activations.apply(gateActivation, uRow, n);
      System.arraycopy(xh, row * width + inputSize, hRow, 0, n);
      ScalarGru.multiply(rRow, hRow);
      System.arraycopy(rRow, 0, xrh, row * width + inputSize, n);
      System.arraycopy(uRow, 0, u, row * padded, n);
    }

    private void candidates(int rows) {
      for (int v = 0; v < candidate.vectors(); v += Panels.WIDTH) {
        candidate.apply(v, Panels.WIDTH, rows, xrh, 0, width, z, 0, PANEL);
        int end = Math.min(v + Panels.WIDTH, candidate.vectors());
        for (int vector = v; vector < end; vector++) {
          int unit = vector * LANES;
          int zo = (vector - v) * LANES;
          SimdTiles.gruCandidate(rows, z, zo, PANEL, u, unit, padded, xh, inputSize + unit, width);
        }
      }
    }

    private void update(int r) {
      System.arraycopy(sums, r * padded, cRow, 0, n);
      System.arraycopy(xh, r * width + inputSize, hRow, 0, n);
      System.arraycopy(u, r * padded, uRow, 0, n);
      Activations.apply(activation, cRow, n);
      ScalarGru.update(hRow, uRow, cRow);
      System.arraycopy(hRow, 0, xh, r * width + inputSize, n);
    }
  }
}
