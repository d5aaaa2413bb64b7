package org.sparkrnn.spark.task;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.sparkrnn.model.BadRow;
import org.sparkrnn.model.BadRowException;
import org.sparkrnn.rnn.Window;

/** The readers of sequences whose steps are floats. */
final class FeatureReaders {
  private FeatureReaders() {}

  /** What the three have in common. */
  private abstract static class Features extends SequenceReader {
    final int ordinal;
    final int width;
    final FloatElements elements;

    Features(int ordinal, DataType element, int width) {
      this.ordinal = ordinal;
      this.width = width;
      this.elements = new FloatElements(element, width);
    }

    @Override
    final void read(int length) {
      int count = Math.multiplyExact(length, width);
      elements.room(count);
      copy(length);
      elements.refuseNan(count);
    }

    abstract void copy(int length);

    @Override
    final void addTo(Window window, int length) {
      window.add(elements.values(), 0, length);
    }

    final int wholeSteps(int count, String unit) {
      if (count % width != 0) {
        throw BadRowException.because(
            BadRow.PARTIAL_STEP,
            "the flattened sequence has %d %s, not a multiple of the %d of a step",
            count,
            unit,
            width);
      }
      return count / width;
    }

    /**
     * The vector of an array column whose elements lie in one leaf vector, as Spark's own scans
     * give it; null where rows come one by one or in somebody else's vectors.
     */
    final WritableColumnVector writable(RowSource source) {
      return source.columnar() && source.column(ordinal) instanceof WritableColumnVector vector
          ? vector
          : null;
    }
  }

  /** {@code array<array<float>>} and {@code array<array<double>>}. */
  static final class Nested extends Features {
    private WritableColumnVector vector;
    private int index;
    private ArrayData array;

    Nested(int ordinal, DataType element, int width) {
      super(ordinal, element, width);
    }

    @Override
    int steps(RowSource source) {
      vector = writable(source);
      if (vector != null) {
        index = source.index();
        if (vector.isNullAt(index)) {
          throw nullSequence();
        }
        return vector.getArrayLength(index);
      }
      InternalRow row = source.row();
      if (row.isNullAt(ordinal)) {
        throw nullSequence();
      }
      array = row.getArray(ordinal);
      return array.numElements();
    }

    @Override
    void copy(int length) {
      if (vector != null) {
        copyVector(length);
        return;
      }
      for (int t = 0; t < length; t++) {
        if (array.isNullAt(t)) {
          throw nullStep(t);
        }
        ArrayData step = array.getArray(t);
        requireWidth(t, step.numElements());
        elements.copy(step, 0, width, t * width);
      }
    }

    /** All steps of a row lie in the leaf one behind the other: one copy for the whole row. */
    private void copyVector(int length) {
      if (length == 0) {
        return;
      }
      WritableColumnVector steps = vector.arrayData();
      ColumnVector leaf = steps.arrayData();
      int first = vector.getArrayOffset(index);
      for (int t = 0; t < length; t++) {
        if (steps.isNullAt(first + t)) {
          throw nullStep(t);
        }
        requireWidth(t, steps.getArrayLength(first + t));
      }
      int start = steps.getArrayOffset(first);
      boolean together = true;
      for (int t = 1; t < length; t++) {
        together &= steps.getArrayOffset(first + t) == start + t * width;
      }
      if (together) {
        elements.copy(leaf, start, length * width, 0);
      } else {
        for (int t = 0; t < length; t++) {
          elements.copy(leaf, steps.getArrayOffset(first + t), width, t * width);
        }
      }
    }

    private void requireWidth(int step, int found) {
      if (found != width) {
        throw BadRowException.because(
            BadRow.STEP_WIDTH, "step %d has %d values, expected %d", step, found, width);
      }
    }

    private static BadRowException nullStep(int step) {
      return BadRowException.because(BadRow.NULL_ELEMENT, "step %d is null", step);
    }
  }

  /** {@code array<float>} and {@code array<double>}, step by step. */
  static final class Flat extends Features {
    private WritableColumnVector vector;
    private int index;
    private ArrayData array;

    Flat(int ordinal, DataType element, int width) {
      super(ordinal, element, width);
    }

    @Override
    int steps(RowSource source) {
      vector = writable(source);
      if (vector != null) {
        index = source.index();
        if (vector.isNullAt(index)) {
          throw nullSequence();
        }
        return wholeSteps(vector.getArrayLength(index), "values");
      }
      InternalRow row = source.row();
      if (row.isNullAt(ordinal)) {
        throw nullSequence();
      }
      array = row.getArray(ordinal);
      return wholeSteps(array.numElements(), "values");
    }

    @Override
    void copy(int length) {
      if (vector != null) {
        elements.copy(vector.arrayData(), vector.getArrayOffset(index), length * width, 0);
      } else {
        elements.copy(array, 0, length * width, 0);
      }
    }
  }

  /** {@code binary}: little-endian {@code float32}, step by step. */
  static final class Binary extends Features {
    private byte[] bytes;

    Binary(int ordinal, int width) {
      super(ordinal, DataTypes.FloatType, width);
    }

    @Override
    int steps(RowSource source) {
      InternalRow row = source.row();
      if (row.isNullAt(ordinal)) {
        throw nullSequence();
      }
      bytes = row.getBinary(ordinal);
      if (bytes.length % 4 != 0) {
        throw BadRowException.because(
            BadRow.PARTIAL_STEP,
            "the flattened sequence has %d bytes, not a multiple of the 4 of a float32",
            bytes.length);
      }
      return wholeSteps(bytes.length / 4, "float32 values");
    }

    @Override
    void copy(int length) {
      ByteBuffer.wrap(bytes)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(elements.values(), 0, length * width);
    }
  }
}
