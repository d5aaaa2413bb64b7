package org.sparkrnn.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.sparkrnn.model.loading.ModelInspection;
import org.sparkrnn.spark.RnnKey;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code inspect}: what a model or a weights file holds. Reads no rows and starts no Spark. */
final class InspectVerb implements Verb {
  private static final String JSON = "--json";

  private InspectVerb() {}

  static CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(new InspectVerb());
    spec.usageMessage()
        .header("Prints what a model holds, tensor by tensor, and the network that would run.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .arity("1")
            .required(true)
            .type(String.class)
            .paramLabel("MODEL")
            .description(
                "A folder with a model.json, or that file; a file or folder that describes itself, as"
                    + " Keras', ONNX' and TensorFlow's graphs do; or a bare weights file or"
                    + " checkpoint.")
            .build());
    spec.addOption(
        OptionSpec.builder(JSON)
            .type(boolean.class)
            .description("Print JSON, for programs.")
            .build());
    SettingOptions.addTo(spec, List.of(RnnKey.WEIGHTS, RnnKey.FROM, RnnKey.TO));
    return spec;
  }

  @Override
  public void run(ParseResult options, Surroundings around) throws IOException {
    String path = options.matchedPositionalValue(0, "");
    Map<RnnKey, String> given = SettingOptions.given(options);
    String weights = given.getOrDefault(RnnKey.WEIGHTS, "");
    ModelInspection found;
    try {
      found = ModelInspection.of(path, weights, SettingOptions.cut(given), around.hadoop());
    } catch (IOException e) {
      throw Refusal.unreadable("model " + path, ExitCode.MODEL, e);
    }
    around.out().print(options.hasMatchedOption(JSON) ? found.toJson() : found.toText());
    around.out().flush();
  }
}
