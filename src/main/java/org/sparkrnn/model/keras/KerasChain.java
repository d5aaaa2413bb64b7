package org.sparkrnn.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.json.SpecObject;

/**
 * The layers of a functional model from its input to its outputs.
 *
 * @param layers in order, with {@link KerasStates#FINAL} where a state is read
 * @param outputs the names of those whose values the model returns
 * @param states whether it returns states of a recurrent layer
 */
record KerasChain(List<KerasConfig.Item> layers, Set<String> outputs, boolean states) {
  private static final int DEEPEST = 16;

  /** Each is followed to the input. */
  private static final int MOST_OUTPUTS = 1000;

  /**
   * Follows the layers.
   *
   * @param config the model's
   * @param items its layers
   * @param nodes the same as the model lists them, by name
   * @param to the layer whose value is the only output; empty for the model's outputs
   * @param file for messages
   * @param problems filled with what is no chain
   */
  static KerasChain of(
      JsonNode config,
      List<KerasConfig.Item> items,
      Map<String, JsonNode> nodes,
      String to,
      String file,
      Set<String> problems) {
    Map<String, KerasConfig.Item> byName = new LinkedHashMap<>();
    items.forEach(item -> byName.put(item.name(), item));
    return new Reader(file, byName, nodes, problems).read(config, to);
  }

  /**
   * A reference to what a layer gives.
   *
   * @param layer its name
   * @param tensor which of its values: a recurrent layer's states follow its outputs
   */
  private record Reference(String layer, int tensor) {}

  private record Reader(
      String file,
      Map<String, KerasConfig.Item> items,
      Map<String, JsonNode> nodes,
      Set<String> problems) {
    ModelException error(String reason) {
      return new ModelException(file + ": " + reason);
    }

    KerasChain read(JsonNode config, String to) {
      List<Reference> outputs =
          to.isEmpty() ? references(config.path("output_layers")) : List.of(new Reference(to, 0));
      List<Reference> inputs = references(config.path("input_layers"));
      if (inputs.isEmpty() || outputs.isEmpty() || outputs.size() > MOST_OUTPUTS) {
        throw error(
            "the model has " + inputs.size() + " inputs and " + outputs.size() + " outputs");
      }
      // Up to a layer that is named there are those inputs that a layer on the way reads.
      if (inputs.size() > 1 && to.isEmpty()) {
        problems.add("the model has the inputs " + named(inputs));
      }
      List<KerasConfig.Item> longest = List.of();
      for (Reference output : outputs) {
        List<KerasConfig.Item> chain = to(output.layer());
        longest = chain.size() > longest.size() ? chain : longest;
      }
      Set<String> onChain = new HashSet<>();
      longest.forEach(item -> onChain.add(item.name()));
      if (!outputs.stream().allMatch(output -> onChain.contains(output.layer()))) {
        problems.add("the outputs " + named(outputs) + " are not on one chain: choose one by to");
      }
      Set<String> names = new LinkedHashSet<>();
      for (Reference output : outputs) {
        if (output.tensor() == 0) {
          names.add(output.layer());
        }
      }
      return new KerasChain(
          longest, names, outputs.stream().anyMatch(output -> output.tensor() > 0));
    }

    /** From the input to {@code last}. */
    private List<KerasConfig.Item> to(String last) {
      Deque<KerasConfig.Item> chain = new ArrayDeque<>();
      Set<String> seen = new HashSet<>();
      for (String at = last; ; ) {
        KerasConfig.Item item = items.get(at);
        if (item == null) {
          throw error("no layer is named '" + at + "', which another one reads");
        }
        if (!seen.add(at)) {
          throw error("the layers read each other in a circle at '" + at + "'");
        }
        chain.addFirst(item);
        List<Reference> from = inbound(nodes.get(at), at);
        if (from.isEmpty()) {
          return List.copyOf(chain);
        }
        if (item.type().equals("Concatenate") && pooled(from).isPresent()) {
          chain.removeFirst();
          chain.addFirst(KerasPool.item(item, from.stream().map(this::pool).toList()));
          at = pooled(from).get();
          continue;
        }
        at = from.get(0).layer();
        if (isState(from)) {
          boolean joined = item.type().equals("Concatenate");
          chain.addFirst(KerasStates.item(joined ? chain.removeFirst() : items.get(at), joined));
        } else if (from.size() > 1 || from.get(0).tensor() > 0) {
          problems.add("the layer '" + item.name() + "' reads " + named(from));
        }
      }
    }

    /** The layer whose steps each of these reduces; empty where they do not. */
    private Optional<String> pooled(List<Reference> from) {
      Set<String> read = new HashSet<>();
      for (Reference one : from) {
        if (KerasPool.isOne(nodes.getOrDefault(one.layer(), MissingNode.getInstance()))) {
          inbound(nodes.get(one.layer()), one.layer()).forEach(each -> read.add(each.layer()));
        } else if (isState(List.of(one))) {
          read.add(one.layer());
        } else {
          return Optional.empty();
        }
      }
      return from.size() > 1 && read.size() == 1 ? read.stream().findFirst() : Optional.empty();
    }

    /** The word for a reduction of {@link #pooled}. */
    private String pool(Reference one) {
      JsonNode layer = nodes.get(one.layer());
      return KerasPool.isOne(layer) ? KerasPool.word(layer) : "final_state";
    }

    private boolean isState(List<Reference> from) {
      String layer = from.get(0).layer();
      return from.stream().allMatch(one -> one.layer().equals(layer))
          && KerasStates.isFinal(
              nodes.getOrDefault(layer, MissingNode.getInstance()),
              from.stream().map(Reference::tensor).toList());
    }

    private static String named(List<Reference> references) {
      List<String> names = new ArrayList<>();
      for (Reference one : references) {
        String state = one.tensor() > 0 ? "value " + one.tensor() + " of " : "";
        names.add(state + "'" + one.layer() + "'");
      }
      return String.join(", ", names);
    }

    private List<Reference> inbound(JsonNode layer, String name) {
      JsonNode calls = layer.path("inbound_nodes");
      if (calls.size() > 1) {
        problems.add("the layer '" + name + "' is used " + calls.size() + " times");
      }
      List<Reference> from = new ArrayList<>();
      JsonNode call = calls.path(0);
      if (call.isObject()) {
        tensors(call.path("args"), from, 0);
        for (Map.Entry<String, JsonNode> word : call.path("kwargs").properties()) {
          // The mask is that of the layers before, which is kept beside the values here.
          if (!word.getKey().equals("mask")) {
            tensors(word.getValue(), from, 0);
          }
        }
      } else {
        from.addAll(references(call));
        call.findValues("initial_state").forEach(state -> words(state, from, 0));
      }
      return from;
    }

    /** tf.keras': tensors anywhere in a word of a call, as {@code [layer, call, tensor]}. */
    private void words(JsonNode node, List<Reference> found, int depth) {
      if (node.size() >= 3 && items.containsKey(node.path(0).asText()) && node.path(2).isInt()) {
        found.add(new Reference(node.path(0).asText(), node.path(2).asInt()));
      } else if (depth < DEEPEST) {
        node.forEach(child -> words(child, found, depth + 1));
      }
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
  }
}
