package org.sparkrnn.weights;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FloatTypeTest {

  @Test
  void everyHalfIsTheNumberItsFieldsSay() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      int exponent = bits >> 10 & 31;
      double fraction = (bits & 1023) / 1024.0;
      double magnitude =
          exponent == 0 ? Math.scalb(fraction, -14) : Math.scalb(1 + fraction, exponent - 15);
      if (exponent == 31) {
        magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
      }
      float expected = (float) (bits >= 1 << 15 ? -magnitude : magnitude);

      float found = FloatType.halfToFloat((short) bits);

      assertThat(Float.floatToIntBits(found))
          .as("half %04x: %s, expected %s", bits, found, expected)
          .isEqualTo(Float.floatToIntBits(expected));
    }
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32,4", "FLOAT64,8", "FLOAT16,2", "BFLOAT16,2"})
  void sizesAreInBytes(FloatType type, int bytes) {
    assertThat(type.bytes()).isEqualTo(bytes);
  }
}
