package org.sparkrnn.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** Writes the dense layers of a spec for those of Keras. */
record KerasDense(KerasWords words, KerasScopes scopes) {

  /** Whether an activation is one that a spec has as a layer of its own. */
  static boolean isLogSoftmax(JsonNode config) {
    return config.path("activation").asText().equals("log_softmax");
  }

  /**
   * Fills in a layer.
   *
   * @return what cannot run; empty where nothing is
   */
  String write(JsonNode config, String scope, ObjectNode layer) {
    JsonNode stated = config.path("activation");
    Optional<JsonNode> activation =
        words.activation(isLogSoftmax(config) ? MissingNode.getInstance() : stated);
    if (activation.isEmpty()) {
      return "its activation is " + stated;
    }
    boolean useBias = config.path("use_bias").asBoolean(config.path("bias").asBoolean(true));
    Optional<String> kernel = scopes.tensor(scope, "kernel");
    if (kernel.isEmpty() && !useBias) {
      // One dataset alone is a table to the reader of Keras 1's files.
      kernel = scopes.tensor(scope, "embeddings");
    }
    Optional<String> bias = useBias ? scopes.tensor(scope, "bias") : Optional.empty();
    if (kernel.isPresent() && bias.isPresent() == useBias) {
      layer.put("kernel", kernel.get());
      bias.ifPresent(found -> layer.put("bias", found));
    } else {
      layer.put("scope", scope);
    }
    if (!useBias) {
      layer.put("use_bias", false);
    }
    JsonNode units = config.has("units") ? config.get("units") : config.path("output_dim");
    if (!units.isMissingNode()) {
      layer.set("units", units);
    }
    layer.set("activation", activation.get());
    return "";
  }
}
