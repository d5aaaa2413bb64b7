package org.sparkrnn.cli;

import static org.apache.spark.sql.functions.array_join;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.split;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.model.loading.ModelWriter;
import org.sparkrnn.spark.SharedSession;
import org.sparkrnn.spark.TestModels;

@ExtendWith(SharedSession.class)
class RunVerbTest {
  /** Four good names of the test model's characters. */
  private static final List<String> GOOD = List.of("ab", "ba", "a", "abba");

  private static final StructType COLUMNS =
      new StructType().add("id", "int").add("name", "string").add("kind", "string");

  @TempDir private Path given;
  private Path temp;
  private SparkSession session;

  @BeforeEach
  void writeModelAndRows(SparkSession shared) throws IOException {
    session = shared;
    temp = given.toRealPath();
    ModelWriter.write(TestModels.characters(), at("model"), new Configuration());
    names(GOOD).write().parquet(at("in"));
  }

  @Test
  void rowsGoThroughTheModelIntoParquet() {
    Command run = run();
    assertThat(run.code()).as(run.toString()).isEqualTo(ExitCode.DONE);
    Dataset<Row> out = session.read().parquet(at("out"));
    assertThat(out.columns()).containsExactly("id", "name", "kind", "logits", "class");
    assertThat(out.count()).isEqualTo(4);
    assertThat(run.out())
        .startsWith("spark-rnn run: done")
        .contains("rows      4 with 9 steps, the longest 4")
        .contains("bad rows  none")
        .contains("output    file:" + at("out"));
    assertThat(run.out()).contains("GFLOP/s; arithmetic: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "orc", "json", "csv"})
  void everyFormatGivesTheSame(String format) {
    names(GOOD).write().option("header", "true").format(format).save(at("rows"));
    List<String> options = new ArrayList<>(List.of("--input", at("rows")));
    if (format.equals("csv")) {
      options.addAll(List.of("--input-option", "header=true", "--input-option", "sep=,"));
    }
    assertThat(run().code()).isEqualTo(ExitCode.DONE);
    Command other = run(options, "--output", at("other"));
    assertThat(other.code()).as(other.toString()).isEqualTo(ExitCode.DONE);
    assertThat(answers("other")).isEqualTo(answers("out"));
  }

  @Test
  void aCsvWithoutAHeaderIsRefusedWithTheOptionForIt() {
    names(GOOD).write().csv(at("rows"));
    Command run = run("--input", at("rows"));
    assertThat(run.code()).isEqualTo(ExitCode.DATA);
    assertThat(run.err())
        .contains("there is no column 'name'")
        .contains("[_c0, _c1, _c2]")
        .contains("(if the files begin with a line of names: --input-option header=true)");
  }

  @Test
  void settingsMayAllComeFromTheConfiguration() {
    Map<String, String> conf =
        Map.of(
            "spark.rnn.model", at("model"),
            "spark.rnn.input", at("in"),
            "spark.rnn.sequence", "name",
            "spark.rnn.select", "class",
            "spark.rnn.output", at("elsewhere"));
    Command run = Command.with(session, conf, "run", "--output", at("out"));
    assertThat(run.code()).as(run.toString()).isEqualTo(ExitCode.DONE);
    assertThat(session.read().parquet(at("out")).columns())
        .containsExactly("id", "name", "kind", "class");
    assertThat(temp.resolve("elsewhere")).doesNotExist();
  }

  @Test
  void anUnknownKeyOfTheConfigurationIsRefused() {
    Command run =
        Command.with(session, Map.of("spark.rnn.modell", "m"), "run", "--output", at("out"));
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err())
        .startsWith(
            "spark-rnn run: there is no setting 'spark.rnn.modell'; did you mean"
                + " 'spark.rnn.model'?");
  }

  @Test
  void outputIsPartitionedByColumns() {
    Command run = run("--partition-by", "kind,id");
    assertThat(run.code()).as(run.toString()).isEqualTo(ExitCode.DONE);
    assertThat(temp.resolve("out/kind=even/id=0")).isDirectory();
    assertThat(answers("out")).hasSize(4);
  }

  @Test
  void aPartitionColumnThatThereIsNotIsDataThatDoesNotFit() throws IOException {
    Map<String, Integer> before = files();
    Command run = run("--partition-by", "kin");
    assertThat(run.code()).as(run.toString()).isEqualTo(ExitCode.DATA);
    assertThat(run.err()).contains("kin").hasLineCount(1);
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void anExistingOutputIsRefusedUnlessTheModeSaysMore() throws IOException {
    assertThat(run().code()).isEqualTo(ExitCode.DONE);
    Map<String, Integer> before = files();
    Command again = run();
    assertThat(again.code()).isEqualTo(ExitCode.USAGE);
    assertThat(again.err()).contains("output file:" + at("out") + " exists; choose another");
    Command ignored = run("--mode", "ignore");
    assertThat(ignored.code()).isEqualTo(ExitCode.DONE);
    assertThat(ignored.out()).contains("exists and is left as it is; nothing ran");
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void overwritingReplacesAndAppendingAdds() {
    assertThat(run().code()).isEqualTo(ExitCode.DONE);
    assertThat(run("--mode", "append").code()).isEqualTo(ExitCode.DONE);
    assertThat(session.read().parquet(at("out")).count()).isEqualTo(8);
    assertThat(run("--mode", "overwrite").code()).isEqualTo(ExitCode.DONE);
    assertThat(session.read().parquet(at("out")).count()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"append", "overwrite", "errorifexists"})
  void aBadRowFailsTheRunAndDamagesNothing(String mode) throws IOException {
    if (!mode.equals("errorifexists")) {
      assertThat(run().code()).isEqualTo(ExitCode.DONE);
    }
    names(List.of("ab", "a?b")).write().parquet(at("bad"));
    Map<String, Integer> before = files();
    Command run = run("--input", at("bad"), "--mode", mode);
    assertThat(run.code()).as(run.toString()).isEqualTo(ExitCode.DATA);
    assertThat(run.err())
        .hasLineCount(1)
        .contains("column 'name': unknown_token: ")
        .contains("(--on-bad-row null)");
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void badRowsAreKeptAndCountedWhereThatIsAsked() throws IOException {
    List<String> rows = new ArrayList<>(GOOD);
    rows.add("a?b");
    rows.add(null);
    rows.add(null);
    names(rows).write().parquet(at("bad"));
    Command run = run("--input", at("bad"), "--on-bad-row", "null", "--report", at("report.json"));
    assertThat(run.code()).as(run.toString()).isEqualTo(ExitCode.DONE);
    assertThat(run.out())
        .contains("bad rows  2 (the sequence is null), 1 (a token is not in the vocabulary)");
    assertThat(session.read().parquet(at("out")).where("rnn_error is not null").count())
        .isEqualTo(3);
    JsonNode bad = report("report.json").get("badRows");
    assertThat(bad.get("total").asInt()).isEqualTo(3);
    assertThat(bad.get("byReason").toString())
        .isEqualTo("{\"null_sequence\":2,\"unknown_token\":1}");
  }

  @Test
  void theWholeExceptionIsPrintedOnlyWhenAsked() {
    names(List.of("a?b")).write().parquet(at("bad"));
    assertThat(run("--input", at("bad")).err()).doesNotContain("\tat ");
    assertThat(run("--input", at("bad"), "--stacktrace").err()).contains("\tat ");
  }

  @Test
  void appendingOtherColumnsOrPartitionsIsRefused() throws IOException {
    assertThat(run("--partition-by", "kind").code()).isEqualTo(ExitCode.DONE);
    Map<String, Integer> before = files();
    Command columns = run("--mode", "append", "--partition-by", "kind", "--select", "class");
    assertThat(columns.code()).as(columns.toString()).isEqualTo(ExitCode.DATA);
    assertThat(columns.err()).contains("has columns {").contains("logits=array<float>");
    Command partitions = run("--mode", "append");
    assertThat(partitions.code()).isEqualTo(ExitCode.DATA);
    assertThat(partitions.err())
        .contains("is partitioned by [kind], but this run's rows by []; append with the same");
    assertThat(files()).isEqualTo(before);
    assertThat(run("--mode", "append", "--partition-by", "kind").code()).isEqualTo(ExitCode.DONE);
  }

  @Test
  void anOutputInOrAroundTheInputOrTheModelIsRefused() throws IOException {
    Map<String, Integer> before = files();
    for (String output : List.of(at("in"), at("in/out"), at("model"), at("."))) {
      Command run = run("--mode", "append", "--output", output);
      assertThat(run.code()).as(run.toString()).isEqualTo(ExitCode.USAGE);
      assertThat(run.err()).contains("; choose another folder");
    }
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void dynamicPartitionOverwriteIsNotWhatOverwriteDoes() {
    Map<String, String> conf = Map.of("spark.sql.sources.partitionOverwriteMode", "dynamic");
    Command run =
        Command.with(
            session, conf, arguments(List.of(), "--mode", "overwrite").toArray(new String[0]));
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err())
        .contains("spark.sql.sources.partitionOverwriteMode is dynamic, but --mode overwrite");
  }

  @Test
  void mistakesEndWithTheirOwnExitCode() {
    assertThat(run("--model", at("nowhere")).code()).isEqualTo(ExitCode.MODEL);
    assertThat(run("--input", at("nowhere")).code()).isEqualTo(ExitCode.DATA);
    assertThat(run("--sequence", "nmae").code()).isEqualTo(ExitCode.DATA);
    assertThat(run("--sequence", "id").code()).isEqualTo(ExitCode.DATA);
    assertThat(run("--select", "clas").code()).isEqualTo(ExitCode.USAGE);
    assertThat(run("--input-format", "parkett").code()).isEqualTo(ExitCode.USAGE);
    assertThat(Command.with(session, "run", "--model", at("model")).code())
        .isEqualTo(ExitCode.USAGE);
    assertThat(temp.resolve("out")).doesNotExist();
  }

  @Test
  void aMissingInputIsNamed() {
    assertThat(run("--input", at("nowhere")).err())
        .contains("input " + at("nowhere") + " does not exist");
  }

  @Test
  void aRunThatBreaksForNoFaultOfAnyRowsEndsWithOne() throws IOException {
    Files.createDirectories(temp.resolve("broken"));
    Files.writeString(temp.resolve("broken/part-0.parquet"), "PAR1 this is no Parquet file PAR1");
    names(GOOD).coalesce(1).write().mode("append").parquet(at("broken"));
    Command run = run("--input", at("broken"), "--report", at("report.json"));
    assertThat(run.code()).as(run.toString()).isEqualTo(ExitCode.FAILED);
    assertThat(temp.resolve("out")).doesNotExist();
    assertThat(report("report.json").get("exitCode").asInt()).isEqualTo(1);
  }

  @Test
  void theReportTellsWhatRanAndWhatCameOfIt() throws IOException {
    assertThat(run("--report", at("deep/report.json"), "--group-rows", "7").code())
        .isEqualTo(ExitCode.DONE);
    JsonNode report = report("deep/report.json");
    assertThat(report.get("status").asText()).isEqualTo("done");
    assertThat(report.get("exitCode").asInt()).isZero();
    assertThat(report.get("error").isNull()).isTrue();
    assertThat(report.get("started").asText()).isLessThan(report.get("ended").asText());
    assertThat(report.get("versions").get("spark").asText()).startsWith("4.");
    assertThat(report.get("settings").get("spark.rnn.groupRows").asText()).isEqualTo("7");
    assertThat(report.get("settings").get("spark.rnn.mode").asText()).isEqualTo("errorifexists");
    assertThat(report.get("model").get("name").asText()).isEqualTo("characters");
    assertThat(report.get("model").get("fingerprint").asText()).hasSize(64);
    assertThat(report.get("rows").asInt()).isEqualTo(4);
    assertThat(report.get("steps").asInt()).isEqualTo(9);
    assertThat(report.get("cellSteps").asInt()).isBetween(1, 9);
    assertThat(report.get("longestRow").asInt()).isEqualTo(4);
    assertThat(report.get("arithmetic").get(0).asText()).isNotEmpty();
    assertThat(report.get("output").get("path").asText()).isEqualTo("file:" + at("out"));
    assertThat(report.get("seconds").asDouble()).isPositive();
  }

  @Test
  void theReportOfAFailureSaysWhy() throws IOException {
    Command run = run("--model", at("nowhere"), "--report", at("report.json"));
    assertThat(run.code()).isEqualTo(ExitCode.MODEL);
    JsonNode report = report("report.json");
    assertThat(report.get("status").asText()).isEqualTo("failed");
    assertThat(report.get("exitCode").asInt()).isEqualTo(3);
    assertThat(run.err()).contains(report.get("error").asText());
  }

  @Test
  void aReportAmongTheDataIsRefused() {
    for (String place : List.of("in/report.json", "out/report.json")) {
      Command run = run("--report", at(place));
      assertThat(run.code()).isEqualTo(ExitCode.USAGE);
      assertThat(run.err()).contains("where it would be taken for data; choose another place");
    }
    assertThat(temp.resolve("out")).doesNotExist();
  }

  @Test
  void sequencesOfWordsMayComeAsArrays() {
    names(GOOD).withColumn("name", split(col("name"), "")).write().parquet(at("arrays"));
    assertThat(run().code()).isEqualTo(ExitCode.DONE);
    Command arrays = run("--input", at("arrays"), "--output", at("other"));
    assertThat(arrays.code()).as(arrays.toString()).isEqualTo(ExitCode.DONE);
    List<Row> joined =
        session
            .read()
            .parquet(at("other"))
            .withColumn("name", array_join(col("name"), ""))
            .orderBy("id")
            .select("id", "name", "class")
            .collectAsList();
    assertThat(joined).isEqualTo(answers("out"));
  }

  private Dataset<Row> names(List<String> names) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      rows.add(RowFactory.create(i, names.get(i), i % 2 == 0 ? "even" : "odd"));
    }
    return session.createDataFrame(rows, COLUMNS).repartition(2);
  }

  private List<Row> answers(String folder) {
    return session
        .read()
        .parquet(at(folder))
        .selectExpr("cast(id as int) id", "name", "class")
        .orderBy("id")
        .collectAsList();
  }

  private Command run(String... options) {
    return run(List.of(), options);
  }

  private Command run(List<String> first, String... options) {
    return Command.with(session, arguments(first, options).toArray(new String[0]));
  }

  /** The options that every run needs, where they are not given. */
  private List<String> arguments(List<String> first, String... options) {
    List<String> all = new ArrayList<>(List.of("run"));
    all.addAll(first);
    all.addAll(List.of(options));
    Map.of("--model", "model", "--input", "in", "--output", "out")
        .forEach(
            (option, folder) -> {
              if (!all.contains(option)) {
                all.addAll(List.of(option, at(folder)));
              }
            });
    if (!all.contains("--sequence")) {
      all.addAll(List.of("--sequence", "name"));
    }
    return all;
  }

  private String at(String name) {
    return temp.resolve(name).toString();
  }

  private JsonNode report(String name) throws IOException {
    return new ObjectMapper().readTree(temp.resolve(name).toFile());
  }

  /** Every file, hidden ones too, with a hash of its bytes. */
  private Map<String, Integer> files() throws IOException {
    Map<String, Integer> found = new TreeMap<>();
    try (Stream<Path> all = Files.walk(temp)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        found.put(
            temp.relativize(file).toString(), java.util.Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return found;
  }
}
