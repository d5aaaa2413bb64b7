package org.sparkrnn.cell;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The structure of a recurrent state: named parts down to lists of floats.
 *
 * <p>Flattened, a state is all its leaves in order in one {@code float[size()]}: for an LSTM {@code
 * c} then {@code h}, for stacked cells cell after cell, for two directions {@code fw} then {@code
 * bw}.
 */
public sealed interface StateShape extends Serializable {

  /** How many floats the flattened state has. */
  int size();

  /** The leaves in order, with their paths and their places in the flattened state. */
  default List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    collect("", 0, parts);
    return List.copyOf(parts);
  }

  /** Adds this shape's leaves to {@code parts}; returns the offset behind them. */
  int collect(String path, int offset, List<Part> parts);

  /**
   * A leaf's place in the flattened state.
   *
   * @param path names from the root, joined by dots: {@code cell_0.c}
   * @param offset index of its first float
   * @param size how many floats
   */
  record Part(String path, int offset, int size) {}

  /**
   * A list of floats.
   *
   * @param size how many
   */
  record Leaf(int size) implements StateShape {
    @Override
    public int collect(String path, int offset, List<Part> parts) {
      parts.add(new Part(path, offset, size));
      return offset + size;
    }
  }

  /**
   * Named parts, in order.
   *
   * @param fields the parts
   */
  record Struct(List<Field> fields) implements StateShape {
    /** Takes a copy of the list. */
    public Struct {
      fields = List.copyOf(fields);
    }

    /** A struct of these fields. */
    public static Struct of(Field... fields) {
      return new Struct(List.of(fields));
    }

    @Override
    public int size() {
      return fields.stream().mapToInt(field -> field.shape().size()).sum();
    }

    @Override
    public int collect(String path, int offset, List<Part> parts) {
      int next = offset;
      for (Field field : fields) {
        String fieldPath = path.isEmpty() ? field.name() : path + "." + field.name();
        next = field.shape().collect(fieldPath, next, parts);
      }
      return next;
    }
  }

  /**
   * One named part.
   *
   * @param name its name: {@code c}, {@code cell_0}, {@code fw}
   * @param shape its structure
   */
  record Field(String name, StateShape shape) implements Serializable {
    /** A field that is a list of floats. */
    public static Field leaf(String name, int size) {
      return new Field(name, new Leaf(size));
    }
  }
}
