package org.sparkrnn.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.sparkrnn.sample.LanguageScores;
import org.sparkrnn.sample.LocaleName;
import org.sparkrnn.sample.LocaleNames;
import org.sparkrnn.sample.NameLanguageModel;
import org.sparkrnn.sample.ScoredName;
import org.sparkrnn.spark.RnnKey;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code demo}: writes the bundled model and corpus, runs the one over the other as {@code run}
 * does, and shows what came out.
 */
final class DemoVerb implements Verb {
  private static final String DIR = "--dir";
  private static final int SHOWN = 8;

  private DemoVerb() {}

  static CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(new DemoVerb());
    spec.usageMessage()
        .header("Runs the bundled model over the bundled names, and shows what came out.")
        .description(
            "The model, a bidirectional LSTM over characters, tells which language a name is",
            "written in; the names are those that the JDK's locale data has for territories,",
            "languages and currencies.");
    spec.addOption(
        OptionSpec.builder(DIR)
            .type(Path.class)
            .paramLabel("FOLDER")
            .description(
                "Local folder for the model, the names and the results. Default: spark-rnn-demo;"
                    + " of the launcher, target/demo.")
            .build());
    SettingOptions.addTo(spec, List.of(RnnKey.OPS, RnnKey.REPORT));
    return spec;
  }

  @Override
  public void run(ParseResult options, Surroundings around) throws IOException {
    Path dir =
        options.matchedOptionValue(DIR, Path.of("spark-rnn-demo")).toAbsolutePath().normalize();
    Configuration conf = around.hadoop();
    NameLanguageModel.copyTo(dir.resolve("model"));
    List<LocaleName> names = LocaleNames.all();
    writeCorpus(names, dir.resolve("names"), around.session().get(), conf);

    Map<RnnKey, String> given = new EnumMap<>(SettingOptions.given(options));
    given.put(RnnKey.MODEL, dir.resolve("model").toString());
    given.put(RnnKey.INPUT, dir.resolve("names").toString());
    given.put(RnnKey.SEQUENCE, "text");
    given.put(RnnKey.OUTPUT, dir.resolve("scored").toString());
    given.put(RnnKey.MODE, SaveMode.OVERWRITE.word());
    JobResult result = new Job(JobSettings.of(given, around.sparkConf().get()), conf, around).run();
    show(result, around);
    around.out().println();
    around.out().println("The same by hand:");
    around.out().println("  " + around.name() + command(given));
  }

  private static void writeCorpus(
      List<LocaleName> names, Path folder, SparkSession session, Configuration conf)
      throws IOException {
    List<Row> rows = new ArrayList<>();
    for (LocaleName name : names) {
      rows.add(
          RowFactory.create(name.text(), name.language(), name.kind().word(), name.split().word()));
    }
    StructType columns =
        new StructType()
            .add("text", "string")
            .add("language", "string")
            .add("kind", "string")
            .add("split", "string");
    try (OutputFolder output = OutputFolder.check(folder.toString(), SaveMode.OVERWRITE, conf)) {
      output.begin();
      session.createDataFrame(rows, columns).write().parquet(output.rows().toString());
      output.commit();
    }
  }

  private static void show(JobResult result, Surroundings around) throws IOException {
    PrintWriter out = around.out();
    List<String> languages = NameLanguageModel.languages();
    Dataset<Row> scored = around.session().get().read().parquet(result.output());
    List<ScoredName> names = new ArrayList<>();
    for (Row row :
        scored
            .select("text", "language", "split", NameLanguageModel.PREDICTION)
            .orderBy("text")
            .collectAsList()) {
      names.add(
          new ScoredName(
              row.getString(0),
              row.getString(1),
              languages.get(row.getInt(3)),
              LocaleName.Split.valueOf(row.getString(2).toUpperCase(Locale.ROOT))));
    }
    out.println("Which language is this name written in?");
    out.println();
    List<ScoredName> unseen =
        names.stream().filter(name -> name.split() == LocaleName.Split.HELD_OUT).toList();
    for (int i = 0; i < SHOWN && i < unseen.size(); i++) {
      ScoredName name = unseen.get(i * unseen.size() / SHOWN);
      out.println(
          String.format(
              "  %s  is %s; the model says %s", name.text(), name.language(), name.predicted()));
    }
    out.println();
    out.println(new LanguageScores(names).text());
    out.println("The run:");
    Summary.of(result).forEach(line -> out.println("  " + line));
  }

  /** The verb and its options for these settings, as a shell takes them. */
  static String command(Map<RnnKey, String> settings) {
    StringBuilder command = new StringBuilder(" run");
    settings.forEach(
        (key, value) ->
            command
                .append(' ')
                .append(SettingOptions.name(key))
                .append(' ')
                .append(
                    value.matches("[\\w./:=,-]+")
                        ? value
                        : "'" + value.replace("'", "'\\''") + "'"));
    return command.toString();
  }
}
