package org.sparkrnn.spark.task;

import java.io.Serializable;
import org.apache.spark.sql.types.DataType;

/**
 * Where a row's inputs are.
 *
 * @param sequence the steps
 * @param length how many of them count; {@link Field#ABSENT} for all
 * @param state the initial state; {@link Field#ABSENT} for the zero state
 */
public record Inputs(Field sequence, Field length, Field state) implements Serializable {

  /**
   * A column of the operator's input.
   *
   * @param name its name, for messages
   * @param ordinal its place, or -1
   * @param type its type; null when absent
   */
  public record Field(String name, int ordinal, DataType type) implements Serializable {
    /** No such column. */
    public static final Field ABSENT = new Field("", -1, null);

    /** Whether there is one. */
    public boolean present() {
      return ordinal >= 0;
    }
  }
}
