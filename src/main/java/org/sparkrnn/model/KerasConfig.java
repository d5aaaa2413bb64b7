package org.sparkrnn.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The layers of a Keras configuration in the order a value takes through them: of a {@code
 * Sequential} the list, of a functional model the chain from its input to its outputs. Models
 * inside models are their layers.
 *
 * @param layers the chain, {@code InputLayer}s among them
 * @param outputs the names of the layers whose values the model returns
 * @param states whether it returns states of a recurrent layer
 * @param batchShape the input's sizes without the batch, 0 for an open one; empty where unknown
 */
record KerasConfig(
    List<Item> layers, Set<String> outputs, boolean states, Optional<List<Integer>> batchShape) {
  private static final int DEEPEST = 16;
  private static final Set<String> MODELS = Set.of("Sequential", "Functional", "Model");

  /**
   * A layer.
   *
   * @param name its name
   * @param type its class
   * @param config its configuration
   * @param path its name below those of the models around it, as Keras 1 and 2 store weights
   * @param stored the same of the names that Keras 3 gives to what it stores
   */
  record Item(String name, String type, JsonNode config, String path, String stored) {}

  /** Reads the configuration of a model. */
  static KerasConfig of(JsonNode root, String file) {
    Reader reader = new Reader(file);
    if (!root.isObject() || !MODELS.contains(root.path("class_name").asText())) {
      throw reader.error(
          "the root's 'class_name' is "
              + (root.has("class_name") ? root.path("class_name") : "missing")
              + ", expected Sequential, Functional or Model");
    }
    return reader.model(root, "", "", 0);
  }

  /** Whether a JSON file is the configuration of a model. */
  static boolean isOne(JsonNode root) {
    return root.isObject()
        && !root.has("spark_rnn")
        && MODELS.contains(root.path("class_name").asText())
        && root.has("config");
  }

  /**
   * A reference to what a layer gives.
   *
   * @param layer its name
   * @param tensor which of its values: a recurrent layer's states follow its outputs
   */
  private record Reference(String layer, int tensor) {}

  private record Reader(String file) {
    ModelException error(String reason) {
      return new ModelException(file + ": " + reason);
    }

    KerasConfig model(JsonNode node, String path, String stored, int depth) {
      if (depth > DEEPEST) {
        throw error("has models inside models more than " + DEEPEST + " deep");
      }
      JsonNode config = node.path("config");
      JsonNode list = config.isArray() ? config : config.path("layers");
      if (!list.isArray() || list.isEmpty()) {
        throw error("the model '" + path + "' lists no layers");
      }
      Map<String, JsonNode> nodes = new LinkedHashMap<>();
      List<Item> items = items(list, path, stored, nodes);
      if (node.path("class_name").asText().equals("Sequential")) {
        List<Item> flat = flat(items, nodes, depth);
        Optional<List<Integer>> shape = shape(items, config);
        return new KerasConfig(flat, Set.of(flat.get(flat.size() - 1).name()), false, shape);
      }
      return functional(config, items, nodes, depth);
    }

    private List<Item> items(
        JsonNode list, String path, String stored, Map<String, JsonNode> nodes) {
      Map<String, Integer> counts = new HashMap<>();
      List<Item> items = new ArrayList<>();
      for (JsonNode layer : list) {
        String type = layer.path("class_name").asText();
        JsonNode config = layer.path("config");
        JsonNode named = config.path("name").isTextual() ? config.path("name") : layer.path("name");
        String base = snake(type);
        int count = counts.merge(base, 1, Integer::sum) - 1;
        String own = count == 0 ? base : base + "_" + count;
        String name = named.isTextual() ? named.asText() : own;
        if (type.isEmpty()) {
          throw error("a layer has no 'class_name': " + SpecObject.shown(layer));
        }
        items.add(
            new Item(
                name,
                type,
                config,
                path.isEmpty() ? name : path + "/" + name,
                stored.isEmpty() ? own : stored + "/layers/" + own));
        if (nodes.put(name, layer) != null) {
          throw error("two layers are named '" + name + "'");
        }
      }
      return items;
    }

    /** The class's name as Keras 3 spells it in files: {@code simple_rnn}. */
    private static String snake(String type) {
      return type.replaceAll("\\W+", "")
          .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
          .replaceAll("([a-z])([A-Z])", "$1_$2")
          .toLowerCase(Locale.ROOT);
    }

    private List<Item> flat(List<Item> items, Map<String, JsonNode> nodes, int depth) {
      List<Item> flat = new ArrayList<>();
      for (Item item : items) {
        if (MODELS.contains(item.type())) {
          flat.addAll(
              model(nodes.get(item.name()), item.path(), item.stored(), depth + 1).layers());
        } else {
          flat.add(item);
        }
      }
      return flat;
    }

    private KerasConfig functional(
        JsonNode config, List<Item> items, Map<String, JsonNode> nodes, int depth) {
      Map<String, Item> byName = new LinkedHashMap<>();
      items.forEach(item -> byName.put(item.name(), item));
      List<Reference> outputs = references(config.path("output_layers"));
      List<Reference> inputs = references(config.path("input_layers"));
      if (inputs.size() != 1 || outputs.isEmpty()) {
        throw error(
            "the model has "
                + inputs.size()
                + " inputs and "
                + outputs.size()
                + " outputs; a chain from one input runs here");
      }
      List<Item> longest = List.of();
      for (Reference output : outputs) {
        List<Item> chain = chain(output.layer(), byName, nodes);
        longest = chain.size() > longest.size() ? chain : longest;
      }
      Set<String> names = new LinkedHashSet<>();
      for (Reference output : outputs) {
        if (!longest.contains(byName.get(output.layer()))) {
          throw error(
              "the outputs "
                  + String.join(", ", outputs.stream().map(Reference::layer).toList())
                  + " are not on one chain of layers; a chain from one input runs here");
        }
        if (output.tensor() == 0) {
          names.add(output.layer());
        }
      }
      return new KerasConfig(
          flat(longest, nodes, depth),
          names,
          outputs.stream().anyMatch(output -> output.tensor() > 0),
          shape(longest, config));
    }

    /** From the input to {@code last}. */
    private List<Item> chain(String last, Map<String, Item> items, Map<String, JsonNode> nodes) {
      Deque<Item> chain = new ArrayDeque<>();
      for (String at = last; ; ) {
        Item item = items.get(at);
        if (item == null) {
          throw error("no layer is named '" + at + "', which another one reads");
        }
        if (chain.contains(item)) {
          throw error("the layers read each other in a circle at '" + at + "'");
        }
        chain.addFirst(item);
        List<Reference> from = inbound(nodes.get(at), at);
        if (from.isEmpty()) {
          return List.copyOf(chain);
        }
        at = from.get(0).layer();
      }
    }

    private List<Reference> inbound(JsonNode layer, String name) {
      JsonNode calls = layer.path("inbound_nodes");
      if (calls.size() > 1) {
        throw error("the layer '" + name + "' is used " + calls.size() + " times in the model");
      }
      List<Reference> from = new ArrayList<>();
      if (calls.size() == 1) {
        JsonNode call = calls.get(0);
        if (call.isObject()) {
          tensors(call.path("args"), from, 0);
          tensors(call.path("kwargs").path("initial_state"), from, 0);
        } else {
          from.addAll(references(call));
        }
      }
      if (from.size() > 1 || from.stream().anyMatch(one -> one.tensor() > 0)) {
        throw error(
            "the layer '"
                + name
                + "' reads "
                + String.join(", ", from.stream().map(Reference::layer).toList())
                + " together, or a state; a chain of layers that each read one value runs here");
      }
      return from;
    }

    /** Keras 3's: tensors anywhere in a call's arguments. */
    private void tensors(JsonNode node, List<Reference> found, int depth) {
      if (node.path("class_name").asText().equals("__keras_tensor__")) {
        found.addAll(references(node.path("config").path("keras_history")));
      } else if (depth < DEEPEST) {
        node.forEach(child -> tensors(child, found, depth + 1));
      }
    }

    /** {@code [name, call, tensor]}, or a list of those. */
    private List<Reference> references(JsonNode node) {
      if (node.isArray() && node.size() >= 3 && node.get(0).isTextual()) {
        return List.of(new Reference(node.get(0).asText(), node.get(2).asInt(-1)));
      }
      List<Reference> all = new ArrayList<>();
      for (JsonNode one : node) {
        if (!one.isArray() || one.size() < 3 || !one.get(0).isTextual()) {
          throw error("expected [layer, call, tensor], found " + SpecObject.shown(one));
        }
        all.add(new Reference(one.get(0).asText(), one.get(2).asInt(-1)));
      }
      return all;
    }

    /** The shape that the first layer that knows it states. */
    private static Optional<List<Integer>> shape(List<Item> items, JsonNode config) {
      List<JsonNode> places = new ArrayList<>();
      if (!items.isEmpty()) {
        JsonNode first = items.get(0).config();
        places.add(first.path("batch_input_shape"));
        places.add(first.path("batch_shape"));
        JsonNode layers = first.path("layers");
        places.add(layers.path(0).path("config").path("batch_input_shape"));
        places.add(layers.path(0).path("config").path("batch_shape"));
      }
      places.add(config.path("build_input_shape"));
      for (JsonNode place : places) {
        if (place.isArray() && place.size() > 1) {
          List<Integer> sizes = new ArrayList<>();
          for (int i = 1; i < place.size(); i++) {
            sizes.add(place.get(i).asInt(0));
          }
          return Optional.of(Collections.unmodifiableList(sizes));
        }
      }
      return Optional.empty();
    }
  }
}
