package org.sparkrnn.model.tensorflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sparkrnn.model.chain.ChainValue.Axis;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.model.chain.Sizes;
import org.sparkrnn.model.tensorflow.GraphValue.Flowing;

/** How nodes of a TensorFlow graph turn and join the axes of a flow. */
final class GraphLayout {
  private GraphLayout() {}

  static List<Axis> transposed(List<Axis> axes, List<Long> perm) {
    List<Axis> turned = new ArrayList<>();
    for (long from : perm) {
      turned.add(axes.get(Sizes.axis(from, axes.size())));
    }
    if (perm.size() != axes.size() || perm.stream().distinct().count() != perm.size()) {
      throw new IllegalArgumentException(
          "it turns axes " + perm + " of a value with " + axes.size() + " axes");
    }
    return turned;
  }

  static List<Axis> expanded(List<Axis> axes, long at) {
    List<Axis> made = new ArrayList<>(axes);
    made.add(Sizes.axis(at, axes.size() + 1), Axis.ONE);
    return made;
  }

  /** Without the axes named, or without all of size 1 where none is. */
  static List<Axis> squeezed(List<Axis> axes, List<Long> dropped) {
    List<Axis> left = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      int at = i;
      boolean named = dropped.stream().anyMatch(axis -> Sizes.axis(axis, axes.size()) == at);
      if (named && !axes.get(i).equals(Axis.ONE)) {
        throw new IllegalArgumentException("it drops axis " + i + ", which is more than one wide");
      }
      if (!named && !(dropped.isEmpty() && axes.get(i).equals(Axis.ONE))) {
        left.add(axes.get(i));
      }
    }
    return left;
  }

  /**
   * The reshapes that keep each entry's floats together: {@code [rows, steps, n]} to {@code [rows *
   * steps, n]} and back, and axes of size 1 put in or left out.
   *
   * @param sizes the new shape; -1 for what is not known
   * @param width the floats of an entry; -1 of the input, whose width follows from its layers
   */
  static Flowing reshaped(Flowing in, List<Long> sizes, long width) {
    Flow flow = in.flow();
    List<Axis> counted = new ArrayList<>(flow.axes());
    counted.removeIf(axis -> axis.equals(Axis.ONE));
    List<Long> wanted = new ArrayList<>(sizes);
    while (wanted.size() > counted.size() + 1 && wanted.contains(1L)) {
      wanted.remove(1L);
    }
    boolean wide = !counted.isEmpty() && counted.get(counted.size() - 1).equals(Axis.FEATURE);
    boolean keeps =
        !wide
            || (!wanted.isEmpty()
                && (wanted.get(wanted.size() - 1) < 0
                    || width < 0
                    || wanted.get(wanted.size() - 1) == width));
    Optional<List<Axis>> made = Optional.empty();
    if (!keeps) {
      made = Optional.empty();
    } else if (wanted.size() == counted.size()) {
      made = Optional.of(counted);
    } else if (wide && counted.size() == 3 && wanted.size() == 2 && isInput(counted)) {
      made = Optional.of(List.of(Axis.pair(counted.get(0), counted.get(1)), Axis.FEATURE));
    } else if (wide && wanted.size() == 3 && counted.get(0).kind() == Axis.Kind.PAIR) {
      Axis pair = counted.get(0);
      made = Optional.of(List.of(pair.first(), pair.second(), Axis.FEATURE));
    } else if (wanted.size() == counted.size() + 1 && wanted.contains(1L)) {
      List<Axis> one = new ArrayList<>(counted);
      one.add(wanted.indexOf(1L), Axis.ONE);
      made = Optional.of(one);
    }
    return in.with(
        made.orElseThrow(
            () ->
                new IllegalArgumentException(
                    "it reshapes to "
                        + sizes
                        + ", which is not to join rows and steps, or to part them again")));
  }

  private static boolean isInput(List<Axis> axes) {
    return axes.subList(0, 2).stream()
        .allMatch(axis -> axis.kind() == Axis.Kind.INPUT && axis.index() < Axis.PAIRED);
  }
}
