package org.sparkrnn.model.onnx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.sparkrnn.model.chain.ChainBuilder;
import org.sparkrnn.model.chain.ChainValue.Axis;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.model.chain.ChainValue.Integers;
import org.sparkrnn.model.chain.Sizes;

/**
 * {@code Reshape} and {@code Flatten} of values that flow through the chain. Those run that keep
 * each step's floats together and rows and steps apart and in order: axes of size 1 come and go,
 * {@code [.., directions, n]} becomes {@code [.., directions * n]}, rows and steps become one axis
 * and two again; and those that put all floats of a row's steps together, where it is said how many
 * steps there are. Every size must be that of the axis it stands for, but for one that follows from
 * the others; so a graph that was traced with fixed sizes cannot exchange rows and steps unseen.
 */
final class OnnxReshape {
  private final ChainBuilder chain;

  /** Sizes of the input's axes; -1 for one that is free. */
  private final List<Long> dims;

  OnnxReshape(ChainBuilder chain, List<Long> dims) {
    this.chain = chain;
    this.dims = List.copyOf(dims);
  }

  /** Whether an axis is one wide, whatever it counts. */
  boolean isSingle(Flow flow, Axis axis) {
    boolean ofSeveral =
        axis.equals(Axis.FEATURE) && flow.axes().contains(Axis.STACK) && flow.entries().size() > 1;
    return axis.kind() != Axis.Kind.PAIR && !ofSeveral && size(flow, axis) == 1;
  }

  /** An axis' size; one of {@link Integers}' marks where it is known at run time only. */
  long size(Flow flow, Axis axis) {
    return switch (axis.kind()) {
      case ONE -> 1;
      case STACK -> flow.entries().size();
      case INPUT -> {
        long fixed = axis.index() < dims.size() ? dims.get(axis.index()) : -1;
        yield fixed >= 0 ? fixed : Integers.sizeOf(axis.index());
      }
      case PAIR -> {
        long first = size(flow, axis.first());
        long second = size(flow, axis.second());
        yield first < 0 || second < 0 ? Integers.UNKNOWN : first * second;
      }
      case FEATURE -> floats(flow);
    };
  }

  private long floats(Flow flow) {
    if (flow.entries().get(0).layer() < 0 && !chain.knowsInputWidth()) {
      return Integers.UNKNOWN;
    }
    return flow.axes().contains(Axis.STACK)
        ? chain.width(flow.entries().get(0))
        : chain.width(flow);
  }

  Flow flattened(Flow flow, long wanted) {
    int rank = flow.axes().size();
    int at = wanted == rank ? rank : Sizes.axis(wanted, rank);
    if (at == 1 && isStepsOfRows(flow)) {
      return joined(flow);
    }
    List<Axis> before = several(flow, flow.axes().subList(0, at));
    List<Axis> after = several(flow, flow.axes().subList(at, rank));
    if (before.contains(Axis.FEATURE)
        || after.stream().anyMatch(axis -> axis.kind() == Axis.Kind.INPUT)
        || after.stream().anyMatch(axis -> axis.kind() == Axis.Kind.PAIR)) {
      throw new IllegalArgumentException("it flattens steps and floats together");
    }
    return reshaped(flow, List.of(-1L, (long) chain.width(flow)));
  }

  /** Whether the axes are rows, more than one step and the floats of an entry. */
  private boolean isStepsOfRows(Flow flow) {
    List<Axis> axes = new ArrayList<>(flow.axes());
    axes.removeIf(Axis.ONE::equals);
    int floats = axes.indexOf(Axis.FEATURE);
    if (floats == 3 && axes.get(2).equals(Axis.STACK)) {
      axes.remove(2);
      floats = 2;
    }
    return axes.size() == 3
        && floats == 2
        && axes.get(0).kind() == Axis.Kind.INPUT
        && chain.isTime(axes.get(1))
        && size(flow, axes.get(1)) != 1;
  }

  private long stepsOfRows(Flow flow) {
    return size(flow, flow.axes().stream().filter(chain::isTime).findFirst().orElseThrow());
  }

  private Flow joined(Flow flow) {
    long steps = stepsOfRows(flow);
    if (steps < 1) {
      throw new IllegalArgumentException(
          "it joins the steps of a row, and the file does not say how many an input has: export the"
              + " model with a fixed number of steps");
    }
    List<Axis> axes = new ArrayList<>(flow.axes());
    axes.removeIf(axis -> axis.equals(Axis.ONE) || axis.equals(Axis.STACK));
    return chain.flattened(flow.with(axes), steps);
  }

  /** Whether a shape is one row of floats for each row, of all its steps. */
  private boolean joins(Flow flow, List<Long> wanted) {
    if (wanted.size() != 2 || !isStepsOfRows(flow)) {
      return false;
    }
    long rows =
        size(
            flow,
            flow.axes().stream().filter(axis -> !axis.equals(Axis.ONE)).findFirst().orElseThrow());
    long all = Math.max(0, stepsOfRows(flow)) * chain.width(flow);
    boolean sameRows = wanted.get(0) == rows;
    boolean sameFloats = all > 0 && wanted.get(1) == all;
    boolean otherRows = wanted.get(0) == -1 || wanted.get(0) == Integers.UNKNOWN;
    boolean otherFloats = wanted.get(1) == -1 || wanted.get(1) == Integers.UNKNOWN;
    return sameRows && (sameFloats || otherFloats) || otherRows && sameFloats;
  }

  private List<Axis> several(Flow flow, List<Axis> axes) {
    return axes.stream().filter(axis -> !isSingle(flow, axis)).toList();
  }

  /** The flow in another shape; 0 stands for the size at the same place, -1 for what is left. */
  Flow reshaped(Flow flow, List<Long> shape) {
    List<Long> wanted = new ArrayList<>(shape);
    for (int i = 0; i < wanted.size(); i++) {
      if (wanted.get(i) == 0 && i < flow.axes().size()) {
        wanted.set(i, size(flow, flow.axes().get(i)));
      }
    }
    if (joins(flow, wanted)) {
      return joined(flow);
    }
    List<Long> sizes = wanted.stream().filter(size -> size != 1).toList();
    List<Axis> axes = regrouped(several(flow, flow.axes()), sizes.size());
    int left = 0;
    for (int i = 0; i < sizes.size(); i++) {
      boolean free = sizes.get(i) == -1 || sizes.get(i) == Integers.UNKNOWN;
      left += free ? 1 : 0;
      if (i >= axes.size() || !(free || sizes.get(i) == sizeIn(axes, i, flow))) {
        throw refusal(flow, shape);
      }
    }
    if (axes.size() != sizes.size() || left > 1) {
      throw refusal(flow, shape);
    }
    return flow.with(withOnes(flow, axes, wanted));
  }

  /** Directions and their floats as one, and rows and steps as one or two, if that fits. */
  private static List<Axis> regrouped(List<Axis> axes, int count) {
    List<Axis> made = new ArrayList<>(axes);
    int stack = made.indexOf(Axis.STACK);
    if (made.size() > count
        && stack >= 0
        && stack == made.size() - 2
        && made.get(stack + 1).equals(Axis.FEATURE)) {
      made.remove(stack);
    }
    if (made.size() == count + 1 && made.size() > 1 && isCounted(made.get(0), made.get(1))) {
      made.set(0, Axis.pair(made.get(0), made.remove(1)));
    } else if (made.size() == count - 1
        && !made.isEmpty()
        && made.get(0).kind() == Axis.Kind.PAIR) {
      made.add(1, made.get(0).second());
      made.set(0, made.get(0).first());
    }
    return made;
  }

  private static boolean isCounted(Axis first, Axis second) {
    return first.kind() == Axis.Kind.INPUT
        && second.kind() == Axis.Kind.INPUT
        && Math.max(first.index(), second.index()) < Axis.PAIRED;
  }

  /** An axis' size; floats are those of all directions, where these are no axis any more. */
  private long sizeIn(List<Axis> axes, int at, Flow flow) {
    boolean joined =
        axes.get(at).equals(Axis.FEATURE)
            && flow.axes().contains(Axis.STACK)
            && !axes.contains(Axis.STACK);
    return joined ? chain.width(flow) : size(flow, axes.get(at));
  }

  /** Puts axes of size 1 where they are wanted: those that count something, if they are one. */
  private List<Axis> withOnes(Flow flow, List<Axis> axes, List<Long> wanted) {
    Deque<Axis> single = new ArrayDeque<>();
    for (Axis axis : flow.axes()) {
      if (!axis.equals(Axis.ONE) && !axis.equals(Axis.STACK) && isSingle(flow, axis)) {
        single.add(axis);
      }
    }
    List<Axis> made = new ArrayList<>();
    int at = 0;
    for (long size : wanted) {
      if (size == 1) {
        made.add(single.isEmpty() ? Axis.ONE : single.remove());
      } else {
        made.add(axes.get(at++));
      }
    }
    return made;
  }

  private IllegalArgumentException refusal(Flow flow, List<Long> shape) {
    return new IllegalArgumentException(
        "it reshapes "
            + shown(flow.axes().stream().map(axis -> size(flow, axis)).toList())
            + " to "
            + shown(shape)
            + "; only axes of size 1, the directions' floats, rows with steps, and the steps of"
            + " rows in order can be put together or taken apart, each of its own size");
  }

  private static String shown(List<Long> sizes) {
    return sizes.stream().map(Integers::shown).toList().toString();
  }
}
