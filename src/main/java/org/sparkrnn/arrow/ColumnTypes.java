package org.sparkrnn.arrow;

import java.util.List;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.model.Generated;
import org.sparkrnn.model.Layout;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.rnn.Value;

/** The types of the added columns: what Spark makes of its own, element for element. */
final class ColumnTypes {
  private static final ArrowType FLOAT = new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
  private static final ArrowType INT = new ArrowType.Int(32, true);

  /** What Spark calls a list's elements. */
  private static final String ELEMENT = "element";

  private ColumnTypes() {}

  /** The field of an output's column. */
  static Field field(String name, Generated.Column column, boolean nullable) {
    if (column.output() instanceof Output.FinalState state) {
      return state(name, state.shape(), nullable);
    }
    if (column.output() instanceof Output.Generated) {
      return list(name, nullable, leaf(INT));
    }
    if (column.output() instanceof Output.LastOutput) {
      return list(name, nullable, leaf(FLOAT));
    }
    Value value = ((Output.LayerValue) column.output()).value();
    if (value.type() == Value.Type.INT) {
      return value.perStep() ? list(name, nullable, leaf(INT)) : plain(name, nullable, INT);
    }
    if (!value.perStep() || column.layout() == Layout.FLAT) {
      return list(name, nullable, leaf(FLOAT));
    }
    return column.layout() == Layout.BINARY
        ? plain(name, nullable, new ArrowType.Binary())
        : list(name, nullable, list(ELEMENT, false, leaf(FLOAT)));
  }

  /** The field of the column with the reasons. */
  static Field reason(String name) {
    return plain(name, true, new ArrowType.Utf8());
  }

  private static Field state(String name, StateShape shape, boolean nullable) {
    return shape instanceof StateShape.Struct struct
        ? new Field(
            name,
            new FieldType(nullable, new ArrowType.Struct(), null),
            struct.fields().stream()
                .map(field -> state(field.name(), field.shape(), false))
                .toList())
        : list(name, nullable, leaf(FLOAT));
  }

  private static Field leaf(ArrowType type) {
    return plain(ELEMENT, false, type);
  }

  private static Field plain(String name, boolean nullable, ArrowType type) {
    return new Field(name, new FieldType(nullable, type, null), List.of());
  }

  private static Field list(String name, boolean nullable, Field element) {
    return new Field(name, new FieldType(nullable, new ArrowType.List(), null), List.of(element));
  }
}
