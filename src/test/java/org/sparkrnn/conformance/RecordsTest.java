package org.sparkrnn.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkrnn.conformance.Records.Worst;

/** What tests judged is kept. */
class RecordsTest {
  private static final List<String> LSTM = List.of("LSTMCell", "", "dynamic_rnn");
  private static final List<String> GRU = List.of("GRUCell", "", "dynamic_rnn");

  private final Records records = new Records();

  @Test
  void theComparisonNearestToItsToleranceIsKept() {
    records.add(LSTM, 1e-6, 1e-3);
    records.add(LSTM, 2e-7, 1e-6);
    records.add(LSTM, 0, 1e-9);

    assertThat(records.all()).containsExactly(Map.entry(LSTM, new Worst(2e-7, 1e-6, 3)));
  }

  @Test
  void anErrorAboveItsToleranceIsNoRecord() {
    assertThatThrownBy(() -> records.add(LSTM, 2e-6, 1e-6))
        .isInstanceOf(AssertionError.class)
        .hasMessage("[LSTMCell, , dynamic_rnn]: error 2.0E-6 is above the tolerance 1.0E-6");
    assertThatThrownBy(() -> records.add(LSTM, Double.NaN, 1e-6))
        .isInstanceOf(AssertionError.class);
    assertThat(records.keys()).isEmpty();
  }

  @Test
  void aLaterRunReplacesItsOwnRecordsOnly(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("made/judge.tsv");
    records.add(LSTM, 1e-7, 1e-6);
    records.add(GRU, 3e-7, 1e-6);
    records.saveOver(file);
    Records later = new Records();
    later.add(LSTM, 5e-8, 1e-6);
    later.saveOver(file);

    assertThat(Records.read(file).all())
        .containsOnly(
            Map.entry(LSTM, new Worst(5e-8, 1e-6, 1)), Map.entry(GRU, new Worst(3e-7, 1e-6, 1)));
  }
}
