package org.sparkrnn.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.loading.ModelLoader;
import org.sparkrnn.model.loading.ModelWriter;
import org.sparkrnn.spark.RnnKey;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code import}: writes a model of any format in the canonical form. Starts no Spark. */
final class ImportVerb implements Verb {
  private ImportVerb() {}

  static CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(new ImportVerb());
    spec.usageMessage()
        .header("Writes a model of any format as model.json and weights.safetensors.");
    spec.addPositional(
        place(
            "0",
            "MODEL",
            "A folder with a model.json, or that file; or a file or folder that describes"
                + " itself."));
    spec.addPositional(place("1", "DIR", "The folder to write into; made where there is none."));
    SettingOptions.addTo(spec, List.of(RnnKey.WEIGHTS, RnnKey.FROM, RnnKey.TO));
    return spec;
  }

  private static PositionalParamSpec place(String index, String label, String description) {
    return PositionalParamSpec.builder()
        .index(index)
        .arity("1")
        .required(true)
        .type(String.class)
        .paramLabel(label)
        .description(description)
        .build();
  }

  @Override
  public void run(ParseResult options, Surroundings around) throws IOException {
    String from = options.matchedPositionalValue(0, "");
    String to = options.matchedPositionalValue(1, "");
    Map<RnnKey, String> given = SettingOptions.given(options);
    String weights = given.getOrDefault(RnnKey.WEIGHTS, "");
    Configuration conf = around.hadoop();
    SequenceModel model;
    try {
      model = ModelLoader.load(from, weights, SettingOptions.cut(given), conf);
    } catch (IOException e) {
      throw Refusal.unreadable("model " + from, ExitCode.MODEL, e);
    }
    try {
      ModelWriter.write(model, to, conf);
    } catch (IOException e) {
      throw Refusal.unwritable("model " + to, e);
    }
    around.out().println("wrote " + to + ": model '" + model.name() + "' of " + from);
    around.out().flush();
  }
}
