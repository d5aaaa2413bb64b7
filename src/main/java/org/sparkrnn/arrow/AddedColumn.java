package org.sparkrnn.arrow;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.Field;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.model.Generated;
import org.sparkrnn.model.Layout;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.rnn.Result;
import org.sparkrnn.rnn.Value;

/** Writes one added column, row by row. What is not written is null. */
abstract class AddedColumn {
  final FieldVector vector;

  private AddedColumn(FieldVector vector) {
    this.vector = vector;
  }

  /**
   * A row's place and size.
   *
   * @param row its place in the batch
   * @param inWindow its place in the window
   * @param length its valid steps
   * @param steps its steps
   */
  record Extent(int row, int inWindow, int length, int steps) {}

  /** Writes the row's result. */
  abstract void put(Result result, Extent row);

  /** Makes the vector one of {@code rows} rows. */
  void finish(int rows) {
    vector.setValueCount(rows);
  }

  /**
   * An empty column for an output.
   *
   * @param field its field
   * @param column what it holds
   * @param rows how many rows it will have
   */
  static AddedColumn of(Field field, Generated.Column column, int rows, BufferAllocator allocator) {
    FieldVector vector = field.createVector(allocator);
    vector.setInitialCapacity(Math.max(1, rows));
    vector.allocateNew();
    if (column.output() instanceof Output.FinalState state) {
      return new State((StructVector) vector, state.shape());
    }
    if (vector instanceof IntVector ints) {
      return new Int(ints);
    }
    boolean pad = column.padding() == Generated.Padding.PAD;
    if (vector instanceof VarBinaryVector bytes) {
      return new Binary(bytes, pad);
    }
    boolean nested =
        column.layout() == Layout.NESTED
            && column.output() instanceof Output.LayerValue layer
            && layer.value().perStep()
            && layer.value().type() == Value.Type.FLOAT;
    return nested ? new Nested((ListVector) vector, pad) : new Flat((ListVector) vector, pad);
  }

  /** One list of numbers: a row's steps one behind the other, or its only entry. */
  private static final class Flat extends AddedColumn {
    private final NumberLists lists;
    private final boolean ints;
    private final boolean pad;

    Flat(ListVector vector, boolean pad) {
      super(vector);
      this.lists = new NumberLists(vector);
      this.ints = vector.getDataVector() instanceof IntVector;
      this.pad = pad;
    }

    @Override
    void put(Result result, Extent row) {
      int valid = result.entries(row.inWindow());
      int entries = result.perStep() && pad ? row.steps() : valid;
      int size = result.size();
      Object source = ints ? result.ints() : result.floats();
      int total = BatchRun.fitting(0, (long) entries * size);
      lists.put(row.row(), 1, total, source, result.offset(row.inWindow()), valid * size);
    }

    @Override
    void finish(int rows) {
      lists.finish();
      super.finish(rows);
    }
  }

  /** A list of steps, each a list of floats. */
  private static final class Nested extends AddedColumn {
    private final ListVector rows;
    private final NumberLists steps;
    private final boolean pad;
    private int end;

    Nested(ListVector vector, boolean pad) {
      super(vector);
      this.rows = vector;
      this.steps = new NumberLists((ListVector) vector.getDataVector());
      this.pad = pad;
    }

    @Override
    void put(Result result, Extent row) {
      int entries = BatchRun.fitting(end, pad ? row.steps() : row.length());
      rows.startNewValue(row.row());
      rows.endValue(row.row(), entries);
      int size = result.size();
      steps.put(
          end, entries, size, result.floats(), result.offset(row.inWindow()), row.length() * size);
      end += entries;
    }

    @Override
    void finish(int count) {
      steps.finish();
      super.finish(count);
    }
  }

  /** Little-endian {@code float32}. */
  private static final class Binary extends AddedColumn {
    private final VarBinaryVector bytes;
    private final boolean pad;
    private long end;

    Binary(VarBinaryVector vector, boolean pad) {
      super(vector);
      this.bytes = vector;
      this.pad = pad;
    }

    @Override
    void put(Result result, Extent row) {
      int entries = pad ? row.steps() : row.length();
      byte[] packed = new byte[BatchRun.fitting(end, 4L * entries * result.size())];
      ByteBuffer.wrap(packed)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .put(result.floats(), result.offset(row.inWindow()), row.length() * result.size());
      bytes.setSafe(row.row(), packed);
      end += packed.length;
    }
  }

  /** One integer for the row. */
  private static final class Int extends AddedColumn {
    private final IntVector ints;

    Int(IntVector vector) {
      super(vector);
      this.ints = vector;
    }

    @Override
    void put(Result result, Extent row) {
      ints.setSafe(row.row(), result.ints()[result.offset(row.inWindow())]);
    }
  }

  /** Structs down to lists of floats. */
  private static final class State extends AddedColumn {
    private final List<StructVector> structs = new ArrayList<>();
    private final List<NumberLists> leaves = new ArrayList<>();
    private final List<StateShape.Part> parts;

    State(StructVector vector, StateShape shape) {
      super(vector);
      this.parts = shape.parts();
      collect(vector);
    }

    private void collect(FieldVector part) {
      if (part instanceof StructVector struct) {
        structs.add(struct);
        struct.getChildrenFromFields().forEach(this::collect);
      } else {
        leaves.add(new NumberLists((ListVector) part));
      }
    }

    @Override
    void put(Result result, Extent row) {
      structs.forEach(struct -> struct.setIndexDefined(row.row()));
      for (int i = 0; i < leaves.size(); i++) {
        StateShape.Part part = parts.get(i);
        int from = result.offset(row.inWindow()) + part.offset();
        leaves.get(i).put(row.row(), 1, part.size(), result.floats(), from, part.size());
      }
    }

    @Override
    void finish(int rows) {
      leaves.forEach(NumberLists::finish);
      super.finish(rows);
    }
  }

  /** Writes why rows were not computed. */
  static void reason(VarCharVector vector, int row, String text) {
    vector.setSafe(row, text.getBytes(StandardCharsets.UTF_8));
  }
}
