package org.sparkrnn.sample;

import java.util.Objects;
import org.sparkrnn.sample.LocaleName.Split;

/**
 * A name, the language it is written in, and the one it was taken for. Immutable.
 *
 * @param text the name
 * @param language in which it is written
 * @param predicted the model's answer
 * @param split whether the model was trained on it
 */
public record ScoredName(String text, String language, String predicted, Split split) {

  /** Refuses nulls. */
  public ScoredName {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(language, "language");
    Objects.requireNonNull(predicted, "predicted");
    Objects.requireNonNull(split, "split");
  }

  /** Whether the model was right. */
  public boolean right() {
    return language.equals(predicted);
  }
}
