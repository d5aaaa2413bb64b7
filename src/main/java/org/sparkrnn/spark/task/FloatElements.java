package org.sparkrnn.spark.task;

import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.unsafe.Platform;
import org.sparkrnn.model.BadRow;
import org.sparkrnn.model.BadRowException;

/**
 * Copies runs of floats, or of doubles narrowed to floats, out of Spark's arrays and column vectors
 * into one array, and refuses nulls and doubles beyond the range of float on the way. NaN is left
 * to {@link #refuseNan}. One per task.
 */
final class FloatElements {
  private final boolean doubles;
  private final int width;

  /** What was copied. */
  private float[] values = new float[0];

  /**
   * @param type {@code float} or {@code double}
   * @param width values in a step, by which messages name a value's place
   */
  FloatElements(DataType type, int width) {
    this.doubles = type.equals(DataTypes.DoubleType);
    this.width = width;
  }

  float[] values() {
    return values;
  }

  /** Makes room for {@code count} values. */
  void room(int count) {
    if (values.length < count) {
      values =
          new float[Math.max(count, (int) Math.min(Integer.MAX_VALUE - 8, values.length * 2L))];
    }
  }

  /** Copies {@code count} elements from {@code start} on to {@code values[at...]}. */
  void copy(ArrayData from, int start, int count, int at) {
    if (from instanceof UnsafeArrayData unsafe) {
      copyUnsafe(unsafe, start, count, at);
      return;
    }
    for (int i = 0; i < count; i++) {
      if (from.isNullAt(start + i)) {
        throw nullAt(at + i);
      }
      values[at + i] =
          doubles ? narrow(from.getDouble(start + i), at + i) : from.getFloat(start + i);
    }
  }

  /** Copies {@code count} elements of a leaf vector from {@code start} on. */
  void copy(ColumnVector leaf, int start, int count, int at) {
    if (leaf.hasNull()) {
      for (int i = 0; i < count; i++) {
        if (leaf.isNullAt(start + i)) {
          throw nullAt(at + i);
        }
      }
    }
    if (doubles) {
      double[] wide = leaf.getDoubles(start, count);
      for (int i = 0; i < count; i++) {
        values[at + i] = narrow(wide[i], at + i);
      }
    } else {
      System.arraycopy(leaf.getFloats(start, count), 0, values, at, count);
    }
  }

  private void copyUnsafe(UnsafeArrayData from, int start, int count, int at) {
    refuseNulls(from, start, count, at);
    Object base = from.getBaseObject();
    long offset =
        from.getBaseOffset() + UnsafeArrayData.calculateHeaderPortionInBytes(from.numElements());
    if (doubles) {
      for (int i = 0; i < count; i++) {
        values[at + i] = narrow(Platform.getDouble(base, offset + 8L * (start + i)), at + i);
      }
    } else {
      Platform.copyMemory(
          base, offset + 4L * start, values, Platform.FLOAT_ARRAY_OFFSET + 4L * at, 4L * count);
    }
  }

  /** An unsafe array begins with its size and one bit for each element that is null. */
  private void refuseNulls(UnsafeArrayData from, int start, int count, int at) {
    Object base = from.getBaseObject();
    long bits = from.getBaseOffset() + 8;
    for (int i = start; i < start + count; i++) {
      if (i % 64 == 0 && Platform.getLong(base, bits + i / 8) == 0) {
        i += 63;
      } else if (from.isNullAt(i)) {
        throw nullAt(at + i - start);
      }
    }
  }

  /** Refuses NaN among the first {@code count} values. */
  void refuseNan(int count) {
    boolean found = false;
    for (int i = 0; i < count; i++) {
      found |= Float.isNaN(values[i]);
    }
    if (found) {
      int i = 0;
      while (!Float.isNaN(values[i])) {
        i++;
      }
      throw BadRowException.because(
          BadRow.NAN_ELEMENT, "value %d of step %d is NaN", i % width, i / width);
    }
  }

  private float narrow(double wide, int place) {
    float narrow = (float) wide;
    if (Float.isInfinite(narrow) && !Double.isInfinite(wide)) {
      throw BadRowException.because(
          BadRow.FLOAT_RANGE,
          "value %d of step %d is a double beyond the range of float",
          place % width,
          place / width);
    }
    return narrow;
  }

  private BadRowException nullAt(int place) {
    return BadRowException.because(
        BadRow.NULL_ELEMENT, "value %d of step %d is null", place % width, place / width);
  }
}
