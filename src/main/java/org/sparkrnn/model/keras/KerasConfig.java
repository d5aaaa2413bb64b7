package org.sparkrnn.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.Spelling;
import org.sparkrnn.model.json.SpecObject;

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

  /**
   * Reads the configuration of a model.
   *
   * @param root its JSON
   * @param file for messages
   * @param twice whether a layer with weights counts as two in {@link Item#stored}
   * @param to the layer of the outermost model whose value is its only output; empty for the
   *     model's own
   */
  static KerasConfig of(JsonNode root, String file, boolean twice, String to) {
    Reader reader = new Reader(file, twice, new ArrayList<>(), new LinkedHashSet<>());
    if (!root.isObject() || !MODELS.contains(root.path("class_name").asText())) {
      throw reader.error(
          "the root's 'class_name' is "
              + (root.has("class_name") ? root.path("class_name") : "missing")
              + ", expected Sequential, Functional or Model");
    }
    KerasConfig config = reader.model(root, "", "", 0, to);
    if (!reader.problems.isEmpty()) {
      throw reader.noChain();
    }
    return config;
  }

  /** Whether a JSON file is the configuration of a model. */
  static boolean isOne(JsonNode root) {
    return root.isObject()
        && !root.has("spark_rnn")
        && MODELS.contains(root.path("class_name").asText())
        && root.has("config");
  }

  /** The class's name as Keras 3 spells it in files: {@code simple_rnn}. */
  static String snake(String type) {
    return type.replaceAll("\\W+", "")
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }

  /**
   * Reads one file.
   *
   * @param file its name for messages
   * @param twice whether a layer with weights counts as two
   * @param all every layer, also those that are on no chain
   * @param problems why the layers are no chain
   */
  private record Reader(String file, boolean twice, List<Item> all, Set<String> problems) {
    ModelException error(String reason) {
      return new ModelException(file + ": " + reason);
    }

    /** All of it at once: what is no chain, and which layers would not run in one. */
    ModelException noChain() {
      List<String> refused =
          all.stream()
              .filter(item -> !KerasClasses.isKnown(item.type()) && !MODELS.contains(item.type()))
              .map(item -> "'" + item.name() + "' (" + item.type() + ")")
              .toList();
      return error(
          "a chain of layers runs here, from one input, each of which reads one value; but "
              + String.join("; ", problems)
              + (refused.isEmpty()
                  ? ""
                  : "; and these layers do not run here: " + String.join(", ", refused)));
    }

    KerasConfig model(JsonNode node, String path, String stored, int depth, String to) {
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
      if (!to.isEmpty() && !nodes.containsKey(to)) {
        throw error("the model has no layer '" + to + "'" + Spelling.hint(to, nodes.keySet()));
      }
      if (node.path("class_name").asText().equals("Sequential")) {
        int end = items.stream().map(Item::name).toList().indexOf(to) + 1;
        List<Item> flat = flat(end > 0 ? items.subList(0, end) : items, nodes, depth);
        Optional<List<Integer>> shape = shape(items, config);
        return new KerasConfig(flat, Set.of(flat.get(flat.size() - 1).name()), false, shape);
      }
      return functional(config, items, nodes, depth, to);
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
        int counted = twice && KerasClasses.hasWeights(layer) ? 2 : 1;
        int count = counts.merge(base, counted, Integer::sum) - counted;
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
      all.addAll(items);
      return items;
    }

    private List<Item> flat(List<Item> items, Map<String, JsonNode> nodes, int depth) {
      List<Item> flat = new ArrayList<>();
      for (Item item : items) {
        if (MODELS.contains(item.type())) {
          flat.addAll(
              model(nodes.get(item.name()), item.path(), item.stored(), depth + 1, "").layers());
        } else {
          flat.add(item);
        }
      }
      return flat;
    }

    private KerasConfig functional(
        JsonNode config, List<Item> items, Map<String, JsonNode> nodes, int depth, String to) {
      KerasChain chain = KerasChain.of(config, items, nodes, to, file, problems);
      return new KerasConfig(
          flat(chain.layers(), nodes, depth),
          chain.outputs(),
          chain.states(),
          shape(chain.layers(), config));
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
