package org.sparkrnn.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnTransform;
import org.sparkrnn.spark.ColumnException;
import org.sparkrnn.spark.RnnKey;
import org.sparkrnn.spark.RunListener;
import org.sparkrnn.spark.RunMetrics;

/**
 * Reads rows, runs a model over them and writes Parquet. What can be checked is checked before any
 * row is computed. Driver side.
 */
final class Job {
  private static final Logger LOG = LoggerFactory.getLogger(Job.class);

  /** How long Spark may take to report a finished write to its listeners. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final JobSettings settings;
  private final Configuration conf;
  private final Surroundings around;

  Job(JobSettings settings, Configuration conf, Surroundings around) {
    this.settings = settings;
    this.conf = conf;
    this.around = around;
  }

  /**
   * Runs it, and writes the report if one is asked for, also of a failure.
   *
   * @throws IOException if a storage fails
   * @throws RuntimeException if anything else does; {@link Failure} tells what it means
   */
  JobResult run() throws IOException {
    if (settings.given(RnnKey.REPORT).isEmpty()) {
      return work();
    }
    Report report = beginReport(settings.text(RnnKey.REPORT));
    JobResult result;
    try {
      result = work();
    } catch (Exception | Error e) {
      try {
        report.failed(Failure.of(e));
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
    report.done(result);
    return result;
  }

  private Report beginReport(String path) throws IOException {
    Path report = Places.real(new Path(path), conf);
    for (RnnKey key : List.of(RnnKey.OUTPUT, RnnKey.INPUT)) {
      if (settings.given(key).isPresent()) {
        Path other = Places.real(Places.fixedPart(new Path(settings.text(key))), conf);
        if (Places.within(report, other)) {
          throw Refusal.usage(
              "report "
                  + report
                  + " lies in the "
                  + key.word()
                  + " "
                  + other
                  + ", where it would be taken for data; choose another place");
        }
      }
    }
    return Report.begin(path, settings, conf);
  }

  private JobResult work() throws IOException {
    LOG.info("Settings: {}", settings);
    SaveMode mode = SaveMode.of(settings.text(RnnKey.MODE));
    String model = settings.needed(RnnKey.MODEL);
    settings.needed(RnnKey.SEQUENCE);
    checkOverwriting(mode);
    try (OutputFolder output = OutputFolder.check(settings.needed(RnnKey.OUTPUT), mode, conf)) {
      Input input = Input.find(settings, conf);
      for (Path place : input.places()) {
        output.keepApart("input", place, conf);
      }
      output.keepApart("model", new Path(model), conf);
      if (settings.given(RnnKey.WEIGHTS).isPresent()) {
        output.keepApart("weights file", new Path(settings.text(RnnKey.WEIGHTS)), conf);
      }
      RnnModel loaded = load(model);
      if (output.leftAlone()) {
        return new JobResult(
            loaded.definition(), input, output.path().toString(), false, RunMetrics.NONE, 0);
      }
      return write(loaded, input, output);
    }
  }

  /** Spark's own overwriting may be told to leave partitions; who told it so must not lose them. */
  private void checkOverwriting(SaveMode mode) {
    String key = "spark.sql.sources.partitionOverwriteMode";
    String value = around.sparkConf().get().getOrDefault(key, "static");
    if (mode == SaveMode.OVERWRITE && value.equalsIgnoreCase("dynamic")) {
      throw Refusal.usage(
          key
              + " is dynamic, but --mode overwrite replaces the whole output; unset it, or write to"
              + " another folder");
    }
  }

  private RnnModel load(String path) {
    try {
      return RnnModel.load(
          path, settings.text(RnnKey.WEIGHTS), SettingOptions.cut(settings.all()), conf);
    } catch (IOException e) {
      throw Refusal.unreadable("model " + path, ExitCode.MODEL, e);
    }
  }

  private JobResult write(RnnModel model, Input input, OutputFolder output) throws IOException {
    SparkSession session = around.session().get();
    session
        .sparkContext()
        .setJobDescription("spark-rnn: " + model.name() + " over " + input.path());
    long begun = System.nanoTime();
    Dataset<Row> rows = transform(model, input, session);
    List<String> partitionBy = settings.names(RnnKey.PARTITION_BY);
    Appending.check(rows, partitionBy, output, session);
    output.begin();
    RunMetrics metrics;
    Progress progress = Progress.of(session.sparkContext(), around);
    try (progress;
        RunListener listener = RunListener.on(session)) {
      DataFrameWriter<Row> writer = rows.write();
      if (!partitionBy.isEmpty()) {
        writer = writer.partitionBy(partitionBy.toArray(new String[0]));
      }
      writer.parquet(output.rows().toString());
      metrics = listener.next(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the run was interrupted", e);
    }
    output.commit();
    return new JobResult(
        model.definition(),
        input,
        output.path().toString(),
        true,
        metrics,
        (System.nanoTime() - begun) / 1e9);
  }

  private Dataset<Row> transform(RnnModel model, Input input, SparkSession session) {
    RnnTransform transform = model.configured();
    for (Map.Entry<RnnKey, String> setting : settings.all().entrySet()) {
      transform = transform.with(setting.getKey(), setting.getValue());
    }
    try {
      return transform.transform(input.read(session));
    } catch (ColumnException e) {
      if (input.format().equals("csv") && !input.options().containsKey("header")) {
        throw new Refusal(
            ExitCode.DATA,
            e.getMessage()
                + " (if the files begin with a line of names: --input-option header=true)",
            e);
      }
      throw e;
    }
  }
}
