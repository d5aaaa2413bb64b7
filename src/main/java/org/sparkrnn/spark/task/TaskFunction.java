package org.sparkrnn.spark.task;

import java.io.Serializable;
import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Rows in, rows with the generated columns out, for one partition. Serialisable, without any
 * reference to the plan that made it.
 *
 * @param plan what is to be done
 * @param metrics where it is counted
 */
public record TaskFunction(TaskPlan plan, TaskMetrics metrics) implements Serializable {

  /** The rows of a partition, computed as they are asked for, in their order. */
  public Iterator<InternalRow> rows(Iterator<InternalRow> rows) {
    return new InferenceIterator(plan, metrics, RowSource.ofRows(rows));
  }

  /** The same for column batches, which are read without making rows of them. */
  public Iterator<InternalRow> batches(Iterator<ColumnarBatch> batches) {
    return new InferenceIterator(plan, metrics, RowSource.ofBatches(batches));
  }
}
