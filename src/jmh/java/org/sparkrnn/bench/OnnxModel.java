package org.sparkrnn.bench;

import java.util.Arrays;
import java.util.List;
import org.sparkrnn.weights.onnx.OnnxWriter;

/** Writes an ONNX model of one recurrent node with its weights. */
final class OnnxModel {
  private static final int FLOAT = 1;

  private OnnxModel() {}

  /** {@code X [steps, rows, inputs]} to {@code Y [steps, 1, rows, units]}. */
  static byte[] of(String operation, long linearBeforeReset, Gates gates) {
    long n = gates.units();
    int all = gates.count() * gates.units();
    OnnxWriter node =
        OnnxWriter.node(operation, List.of("X", "W", "R", "B"), List.of("Y"))
            .integer("hidden_size", n);
    if (operation.equals("GRU")) {
      node.integer("linear_before_reset", linearBeforeReset);
    }
    float[] bias = Arrays.copyOf(gates.inputBias(), 2 * all);
    System.arraycopy(gates.recurrentBias(), 0, bias, all, all);
    long inputs = gates.inputs();
    OnnxWriter shape =
        new OnnxWriter()
            .message(1, new OnnxWriter().text(2, "steps"))
            .message(1, new OnnxWriter().text(2, "rows"))
            .message(1, new OnnxWriter().number(1, inputs));
    return OnnxWriter.model(
        new OnnxWriter()
            .message(1, node)
            .text(2, "bench")
            .message(5, OnnxWriter.tensor("W", List.of(1L, (long) all, inputs), gates.w()))
            .message(5, OnnxWriter.tensor("R", List.of(1L, (long) all, n), gates.r()))
            .message(5, OnnxWriter.tensor("B", List.of(1L, 2L * all), bias))
            .message(11, OnnxWriter.value("X", FLOAT, shape))
            .message(12, new OnnxWriter().text(1, "Y")));
  }
}
