package org.sparkrnn.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkrnn.model.Generated.Padding;
import org.sparkrnn.model.Layout;
import org.sparkrnn.model.OnBadRow;
import org.sparkrnn.rnn.Sharing;

class RnnConfTest {

  @Test
  void withoutSettingsTheDefaultsHold() {
    RnnConf conf = RnnConf.resolve(Map.of(), Map.of("spark.app.name", "other"));

    assertThat(conf.running().windowBytes()).isEqualTo(64 << 20);
    assertThat(conf.running().groupRows()).isEqualTo(64);
    assertThat(conf.running().sharing()).isEqualTo(Sharing.AUTO);
    assertThat(conf.running().ops()).isEqualTo("auto");
    assertThat(conf.running().onBadRow()).isEqualTo(OnBadRow.FAIL);
    assertThat(conf.output().padding()).isEqualTo(Padding.PAD);
    assertThat(conf.output().layout()).isEqualTo(Layout.NESTED);
    assertThat(conf.output().error()).isEqualTo("rnn_error");
    assertThat(conf.output().select()).isEmpty();
    assertThat(conf.input().drop()).isEmpty();
    assertThat(conf.broadcastLimit()).isEqualTo(64 << 20);
  }

  @Test
  void theProgramGoesBeforeTheSessionAndTheSessionBeforeTheDefault() {
    RnnConf conf =
        RnnConf.resolve(
            Map.of(RnnKey.SEQUENCE, "x", RnnKey.GROUP_ROWS, "8"),
            Map.of(
                "spark.rnn.groupRows", "4",
                "spark.rnn.sharedSteps", "never",
                "spark.rnn.length", " n ",
                "spark.rnn.drop", "a, b",
                "spark.rnn.layout", "binary"));

    assertThat(conf.running().groupRows()).isEqualTo(8);
    assertThat(conf.running().sharing()).isEqualTo(Sharing.NEVER);
    assertThat(conf.input().sequence()).isEqualTo("x");
    assertThat(conf.input().length()).isEqualTo("n");
    assertThat(conf.input().drop()).containsExactly("a", "b");
    assertThat(conf.output().layout()).isEqualTo(Layout.BINARY);
  }

  @Test
  void anUnknownKeyOfTheSessionIsRefused() {
    assertThatThrownBy(() -> RnnConf.resolve(Map.of(), Map.of("spark.rnn.grouprows", "4")))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            "there is no setting 'spark.rnn.grouprows'; did you mean 'spark.rnn.groupRows'?");
  }

  @Test
  void aValueOfTheSessionIsChecked() {
    assertThatThrownBy(() -> RnnConf.resolve(Map.of(), Map.of("spark.rnn.layout", "wide")))
        .isInstanceOf(SettingException.class)
        .hasMessage("spark.rnn.layout (--layout) is 'wide', expected one of nested, flat, binary");
  }
}
