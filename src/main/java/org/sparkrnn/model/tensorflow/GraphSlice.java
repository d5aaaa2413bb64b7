package org.sparkrnn.model.tensorflow;

import java.util.List;
import java.util.Optional;
import org.sparkrnn.weights.tensorflow.GraphNode;

/**
 * The numbers of a {@code StridedSlice}.
 *
 * @param begin where it starts on each axis that it names
 * @param end behind what it ends
 * @param strides its steps
 * @param beginMask axes that start at their beginning
 * @param endMask axes that end at their end
 * @param shrinkMask axes that are one place and vanish
 */
record GraphSlice(
    List<Long> begin,
    List<Long> end,
    List<Long> strides,
    long beginMask,
    long endMask,
    long shrinkMask) {

  /** From one place of an axis to another. */
  record Range(int from, int to) {}

  /** Reads them; empty where they are not known, or new or unnamed axes are among them. */
  static Optional<GraphSlice> of(GraphNode node, GraphIndex graph, GraphConstants constants) {
    Optional<List<Long>> begin = constants.integers(graph.input(node, 1));
    Optional<List<Long>> end = constants.integers(graph.input(node, 2));
    Optional<List<Long>> strides = constants.integers(graph.input(node, 3));
    if (begin.isEmpty()
        || end.isEmpty()
        || strides.isEmpty()
        || begin.get().size() != end.get().size()
        || begin.get().size() != strides.get().size()
        || begin.get().size() > 8
        || node.attributes().integer("ellipsis_mask", 0) != 0
        || node.attributes().integer("new_axis_mask", 0) != 0) {
      return Optional.empty();
    }
    return Optional.of(
        new GraphSlice(
            begin.get(),
            end.get(),
            strides.get(),
            node.attributes().integer("begin_mask", 0),
            node.attributes().integer("end_mask", 0),
            node.attributes().integer("shrink_axis_mask", 0)));
  }

  /** How many axes it names. */
  int axes() {
    return begin.size();
  }

  /** Whether it takes all of an axis. */
  boolean isAll(int axis) {
    boolean starts = isSet(beginMask, axis) || begin.get(axis) == 0;
    return strides.get(axis) == 1 && starts && isSet(endMask, axis) && !isSet(shrinkMask, axis);
  }

  /** Whether it turns an axis around. */
  boolean isReversed(int axis) {
    return strides.get(axis) == -1
        && isSet(beginMask, axis)
        && isSet(endMask, axis)
        && !isSet(shrinkMask, axis);
  }

  /** The place that it takes of an axis, from the end where negative; empty where it takes more. */
  Optional<Long> place(int axis) {
    if (strides.get(axis) != 1 || isSet(beginMask, axis)) {
      return Optional.empty();
    }
    boolean one = !isSet(endMask, axis) && end.get(axis) == begin.get(axis) + 1;
    boolean last = isSet(endMask, axis) && begin.get(axis) == -1;
    boolean lastByZero = end.get(axis) == 0 && begin.get(axis) == -1;
    return isSet(shrinkMask, axis) || one && begin.get(axis) >= 0 || last || lastByZero
        ? Optional.of(begin.get(axis))
        : Optional.empty();
  }

  /** Whether an axis that it takes one place of vanishes. */
  boolean shrinks(int axis) {
    return isSet(shrinkMask, axis);
  }

  /** The columns that it takes of all rows of a matrix. */
  Optional<Range> lastOfTwo(int width) {
    return axes() == 2 && isAll(0) && !isSet(shrinkMask, 1) ? range(1, width) : Optional.empty();
  }

  /** What it takes of an axis of this size; empty where that is nothing, or not in one piece. */
  Optional<Range> range(int axis, int size) {
    if (strides.get(axis) != 1) {
      return Optional.empty();
    }
    long from = isSet(beginMask, axis) ? 0 : within(begin.get(axis), size);
    long to = isSet(endMask, axis) ? size : within(end.get(axis), size);
    if (isSet(shrinkMask, axis)) {
      from = within(begin.get(axis), size);
      to = from + 1;
    }
    return from < to && to <= size
        ? Optional.of(new Range((int) from, (int) to))
        : Optional.empty();
  }

  private static long within(long place, int width) {
    return Math.min(width, Math.max(0, place < 0 ? place + width : place));
  }

  private static boolean isSet(long mask, int axis) {
    return (mask >> axis & 1) != 0;
  }
}
