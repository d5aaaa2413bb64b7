package org.sparkrnn.spark.task;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.sparkrnn.model.BadRow;
import org.sparkrnn.model.BadRowException;

/** Reads how many of a row's steps count. */
final class LengthReader {
  private final Inputs.Field column;

  LengthReader(Inputs.Field column) {
    this.column = column;
  }

  /** The row's length; {@code steps} without a length column, and where it is null. */
  int length(InternalRow row, int steps) {
    if (!column.present() || row.isNullAt(column.ordinal())) {
      return steps;
    }
    long length = value(row);
    if (length < 0) {
      throw BadRowException.because(BadRow.NEGATIVE_LENGTH, "the length is %d", length);
    }
    if (length > steps) {
      throw BadRowException.because(
          BadRow.LENGTH_BEYOND_ROW, "the length is %d, but the row has %d steps", length, steps);
    }
    return (int) length;
  }

  private long value(InternalRow row) {
    if (column.type().equals(DataTypes.IntegerType)) {
      return row.getInt(column.ordinal());
    }
    if (column.type().equals(DataTypes.LongType)) {
      return row.getLong(column.ordinal());
    }
    if (column.type().equals(DataTypes.ShortType)) {
      return row.getShort(column.ordinal());
    }
    return row.getByte(column.ordinal());
  }
}
