package org.sparkrnn.arrow;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.sparkrnn.model.BadRow;
import org.sparkrnn.model.BadRowException;
import org.sparkrnn.rnn.Window;

/** The readers of sequences whose steps are floats. */
abstract class FeatureSteps extends StepReader {
  final int width;
  float[] values = new float[0];

  private FeatureSteps(int width) {
    this.width = width;
  }

  static Optional<StepReader> of(FieldVector column, int width) {
    ArrowType type = column.getField().getType();
    if (type instanceof ArrowType.Binary
        || type instanceof ArrowType.LargeBinary
        || type instanceof ArrowType.BinaryView
        || type instanceof ArrowType.FixedSizeBinary) {
      return Optional.of(new Binary(column, width));
    }
    if (!ListColumn.is(column)) {
      return Optional.empty();
    }
    FieldVector elements = ListColumn.elements(column);
    if (FloatColumn.is(elements)) {
      return Optional.of(new Flat(column, width));
    }
    return ListColumn.is(elements) && FloatColumn.is(ListColumn.elements(elements))
        ? Optional.of(new Nested(column, width))
        : Optional.empty();
  }

  @Override
  final void read(int length) {
    int count = Math.multiplyExact(length, width);
    if (values.length < count) {
      values =
          new float[(int) Math.min(Integer.MAX_VALUE - 8, Math.max(count, values.length * 2L))];
    }
    copy(length);
    for (int i = 0; i < count; i++) {
      if (Float.isNaN(values[i])) {
        throw BadRowException.because(
            BadRow.NAN_ELEMENT, "value %d of step %d is NaN", i % width, i / width);
      }
    }
  }

  abstract void copy(int length);

  @Override
  final void addTo(Window window, int length) {
    window.add(values, 0, length);
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

  /** Lists of lists. */
  private static final class Nested extends FeatureSteps {
    private final ListColumn rows;
    private final ListColumn steps;
    private final FloatColumn floats;
    private int row;

    Nested(FieldVector column, int width) {
      super(width);
      FieldVector inner = ListColumn.elements(column);
      this.rows = ListColumn.of(column);
      this.steps = ListColumn.of(inner);
      this.floats = new FloatColumn(ListColumn.elements(inner), width);
    }

    @Override
    int steps(int asked) {
      row = asked;
      if (rows.isNull(row)) {
        throw nullSequence();
      }
      return rows.size(row);
    }

    /** Steps that lie one behind the other, as they mostly do, are one copy. */
    @Override
    void copy(int length) {
      int first = rows.start(row);
      int done = 0;
      for (int t = 0; t < length; t++) {
        if (steps.isNull(first + t)) {
          throw nullStep(t);
        }
        if (steps.size(first + t) != width) {
          throw BadRowException.because(
              BadRow.STEP_WIDTH,
              "step %d has %d values, expected %d",
              t,
              steps.size(first + t),
              width);
        }
        boolean goesOn =
            t + 1 < length
                && !steps.isNull(first + t + 1)
                && steps.size(first + t + 1) == width
                && steps.start(first + t + 1) == steps.start(first + t) + width;
        if (!goesOn) {
          floats.copy(steps.start(first + done), (t + 1 - done) * width, values, done * width);
          done = t + 1;
        }
      }
    }
  }

  /** Lists of floats, step by step. */
  private static final class Flat extends FeatureSteps {
    private final ListColumn rows;
    private final FloatColumn floats;
    private int row;

    Flat(FieldVector column, int width) {
      super(width);
      this.rows = ListColumn.of(column);
      this.floats = new FloatColumn(ListColumn.elements(column), width);
    }

    @Override
    int steps(int asked) {
      row = asked;
      if (rows.isNull(row)) {
        throw nullSequence();
      }
      return wholeSteps(rows.size(row), "values");
    }

    @Override
    void copy(int length) {
      floats.copy(rows.start(row), length * width, values, 0);
    }
  }

  /** Little-endian {@code float32}, step by step. */
  private static final class Binary extends FeatureSteps {
    private final FieldVector column;
    private byte[] bytes;

    Binary(FieldVector column, int width) {
      super(width);
      this.column = column;
    }

    @Override
    int steps(int row) {
      if (column.isNull(row)) {
        throw nullSequence();
      }
      bytes = (byte[]) column.getObject(row);
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
          .get(values, 0, length * width);
    }
  }
}
