package org.sparkrnn.ops;

/**
 * {@code exp}, {@code tanh}, {@code sigmoid}, {@code erf} and {@code softplus} on {@code float32},
 * the same bits on every JVM and machine.
 *
 * <p>Made of additions, multiplications, divisions, {@link Math#fma(float, float, float)}, minima,
 * maxima and, for {@code exp}, exponent bits only: each has an exact counterpart in vector
 * instructions, and the loops over {@code tanh} and {@code sigmoid} are ones that C2 vectorises by
 * itself. NaN gives NaN.
 *
 * <p>The coefficients are minimax fits, derived by {@code Minimax} in the tests, which also hold
 * the accuracy stated here over the whole range of {@code float}.
 */
final class Elementary {
  private Elementary() {}

  /**
   * Where {@link #tanh} becomes 1: the first {@code float} for which its quotient rounds to 1.
   * Below it the quotient is below 1, so that {@code |tanh| <= 1} holds without another comparison.
   * (The true tanh rounds to 1 from 9.01 on.)
   */
  static final float TANH_LIMIT = 7.9885473f;

  // tanh(x) = x P(x^2) / Q(x^2), relative error below 2^-25 on [-9, 9]; P and Q begin with 1.
  static final float P1 = 0.1338398f;
  static final float P2 = 0.0034989964f;
  static final float P3 = 2.066127e-5f;
  static final float P4 = 1.34198315e-8f;
  static final float Q1 = 0.467173f;
  static final float Q2 = 0.025890207f;
  static final float Q3 = 3.291039e-4f;
  static final float Q4 = 7.8047333e-7f;

  // The same for tanh(x / 2) / 2; all factors are powers of two and change no bit.
  static final float SIGMOID_LIMIT = 2 * TANH_LIMIT;
  static final float HALF_P0 = 0.25f;
  static final float HALF_P1 = P1 / 16;
  static final float HALF_P2 = P2 / 64;
  static final float HALF_P3 = P3 / 256;
  static final float HALF_P4 = P4 / 1024;
  static final float HALF_Q1 = Q1 / 4;
  static final float HALF_Q2 = Q2 / 16;
  static final float HALF_Q3 = Q3 / 64;
  static final float HALF_Q4 = Q4 / 256;

  // exp(x) = 2^n e^r, e^r = 1 + r + E2 r^2 + ... + E6 r^6, |r| <= ln(2) / 2.
  static final float EXP_LOW = -105;
  static final float EXP_HIGH = 89;
  static final float LOG2_E = 1.442695f;

  /** {@code ln(2)} in two parts; the first has so few bits that {@code n * LN2_HIGH} is exact. */
  static final float LN2_HIGH = 355f / 512;

  static final float LN2_LOW = -2.1219444e-4f;

  /**
   * {@code 1.5 * 2^23}: added to a float below 2^22 it leaves the nearest integer in the low bits.
   */
  static final float ROUNDER = 12582912f;

  static final int ROUNDER_BITS = 0x4b400000;
  static final float E2 = 0.49999994f;
  static final float E3 = 0.16666521f;
  static final float E4 = 0.04166839f;
  static final float E5 = 0.008368717f;
  static final float E6 = 0.0013814599f;

  /** From here on {@link #erf} is 1. (The true erf rounds to 1 from 3.92 on.) */
  static final float ERF_LIMIT = 4;

  // erf(x) = x R(x^2) / S(x^2), relative error below 2^-25 on [-4, 4]; S begins with 1.
  static final float R0 = 1.1283791f;
  static final float R1 = 0.19354594f;
  static final float R2 = 0.053101867f;
  static final float R3 = 0.0038833842f;
  static final float R4 = 2.8456727e-4f;
  static final float R5 = 1.9867814e-6f;
  static final float S1 = 0.5048582f;
  static final float S2 = 0.115350366f;
  static final float S3 = 0.01520733f;
  static final float S4 = 0.0011855819f;
  static final float S5 = 3.742024e-5f;

  // log(1 + t) = t L(t) / M(t), relative error below 2^-25 on [0, 1]; L and M begin with 1.
  static final float L1 = 0.869515f;
  static final float L2 = 0.12463842f;
  static final float M1 = 1.3695136f;
  static final float M2 = 0.47608945f;
  static final float M3 = 0.031352274f;

  /**
   * {@code tanh(x)}, within 5 ulp. Odd, bit for bit; {@code |tanh(x)| <= 1}; tiny arguments and
   * both zeros give themselves.
   */
  static float tanh(float x) {
    float a = Math.max(-TANH_LIMIT, Math.min(TANH_LIMIT, x));
    float y = a * a;
    float p = Fma.fma(y, Fma.fma(y, Fma.fma(y, Fma.fma(y, P4, P3), P2), P1), 1);
    float q = Fma.fma(y, Fma.fma(y, Fma.fma(y, Fma.fma(y, Q4, Q3), Q2), Q1), 1);
    return a * p / q;
  }

  /**
   * {@code 1 / (1 + exp(-x))}, computed as {@code 0.5 tanh(0.5 x) + 0.5}; absolute error below
   * 1.7e-7. Within 0 and 1; exactly 0 and 1 from 15.98 on.
   */
  static float sigmoid(float x) {
    float a = Math.max(-SIGMOID_LIMIT, Math.min(SIGMOID_LIMIT, x));
    float y = a * a;
    float p =
        Fma.fma(y, Fma.fma(y, Fma.fma(y, Fma.fma(y, HALF_P4, HALF_P3), HALF_P2), HALF_P1), HALF_P0);
    float q = Fma.fma(y, Fma.fma(y, Fma.fma(y, Fma.fma(y, HALF_Q4, HALF_Q3), HALF_Q2), HALF_Q1), 1);
    return a * p / q + 0.5f;
  }

  /** {@code e^x}, within 1.1 ulp, with gradual underflow; infinity and 0 beyond the range. */
  static float exp(float x) {
    float a = Math.max(EXP_LOW, Math.min(EXP_HIGH, x));
    float rounded = Fma.fma(a, LOG2_E, ROUNDER);
    float n = rounded - ROUNDER;
    float r = Fma.fma(n, -LN2_LOW, Fma.fma(n, -LN2_HIGH, a));
    float e =
        Fma.fma(
            r,
            Fma.fma(r, Fma.fma(r, Fma.fma(r, Fma.fma(r, Fma.fma(r, E6, E5), E4), E3), E2), 1),
            1);
    // Two steps, because 2^n alone leaves the range of normal floats before the result does.
    int exponent = Float.floatToRawIntBits(rounded) - ROUNDER_BITS;
    int half = exponent >> 1;
    return e * powerOfTwo(half) * powerOfTwo(exponent - half);
  }

  /**
   * {@code e^x - 1} for {@code x} of at most 0, within 2 ulp: 2^n - 1 is exact, and what is added
   * to it is small where it is small. Exactly -1 from -30 on.
   */
  static float negativeExpm1(float x) {
    float a = Math.max(-30, x);
    float rounded = Fma.fma(a, LOG2_E, ROUNDER);
    float n = rounded - ROUNDER;
    float r = Fma.fma(n, -LN2_LOW, Fma.fma(n, -LN2_HIGH, a));
    float e = Fma.fma(r * r, Fma.fma(r, Fma.fma(r, Fma.fma(r, Fma.fma(r, E6, E5), E4), E3), E2), r);
    float scale = powerOfTwo(Float.floatToRawIntBits(rounded) - ROUNDER_BITS);
    return Fma.fma(scale, e, scale - 1);
  }

  /** {@code erf(x)}, within 5 ulp. Odd, bit for bit; {@code |erf(x)| <= 1}. */
  static float erf(float x) {
    float a = Math.max(-ERF_LIMIT, Math.min(ERF_LIMIT, x));
    float y = a * a;
    float p = Fma.fma(y, Fma.fma(y, Fma.fma(y, Fma.fma(y, Fma.fma(y, R5, R4), R3), R2), R1), R0);
    float q = Fma.fma(y, Fma.fma(y, Fma.fma(y, Fma.fma(y, Fma.fma(y, S5, S4), S3), S2), S1), 1);
    // Just below 4 the rounded quotient can be more than 1.
    return Math.max(-1, Math.min(1, a * p / q));
  }

  /** {@code log(1 + e^x)}, within 4 ulp, as {@code max(x, 0) + log(1 + e^-|x|)}. */
  static float softplus(float x) {
    float t = exp(-Math.abs(x));
    float p = Fma.fma(t, Fma.fma(t, L2, L1), 1);
    float q = Fma.fma(t, Fma.fma(t, Fma.fma(t, M3, M2), M1), 1);
    return Math.max(x, 0) + t * p / q;
  }

  private static float powerOfTwo(int exponent) {
    return Float.intBitsToFloat((exponent + 127) << 23);
  }
}
