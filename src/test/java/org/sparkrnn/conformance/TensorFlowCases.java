package org.sparkrnn.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.sparkrnn.RnnModel;
import org.sparkrnn.conformance.RnnCase.Check;
import org.sparkrnn.conformance.RnnCase.Model;
import org.sparkrnn.conformance.RnnCase.Results;
import org.sparkrnn.tensor.Tensor;

/**
 * Cases that call a cell of TensorFlow once, or run it in one of TensorFlow's loops.
 *
 * <p>The case's cells become cells of a spec under the same words; variables keep the names they
 * have in TensorFlow and are found by the product's own search. A single call is a sequence of one
 * step.
 */
final class TensorFlowCases {
  /** What TensorFlow adds where a case, or a user, says nothing. */
  private static final Set<String> WITH_FORGET_BIAS =
      Set.of(
          "BasicLSTMCell",
          "LSTMCell",
          "LSTMBlockCell",
          "LSTMBlockFusedCell",
          "CoupledInputForgetGateLSTMCell",
          "LayerNormBasicLSTMCell",
          "LayerNormLSTMCell",
          "WeightNormLSTMCell");

  /** Not arguments of the cell's constructor, or of no meaning for this cell. */
  private static final Set<String> NO_OPTIONS = Set.of("scope", "state_size", "cells", "cell");

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final JsonNode node;
  private final Map<String, Tensor> weights;

  private TensorFlowCases(JsonNode node) {
    this.node = node;
    this.weights = Parts.weights(node.get("weights"));
  }

  static RnnCase translate(JsonNode node) {
    return new TensorFlowCases(node).translate();
  }

  private RnnCase translate() {
    boolean alone = node.get("api").textValue().equals("cell");
    Numbers x = x(alone);
    ObjectNode layer = layer();
    Rows rows = rows(x);
    ObjectNode spec = JSON.objectNode().put("spark_rnn", 1);
    spec.set("input", input(rows));
    spec.putArray("layers").add(layer);
    return new RnnCase(
        node.get("id").textValue(),
        Parts.judge(node),
        List.of(word(firstCell()), options(firstCell()), alone ? "one step" : loop()),
        new Model(spec, weights),
        rows,
        node.path("evaluate_as").asText().equals("zero_h_each_step")
            ? TensorFlowCases::zeroingHiddenStates
            : (model, given) -> given.through(model),
        checks(rows),
        Parts.tolerance(node));
  }

  private JsonNode firstCell() {
    return Stream.of("cell", "cell_fw")
        .filter(node::has)
        .map(node::get)
        .findFirst()
        .orElseGet(() -> node.get("cells_fw").get(0));
  }

  /** {@code [batch][time]...}. */
  private Numbers x(boolean alone) {
    Numbers x = Numbers.of(node.get("inputs").get("x"));
    if (x.shape().contains(0)) {
      x = widened(x);
    }
    if (alone) {
      return x.asOneStep();
    }
    return timeMajor() ? x.swapped() : x;
  }

  /**
   * A step of no features is a step of one that is 0, whose row of the kernel is 0: a model's rows
   * have at least one feature.
   */
  private Numbers widened(Numbers x) {
    weights.replaceAll(
        (name, tensor) -> name.endsWith("kernel") ? withARowOfZeros(tensor) : tensor);
    return new Numbers(List.of(x.axis(0), 1), new double[x.axis(0)]);
  }

  private static Tensor withARowOfZeros(Tensor kernel) {
    int rows = Math.toIntExact(kernel.shape().dim(0));
    int columns = Math.toIntExact(kernel.shape().dim(1));
    double[] values = new double[(rows + 1) * columns];
    float[] given = new float[rows * columns];
    kernel.copyTo(0, given, 0, given.length);
    for (int i = 0; i < given.length; i++) {
      values[columns + i] = given[i];
    }
    return new Numbers(List.of(rows + 1, columns), values).tensor();
  }

  private boolean timeMajor() {
    return node.path("time_major").asBoolean();
  }

  private String loop() {
    String api = node.get("api").textValue();
    return api.equals("fused") || api.equals("cell") ? "dynamic_rnn" : api;
  }

  private ObjectNode layer() {
    ObjectNode layer = JSON.objectNode().put("type", "rnn").put("loop", loop());
    for (String key : List.of("cell", "cell_fw", "cell_bw")) {
      if (node.has(key)) {
        layer.set(key, cell(node.get(key)));
      }
    }
    for (String key : List.of("cells_fw", "cells_bw")) {
      if (node.has(key)) {
        node.get(key).forEach(cell -> layer.withArray(key).add(cell(cell)));
      }
    }
    return layer;
  }

  private ObjectNode cell(JsonNode from) {
    String type = word(from);
    ObjectNode cell = JSON.objectNode().put("type", type);
    if (from.has("num_dims")) {
      return grid(cell, from);
    }
    from.properties().stream()
        .filter(e -> !NO_OPTIONS.contains(e.getKey()) && !e.getValue().isNull())
        .filter(e -> !(type.equals("DropoutWrapper") && e.getKey().equals("num_units")))
        .filter(e -> !e.getKey().equals("state_is_tuple") || !e.getValue().booleanValue())
        .forEach(e -> cell.set(e.getKey(), e.getValue()));
    cell.put("type", type);
    if (WITH_FORGET_BIAS.contains(type) && !from.has("forget_bias")) {
      cell.put("forget_bias", 1.0);
    }
    if (from.has("cell")) {
      wrapped(cell, from);
    }
    if (from.has("cells")) {
      from.get("cells").forEach(inner -> cell.withArray("cells").add(cell(inner)));
    }
    return cell;
  }

  /** The named classes of {@code grid_rnn} take what their cells have in common. */
  private static ObjectNode grid(ObjectNode grid, JsonNode from) {
    JsonNode inner = from.get("cells").get(0);
    String type = inner.get("type").textValue();
    grid.set("num_units", inner.get("num_units"));
    if (!type.equals("BasicRNNCell")) {
      grid.set("forget_bias", inner.get("forget_bias"));
    }
    if (type.equals("LSTMCell")) {
      grid.set("use_peepholes", inner.get("use_peepholes"));
    }
    if (from.get("num_dims").intValue() > 1) {
      grid.set("tied", from.get("tied"));
    }
    if (!from.get("non_recurrent_dims").isEmpty()) {
      grid.set("non_recurrent_fn", from.get("non_recurrent_fn"));
    }
    return grid;
  }

  private void wrapped(ObjectNode cell, JsonNode from) {
    String scope = from.path("scope").asText() + "/";
    switch (word(from)) {
      case "OutputProjectionWrapper" -> cell.put("output_size", size(scope + "kernel", 1));
      case "InputProjectionWrapper" -> cell.put("num_proj", size(scope + "kernel", 1));
      case "EmbeddingWrapper" -> {
        cell.put("embedding_classes", size(scope + "embedding", 0));
        cell.put("embedding_size", size(scope + "embedding", 1));
      }
      default -> {}
    }
    cell.set("cell", cell(from.get("cell")));
  }

  private long size(String variable, int axis) {
    return weights.get(variable).shape().dim(axis);
  }

  private static String word(JsonNode cell) {
    return cell.has("class") ? cell.get("class").textValue() : cell.get("type").textValue();
  }

  /** What is not TensorFlow's default, for the table. */
  static String options(JsonNode cell) {
    List<String> options = new ArrayList<>();
    cell.properties().forEach(e -> option(e.getKey(), e.getValue()).ifPresent(options::add));
    for (JsonNode inner : cell.path("cells")) {
      addInner(options, inner);
    }
    if (cell.has("cell")) {
      addInner(options, cell.get("cell"));
    }
    return String.join(", ", options);
  }

  private static void addInner(List<String> options, JsonNode inner) {
    String with = options(inner);
    String word = "of " + word(inner) + (with.isEmpty() ? "" : " (" + with + ")");
    if (!options.contains(word)) {
      options.add(word);
    }
  }

  private static Optional<String> option(String key, JsonNode value) {
    return Optional.ofNullable(
        switch (key) {
          case "use_peepholes",
              "norm",
              "couple_input_forget_gates",
              "tied",
              "share_time_frequency_weights" ->
              value.booleanValue() ? key : null;
          case "layer_norm", "state_is_tuple" -> value.booleanValue() ? null : key + "=false";
          case "activation" -> value.textValue().equals("tanh") ? null : value.textValue();
          case "forget_bias" -> value.doubleValue() == 1 ? null : "forget_bias=" + value;
          case "cell_clip", "num_proj", "num_in_proj" -> value.isNull() ? null : key;
          case "conv_ndims", "backward_slice_offset" -> key + "=" + value;
          case "non_recurrent_dims" -> value.isEmpty() ? null : "non_recurrent_fn";
          default -> null;
        });
  }

  private Rows rows(Numbers x) {
    int[] lengths =
        node.has("sequence_length") ? Numbers.of(node.get("sequence_length")).ints() : new int[0];
    return word(firstCell()).equals("EmbeddingWrapper")
        ? Rows.ids(new Numbers(x.shape().subList(0, 2), x.values()), initialStates())
        : Rows.features(x, lengths, initialStates());
  }

  private float[][] initialStates() {
    if (node.has("initial_states_fw")) {
      return Parts.floats(
          Parts.beside(
              Stream.of("initial_states_fw", "initial_states_bw")
                  .map(key -> Parts.inOrder(node.get(key)))));
    }
    JsonNode state = node.path("initial_state");
    if (state.isMissingNode() || state.isNull()) {
      return new float[0][];
    }
    return Parts.floats(node.has("cell_fw") ? Parts.inOrder(state) : Parts.states(state));
  }

  private ObjectNode input(Rows rows) {
    if (rows.ids().length > 0) {
      String table = firstCell().get("scope").textValue() + "/embedding";
      return JSON.objectNode().put("type", "tokens").put("size", size(table, 0));
    }
    return JSON.objectNode().put("type", "features").put("size", rows.features()[0][0].length);
  }

  private List<Check> checks(Rows rows) {
    JsonNode expected = node.get("expected");
    List<Check> checks = new ArrayList<>();
    if (expected.has("output")) {
      checks.add(new Check("output", Parts.output("outputs", rows.count()), output(expected)));
    }
    if (expected.has("output_t0")) {
      checks.add(
          new Check(
              "output_t0",
              Parts.output("output_t0", rows.count()),
              Numbers.of(expected.get("output_t0")).values()));
    }
    state(expected)
        .ifPresent(
            state ->
                checks.add(
                    new Check(
                        "state", Parts.output("final_state", rows.count()), Parts.flat(state))));
    return checks;
  }

  private double[] output(JsonNode expected) {
    JsonNode output = expected.get("output");
    if (output.has("tuple")) {
      return Parts.flat(Parts.states(output));
    }
    Numbers numbers = Numbers.of(output);
    return timeMajor() ? numbers.swapped().values() : numbers.values();
  }

  private Optional<double[][]> state(JsonNode expected) {
    for (String key : List.of("state", "state_concat_axis1")) {
      if (expected.has(key)) {
        return Optional.of(Parts.states(expected.get(key)));
      }
    }
    if (expected.has("state_fw")) {
      return Optional.of(
          Parts.beside(
              Stream.of("state_fw", "state_bw").map(key -> Parts.states(expected.get(key)))));
    }
    if (expected.has("states_fw")) {
      return Optional.of(
          Parts.beside(
              Stream.of("states_fw", "states_bw").map(key -> Parts.inOrder(expected.get(key)))));
    }
    return Optional.empty();
  }

  /** As training with a keep probability of almost 0 does: {@code h} is 0 after every step. */
  private static Results zeroingHiddenStates(RnnModel model, Rows rows) {
    float[][] states = rows.states();
    float[][] first = new float[rows.count()][];
    for (int step = 0; step < rows.steps(); step++) {
      Results results = rows.step(step, states).through(model);
      float[][] next = new float[rows.count()][];
      for (int row = 0; row < next.length; row++) {
        next[row] = results.of("final_state", row);
        Arrays.fill(next[row], next[row].length / 2, next[row].length, 0);
        if (step == 0) {
          first[row] = results.of("outputs", row);
        }
      }
      states = next;
    }
    float[][] last = states;
    return (output, row) -> output.equals("final_state") ? last[row] : first[row];
  }
}
