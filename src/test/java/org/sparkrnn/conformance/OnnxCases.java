package org.sparkrnn.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.sparkrnn.conformance.RnnCase.Check;
import org.sparkrnn.conformance.RnnCase.Finder;
import org.sparkrnn.conformance.RnnCase.Model;
import org.sparkrnn.conformance.RnnCase.Results;
import org.sparkrnn.tensor.Tensor;

/**
 * Cases of ONNX' operators {@code LSTM}, {@code GRU} and {@code RNN}.
 *
 * <p>Their matrices are laid out again as TensorFlow has them: transposed, the inputs' rows above
 * the recurrent ones, {@code i, o, f, c} as {@code i, c, f, o} and {@code z, r, h} as {@code r, z}
 * and {@code h}, the two biases added up except where a GRU resets behind the product. ONNX has no
 * forget bias.
 */
final class OnnxCases {
  private static final int[] LSTM_GATES = {0, 3, 2, 1};
  private static final int[] GRU_GATES = {1, 0};
  private static final int[] GRU_CANDIDATE = {2};
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final JsonNode node;
  private final String op;
  private final int units;
  private final boolean batchFirst;
  private final String direction;
  private final Map<String, Tensor> weights = new TreeMap<>();

  private OnnxCases(JsonNode node) {
    this.node = node;
    this.op = node.get("op").textValue();
    JsonNode attrs = node.get("attrs");
    this.units = attrs.get("hidden_size").intValue();
    this.batchFirst = attrs.path("layout").asInt() == 1;
    this.direction = attrs.path("direction").asText("forward");
  }

  static RnnCase translate(JsonNode node) {
    return new OnnxCases(node).translate();
  }

  private RnnCase translate() {
    Numbers x = input("X");
    Rows rows = Rows.features(batchFirst ? x : x.swapped(), new int[0], initialStates());
    ObjectNode spec = JSON.objectNode().put("spark_rnn", 1);
    spec.putObject("input").put("type", "features").put("size", rows.features()[0][0].length);
    ObjectNode layer = spec.withArray("layers").addObject().put("type", "rnn");
    if (direction.equals("bidirectional")) {
      layer.put("loop", "bidirectional_dynamic_rnn");
      layer.set("cell_fw", cell(0, "bidirectional_rnn/fw"));
      layer.set("cell_bw", cell(1, "bidirectional_rnn/bw"));
    } else {
      layer.put("loop", direction.equals("reverse") ? "reversed_dynamic_rnn" : "dynamic_rnn");
      layer.set("cell", cell(0, "rnn"));
    }
    return new RnnCase(
        node.get("id").textValue(),
        Parts.judge(node),
        List.of(type(), "", layer.get("loop").textValue()),
        new Model(spec, weights),
        rows,
        (model, given) -> given.through(model),
        checks(rows.count()),
        Parts.tolerance(node));
  }

  private Numbers input(String name) {
    return Numbers.of(node.get("inputs").get(name));
  }

  private boolean resetsAfter() {
    return node.get("attrs").path("linear_before_reset").asInt() == 1;
  }

  private String type() {
    return switch (op) {
      case "LSTM" -> "LSTMCell";
      case "GRU" -> resetsAfter() ? "CudnnCompatibleGRUCell" : "GRUCell";
      default -> "BasicRNNCell";
    };
  }

  private ObjectNode cell(int index, String scope) {
    String prefix = scope + "/cell/";
    int[] all = {0};
    switch (type()) {
      case "LSTMCell" -> put(prefix, "", index, LSTM_GATES);
      case "GRUCell" -> {
        put(prefix, "gates/", index, GRU_GATES);
        put(prefix, "candidate/", index, GRU_CANDIDATE);
      }
      case "CudnnCompatibleGRUCell" -> {
        put(prefix, "gates/", index, GRU_GATES);
        Gates gates = new Gates(index, GRU_CANDIDATE);
        weights.put(prefix + "candidate/input_projection/kernel", gates.columns("W"));
        weights.put(prefix + "candidate/input_projection/bias", gates.bias(1, 0));
        weights.put(prefix + "candidate/hidden_projection/kernel", gates.columns("R"));
        weights.put(prefix + "candidate/hidden_projection/bias", gates.bias(0, 1));
      }
      default -> put(prefix, "", index, all);
    }
    ObjectNode cell = JSON.objectNode().put("type", type()).put("num_units", units);
    JsonNode activations = node.get("attrs").path("activations");
    if (op.equals("LSTM")) {
      cell.put("forget_bias", 0.0);
    } else if (op.equals("RNN") && activations.has(index)) {
      cell.put("activation", activations.get(index).textValue().toLowerCase(Locale.ROOT));
    }
    return cell;
  }

  private void put(String prefix, String part, int index, int... blocks) {
    Gates gates = new Gates(index, blocks);
    weights.put(prefix + part + "kernel", gates.kernel());
    weights.put(prefix + part + "bias", gates.bias(1, 1));
  }

  /** Some of the gates of one direction, in another order. */
  private final class Gates {
    private final int index;
    private final int[] blocks;

    Gates(int index, int... blocks) {
      this.index = index;
      this.blocks = blocks;
    }

    private double[][] transposed(String name) {
      Numbers matrix = input(name).at(index);
      double[][] rows = new double[matrix.axis(1)][blocks.length * units];
      for (int row = 0; row < rows.length; row++) {
        for (int column = 0; column < rows[row].length; column++) {
          int from = blocks[column / units] * units + column % units;
          rows[row][column] = matrix.values()[from * rows.length + row];
        }
      }
      return rows;
    }

    Tensor columns(String name) {
      double[][] rows = transposed(name);
      return new Numbers(List.of(rows.length, rows[0].length), Parts.flat(rows)).tensor();
    }

    Tensor kernel() {
      List<double[]> rows = new ArrayList<>(List.of(transposed("W")));
      rows.addAll(List.of(transposed("R")));
      double[][] both = rows.toArray(double[][]::new);
      return new Numbers(List.of(both.length, both[0].length), Parts.flat(both)).tensor();
    }

    /** The biases of input and recurrence, each as often as is said. */
    Tensor bias(int ofInput, int ofRecurrence) {
      double[] bias = new double[blocks.length * units];
      if (node.get("inputs").has("B")) {
        double[] both = input("B").at(index).values();
        for (int i = 0; i < bias.length; i++) {
          int from = blocks[i / units] * units + i % units;
          bias[i] = ofInput * both[from] + ofRecurrence * both[both.length / 2 + from];
        }
      }
      return new Numbers(List.of(bias.length), bias).tensor();
    }
  }

  private float[][] initialStates() {
    if (!node.get("inputs").has("initial_h")) {
      return new float[0][];
    }
    return IntStream.range(0, input("initial_h").axis(1))
        .mapToObj(row -> input("initial_h").at(0).at(row).floats())
        .toArray(float[][]::new);
  }

  private List<Check> checks(int rows) {
    List<Check> checks = new ArrayList<>();
    for (String name : List.of("Y", "Y_h", "Y_c")) {
      Finder actual = results -> found(name, results, rows);
      if (node.path("expected").has(name)) {
        Numbers expected = Numbers.of(node.get("expected").get(name));
        checks.add(new Check(name, actual, inRows(name, expected)));
      }
      if (node.path("expected_sums").has(name)) {
        double sum = node.get("expected_sums").get(name).doubleValue();
        checks.add(
            new Check(
                "the sum of " + name,
                results -> new double[] {Arrays.stream(actual.in(results)).sum()},
                new double[] {sum}));
      }
    }
    return checks;
  }

  /** {@code Y}: [time][direction][batch]; {@code Y_h}: [direction][batch]; or batch first. */
  private double[] inRows(String name, Numbers given) {
    if (batchFirst) {
      return given.values();
    }
    if (!name.equals("Y")) {
      return given.swapped().values();
    }
    List<Double> rows = new ArrayList<>();
    for (int row = 0; row < given.axis(2); row++) {
      for (int step = 0; step < given.axis(0); step++) {
        for (int way = 0; way < given.axis(1); way++) {
          Arrays.stream(given.at(step).at(way).at(row).values()).forEach(rows::add);
        }
      }
    }
    return rows.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private double[] found(String name, Results results, int rows) {
    boolean steps = name.equals("Y");
    int parts = steps || !op.equals("LSTM") ? 1 : 2;
    int part = name.equals("Y_h") ? parts - 1 : 0;
    return IntStream.range(0, rows)
        .mapToObj(row -> results.of(steps ? "outputs" : "final_state", row))
        .flatMapToDouble(
            values ->
                IntStream.range(0, values.length)
                    .filter(i -> i / units % parts == part)
                    .mapToDouble(i -> values[i]))
        .toArray();
  }
}
