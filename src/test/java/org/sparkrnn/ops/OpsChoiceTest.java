package org.sparkrnn.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OpsChoiceTest {
  @Test
  void autoChoosesOne() {
    assertThat(Ops.of("auto")).isNotNull();
  }

  @Test
  void unknownSettingsAreRefusedWithAHint() {
    assertThatThrownBy(() -> Ops.of("fast"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("spark.rnn.ops is 'fast', expected one of auto, scalar");
    assertThatThrownBy(() -> Ops.of(" Scalar"))
        .hasMessage(
            "spark.rnn.ops is ' Scalar', expected one of auto, scalar; did you mean 'scalar'?");
    assertThatThrownBy(() -> Ops.of("simd"))
        .hasMessage(
            "spark.rnn.ops is 'simd', expected one of auto, scalar; 'auto' takes the fastest that"
                + " the machine can run");
  }
}
