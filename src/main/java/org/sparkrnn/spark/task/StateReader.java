package org.sparkrnn.spark.task;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.model.BadRow;
import org.sparkrnn.model.BadRowException;
import org.sparkrnn.rnn.Window;

/** Reads a row's initial state out of a struct of the final state's structure. One per task. */
final class StateReader {
  private final Inputs.Field column;
  private final StateShape.Struct shape;
  private final float[] state;
  private boolean given;

  StateReader(Inputs.Field column, StateShape shape) {
    this.column = column;
    this.shape = (StateShape.Struct) shape;
    this.state = new float[shape.size()];
  }

  /** Reads the row's state; null is the network's own, mostly zeros. */
  void read(InternalRow row) {
    given = column.present() && !row.isNullAt(column.ordinal());
    if (given) {
      read(row.getStruct(column.ordinal(), shape.fields().size()), shape, "", 0);
    }
  }

  /** Sets the state that was read last for the row added last. */
  void addTo(Window window) {
    if (given) {
      window.initialState(state, 0);
    }
  }

  private int read(InternalRow struct, StateShape.Struct shape, String path, int offset) {
    int next = offset;
    for (int i = 0; i < shape.fields().size(); i++) {
      StateShape.Field field = shape.fields().get(i);
      String name = path.isEmpty() ? field.name() : path + "." + field.name();
      if (struct.isNullAt(i)) {
        throw BadRowException.because(
            BadRow.INITIAL_STATE, "'%s' of the initial state is null", name);
      }
      if (field.shape() instanceof StateShape.Struct inner) {
        next = read(struct.getStruct(i, inner.fields().size()), inner, name, next);
      } else {
        next = read(struct.getArray(i), field.shape().size(), name, next);
      }
    }
    return next;
  }

  private int read(ArrayData array, int size, String name, int offset) {
    if (array.numElements() != size) {
      throw BadRowException.because(
          BadRow.INITIAL_STATE,
          "'%s' of the initial state has %d values, expected %d",
          name,
          array.numElements(),
          size);
    }
    for (int i = 0; i < size; i++) {
      if (array.isNullAt(i) || Float.isNaN(array.getFloat(i))) {
        throw BadRowException.because(
            BadRow.INITIAL_STATE,
            "value %d of '%s' of the initial state is %s",
            i,
            name,
            array.isNullAt(i) ? "null" : "NaN");
      }
      state[offset + i] = array.getFloat(i);
    }
    return offset + size;
  }
}
