package org.sparkrnn.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.sparkrnn.conformance.RnnCase.Check;
import org.sparkrnn.conformance.RnnCase.Model;
import org.sparkrnn.tensor.Tensor;

/**
 * Cases of cuDNN's layers, all of whose parameters are one number.
 *
 * <p>The weights stand in the file under the names of the checkpoint that TensorFlow saves for such
 * a layer, where cuDNN's two biases are one: their sum.
 */
final class CudnnCases {
  private static final Map<String, String> LOOPS = Map.of("rnn_relu", "CudnnRNNRelu");

  private CudnnCases() {}

  static RnnCase translate(JsonNode node) {
    JsonNode shape = node.get("shape");
    int layers = shape.get("num_layers").intValue();
    int units = shape.get("num_units").intValue();
    int input = shape.get("input_size").intValue();
    int batch = shape.get("batch_size").intValue();
    double parameter = node.get("all_params").doubleValue();
    Map<String, Tensor> weights = new TreeMap<>();
    for (int i = 0; i < layers; i++) {
      String cell = "cudnn_rnn_relu/rnn/multi_rnn_cell/cell_" + i + "/basic_rnn_cell/";
      int rows = (i == 0 ? input : units) + units;
      weights.put(cell + "kernel", filled(parameter, rows, units).tensor());
      weights.put(cell + "bias", filled(2 * parameter, units).tensor());
    }
    String loop = LOOPS.get(node.get("rnn_mode").textValue());
    ObjectNode spec = JsonNodeFactory.instance.objectNode().put("spark_rnn", 1);
    spec.putObject("input").put("type", "features").put("size", input);
    spec.withArray("layers")
        .addObject()
        .put("type", "rnn")
        .put("loop", loop)
        .put("num_layers", layers)
        .put("num_units", units)
        .put("direction", "unidirectional");
    Numbers x =
        filled(
            node.get("input_data").doubleValue(), batch, shape.get("seq_length").intValue(), input);
    Numbers states = filled(node.get("input_h").doubleValue(), batch, layers * units);
    float[][] rows = new float[batch][];
    Arrays.setAll(rows, row -> states.at(row).floats());
    return new RnnCase(
        node.get("id").textValue(),
        Parts.judge(node),
        List.of("BasicRNNCell", "relu", loop),
        new Model(spec, weights),
        Rows.features(x, new int[0], rows),
        (model, given) -> given.through(model),
        List.of(
            new Check(
                "sum(output)+sum(output_h)",
                results ->
                    new double[] {
                      Stream.of("outputs", "final_state")
                          .mapToDouble(
                              name -> Arrays.stream(Parts.output(name, batch).in(results)).sum())
                          .sum()
                    },
                new double[] {
                  node.get("expected").get("sum(output)+sum(output_h)").doubleValue()
                })),
        Parts.tolerance(node));
  }

  private static Numbers filled(double value, Integer... shape) {
    double[] values = new double[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    Arrays.fill(values, value);
    return new Numbers(List.of(shape), values);
  }
}
