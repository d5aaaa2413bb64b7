package org.sparkrnn.cli;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.sparkrnn.spark.NameList;
import org.sparkrnn.spark.RnnKey;

/**
 * The settings in force for one job: what the command line says, over {@code spark.rnn.*} in
 * Spark's configuration (which is {@code --conf} over {@code --properties-file} or
 * spark-defaults.conf), over the default. Immutable.
 */
final class JobSettings {
  private final Map<RnnKey, String> values;

  private JobSettings(Map<RnnKey, String> values) {
    this.values = values;
  }

  /**
   * Brings them together.
   *
   * @throws org.sparkrnn.spark.SettingException for a key that there is not, or a value that cannot
   *     be
   */
  static JobSettings of(Map<RnnKey, String> commandLine, Map<String, String> sparkConf) {
    Map<RnnKey, String> values = new EnumMap<>(RnnKey.class);
    for (RnnKey key : RnnKey.values()) {
      values.put(key, key.defaultValue());
    }
    new TreeMap<>(sparkConf)
        .forEach(
            (key, value) -> {
              if (key.startsWith(RnnKey.PREFIX)) {
                values.put(RnnKey.ofKey(key), value.strip());
              }
            });
    values.putAll(commandLine);
    values.forEach(RnnKey::check);
    return new JobSettings(values);
  }

  /** The value in force; empty when nothing is set and there is no default. */
  String text(RnnKey key) {
    return values.get(key);
  }

  /** The value in force, if there is one. */
  Optional<String> given(RnnKey key) {
    return Optional.of(text(key)).filter(text -> !text.isEmpty());
  }

  /** The value in force, which the job cannot do without. */
  String needed(RnnKey key) {
    return given(key)
        .orElseThrow(
            () ->
                Refusal.usage(
                    "nothing says "
                        + key.word()
                        + ": give "
                        + SettingOptions.name(key)
                        + ", or set "
                        + key.key()));
  }

  /** A list of names. */
  List<String> names(RnnKey key) {
    return NameList.parse(text(key));
  }

  /** Every setting that is set or has a default, by setting. */
  Map<RnnKey, String> all() {
    Map<RnnKey, String> all = new EnumMap<>(values);
    all.values().removeIf(String::isEmpty);
    return all;
  }

  /** For the log: what is set, by its own word. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    all()
        .forEach(
            (key, value) ->
                text.append(text.isEmpty() ? "" : ", ")
                    .append(key.word())
                    .append('=')
                    .append(value));
    return text.toString();
  }
}
