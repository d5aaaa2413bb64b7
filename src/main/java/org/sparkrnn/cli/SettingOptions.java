package org.sparkrnn.cli;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.sparkrnn.model.Cut;
import org.sparkrnn.spark.RnnKey;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Every setting as an option of the command line. */
final class SettingOptions {
  /** One by one on the command line, where the key has them all. */
  private static final String INPUT_OPTION = "--input-option";

  private SettingOptions() {}

  /** Adds an option for each of {@code keys}. */
  static void addTo(CommandSpec spec, Iterable<RnnKey> keys) {
    for (RnnKey key : keys) {
      OptionSpec.Builder option =
          OptionSpec.builder(name(key)).paramLabel(label(key)).description(describe(key));
      if (key == RnnKey.INPUT_OPTIONS) {
        option.type(List.class).auxiliaryTypes(String.class).arity("1");
      } else {
        option.type(String.class);
      }
      spec.addOption(option.build());
    }
  }

  /** The option's name. */
  static String name(RnnKey key) {
    return key == RnnKey.INPUT_OPTIONS ? INPUT_OPTION : key.option();
  }

  /** What its value is, for help texts. */
  static String label(RnnKey key) {
    return key == RnnKey.INPUT_OPTIONS ? "KEY=VALUE" : key.metavar();
  }

  private static String describe(RnnKey key) {
    String doc = key.doc().replace("%", "%%");
    if (key == RnnKey.INPUT_OPTIONS) {
      return doc + " May be given several times.";
    }
    return key.defaultValue().isEmpty() ? doc : doc + " Default: " + key.defaultValue() + ".";
  }

  /** Which part of a model is to be used. */
  static Cut cut(Map<RnnKey, String> given) {
    return new Cut(given.getOrDefault(RnnKey.FROM, ""), given.getOrDefault(RnnKey.TO, ""));
  }

  /** What was given on the command line. */
  static Map<RnnKey, String> given(ParseResult parsed) {
    Map<RnnKey, String> given = new EnumMap<>(RnnKey.class);
    for (RnnKey key : RnnKey.values()) {
      Object value =
          parsed.hasMatchedOption(name(key)) ? parsed.matchedOptionValue(name(key), null) : null;
      if (value instanceof List<?> parts) {
        given.put(key, InputOptions.join(parts.stream().map(String::valueOf).toList()));
      } else if (value != null) {
        given.put(key, value.toString());
      }
    }
    return given;
  }
}
