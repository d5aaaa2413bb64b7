package org.sparkrnn.model;

import java.util.HashMap;
import java.util.Map;
import java.util.StringTokenizer;

/**
 * Brings text to ids by a model's vocabulary: tokens with white space between, or one step for each
 * Unicode code point. What the vocabulary does not know is {@link Vocabulary#REFUSE}. Not
 * thread-safe: it keeps what it has looked up.
 */
public final class TextIds {
  private final Vocabulary vocabulary;
  private final boolean characters;
  private final Map<Integer, Integer> seen = new HashMap<>();

  private TextIds(Vocabulary vocabulary, boolean characters) {
    this.vocabulary = vocabulary;
    this.characters = characters;
  }

  /**
   * For a model's input.
   *
   * @throws IllegalArgumentException if the input has no vocabulary
   */
  public static TextIds of(InputSpec input) {
    if (input instanceof InputSpec.Characters characters && !characters.vocabulary().isEmpty()) {
      return new TextIds(characters.vocabulary(), true);
    }
    if (input instanceof InputSpec.Tokens tokens && !tokens.vocabulary().isEmpty()) {
      return new TextIds(tokens.vocabulary(), false);
    }
    throw new IllegalArgumentException("the model has no vocabulary, so it takes no strings");
  }

  /** The id of one token. */
  public int id(String token) {
    return vocabulary.id(token);
  }

  /** The ids of a text's steps. */
  public int[] ids(String text) {
    if (characters) {
      return text.codePoints().map(this::character).toArray();
    }
    StringTokenizer tokens = new StringTokenizer(text);
    int[] ids = new int[tokens.countTokens()];
    for (int t = 0; t < ids.length; t++) {
      ids[t] = vocabulary.id(tokens.nextToken());
    }
    return ids;
  }

  private int character(int codePoint) {
    return seen.computeIfAbsent(codePoint, c -> vocabulary.id(Character.toString(c)));
  }
}
