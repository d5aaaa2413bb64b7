package org.sparkrnn.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.sparkrnn.model.spec.CellParser;
import org.sparkrnn.tensor.Shape;

/** Writes the cells of a spec for Keras' recurrent layers. */
record KerasCellWords(KerasWords words, KerasScopes scopes) {
  private static final Set<String> MERGES = Set.of("concat", "sum", "mul", "ave");
  private static final Map<String, String> TYPES =
      Map.of(
          "LSTM", "keras.LSTMCell",
          "GRU", "keras.GRUCell",
          "SimpleRNN", "keras.SimpleRNNCell",
          "LSTMCell", "keras.LSTMCell",
          "GRUCell", "keras.GRUCell",
          "CuDNNLSTM", "keras.LSTMCell",
          "CuDNNGRU", "keras.GRUCell",
          "SimpleRNNCell", "keras.SimpleRNNCell");

  /**
   * Adds {@code cell} to a layer.
   *
   * @return what cannot run; empty where nothing is
   */
  String one(String type, JsonNode config, String scope, ObjectNode layer) {
    return cell("cell", type, config, scope, layer);
  }

  /** Adds {@code cell_fw}, {@code cell_bw} and {@code merge}, as above. */
  String both(JsonNode config, String scope, ObjectNode layer) {
    JsonNode forward = config.path("layer");
    JsonNode backward = config.has("backward_layer") ? config.get("backward_layer") : forward;
    JsonNode mode = config.path("merge_mode");
    if (!mode.isMissingNode() && !MERGES.contains(mode.asText())) {
      return "its merge_mode is " + mode + ", expected concat, sum, mul or ave";
    }
    if (!mode.isMissingNode()) {
      layer.put("merge", mode.asText());
    }
    String problem = direction("cell_fw", "forward", forward, scope, layer);
    return problem.isEmpty()
        ? direction("cell_bw", "backward", backward.isNull() ? forward : backward, scope, layer)
        : problem;
  }

  private String direction(String key, String word, JsonNode node, String scope, ObjectNode layer) {
    String type = node.path("class_name").asText();
    Optional<String> own =
        scopes.tensors(scope, "kernel").stream()
            .map(name -> name.substring(scope.length() + 1))
            .filter(name -> name.startsWith(word))
            .map(name -> scope + "/" + name.split("/", -1)[0])
            .findFirst();
    return cell(key, type, node.path("config"), own.orElse(scope), layer);
  }

  private String cell(String key, String type, JsonNode config, String scope, ObjectNode target) {
    if (type.equals("RNN")) {
      JsonNode inner = config.path("cell");
      String innerType = inner.path("class_name").asText();
      if (innerType.equals("StackedRNNCells")) {
        return stack(key, inner.path("config").path("cells"), scope, target);
      }
      return cell(key, innerType, inner.path("config"), scope, target);
    }
    if (!TYPES.containsKey(type)) {
      return type.isEmpty() ? "it has no cell" : "a " + type + " is no cell that runs here";
    }
    ObjectNode cell = JsonNodeFactory.instance.objectNode().put("type", TYPES.get(type));
    JsonNode units = config.has("units") ? config.get("units") : config.path("output_dim");
    if (!units.isMissingNode()) {
      cell.set("units", units);
    }
    String problem = activations(type, config, cell);
    if (!config.path("use_bias").asBoolean(true)) {
      cell.put("use_bias", false);
    }
    boolean gru = cell.path("type").asText().equals("keras.GRUCell");
    boolean cudnn = type.startsWith("CuDNN") || cudnn(gru ? 6 : 8, units.asLong(), scope);
    if (gru) {
      cell.put("reset_after", cudnn || resetAfter(config, scope));
    }
    if (cudnn) {
      cell.put("cudnn_layout", true);
    }
    target.set(key, cell);
    return problem;
  }

  private String activations(String type, JsonNode config, ObjectNode cell) {
    JsonNode own = config.path("activation");
    Optional<JsonNode> activation = words.activation(own);
    if (activation.isEmpty()) {
      return "its activation is " + own;
    }
    if (!own.isMissingNode()) {
      cell.set("activation", activation.get());
    }
    if (type.startsWith("SimpleRNN")) {
      return "";
    }
    JsonNode gate =
        config.has("recurrent_activation")
            ? config.get("recurrent_activation")
            : config.path("inner_activation");
    if (gate.isMissingNode() && type.startsWith("CuDNN")) {
      cell.put("recurrent_activation", "sigmoid");
      return "";
    }
    if (gate.isMissingNode()) {
      words.gateActivation().ifPresent(word -> cell.put("recurrent_activation", word));
      return "";
    }
    Optional<JsonNode> found = words.activation(gate);
    found.ifPresent(word -> cell.set("recurrent_activation", word));
    return found.isPresent() ? "" : "its recurrent_activation is " + gate;
  }

  /** A plain layer's configuration can stand with the weights of cuDNN's: its bias tells. */
  private boolean cudnn(int biases, long units, String scope) {
    List<String> found = scopes.tensors(scope, "bias");
    return units > 0
        && !found.isEmpty()
        && scopes.shape(found.get(0)).equals(Shape.of(biases * units));
  }

  /** As stated, as the bias' two rows say, or not, as before TensorFlow 2. */
  private boolean resetAfter(JsonNode config, String scope) {
    List<String> biases = scopes.tensors(scope, "bias");
    return config.has("reset_after")
        ? config.get("reset_after").asBoolean()
        : !biases.isEmpty() && scopes.shape(biases.get(0)).rank() == 2;
  }

  /**
   * The scopes of a stack's cells, in its order: by their numbers, which count the cells of a class
   * where names have the class, {@code gru_cell_1}. Empty where they cannot be told apart.
   */
  private List<String> kernels(JsonNode list, String scope) {
    List<String> all =
        scopes.tensors(scope, "kernel").stream()
            .map(name -> name.substring(0, name.length() - "/kernel".length()))
            .sorted(Comparator.comparing(String::length).thenComparing(String::compareTo))
            .toList();
    Set<String> types = new HashSet<>();
    list.forEach(node -> types.add(node.path("class_name").asText()));
    boolean numbered = all.stream().allMatch(name -> last(name).matches("\\d+"));
    if (types.size() == 1 || numbered) {
      return all;
    }
    Map<String, Iterator<String>> byType = new HashMap<>();
    for (String type : types) {
      Pattern own = Pattern.compile(KerasConfig.snake(type) + "(_\\d+)?");
      byType.put(type, all.stream().filter(name -> own.matcher(last(name)).matches()).iterator());
    }
    List<String> inOrder = new ArrayList<>();
    for (JsonNode node : list) {
      Iterator<String> next = byType.get(node.path("class_name").asText());
      if (next.hasNext()) {
        inOrder.add(next.next());
      }
    }
    return all.size() == inOrder.size() ? inOrder : List.of();
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private String stack(String key, JsonNode list, String scope, ObjectNode target) {
    ObjectNode multi = JsonNodeFactory.instance.objectNode().put("type", CellParser.MULTI);
    ArrayNode cells = multi.putArray("cells");
    List<String> kernels = kernels(list, scope);
    if (kernels.size() != list.size()) {
      return "the weights of its cells cannot be told apart";
    }
    for (int i = 0; i < list.size(); i++) {
      ObjectNode holder = JsonNodeFactory.instance.objectNode();
      JsonNode node = list.get(i);
      String type = node.path("class_name").asText();
      String problem = cell("cell", type, node.path("config"), kernels.get(i), holder);
      if (!problem.isEmpty()) {
        return problem;
      }
      if (!(holder.get("cell") instanceof ObjectNode one) || one.has("cells")) {
        return "a stack of stacks is not run here";
      }
      cells.add(one.put("scope", kernels.get(i)));
    }
    target.set(key, multi);
    return "";
  }
}
