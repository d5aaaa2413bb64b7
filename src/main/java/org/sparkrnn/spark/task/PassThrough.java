package org.sparkrnn.spark.task;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.StructField;
import scala.jdk.javaapi.CollectionConverters;

/** The columns of a row that pass through, as an unsafe row. One per task. */
final class PassThrough {
  private final UnsafeProjection projection;

  /** The rows go out as they come in. */
  private final boolean whole;

  PassThrough(TaskPlan.Rows rows) {
    List<Expression> columns = new ArrayList<>();
    boolean inOrder = rows.kept().size() == rows.in().length();
    for (int i = 0; i < rows.kept().size(); i++) {
      int ordinal = rows.kept().get(i);
      StructField field = rows.in().fields()[ordinal];
      columns.add(new BoundReference(ordinal, field.dataType(), field.nullable()));
      inOrder &= ordinal == i;
    }
    whole = inOrder;
    projection = UnsafeProjection.create(CollectionConverters.asScala(columns).toSeq());
  }

  /** Valid until the next row. */
  UnsafeRow of(InternalRow row) {
    return whole && row instanceof UnsafeRow unsafe ? unsafe : projection.apply(row);
  }
}
