package org.sparkrnn.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.sparkrnn.conformance.RnnCase.Finder;
import org.sparkrnn.conformance.RnnCase.Tolerance;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.tensor.Tensor;

/** What cases of every kind are made of. */
final class Parts {
  private static final Map<String, String> JUDGES =
      Map.of(
          "TF unit test", "TensorFlow's unit tests",
          "real TF 1.x run", "TensorFlow 1.x, stored runs",
          "derived from a TF-produced case", "TensorFlow 1.x, stored runs",
          "TF repo kernel golden", "TensorFlow Lite's unit tests",
          "TF cuDNN unit test", "cuDNN, stored runs",
          "Keras 3 unit test", "Keras 3's unit tests",
          "ONNX node test", "ONNX' node tests",
          "ONNX model with random weights", "ONNX Runtime, stored runs");

  private Parts() {}

  /** Who computed a case's numbers. */
  static String judge(JsonNode node) {
    String group = node.get("group").textValue();
    return JUDGES.entrySet().stream()
        .filter(e -> group.startsWith(e.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("nobody is known for " + group));
  }

  static Tolerance tolerance(JsonNode node) {
    JsonNode tolerance = node.get("tolerance");
    return new Tolerance(tolerance.get("rtol").doubleValue(), tolerance.get("atol").doubleValue());
  }

  static Map<String, Tensor> weights(JsonNode weights) {
    Map<String, Tensor> tensors = new TreeMap<>();
    weights.properties().forEach(e -> tensors.put(e.getKey(), Numbers.of(e.getValue()).tensor()));
    return tensors;
  }

  /**
   * States, flattened row by row: {@code {"c", "h"}}, {@code {"tuple"}} of states, or an array
   * whose first axis are the rows.
   */
  static double[][] states(JsonNode node) {
    if (node.isObject() && node.has("c")) {
      return beside(Stream.of(states(node.get("c")), states(node.get("h"))));
    }
    if (node.isObject() && node.has("tuple")) {
      return inOrder(node.get("tuple"));
    }
    Numbers numbers = Numbers.of(node);
    return IntStream.range(0, numbers.axis(0))
        .mapToObj(row -> numbers.at(row).values())
        .toArray(double[][]::new);
  }

  /** A list of states, one behind the other in each row. */
  static double[][] inOrder(JsonNode list) {
    List<JsonNode> states = new ArrayList<>();
    list.forEach(states::add);
    return beside(states.stream().map(Parts::states));
  }

  /** What each has in a row, one behind the other. */
  static double[][] beside(Stream<double[][]> states) {
    return states
        .reduce(
            (left, right) ->
                IntStream.range(0, left.length)
                    .mapToObj(row -> concat(left[row], right[row]))
                    .toArray(double[][]::new))
        .orElseThrow();
  }

  private static double[] concat(double[] left, double[] right) {
    double[] both = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return both;
  }

  static float[][] floats(double[][] rows) {
    return Arrays.stream(rows)
        .map(row -> new Numbers(List.of(row.length), row).floats())
        .toArray(float[][]::new);
  }

  static double[] flat(double[][] rows) {
    return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
  }

  /** An output of all rows, row behind row. */
  static Finder output(String name, int rows) {
    return results ->
        flat(
            IntStream.range(0, rows)
                .mapToObj(row -> RandomNetworks.widen(results.of(name, row)))
                .toArray(double[][]::new));
  }
}
