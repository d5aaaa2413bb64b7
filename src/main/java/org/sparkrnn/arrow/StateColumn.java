package org.sparkrnn.arrow;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.complex.StructVector;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.model.BadRow;
import org.sparkrnn.model.BadRowException;
import org.sparkrnn.rnn.Window;

/** Reads a row's initial state out of a struct of the final state's structure. */
final class StateColumn {
  private final Optional<FieldVector> column;
  private final StateShape shape;
  private final float[] state;
  private boolean given;

  StateColumn(Optional<FieldVector> column, StateShape shape) {
    this.column = column;
    this.shape = shape;
    this.state = new float[shape.size()];
  }

  /** Whether a vector has a state's structure. */
  static boolean fits(FieldVector vector, StateShape shape) {
    if (!(shape instanceof StateShape.Struct struct)) {
      return ListColumn.is(vector) && ListColumn.elements(vector) instanceof Float4Vector;
    }
    List<FieldVector> parts = vector.getChildrenFromFields();
    if (!(vector instanceof StructVector) || parts.size() != struct.fields().size()) {
      return false;
    }
    for (int i = 0; i < parts.size(); i++) {
      StateShape.Field field = struct.fields().get(i);
      if (!parts.get(i).getName().equals(field.name()) || !fits(parts.get(i), field.shape())) {
        return false;
      }
    }
    return true;
  }

  /** A state's type in words. */
  static String expected(StateShape shape) {
    return shape instanceof StateShape.Struct struct
        ? struct.fields().stream()
            .map(field -> field.name() + ": " + expected(field.shape()))
            .collect(Collectors.joining(", ", "struct<", ">"))
        : "list of floats";
  }

  /** Reads the row's state; null is the network's own, mostly zeros. */
  void read(int row) {
    given = column.isPresent() && !column.get().isNull(row);
    if (given) {
      read(column.get(), row, shape, "", 0);
    }
  }

  /** Sets the state that was read last for the row added last. */
  void addTo(Window window) {
    if (given) {
      window.initialState(state, 0);
    }
  }

  private int read(FieldVector vector, int row, StateShape part, String path, int offset) {
    if (!(part instanceof StateShape.Struct struct)) {
      return list(vector, row, part.size(), path, offset);
    }
    int next = offset;
    for (int i = 0; i < struct.fields().size(); i++) {
      StateShape.Field field = struct.fields().get(i);
      String name = path.isEmpty() ? field.name() : path + "." + field.name();
      FieldVector child = vector.getChildrenFromFields().get(i);
      if (child.isNull(row)) {
        throw BadRowException.because(
            BadRow.INITIAL_STATE, "'%s' of the initial state is null", name);
      }
      next = read(child, row, field.shape(), name, next);
    }
    return next;
  }

  private int list(FieldVector vector, int row, int size, String name, int offset) {
    ListColumn list = ListColumn.of(vector);
    if (list.size(row) != size) {
      throw BadRowException.because(
          BadRow.INITIAL_STATE,
          "'%s' of the initial state has %d values, expected %d",
          name,
          list.size(row),
          size);
    }
    Float4Vector floats = (Float4Vector) ListColumn.elements(vector);
    for (int i = 0; i < size; i++) {
      int at = list.start(row) + i;
      if (floats.isNull(at) || Float.isNaN(floats.get(at))) {
        throw BadRowException.because(
            BadRow.INITIAL_STATE,
            "value %d of '%s' of the initial state is %s",
            i,
            name,
            floats.isNull(at) ? "null" : "NaN");
      }
      state[offset + i] = floats.get(at);
    }
    return offset + size;
  }
}
