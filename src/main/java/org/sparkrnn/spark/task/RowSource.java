package org.sparkrnn.spark.task;

import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * The rows that a task is given, one at a time. Each is read in place: it is gone when the next one
 * is asked for, as Spark's iterators reuse their rows and batches.
 */
abstract sealed class RowSource {

  /** Moves to the next row; false if there is none. */
  abstract boolean next();

  /** The row at hand. */
  abstract InternalRow row();

  /** Whether the rows are those of a column batch. */
  abstract boolean columnar();

  /** The column of the batch that holds the row at hand; only where {@link #columnar}. */
  abstract ColumnVector column(int ordinal);

  /** The place of the row at hand in its batch; only where {@link #columnar}. */
  abstract int index();

  static RowSource ofRows(Iterator<InternalRow> rows) {
    return new Rows(rows);
  }

  static RowSource ofBatches(Iterator<ColumnarBatch> batches) {
    return new Batches(batches);
  }

  private static final class Rows extends RowSource {
    private final Iterator<InternalRow> rows;
    private InternalRow row;

    Rows(Iterator<InternalRow> rows) {
      this.rows = rows;
    }

    @Override
    boolean next() {
      if (!rows.hasNext()) {
        return false;
      }
      row = rows.next();
      return true;
    }

    @Override
    InternalRow row() {
      return row;
    }

    @Override
    boolean columnar() {
      return false;
    }

    @Override
    ColumnVector column(int ordinal) {
      throw new IllegalStateException("rows have no column vectors");
    }

    @Override
    int index() {
      throw new IllegalStateException("rows have no batch");
    }
  }

  private static final class Batches extends RowSource {
    private final Iterator<ColumnarBatch> batches;
    private ColumnarBatch batch;
    private int size;
    private int index = -1;

    Batches(Iterator<ColumnarBatch> batches) {
      this.batches = batches;
    }

    @Override
    boolean next() {
      index++;
      while (index >= size) {
        if (!batches.hasNext()) {
          return false;
        }
        batch = batches.next();
        size = batch.numRows();
        index = 0;
      }
      return true;
    }

    @Override
    InternalRow row() {
      return batch.getRow(index);
    }

    @Override
    boolean columnar() {
      return true;
    }

    @Override
    ColumnVector column(int ordinal) {
      return batch.column(ordinal);
    }

    @Override
    int index() {
      return index;
    }
  }
}
