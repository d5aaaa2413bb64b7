package org.sparkrnn.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Map;

/** What joins several poolings of the same steps. */
final class KerasPool {
  /** The class of a layer that is not in a configuration: the poolings with what joins them. */
  static final String JOINED = "(joined poolings)";

  /** The words of a spec for the classes of Keras. */
  static final Map<String, String> WORDS =
      Map.of(
          "GlobalAveragePooling1D", "mean",
          "GlobalMaxPooling1D", "max",
          "GlobalMaxPool1D", "max");

  private KerasPool() {}

  /** Whether a layer, as a model lists it, is a pooling over steps that runs. */
  static boolean isOne(JsonNode layer) {
    return WORDS.containsKey(layer.path("class_name").asText()) && runs(layer.path("config"));
  }

  /** Whether a pooling of this configuration gives one value per row, of numbers each its own. */
  static boolean runs(JsonNode config) {
    return !config.path("keepdims").asBoolean(false)
        && !config.path("data_format").asText().equals("channels_first");
  }

  /** The word of a spec for such a layer. */
  static String word(JsonNode layer) {
    return WORDS.get(layer.path("class_name").asText());
  }

  /** What stands in the chain in place of {@code layer}, which joins reductions. */
  static KerasConfig.Item item(KerasConfig.Item layer, List<String> words) {
    ArrayNode reductions = JsonNodeFactory.instance.arrayNode();
    words.forEach(reductions::add);
    return new KerasConfig.Item(layer.name(), JOINED, reductions, layer.path(), layer.stored());
  }
}
