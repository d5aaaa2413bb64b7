package org.sparkrnn.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/** The states that recurrent layers of Keras return behind their outputs: {@code h}, {@code c}. */
final class KerasStates {
  /** The class of a layer that is not in a configuration: the final {@code h}. */
  static final String FINAL = "(final state)";

  private static final Map<String, Integer> STATES = Map.of("LSTM", 2, "GRU", 1, "SimpleRNN", 1);

  private KerasStates() {}

  /**
   * Whether these values of a layer are its final {@code h}, of two directions forward's and
   * backward's.
   *
   * @param layer as a model lists it
   * @param values by their places, 0 of the outputs
   */
  static boolean isFinal(JsonNode layer, List<Integer> values) {
    boolean two = layer.path("class_name").asText().equals("Bidirectional");
    JsonNode inner = two ? layer.path("config").path("layer") : layer;
    Integer states = STATES.get(inner.path("class_name").asText().replace("CuDNN", ""));
    return states != null && values.equals(two ? List.of(1, 1 + states) : List.of(1));
  }

  /**
   * What stands in the chain for a state.
   *
   * @param layer the one that returns it, or that joins both
   * @param joined which of the two
   */
  static KerasConfig.Item item(KerasConfig.Item layer, boolean joined) {
    String name = joined ? layer.name() : layer.name() + "_state";
    return new KerasConfig.Item(name, FINAL, layer.config(), layer.path(), layer.stored());
  }
}
