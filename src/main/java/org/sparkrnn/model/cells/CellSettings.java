package org.sparkrnn.model.cells;

import java.util.List;
import java.util.Map;
import org.sparkrnn.cell.Activation;

/**
 * The options of one cell.
 *
 * @param values by option, in the order the type lists them
 */
public record CellSettings(Map<CellOption<?>, Object> values) {

  /** An option's value. */
  @SuppressWarnings("unchecked") // the value was read by the option itself
  <T> T get(CellOption<T> option) {
    return (T) get(option.key());
  }

  /** Whether an option that has none by default was given. */
  boolean given(String key) {
    return values.entrySet().stream()
        .anyMatch(
            entry ->
                entry.getKey().key().equals(key)
                    && !entry.getValue().equals(entry.getKey().otherwise()));
  }

  public int integer(String key) {
    return (Integer) get(key);
  }

  @SuppressWarnings("unchecked") // an option of integers was read as such
  List<Integer> integers(String key) {
    return (List<Integer>) get(key);
  }

  float number(String key) {
    return (Float) get(key);
  }

  boolean flag(String key) {
    return (Boolean) get(key);
  }

  Activation activation(String key) {
    return (Activation) get(key);
  }

  /** Whether the type has such an option. */
  boolean has(String key) {
    return values.keySet().stream().anyMatch(option -> option.key().equals(key));
  }

  /** A value by its key. */
  Object get(String key) {
    for (Map.Entry<CellOption<?>, Object> entry : values.entrySet()) {
      if (entry.getKey().key().equals(key)) {
        return entry.getValue();
      }
    }
    throw new IllegalArgumentException("this type of cell has no option '" + key + "'");
  }
}
