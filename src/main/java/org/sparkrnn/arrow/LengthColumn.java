package org.sparkrnn.arrow;

import java.util.Optional;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.FieldVector;
import org.sparkrnn.model.BadRow;
import org.sparkrnn.model.BadRowException;

/** Reads how many of a row's steps count. */
final class LengthColumn {
  private final Optional<FieldVector> column;

  LengthColumn(Optional<FieldVector> column) {
    this.column = column;
  }

  /** The row's length; {@code steps} without a length column, and where it is null. */
  int length(int row, int steps) {
    if (column.isEmpty() || column.get().isNull(row)) {
      return steps;
    }
    long length = ((BaseIntVector) column.get()).getValueAsLong(row);
    if (length < 0) {
      throw BadRowException.because(BadRow.NEGATIVE_LENGTH, "the length is %d", length);
    }
    if (length > steps) {
      throw BadRowException.because(
          BadRow.LENGTH_BEYOND_ROW, "the length is %d, but the row has %d steps", length, steps);
    }
    return (int) length;
  }
}
