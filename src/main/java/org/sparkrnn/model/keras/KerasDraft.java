package org.sparkrnn.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkrnn.rnn.Output;

/** Writes the {@code layers} of a spec for a chain of Keras' layers. For one thread. */
final class KerasDraft {
  private final KerasWords words;
  private final KerasCellWords cells;
  private final KerasScopes scopes;
  private final ArrayNode layers = JsonNodeFactory.instance.arrayNode();
  private final List<String> refused = new ArrayList<>();
  private final Map<String, String> names = new HashMap<>();
  private final Set<String> taken = new HashSet<>(Output.RESERVED);
  private boolean perStep = true;
  private int steps;
  private boolean started;

  KerasDraft(KerasWords words, KerasScopes scopes, Optional<List<Integer>> batchShape) {
    this.words = words;
    this.scopes = scopes;
    this.cells = new KerasCellWords(words, scopes);
    // A row of numbers or ids has its steps first, whatever follows.
    this.steps = batchShape.map(shape -> shape.get(0)).orElse(0);
  }

  /** The layers written so far. */
  ArrayNode layers() {
    return layers;
  }

  /** The layers that do not run here, each with the reason. */
  List<String> refused() {
    return refused;
  }

  /** The spec's name of a layer's value; empty where nothing was computed yet. */
  Optional<String> name(String layer) {
    return Optional.ofNullable(names.get(layer));
  }

  /** Writes a layer. */
  void add(KerasConfig.Item item) {
    String scope = scopes.of(item);
    if (!write(item.type(), item.config(), item.name(), scope)) {
      String reason = KerasClasses.REASONS.getOrDefault(item.type(), "");
      refuse(item.name(), item.type(), reason);
    }
    if (!layers.isEmpty()) {
      names.put(item.name(), layers.get(layers.size() - 1).path("name").asText());
    }
  }

  private void refuse(String name, String type, String reason) {
    refused.add("'" + name + "' (" + type + (reason.isEmpty() ? "" : ": " + reason) + ")");
  }

  /** Whether the layer is one that runs, or was refused with its own reason. */
  private boolean write(String type, JsonNode config, String name, String scope) {
    if (KerasClasses.IDENTITIES.contains(type)) {
      return true;
    }
    if (KerasWords.ACTIVATION_LAYERS.contains(type) || type.equals("Activation")) {
      activation(type, config, name);
      return true;
    }
    if (KerasNorms.TYPES.contains(type)) {
      norm(type, config, name, scope);
      return true;
    }
    if (KerasClasses.RECURRENT.contains(type)) {
      rnn(type, config, name, scope);
      return true;
    }
    return switch (type) {
      case "Embedding" -> embedding(config, name, scope);
      case "Masking" -> {
        JsonNode value = config.path("mask_value");
        if (value.isNumber() && !Double.isFinite(value.asDouble())) {
          refuse(name, type, "its mask_value is " + value);
          yield true;
        }
        ObjectNode layer = layer("masking", name);
        if (value.isNumber()) {
          layer.set("mask_value", value);
        }
        yield true;
      }
      case "Dense", "TimeDistributedDense" -> dense(config, name, type, scope);
      case "TimeDistributed" -> timeDistributed(config, name, scope);
      case "Softmax" -> {
        boolean last = config.path("axis").isMissingNode() || config.path("axis").asInt(-1) == -1;
        if (last) {
          layer("softmax", name);
        }
        yield last;
      }
      case "GlobalAveragePooling1D", "GlobalMaxPooling1D", "GlobalMaxPool1D" ->
          pooling(KerasPool.WORDS.get(type), config, name);
      case KerasPool.JOINED -> {
        if (perStep) {
          layer("pool", name).set("reductions", config);
          perStep = false;
        } else {
          refuse(name, type, "the layer before it gives one value per row");
        }
        yield true;
      }
      case KerasStates.FINAL -> {
        layer("final_state", name);
        perStep = false;
        yield true;
      }
      case "RepeatVector" -> repeat(config, name);
      case "Flatten" -> flatten(name);
      case "Reshape" -> reshape(config);
      default -> false;
    };
  }

  private ObjectNode layer(String type, String name) {
    String plain = name.replaceAll("[^A-Za-z0-9_]", "_").replaceFirst("^(?=[0-9])", "_");
    String unique = plain.isEmpty() ? "_" : plain;
    for (int i = 1; !taken.add(unique); i++) {
      unique = plain + "_" + i;
    }
    started = true;
    return layers.addObject().put("type", type).put("name", unique);
  }

  private boolean embedding(JsonNode config, String name, String scope) {
    ObjectNode layer = layer("embedding", name);
    layer.put("variable", scopes.tensor(scope, "embeddings").orElse(scope + "/embeddings"));
    if (config.path("mask_zero").asBoolean(false)) {
      layer.put("mask_zero", true);
    }
    return true;
  }

  private boolean dense(JsonNode config, String name, String type, String scope) {
    ObjectNode dense = JsonNodeFactory.instance.objectNode();
    String problem = new KerasDense(words, scopes).write(config, scope, dense);
    if (!problem.isEmpty()) {
      refuse(name, type, problem);
      return true;
    }
    layer("dense", name).setAll(dense);
    if (KerasDense.isLogSoftmax(config)) {
      layer("log_softmax", name);
    }
    return true;
  }

  private boolean timeDistributed(JsonNode config, String name, String scope) {
    JsonNode inner = config.path("layer");
    String type = inner.path("class_name").asText();
    boolean each =
        KerasClasses.IDENTITIES.contains(type) || KerasClasses.OF_EACH_STEP.contains(type);
    if (!each) {
      refuse(name, "TimeDistributed", "around " + type);
      return true;
    }
    return write(type, inner.path("config"), name, scope);
  }

  private void norm(String type, JsonNode config, String name, String scope) {
    ObjectNode layer = JsonNodeFactory.instance.objectNode();
    String problem = new KerasNorms(scopes).write(type, config, scope, perStep, layer);
    if (problem.isEmpty()) {
      layer(layer.path("type").asText(), name).setAll(layer);
    } else {
      refuse(name, type, problem);
    }
  }

  /** An activation behind a linear dense layer is that layer's. */
  private void activation(String type, JsonNode config, String name) {
    if (KerasDense.isLogSoftmax(config)) {
      layer("log_softmax", name);
      return;
    }
    Optional<JsonNode> found = words.layer(type, config);
    if (found.isEmpty()) {
      refuse(name, type, "it is " + (config.has("activation") ? config.get("activation") : config));
      return;
    }
    JsonNode activation = found.get();
    if (activation.asText().equals("linear")) {
      return;
    }
    if (activation.asText().equals("softmax")) {
      layer("softmax", name);
      return;
    }
    JsonNode before = layers.isEmpty() ? null : layers.get(layers.size() - 1);
    if (before instanceof ObjectNode dense
        && dense.path("type").asText().equals("dense")
        && dense.path("activation").asText().equals("linear")) {
      dense.set("activation", activation);
      return;
    }
    layer("activation", name).set("activation", activation);
  }

  private void rnn(String type, JsonNode config, String name, String scope) {
    if (!perStep) {
      refuse(name, type, "the layer before it gives one value per row");
      return;
    }
    boolean two = type.equals("Bidirectional");
    JsonNode inner = two ? config.path("layer").path("config") : config;
    String innerType = two ? config.path("layer").path("class_name").asText() : type;
    ObjectNode layer = JsonNodeFactory.instance.objectNode();
    layer.put("loop", "keras").put("scope", scope);
    String problem =
        two ? cells.both(config, scope, layer) : cells.one(innerType, config, scope, layer);
    if (!problem.isEmpty()) {
      refuse(name, type, problem);
      return;
    }
    for (String key :
        List.of("return_sequences", "go_backwards", "zero_output_for_mask", "time_major")) {
      if (inner.path(key).asBoolean(false)) {
        layer.put(key, true);
      }
    }
    layer("rnn", name).setAll(layer);
    perStep = inner.path("return_sequences").asBoolean(false);
  }

  private boolean pooling(String reduction, JsonNode config, String name) {
    if (!perStep || !KerasPool.runs(config)) {
      return false;
    }
    layer(reduction, name);
    perStep = false;
    return true;
  }

  /** A row's value becomes a sequence as long as the row, which only such models have. */
  private boolean repeat(JsonNode config, String name) {
    int count = config.path("n").asInt(0);
    if (perStep) {
      return false;
    }
    if (count != steps) {
      refuse(
          name,
          "RepeatVector",
          "it makes " + count + " steps, but the input has " + (steps < 1 ? "any" : steps));
      return true;
    }
    layer("repeat", name);
    perStep = true;
    return true;
  }

  private boolean flatten(String name) {
    if (!perStep) {
      return true;
    }
    if (steps < 1 || !started) {
      return false;
    }
    layer("flatten", name).put("steps", steps);
    perStep = false;
    return true;
  }

  /** Ahead of all layers a row is cut into steps as it is read. */
  private boolean reshape(JsonNode config) {
    if (started || config.path("target_shape").size() != 2) {
      return false;
    }
    steps = Math.max(0, config.path("target_shape").get(0).asInt(0));
    return true;
  }
}
