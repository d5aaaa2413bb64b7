package org.sparkrnn.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkrnn.model.json.ActivationWords;

/**
 * Keras' words in those of a spec, which differ by Keras' version.
 *
 * @param version as the file states it, {@code 2.2.4-tf}; empty where it does not
 * @param keras3 whether it is Keras 3 or later
 */
record KerasWords(String version, boolean keras3) {
  private static final Map<String, String> LAYERS =
      Map.of(
          "LeakyReLU", "leaky_relu",
          "ELU", "elu",
          "ReLU", "relu",
          "ThresholdedReLU", "relu",
          "Rescaling", "affine");

  /** Layers that are an activation with parameters. */
  static final Set<String> ACTIVATION_LAYERS = LAYERS.keySet();

  /**
   * The activation that a layer's configuration names; empty where it is none that a spec has.
   *
   * @param value a word, null for none, or a layer or a function as Keras saves it
   */
  Optional<JsonNode> activation(JsonNode value) {
    if (value.isNull() || value.isMissingNode()) {
      return Optional.of(JsonNodeFactory.instance.textNode("linear"));
    }
    if (value.isObject()) {
      String type = value.path("class_name").asText();
      return type.equals("function")
          ? activation(value.path("config"))
          : layer(type, value.path("config"));
    }
    String word = value.asText().toLowerCase(Locale.ROOT);
    if (word.equals("hard_sigmoid") && keras3) {
      word = "hard_sigmoid_keras3";
    }
    return value.isTextual() && ActivationWords.ALL.contains(word)
        ? Optional.of(JsonNodeFactory.instance.textNode(word))
        : Optional.empty();
  }

  /** The activation that a layer of this class is; empty where it is none. */
  Optional<JsonNode> layer(String type, JsonNode config) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    switch (type) {
      case "LeakyReLU" ->
          node.put("type", "leaky_relu")
              .put("alpha", number(config, "negative_slope", number(config, "alpha", 0.3)));
      case "ELU" -> node.put("type", "elu").put("alpha", number(config, "alpha", 1));
      case "ThresholdedReLU" ->
          node.put("type", "thresholded_relu").put("alpha", number(config, "theta", 1));
      case "Rescaling" -> {
        if (!config.path("scale").isNumber() || config.path("offset").isArray()) {
          return Optional.empty();
        }
        node.put("type", "affine")
            .put("alpha", number(config, "scale", 1))
            .put("beta", number(config, "offset", 0));
      }
      case "ReLU" -> {
        return relu(config);
      }
      case "Activation" -> {
        return activation(config.path("activation"));
      }
      default -> {
        return Optional.empty();
      }
    }
    return Optional.of(node);
  }

  private static Optional<JsonNode> relu(JsonNode config) {
    double slope = number(config, "negative_slope", 0);
    double threshold = number(config, "threshold", 0);
    double most = number(config, "max_value", Double.POSITIVE_INFINITY);
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    if (threshold == 0 && slope == 0) {
      return Optional.of(
          Double.isInfinite(most)
              ? JsonNodeFactory.instance.textNode("relu")
              : node.put("type", "hard_tanh").put("alpha", 0).put("beta", most));
    }
    if (Double.isInfinite(most) && threshold == 0) {
      return Optional.of(node.put("type", "leaky_relu").put("alpha", slope));
    }
    return Optional.empty();
  }

  private static double number(JsonNode config, String key, double otherwise) {
    JsonNode value = config.path(key);
    // NumPy's numbers are objects with a value.
    return value.isNumber() ? value.asDouble() : value.path("value").asDouble(otherwise);
  }

  /**
   * The gates' activation where a configuration does not have one: hard_sigmoid before Keras 2.3,
   * sigmoid since. Empty where the version does not tell; TensorFlow calls several of its own
   * 2.2.4-tf.
   */
  Optional<String> gateActivation() {
    if (keras3 || version.startsWith("3")) {
      return Optional.of("sigmoid");
    }
    String[] parts = version.split("\\.", -1);
    if (parts[0].equals("0") || parts[0].equals("1")) {
      return Optional.of("hard_sigmoid");
    }
    if (parts.length < 2 || !parts[0].equals("2") || !parts[1].matches("\\d{1,4}")) {
      return Optional.empty();
    }
    if (Integer.parseInt(parts[1]) >= 3) {
      return Optional.of("sigmoid");
    }
    return version.endsWith("-tf") ? Optional.empty() : Optional.of("hard_sigmoid");
  }
}
