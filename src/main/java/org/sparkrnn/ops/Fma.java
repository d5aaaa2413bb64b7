package org.sparkrnn.ops;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * {@code a * b + c}, rounded once. {@link Math#fma(float, float, float)} is one instruction where
 * the processor has it and the JVM may use it; elsewhere it goes through {@code BigDecimal}, which
 * is exact and takes as long as a hundred such instructions. Here it then takes two roundings that
 * together are one. The bits are the same, except that a NaN's payload may differ.
 */
final class Fma {
  /** Folded by C2, so that the loops around {@link #fma} vectorise as with {@code Math}'s. */
  private static final boolean HARDWARE = mayFuse();

  private Fma() {}

  private static boolean mayFuse() {
    HotSpotDiagnosticMXBean jvm =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    try {
      return jvm == null || Boolean.parseBoolean(jvm.getVMOption("UseFMA").getValue());
    } catch (IllegalArgumentException noSuchOption) {
      return true;
    }
  }

  /** The fused multiply-add. */
  static float fma(float a, float b, float c) {
    return HARDWARE ? Math.fma(a, b, c) : inDoubles(a, b, c);
  }

  /**
   * The product of two floats is exact in a double. The sum is rounded to odd, that is, to the
   * neighbour with an odd last bit unless it is exact: with at least two bits more than a float
   * has, rounding that again gives what rounding the exact sum gives.
   *
   * @see <a href="https://doi.org/10.1109/TC.2007.70819">Boldo and Melquiond, Emulation of FMA and
   *     correctly rounded sums: proved algorithms using rounding to odd, 2008</a>
   */
  static float inDoubles(float a, float b, float c) {
    double product = (double) a * b;
    double sum = product + c;
    double part = sum - product;
    double error = (product - (sum - part)) + (c - part);
    // Not so where the sum is exact, infinite or NaN: then the error is 0 or NaN.
    if (error < 0 || error > 0) {
      long bits = Double.doubleToRawLongBits(sum);
      if ((bits & 1) == 0) {
        bits += error > 0 == sum > 0 ? 1 : -1;
      }
      return (float) Double.longBitsToDouble(bits);
    }
    return (float) sum;
  }
}
