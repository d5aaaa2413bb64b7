package org.sparkrnn.spark.task;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.model.Generated;
import org.sparkrnn.model.Layout;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.rnn.Result;
import org.sparkrnn.rnn.Value;

/**
 * Writes a row's generated columns as an {@code UnsafeRow}: one long per column, then what does not
 * fit into that. One per task; the row is overwritten by the next one.
 */
final class GeneratedRow {
  private final List<Generated> columns;
  private final int fixed;
  private final UnsafeBytes bytes = new UnsafeBytes();
  private final UnsafeRow row;

  GeneratedRow(List<Generated> columns) {
    this.columns = columns;
    this.fixed = fixed(columns.size());
    this.row = new UnsafeRow(columns.size());
  }

  /** Bytes of a struct before its fields' own: a bit for each that may be null, and a long each. */
  private static int fixed(int fields) {
    return UnsafeRow.calculateBitSetWidthInBytes(fields) + 8 * fields;
  }

  /** The most bytes that the row takes for a sequence of this length and number of steps. */
  long size(int length, int steps) {
    long size = fixed;
    for (Generated generated : columns) {
      if (generated instanceof Generated.Column column) {
        size += size(column, column.padding() == Generated.Padding.PAD ? steps : length);
      }
    }
    return size;
  }

  private static long size(Generated.Column column, long entries) {
    if (column.output() instanceof Output.FinalState state) {
      // Each part has at most a slot, a struct's own bits and an array's header around its floats.
      return 64L * (1 + state.shape().parts().size()) + 4L * state.shape().size();
    }
    if (column.output() instanceof Output.LayerValue layer && layer.value().perStep()) {
      return column.layout() == Layout.NESTED
          ? UnsafeBytes.nestedSize(entries, layer.value().size())
          : UnsafeBytes.arraySize(entries * layer.value().size());
    }
    return UnsafeBytes.arraySize(width(column.output()));
  }

  private static int width(Output output) {
    if (output instanceof Output.Generated ids) {
      return ids.maxSteps();
    }
    return output instanceof Output.LastOutput last
        ? last.size()
        : ((Output.LayerValue) output).value().size();
  }

  /** The row of a sequence that was computed. */
  UnsafeRow good(Results results, int inWindow, int length, int steps) {
    bytes.clear();
    int start = bytes.zeros(fixed);
    int result = 0;
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i) instanceof Generated.Column column) {
        int entries = column.padding() == Generated.Padding.PAD ? steps : length;
        write(start, i, column, results.get(result++), new Extent(inWindow, length, entries));
      } else {
        bytes.setNull(start, i);
      }
    }
    return finish();
  }

  /** The row of a sequence that was not. */
  UnsafeRow bad(String error) {
    bytes.clear();
    int start = bytes.zeros(fixed);
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i) instanceof Generated.Reason) {
        int at = bytes.end();
        point(start, i, at, bytes.raw(error.getBytes(StandardCharsets.UTF_8)));
      } else {
        bytes.setNull(start, i);
      }
    }
    return finish();
  }

  /** Where the results of the selected outputs are. */
  interface Results {
    Result get(int index);
  }

  /**
   * A row's place and size.
   *
   * @param inWindow its place in the window
   * @param length its valid steps
   * @param entries how many entries per-step outputs get
   */
  private record Extent(int inWindow, int length, int entries) {}

  private void write(int start, int ordinal, Generated.Column column, Result result, Extent row) {
    int offset = result.offset(row.inWindow());
    if (column.output() instanceof Output.FinalState state) {
      int at = bytes.end();
      struct((StateShape.Struct) state.shape(), result.floats(), offset);
      point(start, ordinal, at, bytes.end() - at);
      return;
    }
    int at = bytes.end();
    if (column.output() instanceof Output.Generated) {
      int ids = result.entries(row.inWindow());
      point(start, ordinal, at, bytes.array(result.ints(), offset, ids, ids));
    } else if (result.perStep()) {
      int size =
          isInt(column.output())
              ? bytes.array(result.ints(), offset, row.length(), row.entries())
              : floatSteps(column, result, offset, row);
      point(start, ordinal, at, size);
    } else if (isInt(column.output())) {
      bytes.putInt(slot(start, ordinal), result.ints()[offset]);
    } else {
      int size = result.size();
      point(start, ordinal, at, bytes.array(result.floats(), offset, size, size));
    }
  }

  private static boolean isInt(Output output) {
    return output instanceof Output.LayerValue layer && layer.value().type() == Value.Type.INT;
  }

  private int floatSteps(Generated.Column column, Result result, int offset, Extent row) {
    int size = result.size();
    float[] floats = result.floats();
    return switch (column.layout()) {
      case NESTED -> bytes.nested(floats, offset, row.length(), size, row.entries());
      case FLAT -> bytes.array(floats, offset, row.length() * size, row.entries() * size);
      case BINARY -> bytes.binary(floats, offset, row.length() * size, row.entries() * size);
    };
  }

  /** Appends a state as a struct; returns the index behind its floats. */
  private int struct(StateShape.Struct shape, float[] floats, int offset) {
    int start = bytes.zeros(fixed(shape.fields().size()));
    int next = offset;
    for (int i = 0; i < shape.fields().size(); i++) {
      StateShape part = shape.fields().get(i).shape();
      int at = bytes.end();
      if (part instanceof StateShape.Struct inner) {
        next = struct(inner, floats, next);
      } else {
        bytes.array(floats, next, part.size(), part.size());
        next += part.size();
      }
      int slot = start + UnsafeRow.calculateBitSetWidthInBytes(shape.fields().size()) + 8 * i;
      bytes.putLong(slot, (long) (at - start) << 32 | (bytes.end() - at));
    }
    return next;
  }

  private int slot(int start, int ordinal) {
    return start + UnsafeRow.calculateBitSetWidthInBytes(columns.size()) + 8 * ordinal;
  }

  private void point(int start, int ordinal, int at, int size) {
    bytes.putLong(slot(start, ordinal), (long) (at - start) << 32 | size);
  }

  private UnsafeRow finish() {
    row.pointTo(bytes.bytes(), bytes.end());
    return row;
  }
}
