package org.sparkrnn;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkrnn.spark.Inference;
import org.sparkrnn.spark.ModelHandle;
import org.sparkrnn.spark.NameList;
import org.sparkrnn.spark.RnnKey;

/**
 * How a model is run over a DataFrame. What is not said here comes from the session's {@code
 * spark.rnn.*} settings, then from the defaults. Immutable: each method returns another one.
 */
public final class RnnTransform {
  private final ModelHandle handle;
  private final Map<RnnKey, String> settings;

  private RnnTransform(ModelHandle handle, Map<RnnKey, String> settings) {
    this.handle = handle;
    this.settings = settings;
  }

  static RnnTransform of(ModelHandle handle) {
    return new RnnTransform(handle, new EnumMap<>(RnnKey.class));
  }

  static RnnTransform of(ModelHandle handle, String column) {
    return of(handle).with(RnnKey.SEQUENCE, column);
  }

  /**
   * Any setting, as the configuration spells its value.
   *
   * @throws org.sparkrnn.spark.SettingException if it cannot have this value
   */
  public RnnTransform with(RnnKey key, String value) {
    key.check(value);
    Map<RnnKey, String> more = new EnumMap<>(settings);
    more.put(key, value);
    return new RnnTransform(handle, more);
  }

  /** The integer column that says how many of a row's steps count. Null counts all. */
  public RnnTransform lengths(String column) {
    return with(RnnKey.LENGTH, column);
  }

  /** The column with the initial states, of {@code final_state}'s structure. Null is zero. */
  public RnnTransform initialState(String column) {
    return with(RnnKey.INITIAL_STATE, column);
  }

  /** The outputs to add. */
  public RnnTransform select(String... outputs) {
    return with(RnnKey.SELECT, NameList.format(List.of(outputs)));
  }

  /** Columns that do not pass through. */
  public RnnTransform drop(String... columns) {
    return with(RnnKey.DROP, NameList.format(List.of(columns)));
  }

  /** Put before the names of the added output columns. */
  public RnnTransform outputPrefix(String prefix) {
    return with(RnnKey.OUTPUT_PREFIX, prefix);
  }

  /** {@code fail}, or {@code null}: keep bad rows with null outputs and the reason in a column. */
  public RnnTransform onBadRow(String policy) {
    return with(RnnKey.ON_BAD_ROW, policy);
  }

  /** Name of the column with the reasons, {@code rnn_error} by default. */
  public RnnTransform errorColumn(String name) {
    return with(RnnKey.ERROR_COLUMN, name);
  }

  /** How per-step floats are stored: {@code nested}, {@code flat} or {@code binary}. */
  public RnnTransform layout(String layout) {
    return with(RnnKey.LAYOUT, layout);
  }

  /** How long per-step outputs are: {@code trim} or {@code pad}. */
  public RnnTransform outputs(String padding) {
    return with(RnnKey.OUTPUTS, padding);
  }

  /**
   * The DataFrame with the model's outputs added: a row for each row, in no other order within a
   * partition, with all its columns. Checks all that can be checked without looking at rows;
   * nothing runs before an action does.
   *
   * @throws org.sparkrnn.spark.SettingException if a setting is unknown or cannot be
   * @throws org.sparkrnn.spark.ColumnException if the columns do not fit the model
   */
  public Dataset<Row> transform(Dataset<?> rows) {
    return Inference.transform(handle, settings, rows);
  }
}
