package org.sparkrnn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkrnn.spark.RnnKey;
import org.sparkrnn.spark.SettingException;

class JobSettingsTest {
  @Test
  void theCommandLineWinsOverTheConfigurationAndThatOverTheDefault() {
    Map<String, String> conf =
        Map.of("spark.rnn.groupRows", "32", "spark.rnn.mode", "append", "spark.master", "local[2]");
    JobSettings settings = JobSettings.of(Map.of(RnnKey.GROUP_ROWS, "16"), conf);
    assertThat(settings.text(RnnKey.GROUP_ROWS)).isEqualTo("16");
    assertThat(settings.text(RnnKey.MODE)).isEqualTo("append");
    assertThat(settings.text(RnnKey.ON_BAD_ROW)).isEqualTo("fail");
    assertThat(settings.text(RnnKey.WEIGHTS)).isEmpty();
  }

  @Test
  void anUnknownKeyIsRefusedWithAHint() {
    assertThatThrownBy(() -> JobSettings.of(Map.of(), Map.of("spark.rnn.inputFromat", "csv")))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            "there is no setting 'spark.rnn.inputFromat'; did you mean 'spark.rnn.inputFormat'?");
  }

  @Test
  void anImpossibleValueIsRefusedWhereverItComesFrom() {
    assertThatThrownBy(() -> JobSettings.of(Map.of(), Map.of("spark.rnn.mode", "replace")))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            "spark.rnn.mode (--mode) is 'replace', expected one of errorifexists, overwrite,"
                + " append, ignore");
    assertThatThrownBy(() -> JobSettings.of(Map.of(RnnKey.WINDOW_BYTES, "much"), Map.of()))
        .isInstanceOf(SettingException.class);
  }

  @Test
  void whatIsNeededAndMissingIsNamedInBothSpellings() {
    assertThatThrownBy(() -> JobSettings.of(Map.of(), Map.of()).needed(RnnKey.OUTPUT))
        .isInstanceOf(Refusal.class)
        .hasMessage("nothing says output: give --output, or set spark.rnn.output");
  }
}
