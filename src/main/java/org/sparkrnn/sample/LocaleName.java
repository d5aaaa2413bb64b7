package org.sparkrnn.sample;

import java.io.Serializable;
import java.util.Locale;
import java.util.Objects;

/**
 * One row of the sample corpus: something's name in one language. Immutable.
 *
 * @param text the name, in Unicode normalisation form C, never empty
 * @param language in which it is written, as a BCP 47 tag such as {@code pt}
 * @param kind what is named
 * @param split whether the bundled model was trained on it
 */
public record LocaleName(String text, String language, Kind kind, Split split)
    implements Serializable {

  /** Refuses nulls and the empty text. */
  public LocaleName {
    Objects.requireNonNull(language, "language");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(split, "split");
    if (text.isEmpty()) {
      throw new IllegalArgumentException("a name in '" + language + "' is empty");
    }
  }

  /** What is named. */
  public enum Kind {
    /** A country or another territory of ISO 3166. */
    TERRITORY,
    /** A language of ISO 639. */
    LANGUAGE,
    /** A currency of ISO 4217, in use or gone. */
    CURRENCY;

    /** As rows spell it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a name is used for. A text belongs to one split, wherever it comes from. */
  public enum Split {
    /** Seen while the bundled model was trained. */
    TRAIN,
    /** Kept from the training; accuracy is stated on these. */
    HELD_OUT;

    /** As rows spell it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The split of a text: about one in five is held out, decided by a hash of its UTF-8 bytes. */
    public static Split of(String text) {
      return Long.remainderUnsigned(StableHash.of(text), 5) == 0 ? HELD_OUT : TRAIN;
    }
  }
}
