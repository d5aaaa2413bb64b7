package org.sparkrnn.model.chain;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.tensor.Tensor;

/** What the walk over an ONNX graph knows of a value. */
public sealed interface ChainValue {

  /**
   * Numbers in the file.
   *
   * @param tensor which of the file's
   */
  record Stored(String tensor) implements ChainValue {}

  /**
   * Numbers in the file, rearranged by nodes.
   *
   * @param values the numbers
   * @param from the file's tensors that they are of
   */
  record Folded(Tensor values, List<String> from) implements ChainValue {}

  /**
   * Integers of which shapes are made. Those that are known at run time only have marks far below
   * every index.
   *
   * @param values the integers, one for a scalar
   * @param scalar whether it is a number, not a list
   */
  record Integers(List<Long> values, boolean scalar) implements ChainValue {
    /** Marks an integer that is known at run time only. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    /** A list. */
    public Integers(List<Long> values) {
      this(values, false);
    }

    /** Marks the size of the input's axis {@code axis}. */
    public static long sizeOf(int axis) {
      return UNKNOWN + 1 + axis;
    }

    /** Whether a number is one, not a mark. */
    public static boolean isKnown(long value) {
      return value >= Integer.MIN_VALUE;
    }

    /** For messages. */
    public static String shown(long value) {
      return isKnown(value) ? String.valueOf(value) : "?";
    }
  }

  /** Zeros, of a shape that does not matter. */
  record Zeros() implements ChainValue {}

  /**
   * An input other than the sequence, or what is between two places of its first axis.
   *
   * @param input its name
   * @param from where it starts
   * @param to where it ends, exclusive
   */
  record Fed(String input, long from, long to) implements ChainValue {
    /** All of an input. */
    public Fed(String input) {
      this(input, 0, Long.MAX_VALUE);
    }

    /** What is between two places of this. */
    public Fed piece(long start, long end) {
      long above = to - from;
      return new Fed(input, from + Math.min(start, above), from + Math.min(end, above));
    }

    public boolean overlaps(Fed other) {
      return input.equals(other.input) && from < other.to && other.from < to;
    }
  }

  /**
   * Where each row's last step is, counted from 0.
   *
   * @param lengths the input with the rows' lengths
   * @param floats for how many floats of a step it is repeated
   */
  public record LastStep(String lengths, long floats) implements ChainValue {}

  /** What no supported node makes. */
  record Unknown() implements ChainValue {}

  /** Which of a layer's results a flow is. */
  enum Part {
    /** One entry per step, or per row behind a reduction. */
    VALUE,
    /** The final {@code h}. */
    H,
    /** The final {@code c}. */
    C
  }

  /**
   * What an axis of a flow counts.
   *
   * @param kind what
   * @param index of {@link Kind#INPUT} which of the input's axes, of {@link Kind#PAIR} two of them;
   *     else 0
   */
  record Axis(Kind kind, int index) {
    /** Kinds of axes. */
    public enum Kind {
      /** Rows or steps. */
      INPUT,
      /** Rows and steps, or steps and rows, as one axis. */
      PAIR,
      /** Directions or stacked layers: a flow's entries. */
      STACK,
      /** The floats of an entry. */
      FEATURE,
      /** Nothing: its size is 1. */
      ONE
    }

    public static final Axis FEATURE = new Axis(Kind.FEATURE, 0);
    public static final Axis STACK = new Axis(Kind.STACK, 0);
    public static final Axis ONE = new Axis(Kind.ONE, 0);

    /** Axes of the input below this one can be paired. */
    public static final int PAIRED = 8;

    public static Axis input(int index) {
      return new Axis(Kind.INPUT, index);
    }

    public static Axis pair(Axis first, Axis second) {
      return new Axis(Kind.PAIR, first.index * PAIRED + second.index);
    }

    public Axis first() {
      return input(index / PAIRED);
    }

    public Axis second() {
      return input(index % PAIRED);
    }
  }

  /**
   * One direction of a layer, or all of it.
   *
   * @param layer its place in the chain; -1 for the model's input
   * @param direction 0 or 1; {@link #WHOLE} where there are none
   */
  record Entry(int layer, int direction) {
    public static final int WHOLE = -1;
  }

  /**
   * A value of the chain of layers.
   *
   * @param part what it is of
   * @param entries whose, in order: along the stack axis if there is one, else joined along the
   *     features
   * @param axes what its axes count
   */
  record Flow(Part part, List<Entry> entries, List<Axis> axes) implements ChainValue {
    /** Takes copies of the lists. */
    public Flow {
      entries = List.copyOf(entries);
      axes = List.copyOf(axes);
    }

    public Flow with(List<Axis> changed) {
      return new Flow(part, entries, changed);
    }

    /** Without the axes that say nothing. */
    List<Axis> counted() {
      List<Axis> counted = new ArrayList<>(axes);
      counted.removeIf(axis -> axis.equals(Axis.ONE));
      if (entries.size() == 1) {
        counted.remove(Axis.STACK);
      }
      return counted;
    }
  }
}
