package org.sparkrnn.spark.task;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.types.StructType;
import org.sparkrnn.model.Generated;
import org.sparkrnn.model.OnBadRow;
import org.sparkrnn.rnn.Limits;
import org.sparkrnn.rnn.Sharing;

/**
 * All that a task needs to know. Made on the driver, immutable, travels with each task.
 *
 * @param model where the network comes from
 * @param inputs where a row's inputs are
 * @param rows the rows that come in and what is kept of them
 * @param columns what is added behind that
 * @param running how
 */
public record TaskPlan(
    ModelSource model, Inputs inputs, Rows rows, List<Generated> columns, Running running)
    implements Serializable {
  /** Takes a copy of the list. */
  public TaskPlan {
    columns = List.copyOf(columns);
  }

  /**
   * The rows.
   *
   * @param in their columns as they come
   * @param kept places in {@code in} of the columns that pass through, in the order they go out
   * @param generated the columns that are added
   */
  public record Rows(StructType in, List<Integer> kept, StructType generated)
      implements Serializable {
    /** Takes a copy of the list. */
    public Rows {
      kept = List.copyOf(kept);
    }

    /** The columns that pass through. */
    StructType passThrough() {
      StructType type = new StructType();
      for (int ordinal : kept) {
        type = type.add(in.fields()[ordinal]);
      }
      return type;
    }
  }

  /**
   * How the network is run.
   *
   * @param ops the setting of {@code spark.rnn.ops}
   * @param windowBytes bound on a task's staged rows, and again on the columns that pass through
   * @param groupRows rows stepped together at most
   * @param sharing whether steps that rows share are computed once
   * @param onBadRow what becomes of a row that cannot be computed
   */
  public record Running(
      String ops, long windowBytes, int groupRows, Sharing sharing, OnBadRow onBadRow)
      implements Serializable {
    /** The bounds on its memory, and what it shares. */
    public Limits limits() {
      return new Limits(windowBytes, groupRows, sharing);
    }
  }
}
