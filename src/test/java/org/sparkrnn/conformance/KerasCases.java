package org.sparkrnn.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.sparkrnn.RnnModel;
import org.sparkrnn.conformance.RnnCase.Check;
import org.sparkrnn.conformance.RnnCase.Finder;
import org.sparkrnn.conformance.RnnCase.Model;
import org.sparkrnn.conformance.RnnCase.Results;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.tensor.Tensor;

/**
 * Cases of Keras' recurrent layers.
 *
 * <p>A case gives its mask beside the input. Keras makes masks from values: a {@code masking} layer
 * masks the steps all of whose features have its value. So the masked steps' features are set to
 * {@value #MASKED}, which no feature of a case is, and a masking layer with that value comes first.
 * What Keras computes does not depend on the features of a masked step.
 */
final class KerasCases {
  private static final int MASKED = -1;
  private static final String LAYER = "layer";
  private static final List<String> LOOP_KEYS =
      List.of("go_backwards", "return_sequences", "zero_output_for_mask", "stateful");
  private static final List<String> CELL_KEYS =
      List.of("units", "activation", "recurrent_activation", "use_bias", "reset_after");
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final JsonNode node;
  private final JsonNode first;
  private final boolean bidirectional;
  private final Map<String, Tensor> weights = new TreeMap<>();

  private KerasCases(JsonNode node) {
    this.node = node;
    this.bidirectional = node.has("forward_layer");
    this.first = node.get(bidirectional ? "forward_layer" : "layer");
  }

  static RnnCase translate(JsonNode node) {
    return new KerasCases(node).translate();
  }

  private RnnCase translate() {
    Numbers x = Numbers.of(node.get("inputs").get("x"));
    boolean masked = !node.get("mask").isNull();
    ObjectNode spec = JSON.objectNode().put("spark_rnn", 1);
    spec.putObject("input").put("type", "features").put("size", x.axis(2));
    if (masked) {
      spec.withArray("layers").addObject().put("type", "masking").put("mask_value", MASKED);
    }
    spec.withArray("layers").add(layer());
    Rows rows = Rows.features(masked ? masked(x) : x, new int[0], Parts.floats(initialStates()));
    boolean twice = node.path("calls_before").asInt() == 1;
    return new RnnCase(
        node.get("id").textValue(),
        Parts.judge(node),
        List.of(word(first), options(masked), "keras"),
        new Model(spec, weights),
        rows,
        twice ? KerasCases::secondCall : (model, given) -> given.through(model),
        List.of(check(rows.count())),
        Parts.tolerance(node));
  }

  private static String word(JsonNode layer) {
    return "keras." + layer.get("class").textValue() + "Cell";
  }

  private String options(boolean masked) {
    List<String> options = new ArrayList<>();
    for (String key : List.of("reset_after", "go_backwards", "return_sequences", "stateful")) {
      if (first.path(key).asBoolean()) {
        options.add(key);
      }
    }
    if (first.has("use_bias")) {
      options.add("use_bias=false");
    }
    if (masked) {
      options.add(first.has("zero_output_for_mask") ? "mask, zero_output_for_mask" : "mask");
    }
    if (bidirectional) {
      options.add("two directions, merge=" + node.get("merge_mode").asText());
    }
    return String.join(", ", options);
  }

  private Numbers masked(Numbers x) {
    Numbers mask = Numbers.of(node.get("mask"));
    double[] values = x.values().clone();
    for (int step = 0; step < mask.values().length; step++) {
      if (mask.values()[step] == 0) {
        Arrays.fill(values, step * x.axis(2), (step + 1) * x.axis(2), MASKED);
      }
    }
    return new Numbers(x.shape(), values);
  }

  private ObjectNode layer() {
    ObjectNode layer = JSON.objectNode().put("type", "rnn").put("name", LAYER).put("loop", "keras");
    for (String key : LOOP_KEYS) {
      if (first.has(key)) {
        layer.set(key, first.get(key));
      }
    }
    if (!bidirectional) {
      layer.set("cell", cell(node.get("layer"), "rnn"));
      return layer;
    }
    layer.set("cell_fw", cell(node.get("forward_layer"), "bidirectional/forward_rnn"));
    layer.set("cell_bw", cell(node.get("backward_layer"), "bidirectional/backward_rnn"));
    JsonNode merge = node.get("merge_mode");
    return layer.put("merge", merge.isNull() ? "concat" : merge.textValue());
  }

  private ObjectNode cell(JsonNode from, String scope) {
    Parts.weights(from.get("weights"))
        .forEach((name, tensor) -> weights.put(scope + "/" + name, tensor));
    ObjectNode cell = JSON.objectNode().put("type", word(from)).put("scope", scope);
    for (String key : CELL_KEYS) {
      if (from.has(key)) {
        cell.set(key, from.get(key));
      }
    }
    return cell;
  }

  /** Keras lists states: {@code h} and {@code c} of an LSTM, forward's then backward's. */
  private double[][] initialStates() {
    return node.has("initial_state") ? Parts.inOrder(node.get("initial_state")) : new double[0][];
  }

  private Check check(int rows) {
    String what = node.get("expected").get("what").textValue();
    double[] value = Numbers.of(node.get("expected").get("value")).values();
    int units = first.get("units").intValue();
    Finder actual =
        switch (what) {
          case "output" -> Parts.output(LAYER, rows);
          case "output[0]" -> results -> RandomNetworks.widen(results.of(LAYER, 0));
          case "output[1]" -> results -> RandomNetworks.widen(results.of(LAYER, 1));
          case "forward_output" -> slice(LAYER, rows, 0, units);
          case "backward_output" -> slice(LAYER, rows, 1, units);
          default -> slice("final_state", rows, what.charAt("state".length()) - '0', units);
        };
    return new Check(what, actual, value);
  }

  /** The {@code index}-th of the parts of a row that have {@code units} values each. */
  private static Finder slice(String output, int rows, int index, int units) {
    return results ->
        IntStream.range(0, rows)
            .mapToObj(row -> results.of(output, row))
            .flatMapToDouble(
                values ->
                    IntStream.range(index * units, (index + 1) * units).mapToDouble(i -> values[i]))
            .toArray();
  }

  /** A stateful layer's second call begins with the states that the first one ended with. */
  private static Results secondCall(RnnModel model, Rows rows) {
    Results before = rows.through(model);
    float[][] states =
        IntStream.range(0, rows.count())
            .mapToObj(row -> before.of("final_state", row))
            .toArray(float[][]::new);
    return rows.from(states).through(model);
  }
}
