package org.sparkrnn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.spark.RnnKey;

class CommandsTest {
  @Test
  void helpNamesTheVerbsAndTheExitCodes() {
    Command help = Command.withoutSpark("--help");
    assertThat(help.code()).isEqualTo(ExitCode.DONE);
    assertThat(help.out())
        .contains("  run", "  inspect", "  import", "  demo")
        .contains("  0   done", "  1   failed while running", "  2   usage or configuration")
        .contains("  3   model", "  4   data or schema");
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "inspect", "import", "demo"})
  void everyVerbHasHelp(String verb) {
    Command help = Command.withoutSpark(verb, "--help");
    assertThat(help.code()).isEqualTo(ExitCode.DONE);
    assertThat(help.out()).startsWith(help.out().strip()).contains("Usage: spark-rnn " + verb);
  }

  @ParameterizedTest
  @EnumSource(RnnKey.class)
  void everySettingIsAnOptionOfRun(RnnKey key) {
    String option = key == RnnKey.INPUT_OPTIONS ? "--input-option" : key.option();
    assertThat(Command.withoutSpark("run", "--help").out()).contains(" " + option + "=");
  }

  @Test
  void theVersionNamesSparkAndJava() {
    assertThat(Command.withoutSpark("--version").out())
        .matches("spark-rnn \\S+ \\(Spark 4\\.\\S+, Java \\S+\\)\\R");
  }

  @Test
  void noVerbIsRefusedWithTheUsage() {
    Command none = Command.withoutSpark();
    assertThat(none.code()).isEqualTo(ExitCode.USAGE);
    assertThat(none.err()).contains("Usage: spark-rnn");
  }

  @Test
  void aMisspeltOptionIsRefusedWithAHint() {
    Command wrong = Command.withoutSpark("run", "--seqence", "m");
    assertThat(wrong.code()).isEqualTo(ExitCode.USAGE);
    assertThat(wrong.err())
        .isEqualTo(
            lines(
                "spark-rnn run: there is no option --seqence; did you mean --sequence?",
                "See spark-rnn run --help."));
  }

  @Test
  void anOptionLikeNoneIsRefusedWithoutAHint() {
    assertThat(Command.withoutSpark("run", "--frobnicate=7").err())
        .startsWith(lines("spark-rnn run: there is no option --frobnicate"));
  }

  @Test
  void aMisspeltVerbIsRefusedWithAHint() {
    Command wrong = Command.withoutSpark("rnu");
    assertThat(wrong.code()).isEqualTo(ExitCode.USAGE);
    assertThat(wrong.err()).startsWith(lines("spark-rnn: there is no verb rnu; did you mean run?"));
  }

  @Test
  void anOptionOfSparkSubmitBehindTheVerbIsPutRight() {
    assertThat(Command.withoutSpark("run", "--master", "local").err())
        .startsWith(
            lines(
                "spark-rnn run: --master is an option of spark-submit, and those stand before the"
                    + " verb"));
  }

  @Test
  void aMissingValueIsRefused() {
    Command wrong = Command.withoutSpark("run", "--model");
    assertThat(wrong.code()).isEqualTo(ExitCode.USAGE);
    assertThat(wrong.err()).contains("'--model'");
  }

  @Test
  void aWordTooManyIsRefused() {
    assertThat(Command.withoutSpark("run", "here").err())
        .startsWith(lines("spark-rnn run: there is nothing to do with 'here'"));
  }

  @Test
  void inspectNeedsAModel() {
    Command wrong = Command.withoutSpark("inspect");
    assertThat(wrong.code()).isEqualTo(ExitCode.USAGE);
    assertThat(wrong.err()).contains("MODEL");
  }

  private static String lines(String... lines) {
    return String.join(System.lineSeparator(), lines) + System.lineSeparator();
  }
}
