package org.sparkrnn.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.sparkrnn.ops.Minimax.Fit;
import org.sparkrnn.oracle.TextbookActivation;

class ElementaryTest {
  /** Every so many floats; a prime, so that all low bits occur. */
  private static final int STRIDE = 251;

  @Test
  void theTanhCoefficientsAreTheMinimaxFit() {
    DoubleUnaryOperator tanhOfRoot =
        y -> {
          double root = StrictMath.sqrt(y);
          return StrictMath.tanh(root) / root;
        };
    Fit fit = new Minimax(tanhOfRoot, 0, 81, new double[] {1}, 4, 4).fit();
    assertThat(rounded(fit.numerator()))
        .containsExactly(1, Elementary.P1, Elementary.P2, Elementary.P3, Elementary.P4);
    assertThat(rounded(fit.denominator()))
        .containsExactly(1, Elementary.Q1, Elementary.Q2, Elementary.Q3, Elementary.Q4);
    assertThat(fit.error()).isLessThan(0x1p-25);
  }

  @Test
  void theExpCoefficientsAreTheMinimaxFit() {
    double bound = StrictMath.log(2) / 2 * 1.0001;
    Fit fit = new Minimax(StrictMath::exp, -bound, bound, new double[] {1, 1}, 5, 0).fit();
    assertThat(rounded(fit.numerator()))
        .containsExactly(
            1, 1, Elementary.E2, Elementary.E3, Elementary.E4, Elementary.E5, Elementary.E6);
    assertThat(fit.error()).isLessThan(0x1p-28);
    assertThat(Elementary.LOG2_E).isEqualTo((float) (1 / StrictMath.log(2)));
    assertThat(Elementary.LN2_LOW).isEqualTo((float) (StrictMath.log(2) - Elementary.LN2_HIGH));
    assertThat(Float.floatToIntBits(Elementary.LN2_HIGH) & 0x3fff).isZero();
    assertThat(Float.floatToIntBits(Elementary.ROUNDER)).isEqualTo(Elementary.ROUNDER_BITS);
  }

  @Test
  void theErfCoefficientsAreTheMinimaxFit() {
    DoubleUnaryOperator erfOfRoot =
        y -> {
          double root = StrictMath.sqrt(y);
          return y == 0 ? 2 / StrictMath.sqrt(StrictMath.PI) : TextbookActivation.erf(root) / root;
        };
    Fit fit = new Minimax(erfOfRoot, 0, 16, new double[0], 6, 5).fit();
    assertThat(rounded(fit.numerator()))
        .containsExactly(
            Elementary.R0,
            Elementary.R1,
            Elementary.R2,
            Elementary.R3,
            Elementary.R4,
            Elementary.R5);
    assertThat(rounded(fit.denominator()))
        .containsExactly(
            1, Elementary.S1, Elementary.S2, Elementary.S3, Elementary.S4, Elementary.S5);
    assertThat(fit.error()).isLessThan(0x1p-25);
  }

  @Test
  void theLogarithmsCoefficientsAreTheMinimaxFit() {
    DoubleUnaryOperator log = t -> t == 0 ? 1 : StrictMath.log1p(t) / t;
    Fit fit = new Minimax(log, 0, 1, new double[] {1}, 2, 3).fit();
    assertThat(rounded(fit.numerator())).containsExactly(1, Elementary.L1, Elementary.L2);
    assertThat(rounded(fit.denominator()))
        .containsExactly(1, Elementary.M1, Elementary.M2, Elementary.M3);
    assertThat(fit.error()).isLessThan(0x1p-25);
  }

  @Test
  void erfIsOddWithinFiveUlpAndNeverPassesOne() {
    double worst = 0;
    for (int bits = 0; bits < Float.floatToIntBits(Float.POSITIVE_INFINITY); bits += STRIDE) {
      float x = Float.intBitsToFloat(bits);
      float actual = Elementary.erf(x);
      worst = Math.max(worst, ulps(actual, TextbookActivation.erf(x)));
      if (actual > 1 || Elementary.erf(-x) != -actual) {
        throw new AssertionError("erf(" + x + ") is " + actual + ", of -x " + Elementary.erf(-x));
      }
    }
    assertThat(worst).isBetween(2.0, 5.0);
    assertThat(Elementary.erf(Float.POSITIVE_INFINITY)).isEqualTo(1);
  }

  @Test
  void negativeExpm1IsWithinTwoUlp() {
    double worst = 0;
    for (int bits = 0; bits < Float.floatToIntBits(Float.POSITIVE_INFINITY); bits += STRIDE) {
      float x = -Float.intBitsToFloat(bits);
      worst = Math.max(worst, ulps(Elementary.negativeExpm1(x), StrictMath.expm1(x)));
    }
    assertThat(worst).isBetween(0.6, 2.0);
    assertThat(Elementary.negativeExpm1(Float.NEGATIVE_INFINITY)).isEqualTo(-1);
  }

  @Test
  void softplusIsWithinFourUlp() {
    double worst = 0;
    for (int bits = 0; bits < Float.floatToIntBits(Float.POSITIVE_INFINITY); bits += STRIDE) {
      for (float x : new float[] {Float.intBitsToFloat(bits), -Float.intBitsToFloat(bits)}) {
        double expected = Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs((double) x)));
        worst = Math.max(worst, ulps(Elementary.softplus(x), expected));
      }
    }
    assertThat(worst).isBetween(1.0, 4.0);
    assertThat(Elementary.softplus(Float.POSITIVE_INFINITY)).isInfinite();
    assertThat(Elementary.softplus(Float.NEGATIVE_INFINITY)).isZero();
  }

  private static float[] rounded(double[] coefficients) {
    float[] rounded = new float[coefficients.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) coefficients[i];
    }
    return rounded;
  }

  /** All floats from 4, where tanh is 0.9993, up to the limit: none before it reaches 1. */
  @Test
  void tanhReachesOneFirstAtItsLimitAndNeverPassesIt() {
    float largest = 0;
    int limit = Float.floatToIntBits(Elementary.TANH_LIMIT);
    for (int bits = Float.floatToIntBits(4); bits < limit; bits++) {
      largest = Math.max(largest, Elementary.tanh(Float.intBitsToFloat(bits)));
    }
    assertThat(largest).isLessThan(1);
    assertThat(Elementary.tanh(Elementary.TANH_LIMIT)).isEqualTo(1);
    assertThat(Elementary.tanh(Float.MAX_VALUE)).isEqualTo(1);
    assertThat(Elementary.tanh(Float.POSITIVE_INFINITY)).isEqualTo(1);
    assertThat(Elementary.tanh(Float.NEGATIVE_INFINITY)).isEqualTo(-1);
  }

  @Test
  void tanhIsWithinFiveUlpOfTheTrueOne() {
    double worst = 0;
    for (int bits = 0; bits < Float.floatToIntBits(Float.POSITIVE_INFINITY); bits += STRIDE) {
      float x = Float.intBitsToFloat(bits);
      double ulps = ulps(Elementary.tanh(x), StrictMath.tanh(x));
      if (ulps >= 5) {
        throw new AssertionError("tanh(" + x + ") is off by " + ulps + " ulp");
      }
      worst = Math.max(worst, ulps);
    }
    assertThat(worst).as("the worst that is documented").isGreaterThan(4);
  }

  @Test
  void tanhIsOddToTheLastBitAndKeepsZeroAndTinyArguments() {
    for (int bits = 0; bits < Float.floatToIntBits(Float.POSITIVE_INFINITY); bits += STRIDE) {
      float x = Float.intBitsToFloat(bits);
      if (Elementary.tanh(-x) != -Elementary.tanh(x)) {
        throw new AssertionError("tanh(-x) is not -tanh(x) at " + x);
      }
    }
    assertThat(Float.floatToRawIntBits(Elementary.tanh(-0f))).isEqualTo(0x80000000);
    assertThat(Float.floatToRawIntBits(Elementary.tanh(0f))).isZero();
    for (float x : new float[] {Float.MIN_VALUE, 1e-40f, 1e-30f, 1e-10f, 1e-5f}) {
      assertThat(Elementary.tanh(x)).isEqualTo(x);
    }
  }

  @Test
  void sigmoidIsHalfATanhToTheLastBitAndWithinItsAbsoluteError() {
    for (int bits = 0; bits < Float.floatToIntBits(Float.POSITIVE_INFINITY); bits += STRIDE) {
      for (float x : new float[] {Float.intBitsToFloat(bits), -Float.intBitsToFloat(bits)}) {
        float actual = Elementary.sigmoid(x);
        if (actual != Math.fma(0.5f, Elementary.tanh(0.5f * x), 0.5f)) {
          throw new AssertionError("sigmoid(x) is not fma(0.5, tanh(0.5 x), 0.5) at " + x);
        }
        if (Math.abs(actual - 1 / (1 + StrictMath.exp(-x))) > 1.7e-7 || actual < 0 || actual > 1) {
          throw new AssertionError("sigmoid(" + x + ") is " + actual);
        }
      }
    }
    assertThat(Elementary.sigmoid(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(Elementary.sigmoid(Float.POSITIVE_INFINITY)).isEqualTo(1);
    assertThat(Elementary.sigmoid(0)).isEqualTo(0.5f);
  }

  @Test
  void expIsWithinOneUlpAndUnderflowsGradually() {
    double worst = 0;
    for (int bits = 0; bits < Float.floatToIntBits(110f); bits += STRIDE) {
      for (float x : new float[] {Float.intBitsToFloat(bits), -Float.intBitsToFloat(bits)}) {
        double expected = StrictMath.exp(x);
        float actual = Elementary.exp(x);
        if (expected > Float.MAX_VALUE) {
          if (actual < 3.402e38f) {
            throw new AssertionError("exp(" + x + ") is " + actual);
          }
          continue;
        }
        double ulps = ulps(actual, expected);
        if (ulps >= 1.1) {
          throw new AssertionError("exp(" + x + ") is off by " + ulps + " ulp");
        }
        worst = Math.max(worst, ulps);
      }
    }
    assertThat(worst).isGreaterThan(0.6);
    assertThat(Elementary.exp(0)).isEqualTo(1);
    assertThat(Elementary.exp(-0f)).isEqualTo(1);
    assertThat(Elementary.exp(-200)).isZero();
    assertThat(Elementary.exp(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(Elementary.exp(89)).isInfinite();
    assertThat(Elementary.exp(Float.POSITIVE_INFINITY)).isInfinite();
  }

  @Test
  void notANumberStaysNotANumber() {
    for (int bits : new int[] {0x7fc00000, 0x7f800001, 0x7fffffff, 0xffc00000, 0xff800001}) {
      float x = Float.intBitsToFloat(bits);
      assertThat(Elementary.tanh(x)).isNaN();
      assertThat(Elementary.sigmoid(x)).isNaN();
      assertThat(Elementary.exp(x)).isNaN();
      assertThat(Elementary.erf(x)).isNaN();
      assertThat(Elementary.negativeExpm1(x)).isNaN();
      assertThat(Elementary.softplus(x)).isNaN();
    }
  }

  private static double ulps(float actual, double expected) {
    return Math.abs(actual - expected) / Math.ulp((float) expected);
  }
}
