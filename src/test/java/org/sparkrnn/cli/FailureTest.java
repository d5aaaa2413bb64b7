package org.sparkrnn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.spark.ColumnException;
import org.sparkrnn.spark.SettingException;

class FailureTest {
  @Test
  void theCauseThatSaysWhoseMistakeItIsDecides() {
    Throwable wrapped =
        new RuntimeException("Job aborted", new IOException("task", new ModelException("no m")));
    assertThat(Failure.of(wrapped)).isEqualTo(new Failure(ExitCode.MODEL, "no m"));
  }

  @Test
  void eachKindHasItsCode() {
    assertThat(Failure.of(new SettingException("x")).code()).isEqualTo(ExitCode.USAGE);
    assertThat(Failure.of(new ColumnException("x")).code()).isEqualTo(ExitCode.DATA);
    assertThat(Failure.of(Refusal.usage("x")).code()).isEqualTo(ExitCode.USAGE);
    assertThat(Failure.of(new OutOfMemoryError("heap")).code()).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void anythingElseIsToldByItsRootAndType() {
    Throwable disk = new RuntimeException("Job aborted", new IOException("No space left"));
    assertThat(Failure.of(disk))
        .isEqualTo(new Failure(ExitCode.FAILED, "IOException: No space left"));
  }

  @Test
  void aMessageEndsWhereSparkAppendsAStackTrace() {
    assertThat(Failure.of(new ModelException("first line \n\tat org.x")).message())
        .isEqualTo("first line");
  }

  @Test
  void causesInACircleEnd() {
    RuntimeException outer = new RuntimeException("outer");
    outer.initCause(new RuntimeException("inner", outer));
    assertThat(Failure.of(outer).code()).isEqualTo(ExitCode.FAILED);
  }
}
