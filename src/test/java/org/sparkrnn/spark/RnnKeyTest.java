package org.sparkrnn.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RnnKeyTest {

  @ParameterizedTest
  @EnumSource(RnnKey.class)
  void everySettingIsDescribed(RnnKey key) {
    assertThat(key.key()).matches("spark\\.rnn\\.[a-z][a-zA-Z]*");
    assertThat(key.option()).matches("--[a-z]+(-[a-z]+)*");
    assertThat(key.doc()).matches("(?s)[A-Z].*\\.");
    assertThat(key.metavar()).isNotEmpty();
    assertThat(RnnKey.ofKey(key.key())).isEqualTo(key);
    key.check(key.defaultValue());
  }

  @Test
  void optionsHaveTheKeysWords() {
    assertThat(RnnKey.WINDOW_BYTES.key()).isEqualTo("spark.rnn.windowBytes");
    assertThat(RnnKey.WINDOW_BYTES.option()).isEqualTo("--window-bytes");
    assertThat(RnnKey.ON_BAD_ROW.option()).isEqualTo("--on-bad-row");
    assertThat(Arrays.stream(RnnKey.values()).map(RnnKey::option)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({
    "4096, 4096",
    "512k, 524288",
    "64m, 67108864",
    "64MB, 67108864",
    "1g, 1073741824",
    "4g, 4294967296"
  })
  void sizesHaveUnits(String text, long bytes) {
    RnnKey.WINDOW_BYTES.check(text);
    assertThat(RnnKey.WINDOW_BYTES.bytes(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "WINDOW_BYTES | 64q | spark.rnn.windowBytes (--window-bytes) is '64q', expected a size such"
            + " as 4096, 512k, 64m or 1g",
        "WINDOW_BYTES | -1 | spark.rnn.windowBytes (--window-bytes) is '-1', expected a size such"
            + " as 4096, 512k, 64m or 1g",
        "WINDOW_BYTES | 5g | spark.rnn.windowBytes (--window-bytes) is '5g', expected at most 4g",
        "WINDOW_BYTES | 999999999999999g | spark.rnn.windowBytes (--window-bytes) is"
            + " '999999999999999g', expected at most 4g",
        "WINDOW_BYTES | 0 | spark.rnn.windowBytes (--window-bytes) is '0', expected at least 1 byte",
        "BROADCAST_LIMIT | 2g | spark.rnn.broadcastLimit (--broadcast-limit) is '2g', expected at"
            + " most 2047m",
        "GROUP_ROWS | 0 | spark.rnn.groupRows (--group-rows) is '0', expected a whole number from 1"
            + " on",
        "GROUP_ROWS | many | spark.rnn.groupRows (--group-rows) is 'many', expected a whole number"
            + " from 1 on",
        "SHARED_STEPS | on | spark.rnn.sharedSteps (--shared-steps) is 'on', expected one of auto,"
            + " always, never",
        "OUTPUTS | trimm | spark.rnn.outputs (--outputs) is 'trimm', expected one of pad, trim",
        "ON_BAD_ROW | skip | spark.rnn.onBadRow (--on-bad-row) is 'skip', expected one of fail,"
            + " null",
        "DROP | `a | '`a' is not a list of names: a backquote is missing its partner",
        "SELECT | a,,b | 'a,,b' has an empty name in its list"
      })
  void valuesThatCannotBeAreRefused(RnnKey key, String value, String message) {
    assertThatThrownBy(() -> key.check(value))
        .isInstanceOf(SettingException.class)
        .hasMessage(message);
  }

  @Test
  void unknownKeysAreRefusedWithAHint() {
    assertThatThrownBy(() -> RnnKey.ofKey("spark.rnn.windowByte"))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            "there is no setting 'spark.rnn.windowByte'; did you mean 'spark.rnn.windowBytes'?");
    assertThatThrownBy(() -> RnnKey.ofKey("spark.rnn.zzzzzzzzzz"))
        .hasMessageStartingWith(
            "there is no setting 'spark.rnn.zzzzzzzzzz'; there are spark.rnn.model, ");
  }

  @Test
  void listsOfNamesComeBack() {
    List<String> names = List.of("a", "b c", "d,e", "f`g", " h ");

    assertThat(NameList.format(names)).isEqualTo("a,b c,`d,e`,`f``g`,` h `");
    assertThat(NameList.parse(NameList.format(names))).isEqualTo(names);
    assertThat(NameList.parse(" a , b ")).containsExactly("a", "b");
    assertThat(NameList.parse("")).isEmpty();
  }

  @Test
  void theNearestNameNeedsFewestEdits() {
    List<String> names = List.of("events", "event_time", "id");

    assertThat(Nearest.to("evens", names)).contains("events");
    assertThat(Nearest.to("EVENT_TIM", names)).contains("event_time");
    assertThat(Nearest.to("something", names)).isEmpty();
  }
}
