package org.sparkrnn.bench;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the multipliers of one core can do: fused multiply-adds of the preferred vectors, in
 * registers and independent of each other.
 */
final class FmaPeak implements Runnable {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

  /** Enough to keep two multipliers busy through a latency of four cycles, and no register spilt. */
  private static final int CHAINS = 12;

  private static final int TURNS = 100_000;

  /** Kept, so that the work is not left out. */
  private float sum;

  /** Floating-point operations of one run. */
  static double flops() {
    return 2.0 * CHAINS * S.length() * TURNS;
  }

  @Override
  public void run() {
    FloatVector a = FloatVector.broadcast(S, 0.999f);
    FloatVector b = FloatVector.broadcast(S, 0.001f);
    FloatVector v0 = b;
    FloatVector v1 = b;
    FloatVector v2 = b;
    FloatVector v3 = b;
    FloatVector v4 = b;
    FloatVector v5 = b;
    FloatVector v6 = b;
    FloatVector v7 = b;
    FloatVector v8 = b;
    FloatVector v9 = b;
    FloatVector v10 = b;
    FloatVector v11 = b;
    for (int turn = 0; turn < TURNS; turn++) {
      v0 = v0.fma(a, b);
      v1 = v1.fma(a, b);
      v2 = v2.fma(a, b);
      v3 = v3.fma(a, b);
      v4 = v4.fma(a, b);
      v5 = v5.fma(a, b);
      v6 = v6.fma(a, b);
      v7 = v7.fma(a, b);
      v8 = v8.fma(a, b);
      v9 = v9.fma(a, b);
      v10 = v10.fma(a, b);
      v11 = v11.fma(a, b);
    }
    FloatVector all =
        v0.add(v1).add(v2).add(v3).add(v4).add(v5).add(v6).add(v7).add(v8).add(v9).add(v10).add(v11);
    sum += all.lane(0);
  }

  /** Whether it ran. */
  boolean ran() {
    return sum > 0;
  }
}
