package org.sparkrnn.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OpsChoiceTest {
  @Test
  void scalarIsScalarEvenWhereVectorsCouldRun() {
    assertThat(Ops.of("scalar").name()).isEqualTo("scalar");
  }

  @Test
  void autoTakesTheVectorCodeWhereItCanRun() {
    assertThat(Ops.of("auto")).isSameAs(Ops.of(Panels.LANES >= 8 ? "simd" : "scalar"));
  }

  @Test
  void unknownSettingsAreRefusedWithAHint() {
    assertThatThrownBy(() -> Ops.of("fast"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("spark.rnn.ops is 'fast', expected one of auto, scalar, simd");
    assertThatThrownBy(() -> Ops.of(" Scalar"))
        .hasMessage(
            "spark.rnn.ops is ' Scalar', expected one of auto, scalar, simd; did you mean"
                + " 'scalar'?");
  }
}
