package org.sparkrnn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InputOptionsTest {
  @Test
  void pairsAreSeparatedByCommas() {
    assertThat(InputOptions.parse("header=true, sep=;,nullValue="))
        .isEqualTo(Map.of("header", "true", "sep", ";", "nullValue", ""));
    assertThat(InputOptions.parse("")).isEmpty();
  }

  @Test
  void whatIsJoinedComesApartAgain() {
    List<String> parts = List.of("sep=,", "escape=\\", "quote='", "path=a\\,b", "dbtable=(a=b)");
    assertThat(InputOptions.parse(InputOptions.join(parts)))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("sep", ",", "escape", "\\", "quote", "'", "path", "a\\,b", "dbtable", "(a=b)"));
  }

  @Test
  void aPartWithoutANameIsRefused() {
    assertThatThrownBy(() -> InputOptions.parse("header"))
        .isInstanceOf(Refusal.class)
        .hasMessage("an input option is 'header'; it must be NAME=VALUE, such as header=true");
  }
}
