package org.sparkrnn.model;

import java.io.Serializable;
import org.sparkrnn.rnn.Output;

/** A column that a run adds. */
public sealed interface Generated extends Serializable {

  /** The reason why a row was not computed; null for good rows. */
  record Reason() implements Generated {}

  /**
   * An output of the network.
   *
   * @param output which
   * @param layout how per-step floats lie; of no effect for others
   * @param padding whether per-step outputs end at the length
   */
  record Column(Output output, Layout layout, Padding padding) implements Generated {}

  /** How long an output with one entry per step is. */
  enum Padding {
    /** As long as the row's length. */
    TRIM,
    /** As long as the row has steps, with zeros behind the length, as {@code dynamic_rnn}. */
    PAD
  }
}
