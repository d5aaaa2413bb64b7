package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.List;

/**
 * One row under {@code dynamic_rnn}, exact, with bounds on {@code float32} evaluation.
 *
 * <p>How errors travel from step to step. Within a step the bounds are {@link BoundedArithmetic}'s,
 * from an exact state: call them {@code d_s} for the state that step {@code s} leaves. An error in
 * a state then passes through every later step's Jacobian {@code J}, so to first order in {@code u}
 *
 * <pre>{@code
 * |error of state t| <= sum over s <= t of |J_t J_(t-1) ... J_(s+1)| d_s
 * }</pre>
 *
 * with the products taken before the absolute values: that is what keeps the bound from growing
 * where the cell forgets. The Jacobians are measured, by central differences of the formula in
 * double precision at the exact states. Terms in {@code u^2} are dropped.
 *
 * @param outputs for each step
 * @param state after the last step
 */
record BoundedLoop(List<Bounded> outputs, Bounded state) {
  /** The step of the central differences: their error is near {@code 1e-10}. */
  private static final double STEP = 1e-6;

  /**
   * Runs a row.
   *
   * @param x its steps; errors of theirs, from a layer before, are taken for independent
   * @param initial the flattened initial state, without error
   */
  static BoundedLoop run(PublishedCell cell, List<Bounded> x, float[] initial) {
    int size = cell.stateSize();
    double[] state = RandomNetworks.widen(initial);
    List<Bounded> outputs = new ArrayList<>();
    // [size][sources]: what each step's rounding has become, one column for each.
    double[][] spread = new double[size][0];
    for (Bounded step : x) {
      Bounded fresh = step(BoundedArithmetic.BOUNDS, cell, step, Bounded.exact(state));
      int out = fresh.size() - size;
      double[][] moved = times(jacobian(cell, step, state, fresh.size()), spread);
      double[] error = fresh.error().clone();
      for (int i = 0; i < error.length; i++) {
        for (double term : moved[i]) {
          error[i] += Math.abs(term);
        }
      }
      outputs.add(new Bounded(fresh.value(), error).slice(0, out));
      spread = new double[size][];
      for (int i = 0; i < size; i++) {
        int old = moved[out + i].length;
        spread[i] = java.util.Arrays.copyOf(moved[out + i], old + size);
        spread[i][old + i] = fresh.error()[out + i];
      }
      state = fresh.slice(out, size).value();
    }
    double[] error = new double[size];
    for (int i = 0; i < size; i++) {
      for (double term : spread[i]) {
        error[i] += Math.abs(term);
      }
    }
    return new BoundedLoop(outputs, new Bounded(state, error));
  }

  /** A row's output, then its new state. */
  private static Bounded step(BoundedArithmetic a, PublishedCell cell, Bounded x, Bounded state) {
    List<Bounded> parts = new ArrayList<>();
    int offset = 0;
    for (int size : cell.stateSizes()) {
      parts.add(state.slice(offset, size));
      offset += size;
    }
    PublishedCell.Step<Bounded> step = cell.step(a, x, parts);
    List<Bounded> all = new ArrayList<>();
    all.add(step.output());
    all.addAll(step.state());
    return Bounded.concat(all);
  }

  /** {@code [output and state][state]}. */
  private static double[][] jacobian(PublishedCell cell, Bounded x, double[] state, int rows) {
    double[][] jacobian = new double[rows][state.length];
    Bounded exactly = Bounded.exact(x.value());
    for (int k = 0; k < state.length; k++) {
      double[] up = state.clone();
      double[] down = state.clone();
      up[k] += STEP;
      down[k] -= STEP;
      double[] high = step(BoundedArithmetic.VALUES, cell, exactly, Bounded.exact(up)).value();
      double[] low = step(BoundedArithmetic.VALUES, cell, exactly, Bounded.exact(down)).value();
      for (int i = 0; i < rows; i++) {
        jacobian[i][k] = (high[i] - low[i]) / (up[k] - down[k]);
      }
    }
    return jacobian;
  }

  private static double[][] times(double[][] a, double[][] b) {
    int columns = b.length == 0 ? 0 : b[0].length;
    double[][] c = new double[a.length][columns];
    for (int i = 0; i < a.length; i++) {
      for (int k = 0; k < b.length; k++) {
        addScaled(c[i], a[i][k], b[k]);
      }
    }
    return c;
  }

  /** A loop of its own, because most of the time is spent in it. */
  private static void addScaled(double[] sum, double factor, double[] row) {
    if (factor != 0) {
      for (int j = 0; j < sum.length; j++) {
        sum[j] += factor * row[j];
      }
    }
  }
}
