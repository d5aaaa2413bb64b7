package org.sparkrnn.conformance;

import java.util.Map;
import java.util.TreeMap;

/** What of {@code rnn_cases.json} cannot apply here, and why. */
final class Reasons {
  private static final String NO_INPUT =
      "calls the cell with no input at all, not with zeros; every step of a row here has the model's"
          + " features. The same numbers are judged as derived.LSTMCell.peephole.zero_width_input.*";

  /** Cases by id. */
  static final Map<String, String> CASES =
      new TreeMap<>(
          Map.of(
              "grid_rnn.testGrid1LSTMCell.step2", NO_INPUT,
              "grid_rnn.testGrid1LSTMCell.step3", NO_INPUT));

  private Reasons() {}
}
