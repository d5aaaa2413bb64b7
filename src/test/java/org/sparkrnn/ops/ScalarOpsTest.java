package org.sparkrnn.ops;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fallback")
class ScalarOpsTest extends OpsContract {
  @Override
  Ops ops() {
    return Ops.of("scalar");
  }

  @Test
  void saysItsName() {
    assertThat(ops().name()).isEqualTo("scalar");
  }
}
