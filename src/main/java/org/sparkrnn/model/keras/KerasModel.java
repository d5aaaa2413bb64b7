package org.sparkrnn.model.keras;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.spec.ModelSpec;
import org.sparkrnn.rnn.Output;

/**
 * A configuration of Keras with the weights that go with it. It becomes the text of a spec, which
 * is read as a written one is.
 *
 * @param root the configuration
 * @param file where it was found, for messages
 * @param version of Keras; empty where it is not stated
 * @param scopes where the weights of its layers are
 */
record KerasModel(JsonNode root, String file, String version, KerasScopes scopes) {

  /**
   * The text of a spec.
   *
   * @param name the model's
   * @param weights the weights file's name in the model's folder
   * @param to the layer whose value is the only output; empty for the model's outputs
   * @throws ModelException if the layers are no chain or do not all run; the message lists those
   */
  byte[] spec(String name, String weights, String to) {
    KerasConfig config = KerasConfig.of(root, file, scopes.twice(), to);
    KerasDraft draft = new KerasDraft(words(), scopes, config.batchShape());
    config.layers().forEach(draft::add);
    if (!draft.refused().isEmpty()) {
      throw new ModelException(
          file
              + ": the model has layers that do not run here: "
              + String.join(", ", draft.refused())
              + "; a "
              + ModelSpec.FILE
              + " can name the part that does");
    }
    ObjectNode spec = JsonNodeFactory.instance.objectNode();
    spec.put("spark_rnn", ModelSpec.VERSION);
    spec.put("name", name);
    spec.put("weights", weights);
    spec.set("input", input(config));
    spec.set("layers", draft.layers());
    ArrayNode select = JsonNodeFactory.instance.arrayNode();
    config.outputs().forEach(output -> draft.name(output).ifPresent(select::add));
    if (config.states()) {
      select.add(Output.FINAL_STATE);
    }
    if (!select.isEmpty()) {
      spec.set("select", select);
    }
    return spec.toPrettyString().getBytes(UTF_8);
  }

  private KerasWords words() {
    String stated = version.isEmpty() ? root.path("keras_version").asText("") : version;
    // Text of Keras 3 has no version; its shapes and types are named as only it names them, and so
    // are its weights.
    boolean keras3 =
        stated.isEmpty()
            ? scopes.latest()
                || root.toString().contains("\"batch_shape\"")
                || root.toString().contains("DTypePolicy")
            : Integer.parseInt("0" + stated.replaceFirst("^(\\d{0,6}).*$", "$1")) >= 3;
    return new KerasWords(stated, keras3);
  }

  private ObjectNode input(KerasConfig config) {
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    for (KerasConfig.Item item : config.layers()) {
      if (item.type().equals("Embedding")) {
        input.put("type", "tokens");
        if (item.config().has("input_dim")) {
          input.set("size", item.config().get("input_dim"));
        }
        return input;
      }
    }
    int size = 0;
    List<Integer> shape = config.batchShape().orElse(List.of());
    if (shape.size() == 2) {
      size = shape.get(1);
    }
    for (KerasConfig.Item item : config.layers()) {
      if (item.type().equals("Reshape") && shape.size() == 1) {
        size = item.config().path("target_shape").path(1).asInt(0);
      }
    }
    if (shape.isEmpty() && config.layers().get(0).config().path("input_dim").isInt()) {
      size = config.layers().get(0).config().get("input_dim").asInt();
    }
    if (size < 1) {
      size = scopes.inputSize(config.layers());
    }
    if (size < 1) {
      throw new ModelException(
          file
              + ": the input's shape is "
              + (shape.isEmpty() ? "not stated" : shape)
              + ", expected [steps, floats in a step] without the batch, or an Embedding layer");
    }
    return input.put("type", "features").put("size", size);
  }
}
