package org.sparkrnn.arrow;

import java.util.Optional;
import org.apache.arrow.vector.FieldVector;
import org.sparkrnn.model.BadRow;
import org.sparkrnn.model.BadRowException;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.rnn.Window;

/**
 * Reads a row's sequence. For each row {@link #steps}, then, when the length is known, {@link
 * #read}, then {@link #addTo}. Only the first {@code length} steps are looked at.
 */
abstract class StepReader {

  /**
   * How many steps the row has.
   *
   * @throws BadRowException if the sequence is null or not a whole number of steps
   */
  abstract int steps(int row);

  /**
   * Reads the first {@code length} steps of the row that was asked for last.
   *
   * @throws BadRowException if one of them cannot be computed
   */
  abstract void read(int length);

  /** Adds the steps that were read last. */
  abstract void addTo(Window window, int length);

  /** The reader for a column; empty if the model does not take its type. */
  static Optional<StepReader> of(InputSpec input, FieldVector column) {
    return input instanceof InputSpec.Features features
        ? FeatureSteps.of(column, features.size())
        : IdSteps.of(column, input);
  }

  /** The types a sequence may have, in words. */
  static String accepted(InputSpec input) {
    if (input instanceof InputSpec.Features features) {
      return "lists of lists of floats or doubles with steps of "
          + features.size()
          + " values, the same flattened to lists of floats or doubles, or binary";
    }
    return IdSteps.hasVocabulary(input)
        ? "strings, lists of strings, or lists of integers"
        : "lists of integers (the model has no vocabulary, so it takes no strings)";
  }

  static BadRowException nullSequence() {
    return BadRowException.because(BadRow.NULL_SEQUENCE, "the sequence is null");
  }

  static BadRowException nullStep(int step) {
    return BadRowException.because(BadRow.NULL_ELEMENT, "step %d is null", step);
  }
}
