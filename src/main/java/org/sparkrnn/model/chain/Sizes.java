package org.sparkrnn.model.chain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sparkrnn.tensor.Shape;

/** Axes and sizes, as nodes of graphs state them. */
public final class Sizes {
  private Sizes() {}

  /**
   * An axis that may count from the end.
   *
   * @throws IllegalArgumentException if it is none of {@code rank}
   */
  public static int axis(long axis, int rank) {
    long at = axis < 0 ? axis + rank : axis;
    if (at < 0 || at >= rank) {
      throw new IllegalArgumentException("axis " + axis + " is none of " + rank);
    }
    return (int) at;
  }

  /** The sizes that {@code Reshape} gives; empty where they do not fit. */
  public static Optional<List<Long>> reshaped(Shape in, List<Long> wanted) {
    List<Long> dims = new ArrayList<>(wanted);
    long known = 1;
    int free = -1;
    for (int i = 0; i < dims.size(); i++) {
      if (dims.get(i) == 0 && i < in.rank()) {
        dims.set(i, in.dim(i));
      }
      if (dims.get(i) < 0) {
        if (free >= 0) {
          return Optional.empty();
        }
        free = i;
      } else {
        known = Math.multiplyExact(known, dims.get(i));
      }
    }
    if (free >= 0) {
      dims.set(free, known == 0 ? 0 : in.elements() / known);
    }
    return new Shape(dims).elements() == in.elements() ? Optional.of(dims) : Optional.empty();
  }
}
