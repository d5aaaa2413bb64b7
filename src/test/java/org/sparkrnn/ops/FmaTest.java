package org.sparkrnn.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What stands for a processor's fused multiply-add, judged by Java's, which is exact everywhere.
 */
class FmaTest {
  private static final float[] EDGES = {
    0f,
    1f,
    1.5f,
    Math.nextUp(1f),
    Math.nextDown(1f),
    3f,
    0x1p-24f,
    0x1p24f,
    Float.MIN_VALUE,
    3 * Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Math.nextDown(Float.MIN_NORMAL),
    Float.MAX_VALUE,
    0x1p127f,
    Float.POSITIVE_INFINITY,
    Float.NaN
  };

  private static void judge(float a, float b, float c) {
    assertThat(Float.floatToIntBits(Fma.inDoubles(a, b, c)))
        .as("%a * %a + %a", a, b, c)
        .isEqualTo(Float.floatToIntBits(Math.fma(a, b, c)));
  }

  @Test
  void edgesOfBothSignsAreRoundedOnce() {
    for (float a : EDGES) {
      for (float b : EDGES) {
        for (float c : EDGES) {
          for (int signs = 0; signs < 8; signs++) {
            judge((signs & 1) == 0 ? a : -a, (signs & 2) == 0 ? b : -b, (signs & 4) == 0 ? c : -c);
          }
        }
      }
    }
  }

  /**
   * The addend lies about as far from the product as decides between two floats, or half of one.
   */
  @Test
  void sumsNearTheMiddleOfTwoFloatsAreRoundedOnce() {
    Random random = new Random(71);
    for (int i = 0; i < 300_000; i++) {
      float a = Float.intBitsToFloat(random.nextInt());
      float b = Math.scalb(1 + random.nextFloat(), random.nextInt(60) - 30);
      float c = Math.scalb((float) ((double) a * b), random.nextInt(110) - 55);
      judge(a, b, random.nextBoolean() ? c : Math.nextUp(-c));
      judge(a, b, Float.intBitsToFloat(random.nextInt()));
      int exponent = random.nextInt(40);
      judge(
          1 + Math.scalb(1f, -exponent / 2),
          1 + Math.scalb(1f, -12),
          Math.scalb(1f, exponent - 60));
    }
  }

  @Test
  void whatRunsIsFusedWhateverTheProcessor() {
    float a = 1 + 0x1p-12f;
    assertThat(Fma.fma(a, a, -1f)).isEqualTo(0x1p-11f + 0x1p-24f);
  }
}
