package org.sparkrnn.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnTransform;
import org.sparkrnn.cell.StateShape;

/** The sequences of a case as a DataFrame: padded, with a column of lengths and one of states. */
final class SparkRows {
  private static final DataType FLOATS = DataTypes.createArrayType(DataTypes.FloatType);

  private final SparkSession session;

  SparkRows(SparkSession session) {
    this.session = session;
  }

  /** What a job over two partitions gives. */
  RnnCase.Results through(RnnModel model, Rows rows) {
    StateShape shape = model.definition().network().stateShape();
    boolean states = rows.states().length > 0;
    StructType schema =
        new StructType()
            .add("id", DataTypes.IntegerType)
            .add("x", DataTypes.createArrayType(FLOATS))
            .add("n", DataTypes.IntegerType);
    List<Row> given = new ArrayList<>();
    for (int row = 0; row < rows.count(); row++) {
      List<Object> values = new ArrayList<>();
      values.add(row);
      values.add(rows.features()[row]);
      values.add(rows.lengths()[row]);
      if (states) {
        values.add(value(shape, rows.states()[row], 0));
      }
      given.add(RowFactory.create(values.toArray()));
    }
    RnnTransform transform = model.on("x").lengths("n").select("outputs", "final_state");
    if (states) {
      schema = schema.add("s", type(shape));
      transform = transform.initialState("s");
    }
    Dataset<Row> frame = session.createDataFrame(given, schema).repartition(2);
    List<Row> found = new ArrayList<>(transform.transform(frame).collectAsList());
    found.sort(Comparator.comparing(row -> row.<Integer>getAs("id")));
    return (output, row) -> {
      List<Float> floats = new ArrayList<>();
      flatten(found.get(row).getAs(output), floats);
      float[] values = new float[floats.size()];
      IntStream.range(0, values.length).forEach(i -> values[i] = floats.get(i));
      return values;
    };
  }

  private static DataType type(StateShape shape) {
    if (!(shape instanceof StateShape.Struct struct)) {
      return FLOATS;
    }
    StructType type = new StructType();
    for (StateShape.Field field : struct.fields()) {
      type = type.add(field.name(), type(field.shape()));
    }
    return type;
  }

  private static Object value(StateShape shape, float[] state, int from) {
    if (!(shape instanceof StateShape.Struct struct)) {
      return Arrays.copyOfRange(state, from, from + shape.size());
    }
    List<Object> values = new ArrayList<>();
    int offset = from;
    for (StateShape.Field field : struct.fields()) {
      values.add(value(field.shape(), state, offset));
      offset += field.shape().size();
    }
    return RowFactory.create(values.toArray());
  }

  private static void flatten(Object value, List<Float> floats) {
    if (value instanceof Row row) {
      IntStream.range(0, row.size()).forEach(i -> flatten(row.get(i), floats));
    } else if (value instanceof scala.collection.Iterable<?> list) {
      scala.jdk.javaapi.CollectionConverters.asJava(list).forEach(each -> flatten(each, floats));
    } else {
      floats.add((Float) value);
    }
  }
}
