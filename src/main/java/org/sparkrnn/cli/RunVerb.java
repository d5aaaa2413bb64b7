package org.sparkrnn.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.sparkrnn.spark.RnnKey;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code run}: a model over a corpus, to Parquet. */
final class RunVerb implements Verb {
  private RunVerb() {}

  static CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(new RunVerb());
    spec.usageMessage()
        .header("Runs a model over rows and writes them, with its outputs, as Parquet.")
        .footer(
            "",
            "Each option is a setting of Spark's configuration too: --input-format is",
            "spark.rnn.inputFormat. The command line wins over --conf, and that over",
            "--properties-file and spark-defaults.conf. See conf/job.properties.");
    SettingOptions.addTo(spec, List.of(RnnKey.values()));
    return spec;
  }

  @Override
  public void run(ParseResult options, Surroundings around) throws IOException {
    Map<String, String> sparkConf = around.sparkConf().get();
    JobSettings settings = JobSettings.of(SettingOptions.given(options), sparkConf);
    Configuration conf = around.hadoop();
    JobResult result = new Job(settings, conf, around).run();
    around.out().println("spark-rnn run: done");
    Summary.of(result).forEach(line -> around.out().println("  " + line));
    settings
        .given(RnnKey.REPORT)
        .ifPresent(report -> around.out().println("  report    " + report));
  }
}
