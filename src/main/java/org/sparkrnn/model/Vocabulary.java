package org.sparkrnn.model;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Ids of tokens or characters. Immutable and thread-safe.
 *
 * @param ids by token
 * @param unknown the id of every other token, or {@link #REFUSE}
 */
public record Vocabulary(Map<String, Integer> ids, int unknown) implements Serializable {
  /** No id for unknown tokens: a row that holds one is a bad row. */
  public static final int REFUSE = -1;

  /** Takes a copy of the map. */
  public Vocabulary {
    ids = new LinkedHashMap<>(ids);
  }

  /** The id of {@code token}, or {@link #REFUSE}. */
  public int id(String token) {
    return ids.getOrDefault(token, unknown);
  }

  /** Whether it has no tokens. */
  public boolean isEmpty() {
    return ids.isEmpty();
  }
}
