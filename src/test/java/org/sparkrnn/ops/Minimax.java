package org.sparkrnn.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * Minimax fits by Remez' exchange: finds {@code R(t) = P(t) / Q(t)} whose largest relative distance
 * from a function on an interval is as small as the degrees allow.
 *
 * <p>{@code P} begins with given coefficients, which stay as they are, and {@code Q} with 1. With
 * {@code m} coefficients free, the best fit's relative error swings between {@code +E} and {@code
 * -E} at {@code m + 1} points. So: guess the points; solve {@code P(t) = f(t) (1 + s E) Q(t)}, s =
 * +1, -1, +1, ..., for the coefficients and {@code E} by Newton's method; take the extrema of the
 * error as the new points; repeat until they all are equally high.
 *
 * <p>Plain {@code double} arithmetic and {@code StrictMath}, so that every JVM derives the same
 * bits. The variable is scaled to about 1 inside, which keeps the equations well enough conditioned
 * for results that are rounded to {@code float}.
 */
final class Minimax {
  /** The fitted coefficients, lowest power first, and the largest relative error. */
  @SuppressWarnings("ArrayRecordComponent") // made here, read in tests, compared nowhere
  record Fit(double[] numerator, double[] denominator, double error) {}

  private static final int GRID = 4000;

  private final DoubleUnaryOperator function;
  private final double low;
  private final double high;
  private final double[] fixed;
  private final int freeNumerator;
  private final int freeDenominator;
  private final double scale;

  /**
   * A fit of {@code function} on {@code [low, high]}.
   *
   * @param fixed the first coefficients of {@code P}
   * @param freeNumerator how many coefficients of {@code P} follow
   * @param freeDenominator the degree of {@code Q}
   */
  Minimax(
      DoubleUnaryOperator function,
      double low,
      double high,
      double[] fixed,
      int freeNumerator,
      int freeDenominator) {
    double scale = Math.max(Math.abs(low), Math.abs(high));
    this.function = t -> function.applyAsDouble(t * scale);
    this.low = low / scale;
    this.high = high / scale;
    this.fixed = fixed.clone();
    for (int i = 0; i < fixed.length; i++) {
      this.fixed[i] *= StrictMath.pow(scale, i);
    }
    this.freeNumerator = freeNumerator;
    this.freeDenominator = freeDenominator;
    this.scale = scale;
  }

  Fit fit() {
    int free = freeNumerator + freeDenominator;
    double[] unknowns = new double[free + 1];
    double[] points = new double[free + 1];
    for (int i = 0; i <= free; i++) {
      points[i] = position((i + 0.5) / (free + 1));
    }
    for (int round = 0; round < 100; round++) {
      solve(unknowns, points);
      double[] next = extrema(unknowns, free + 1);
      double highest = 0;
      double lowest = Double.POSITIVE_INFINITY;
      for (double point : next) {
        highest = Math.max(highest, Math.abs(error(unknowns, point)));
        lowest = Math.min(lowest, Math.abs(error(unknowns, point)));
      }
      points = next;
      if (highest - lowest < 1e-5 * highest) {
        return unscaled(unknowns, highest);
      }
    }
    throw new IllegalStateException("the exchange does not settle");
  }

  /** Place of a fraction of the interval, denser towards the ends as Chebyshev's points are. */
  private double position(double fraction) {
    return (low + high) / 2 - (high - low) / 2 * StrictMath.cos(StrictMath.PI * fraction);
  }

  private double numerator(double[] unknowns, double t) {
    double sum = 0;
    for (int i = freeNumerator - 1; i >= 0; i--) {
      sum = sum * t + unknowns[i];
    }
    for (int i = fixed.length - 1; i >= 0; i--) {
      sum = sum * t + fixed[i];
    }
    return sum;
  }

  private double denominator(double[] unknowns, double t) {
    double sum = 0;
    for (int i = freeDenominator - 1; i >= 0; i--) {
      sum = (sum + unknowns[freeNumerator + i]) * t;
    }
    return sum + 1;
  }

  private double error(double[] unknowns, double t) {
    return numerator(unknowns, t) / denominator(unknowns, t) / function.applyAsDouble(t) - 1;
  }

  /** Newton's method on the equations; the last unknown is {@code E}. */
  private void solve(double[] unknowns, double[] points) {
    int size = unknowns.length;
    for (int round = 0; round < 60; round++) {
      double[][] rows = new double[size][size + 1];
      for (int i = 0; i < size; i++) {
        double t = points[i];
        double sign = i % 2 == 0 ? 1 : -1;
        double f = function.applyAsDouble(t);
        double target = f * (1 + sign * unknowns[size - 1]);
        double q = denominator(unknowns, t);
        for (int k = 0; k < freeNumerator; k++) {
          rows[i][k] = StrictMath.pow(t, fixed.length + k);
        }
        for (int k = 0; k < freeDenominator; k++) {
          rows[i][freeNumerator + k] = -target * StrictMath.pow(t, k + 1);
        }
        rows[i][size - 1] = -f * sign * q;
        rows[i][size] = target * q - numerator(unknowns, t);
      }
      double[] change = eliminate(rows);
      double largest = 0;
      for (int i = 0; i < size; i++) {
        unknowns[i] += change[i];
        largest = Math.max(largest, Math.abs(change[i]) / (1e-300 + Math.abs(unknowns[i])));
      }
      if (largest < 1e-9) {
        return;
      }
    }
  }

  private static double[] eliminate(double[][] rows) {
    int size = rows.length;
    for (int column = 0; column < size; column++) {
      int pivot = column;
      for (int i = column + 1; i < size; i++) {
        if (Math.abs(rows[i][column]) > Math.abs(rows[pivot][column])) {
          pivot = i;
        }
      }
      double[] swapped = rows[column];
      rows[column] = rows[pivot];
      rows[pivot] = swapped;
      for (int i = column + 1; i < size; i++) {
        double factor = rows[i][column] / rows[column][column];
        for (int k = column; k <= size; k++) {
          rows[i][k] -= factor * rows[column][k];
        }
      }
    }
    double[] solution = new double[size];
    for (int i = size - 1; i >= 0; i--) {
      double sum = rows[i][size];
      for (int k = i + 1; k < size; k++) {
        sum -= rows[i][k] * solution[k];
      }
      solution[i] = sum / rows[i][i];
    }
    return solution;
  }

  /** The highest point of each stretch in which the error keeps its sign; {@code count} of them. */
  private double[] extrema(double[] unknowns, int count) {
    List<double[]> found = new ArrayList<>();
    double noise = 1e-3 * Math.abs(unknowns[count - 1]);
    for (int i = 0; i <= GRID; i++) {
      double t = position(i / (double) GRID);
      double e = t == 0 ? 0 : error(unknowns, t);
      if (Math.abs(e) < noise) {
        continue;
      }
      double[] last = found.isEmpty() ? null : found.get(found.size() - 1);
      if (last == null || Math.signum(last[1]) != Math.signum(e)) {
        found.add(new double[] {t, e});
      } else if (Math.abs(e) > Math.abs(last[1])) {
        found.set(found.size() - 1, new double[] {t, e});
      }
    }
    while (found.size() > count) {
      boolean first = Math.abs(found.get(0)[1]) < Math.abs(found.get(found.size() - 1)[1]);
      found.remove(first ? 0 : found.size() - 1);
    }
    if (found.size() < count) {
      throw new IllegalStateException(
          "the error changes sign only " + (found.size() - 1) + " times, expected " + (count - 1));
    }
    return found.stream().mapToDouble(point -> point[0]).toArray();
  }

  private Fit unscaled(double[] unknowns, double error) {
    double[] p = Arrays.copyOf(fixed, fixed.length + freeNumerator);
    System.arraycopy(unknowns, 0, p, fixed.length, freeNumerator);
    double[] q = new double[freeDenominator + 1];
    q[0] = 1;
    System.arraycopy(unknowns, freeNumerator, q, 1, freeDenominator);
    for (int i = 0; i < p.length; i++) {
      p[i] /= StrictMath.pow(scale, i);
    }
    for (int i = 0; i < q.length; i++) {
      q[i] /= StrictMath.pow(scale, i);
    }
    return new Fit(p, q, error);
  }
}
