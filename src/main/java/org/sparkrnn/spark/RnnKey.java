package org.sparkrnn.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Every setting there is, once: as a configuration key ({@code spark.rnn.windowBytes}), and with
 * the same words as an option of the command line ({@code --window-bytes}).
 */
public enum RnnKey {
  /** What to run. */
  MODEL(
      "model",
      "PATH",
      "",
      "The model: a folder with a model.json, or that file, on any file system that Spark's Hadoop"
          + " configuration knows; without a scheme, on its default one."),
  /** Other weights than the spec names. */
  WEIGHTS("weights", "PATH", "", "A weights file to use in place of the one the model names."),
  /** Where the part that runs begins. */
  FROM(
      "from",
      "NODE",
      "",
      "Of an ONNX file or a TensorFlow graph: the node or value whose place the sequences take,"
          + " where only a part of the"
          + " graph is to run. By default the graph's input."),
  /** Where the part that runs ends. */
  TO(
      "to",
      "NODE",
      "",
      "Of an ONNX file or a TensorFlow graph: the node or value that is the output, or several"
          + " with commas between, where only a part of the graph is to"
          + " run; of a model of Keras: the layer to end with. By default the graph's, or the"
          + " model's, outputs."),
  /** What to run it on. */
  INPUT("input", "PATH", "", "The rows: a path that Spark can read."),
  /** In which format. */
  INPUT_FORMAT(
      "inputFormat",
      "FORMAT",
      "",
      "The rows' format, any that Spark has a source for: parquet, orc, json, csv, avro, ... By"
          + " default the one that the path's extension names, else parquet."),
  /** The format's own options. */
  INPUT_OPTIONS(
      "inputOptions",
      "KEY=VALUE,...",
      "",
      "Options of the rows' format, as Spark documents them, for example header=true for csv."),
  /** Where the results go. */
  OUTPUT("output", "PATH", "", "The folder that the results are written to, as Parquet."),
  /** What if there is something. */
  MODE(
      "mode",
      List.of("errorifexists", "overwrite", "append", "ignore"),
      "errorifexists",
      "What to do where the output exists already."),
  /** Folders by value. */
  PARTITION_BY(
      "partitionBy", "NAMES", "", "Columns by whose values the output is split into folders."),
  /** The sequence column. */
  SEQUENCE(
      "sequence",
      "NAME",
      "",
      "The column with the sequences. For features array<array<float|double>>, the same flattened"
          + " step by step as array<float|double>, or as binary (little-endian float32); for tokens"
          + " and characters array<int|bigint> (ids), array<string> or string."),
  /** The length column. */
  LENGTH(
      "length",
      "NAME",
      "",
      "An integer column: how many of the row's steps count, from the first one on. Without it, and"
          + " where it is null, all do."),
  /** The initial state column. */
  INITIAL_STATE(
      "initialState",
      "NAME",
      "",
      "A column with initial states, of the structure of final_state. Without it, and where it is"
          + " null, the zero state."),
  /** Outputs. */
  SELECT(
      "select",
      "NAMES",
      "",
      "The outputs to add: outputs (one entry for each step), last_output, final_state, or a"
          + " layer's name. By default what the model says, else what its last layers give."),
  /** Columns not to keep. */
  DROP("drop", "NAMES", "", "Columns of the input that are not passed through."),
  /** Names of new columns. */
  OUTPUT_PREFIX("outputPrefix", "PREFIX", "", "Put before the names of the added output columns."),
  /** Bad rows. */
  ON_BAD_ROW(
      "onBadRow",
      List.of("fail", "null"),
      "fail",
      "What to do with a row that cannot be computed: fail the job, or keep the row with null"
          + " outputs and the reason in a column of its own."),
  /** Their reason. */
  ERROR_COLUMN(
      "errorColumn",
      "NAME",
      "rnn_error",
      "The column that says why a row's outputs are null; added only with onBadRow=null."),
  /** Padding. */
  OUTPUTS(
      "outputs",
      List.of("pad", "trim"),
      "pad",
      "Whether outputs with one entry for each step go on with zeros to the row's number of steps,"
          + " as TensorFlow's dynamic_rnn returns them, or end at the row's length."),
  /** Layout. */
  LAYOUT(
      "layout",
      List.of("nested", "flat", "binary"),
      "nested",
      "How the floats of outputs with one entry for each step are stored: array<array<float>>,"
          + " array<float>, or binary (little-endian float32)."),
  /** Arithmetic. */
  OPS(
      "ops",
      List.of("auto", "scalar", "simd"),
      "auto",
      "The arithmetic: plain Java, vector code, or the faster of those that the JVM can run. All"
          + " give the same bits."),
  /** Memory. */
  WINDOW_BYTES(
      "windowBytes",
      "SIZE",
      "64m",
      "Memory of one task's staged rows with their results, and again as much for the columns that"
          + " pass through. A row that needs more is a bad row. At most 4g."),
  /** Rows together. */
  GROUP_ROWS(
      "groupRows", "COUNT", "64", "How many rows are stepped together at most; changes no result."),
  /** Rows that begin alike. */
  SHARED_STEPS(
      "sharedSteps",
      List.of("auto", "always", "never"),
      "auto",
      "Whether steps that rows of tokens or characters share, because they begin alike, end alike"
          + " for a layer that reads them backwards, or are the same, are computed once: where"
          + " that saves at least a sixth of a window's arithmetic, where it saves any, or nowhere."
          + " Changes no result. Rows with initial states of their own share nothing."),
  /** Report file. */
  REPORT("report", "PATH", "", "A file to write the run's summary to, as JSON."),
  /** Broadcast. */
  BROADCAST_LIMIT(
      "broadcastLimit",
      "SIZE",
      "64m",
      "Models with at most this many bytes of weights travel with the job; larger ones are read by"
          + " each executor from the model's path. At most 2047m.");

  /** What every key begins with. */
  public static final String PREFIX = "spark.rnn.";

  private final String word;
  private final String metavar;

  @SuppressWarnings("ImmutableEnumChecker") // Made by List.of.
  private final List<String> choices;

  private final String defaultValue;
  private final String doc;

  RnnKey(String word, String metavar, String defaultValue, String doc) {
    this(word, metavar, List.of(), defaultValue, doc);
  }

  RnnKey(String word, List<String> choices, String defaultValue, String doc) {
    this(word, String.join("|", choices), choices, defaultValue, doc);
  }

  RnnKey(String word, String metavar, List<String> choices, String defaultValue, String doc) {
    this.word = word;
    this.metavar = metavar;
    this.choices = choices;
    this.defaultValue = defaultValue;
    this.doc = doc;
  }

  /** The setting's own word: {@code windowBytes}. */
  public String word() {
    return word;
  }

  /** As a configuration key: {@code spark.rnn.windowBytes}. */
  public String key() {
    return PREFIX + word;
  }

  /** As an option: {@code --window-bytes}. */
  public String option() {
    StringBuilder option = new StringBuilder("--");
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (Character.isUpperCase(c)) {
        option.append('-');
      }
      option.append(Character.toLowerCase(c));
    }
    return option.toString();
  }

  /** What a value is, for help texts: {@code SIZE}, {@code trim|pad}. */
  public String metavar() {
    return metavar;
  }

  /** The values it may have; empty where any will do. */
  public List<String> choices() {
    return choices;
  }

  /** What holds where nothing is set; maybe empty. */
  public String defaultValue() {
    return defaultValue;
  }

  /** What it does. */
  public String doc() {
    return doc;
  }

  /**
   * Checks that the setting can have this value.
   *
   * @throws SettingException if not; the message says what it can have
   */
  public void check(String value) {
    if (!choices.isEmpty() && !choices.contains(value)) {
      throw refuse(value, "one of " + String.join(", ", choices));
    }
    switch (this) {
      case WINDOW_BYTES -> {
        if (size(value, 4L << 30, "4g") == 0) {
          throw refuse(value, "at least 1 byte");
        }
      }
      case BROADCAST_LIMIT -> size(value, 2047L << 20, "2047m");
      case GROUP_ROWS -> count(value);
      case SELECT, DROP, PARTITION_BY -> NameList.parse(value);
      default -> {
        // Any text will do.
      }
    }
  }

  /** The setting of this configuration key. */
  public static RnnKey ofKey(String key) {
    for (RnnKey setting : values()) {
      if (setting.key().equals(key)) {
        return setting;
      }
    }
    List<String> keys = new ArrayList<>(Arrays.stream(values()).map(RnnKey::key).toList());
    throw new SettingException(
        "there is no setting '"
            + key
            + "'"
            + Nearest.to(key.substring(Math.min(key.length(), PREFIX.length())), words())
                .map(near -> "; did you mean '" + PREFIX + near + "'?")
                .orElse("; there are " + String.join(", ", keys)));
  }

  private static List<String> words() {
    return Arrays.stream(values()).map(RnnKey::word).toList();
  }

  /** The bytes that a value names: {@code 4096}, {@code 512k}, {@code 64m}, {@code 1g}. */
  long bytes(String value) {
    return size(value, Long.MAX_VALUE, "");
  }

  /** The number that a value is. */
  int count(String value) {
    if (!value.matches("[1-9][0-9]{0,8}")) {
      throw refuse(value, "a whole number from 1 on");
    }
    return Integer.parseInt(value);
  }

  private long size(String value, long most, String mostText) {
    String lower = value.toLowerCase(Locale.ROOT);
    if (!lower.matches("[0-9]{1,15}[kmg]?b?")) {
      throw refuse(value, "a size such as 4096, 512k, 64m or 1g");
    }
    String digits = lower.replaceAll("[^0-9]", "");
    int shift = lower.contains("k") ? 10 : lower.contains("m") ? 20 : lower.contains("g") ? 30 : 0;
    long number = Long.parseLong(digits);
    if (number > most >> shift) {
      throw refuse(value, "at most " + mostText);
    }
    return number << shift;
  }

  private SettingException refuse(String value, String expected) {
    return new SettingException(
        key() + " (" + option() + ") is '" + value + "', expected " + expected);
  }
}
