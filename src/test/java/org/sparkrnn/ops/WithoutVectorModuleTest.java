package org.sparkrnn.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runs only in the JVM that the build starts without the module. */
@Tag("without-vector-module")
class WithoutVectorModuleTest {
  @Test
  void thisJvmHasNoVectorModule() {
    assertThat(ModuleLayer.boot().findModule("jdk.incubator.vector")).isEmpty();
  }

  @Test
  void autoIsScalar() {
    assertThat(Ops.of("auto").name()).isEqualTo("scalar");
  }

  @Test
  void simdIsRefusedWithTheFlagThatIsMissing() {
    assertThatThrownBy(() -> Ops.of("simd"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "spark.rnn.ops is 'simd', but this JVM runs without the module jdk.incubator.vector;"
                + " start it with --add-modules=jdk.incubator.vector"
                + " (spark.driver.extraJavaOptions, spark.executor.extraJavaOptions), or use"
                + " 'auto' or 'scalar'");
  }
}
