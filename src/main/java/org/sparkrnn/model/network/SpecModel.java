package org.sparkrnn.model.network;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.sparkrnn.model.Fingerprint;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.LoadedModel;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.Spelling;
import org.sparkrnn.model.cells.Variables;
import org.sparkrnn.model.spec.ModelSpec;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.weights.WeightsFile;

/** The model of a spec and a weights file. */
public final class SpecModel {
  private SpecModel() {}

  /** The model of this spec, stated or drafted from a file that describes itself. */
  public static LoadedModel assemble(
      String name, ModelSpec spec, InputSpec input, WeightsFile weights) throws IOException {
    Variables variables = Variables.of(weights);
    Network network = new NetworkBuilder(variables).build(spec, input.steps(spec.padding()));
    SequenceModel model =
        new SequenceModel(
            name, input, network, select(spec, network), Fingerprint.of(input, network));
    return new LoadedModel(
        model,
        spec.place().file(),
        weights.format(),
        weights.name(),
        List.copyOf(weights.tensors().values()),
        variables.users());
  }

  /**
   * The outputs to return by default: the spec's, or the ones that it names behind its last rnn
   * layer.
   */
  private static List<String> select(ModelSpec spec, Network network) {
    List<String> all = network.outputs().stream().map(Output::name).toList();
    for (ModelSpec.SelectEntry entry : spec.select()) {
      if (!all.contains(entry.output())) {
        throw entry
            .place()
            .error(
                "the model has no output '"
                    + entry.output()
                    + "'"
                    + Spelling.hint(entry.output(), all)
                    + " It has "
                    + String.join(", ", all));
      }
    }
    if (!spec.select().isEmpty()) {
      return spec.select().stream().map(ModelSpec.SelectEntry::output).toList();
    }
    if (network.generate().isPresent()) {
      return List.of(Output.GENERATED);
    }
    List<Layer> layers = network.layers();
    Layer last = layers.get(layers.size() - 1);
    if (last instanceof Layer.Rnn) {
      return List.of(Output.OUTPUTS, Output.FINAL_STATE);
    }
    Set<String> chosen = new LinkedHashSet<>();
    for (Layer layer : layers) {
      if (layer instanceof Layer.Rnn) {
        chosen.clear();
      } else if (spec.named().contains(layer.name())) {
        chosen.add(layer.name());
      }
    }
    return chosen.isEmpty() ? List.of(last.name()) : List.copyOf(chosen);
  }
}
