package org.sparkrnn.spark.task;

import java.io.Serializable;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * What tasks report that cannot be summed up.
 *
 * @param longestRow steps of the longest row computed
 * @param ops names of the arithmetic that ran
 */
public record Facts(long longestRow, Set<String> ops) implements Serializable {
  /** Nothing ran. */
  public static final Facts NONE = new Facts(0, Set.of());

  /** Takes a sorted copy of the names. */
  public Facts {
    ops = Collections.unmodifiableSet(new TreeSet<>(ops));
  }

  /** Both together. */
  public Facts and(Facts other) {
    Set<String> all = new TreeSet<>(ops);
    all.addAll(other.ops);
    return new Facts(Math.max(longestRow, other.longestRow), all);
  }
}
