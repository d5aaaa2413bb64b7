package org.sparkrnn.ops;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What cells do to their sums besides activations, in vector code, on {@code n} elements: whole
 * vectors. Bit for bit what {@link LstmGates}, {@link ScalarGru} and {@link ScalarResetAfterGru}
 * do.
 *
 * <p>Like {@link SimdTiles} it must be loaded only where the Vector API's module is there.
 */
final class SimdElementwise {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int VL = SimdTiles.LANES;

  private SimdElementwise() {}

  /** Copies; whole vectors in fewer instructions than a call takes. */
  static void copy(float[] a, int ao, float[] z, int zo, int n) {
    if (n % VL != 0) {
      System.arraycopy(a, ao, z, zo, n);
      return;
    }
    for (int k = 0; k < n; k += VL) {
      FloatVector.fromArray(S, a, ao + k).intoArray(z, zo + k);
    }
  }

  /** {@code z = a * b}; {@code z} may be either. */
  static void multiply(float[] a, int ao, float[] b, int bo, float[] z, int zo, int n) {
    for (int k = 0; k < n; k += VL) {
      FloatVector x = FloatVector.fromArray(S, a, ao + k);
      x.mul(FloatVector.fromArray(S, b, bo + k)).intoArray(z, zo + k);
    }
  }

  /** {@code z = fma(a, b, z)}. */
  static void multiplyAdd(float[] a, int ao, float[] b, int bo, float[] z, int zo, int n) {
    for (int k = 0; k < n; k += VL) {
      FloatVector x = FloatVector.fromArray(S, a, ao + k);
      FloatVector y = FloatVector.fromArray(S, b, bo + k);
      x.fma(y, FloatVector.fromArray(S, z, zo + k)).intoArray(z, zo + k);
    }
  }

  /** Bounds {@code v}; NaN stays NaN. */
  static void clip(float[] v, int from, int n, float bound) {
    if (bound == Float.POSITIVE_INFINITY) {
      return;
    }
    for (int k = from; k < from + n; k += VL) {
      FloatVector.fromArray(S, v, k).min(bound).max(-bound).intoArray(v, k);
    }
  }

  /** {@code c = fma(f, c, i * j)} of an LSTM's gates at these places of {@code z}. */
  static void lstmState(float[] z, int i, int f, int j, float[] c, int co, int n) {
    for (int k = 0; k < n; k += VL) {
      FloatVector in = FloatVector.fromArray(S, z, i + k).mul(FloatVector.fromArray(S, z, j + k));
      FloatVector forget = FloatVector.fromArray(S, z, f + k);
      forget.fma(FloatVector.fromArray(S, c, co + k), in).intoArray(c, co + k);
    }
  }

  /**
   * {@code next = fma(u, h - c, c)} of a GRU's.
   *
   * @param h the old state, and {@code next} likewise, which may be the same, at {@code ho}
   */
  static void gruState(
      float[] u, int uo, float[] c, int co, float[] h, float[] next, int ho, int n) {
    for (int k = 0; k < n; k += VL) {
      FloatVector candidate = FloatVector.fromArray(S, c, co + k);
      FloatVector change = FloatVector.fromArray(S, h, ho + k).sub(candidate);
      FloatVector.fromArray(S, u, uo + k).fma(change, candidate).intoArray(next, ho + k);
    }
  }
}
