package org.sparkrnn.arrow;

import java.nio.ByteOrder;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.sparkrnn.model.BadRow;
import org.sparkrnn.model.BadRowException;

/**
 * Copies runs of floats, or of doubles narrowed to floats, and refuses nulls and doubles beyond the
 * range of float on the way.
 */
final class FloatColumn {
  private final FieldVector vector;
  private final int width;
  private final boolean nulls;

  /**
   * @param width values in a step, by which messages name a value's place
   */
  FloatColumn(FieldVector vector, int width) {
    this.vector = vector;
    this.width = width;
    this.nulls = vector.getNullCount() > 0;
  }

  static boolean is(FieldVector vector) {
    return vector instanceof Float4Vector || vector instanceof Float8Vector;
  }

  /** Copies {@code count} values from {@code start} on to {@code target[at...]}. */
  void copy(int start, int count, float[] target, int at) {
    for (int i = 0; nulls && i < count; i++) {
      if (vector.isNull(start + i)) {
        throw BadRowException.because(
            BadRow.NULL_ELEMENT, "value %d of step %d is null", (at + i) % width, (at + i) / width);
      }
    }
    if (vector instanceof Float8Vector doubles) {
      for (int i = 0; i < count; i++) {
        target[at + i] = narrow(doubles.get(start + i), at + i);
      }
    } else if (count > 0) {
      ArrowBuf floats = vector.getDataBuffer();
      floats
          .nioBuffer(4L * start, Math.multiplyExact(4, count))
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(target, at, count);
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
}
