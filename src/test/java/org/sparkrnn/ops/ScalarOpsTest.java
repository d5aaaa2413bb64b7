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

  /** Of the vector code the benchmark tells: whether C2 boxes a vector, it decides in each JVM. */
  @Test
  void aStepAllocatesNothing() {
    assertThatAStepAllocatesNothing();
  }

  @Test
  void saysItsName() {
    assertThat(ops().name()).isEqualTo("scalar");
  }
}
