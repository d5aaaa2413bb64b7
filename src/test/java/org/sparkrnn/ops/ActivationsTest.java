package org.sparkrnn.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.Activation.Kind;
import org.sparkrnn.oracle.EveryActivation;
import org.sparkrnn.oracle.TextbookCell;

class ActivationsTest {
  private static final String EVERY = "org.sparkrnn.oracle.EveryActivation#elementwise";

  /** Every so many floats; a prime, so that all low bits occur. */
  private static final int STRIDE = 10007;

  private static float apply(Activation activation, float x) {
    float[] v = {7, x, 7};
    Activations.apply(activation, v, 2);
    assertThat(v[2]).as("behind the first two").isEqualTo(7);
    return v[1];
  }

  @Test
  void everyKindIsAmongTheTested() {
    Set<Kind> tested =
        EveryActivation.elementwise().map(Activation::kind).collect(Collectors.toSet());
    assertThat(tested).isEqualTo(EnumSet.complementOf(EnumSet.of(Kind.SOFTMAX)));
  }

  /**
   * Over the whole range: within 4e-7 of the larger of the result, the argument where it is added
   * or multiplied, and 1.
   */
  @ParameterizedTest
  @MethodSource(EVERY)
  void followsTheTextbookOverTheWholeRange(Activation activation) {
    for (long bits = 0; bits < 1L << 32; bits += STRIDE) {
      float x = Float.intBitsToFloat((int) bits);
      if (Float.isNaN(x)) {
        continue;
      }
      double expected = TextbookCell.activate(activation, x);
      float actual = apply(activation, x);
      if (Math.abs(expected) > Float.MAX_VALUE) {
        // Where only the rounding decides between the largest float and infinity.
        assertThat(Math.abs(actual)).isGreaterThan(3.4e38f);
        continue;
      }
      double scale = Math.max(1, Math.abs(expected));
      if (activation.kind() == Kind.GELU || activation.kind() == Kind.GELU_TANH) {
        scale = Math.max(scale, Math.min(8, Math.abs(x)));
      }
      if (!(Math.abs(actual - expected) <= 4e-7 * scale)) {
        throw new AssertionError(activation + " at " + x + " is " + actual + ", not " + expected);
      }
    }
  }

  /** These keep their relative accuracy where they are small. */
  @ParameterizedTest
  @MethodSource("small")
  void smallResultsAreAsAccurate(Activation activation) {
    for (int bits = Float.floatToIntBits(1e-30f); bits < Float.floatToIntBits(80); bits += STRIDE) {
      float x = -Float.intBitsToFloat(bits);
      double expected = TextbookCell.activate(activation, x);
      float actual = apply(activation, x);
      if (!(Math.abs(actual - expected) <= 6e-7 * Math.abs(expected))) {
        throw new AssertionError(activation + " at " + x + " is " + actual + ", not " + expected);
      }
    }
  }

  private static Set<Activation> small() {
    return Set.of(
        Activation.ELU,
        Activation.EXPONENTIAL,
        Activation.SOFTSIGN,
        Activation.of(Kind.SOFTPLUS),
        Activation.of(Kind.SILU),
        Activation.of(Kind.MISH),
        new Activation(Kind.SQUAREPLUS, 4, 0));
  }

  @ParameterizedTest
  @MethodSource(EVERY)
  void notANumberStaysAndInfinitiesGiveTheLimits(Activation activation) {
    for (int bits : new int[] {0x7fc00000, 0x7f800001, 0xffffffff}) {
      assertThat(apply(activation, Float.intBitsToFloat(bits))).isNaN();
    }
    for (float x : new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      double limit = TextbookCell.activate(activation, x);
      assertThat((double) apply(activation, x)).as("at " + x).isEqualTo(limit + 0.0);
    }
  }

  @Test
  void softmaxIsNotElementwise() {
    assertThatThrownBy(() -> Activations.apply(Activation.SOFTMAX, new float[1], 1))
        .hasMessage("softmax is over a whole entry: a dense layer can have it, a cell cannot");
  }
}
