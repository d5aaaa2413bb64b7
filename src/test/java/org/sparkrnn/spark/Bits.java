package org.sparkrnn.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Rows as plain lists in which floats are their bits, so that equal means equal to the last bit.
 */
final class Bits {
  private Bits() {}

  /** The rows of a DataFrame, in the order of their {@code id}. */
  static List<Object> of(Dataset<Row> rows) {
    List<Row> sorted = new ArrayList<>(rows.collectAsList());
    sorted.sort(Comparator.comparingLong((Row row) -> row.getLong(row.fieldIndex("id"))));
    List<Object> all = new ArrayList<>();
    sorted.forEach(row -> all.add(of((Object) row)));
    return all;
  }

  static Object of(Object value) {
    if (value instanceof Float number) {
      return "float " + Integer.toHexString(Float.floatToRawIntBits(number));
    }
    if (value instanceof Row row) {
      List<Object> fields = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        fields.add(of(row.get(i)));
      }
      return fields;
    }
    if (value instanceof scala.collection.Seq<?> seq) {
      List<Object> items = new ArrayList<>();
      CollectionConverters.asJava(seq).forEach(item -> items.add(of(item)));
      return items;
    }
    if (value instanceof byte[] bytes) {
      List<Object> items = new ArrayList<>();
      for (byte b : bytes) {
        items.add(b);
      }
      return items;
    }
    return value;
  }

  /** {@code floats} as a column of {@code array<float>} comes back. */
  static List<Object> of(float[] floats, int from, int to) {
    List<Object> items = new ArrayList<>();
    for (float number : Arrays.copyOfRange(floats, from, to)) {
      items.add(of(number));
    }
    return items;
  }

  /** {@code floats} as a column of {@code array<array<float>>} comes back. */
  static List<Object> nested(float[] floats, int size) {
    List<Object> items = new ArrayList<>();
    for (int from = 0; from < floats.length; from += size) {
      items.add(of(floats, from, from + size));
    }
    return items;
  }
}
