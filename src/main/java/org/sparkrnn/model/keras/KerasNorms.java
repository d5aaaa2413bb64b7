package org.sparkrnn.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes the layers of a spec for those of Keras that normalise.
 *
 * @param scopes where their weights are
 */
record KerasNorms(KerasScopes scopes) {
  /** The classes. */
  static final Set<String> TYPES =
      Set.of("BatchNormalization", "LayerNormalization", "Normalization");

  /** Keras' 1e-7 below a deviation, as what is added to a variance. */
  private static final double SMALLEST = 1e-14;

  /** Also Keras 1's words, whose {@code running_std} is the variance. */
  private static final Map<String, List<String>> SPELLINGS =
      Map.of(
          "gamma", List.of("gamma"),
          "beta", List.of("beta"),
          "moving_mean", List.of("moving_mean", "running_mean", "mean"),
          "moving_variance", List.of("moving_variance", "running_std", "variance"));

  /**
   * Fills in a layer.
   *
   * @param perStep whether its input is one entry per step
   * @return what cannot run; empty where nothing is
   */
  String write(String type, JsonNode config, String scope, boolean perStep, ObjectNode layer) {
    if (!lastAxis(config.path("axis"), perStep)) {
      return "its axis is " + config.path("axis") + ", not the last one";
    }
    if (config.path("mode").asInt(0) != 0) {
      return "its mode is " + config.path("mode") + ", which takes the statistics of the batch";
    }
    boolean statistics = !type.equals("LayerNormalization");
    if (config.path("rms_scaling").asBoolean(false)) {
      return "it has rms_scaling";
    }
    if (config.path("invert").asBoolean(false)) {
      return "it is inverted";
    }
    List<String> roles = new ArrayList<>();
    for (String role : List.of("gamma", "beta")) {
      String word = role.equals("gamma") ? "scale" : "center";
      if (type.equals("Normalization") || !config.path(word).asBoolean(true)) {
        layer.put("use_" + role, false);
      } else {
        roles.add(role);
      }
    }
    if (statistics) {
      roles.addAll(List.of("moving_mean", "moving_variance"));
    }
    for (int i = 0; i < roles.size(); i++) {
      Optional<String> found = variable(scope, roles.get(i), i);
      if (found.isEmpty()) {
        return "the file has no " + roles.get(i) + " of it";
      }
      layer.put(roles.get(i), found.get());
    }
    if (type.equals("Normalization")) {
      layer.put("epsilon", SMALLEST);
    } else if (config.path("epsilon").isNumber()) {
      layer.set("epsilon", config.get("epsilon"));
    }
    layer.put("type", statistics ? "batch_norm" : "layer_norm");
    return "";
  }

  /** By its name, or in files of Keras 3 by its place among those that the layer made. */
  private Optional<String> variable(String scope, String role, int place) {
    for (String spelling : SPELLINGS.get(role)) {
      Optional<String> found = scopes.tensor(scope, spelling);
      if (found.isPresent()) {
        return found;
      }
    }
    return scopes.tensor(scope, "vars/" + place);
  }

  private static boolean lastAxis(JsonNode stated, boolean perStep) {
    JsonNode axis = stated.isArray() && stated.size() == 1 ? stated.get(0) : stated;
    return axis.isMissingNode() || axis.asInt(-2) == -1 || axis.asInt(-2) == (perStep ? 2 : 1);
  }
}
