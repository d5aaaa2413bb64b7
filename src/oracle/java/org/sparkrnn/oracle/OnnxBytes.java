package org.sparkrnn.oracle;

import java.util.List;
import java.util.Map;
import org.sparkrnn.weights.onnx.OnnxWriter;

/** Writes an ONNX model of one node, all of whose inputs are the model's. */
final class OnnxBytes {
  private static final int FLOAT = 1;
  private static final int INT32 = 6;

  private OnnxBytes() {}

  /**
   * The model.
   *
   * @param operation {@code LSTM}
   * @param attributes by name: a {@code Long}, {@code Float} or {@code String}, or a list of either or of floats
   * @param inputs the model's, by name, with their ranks; only {@code lens} is of integers
   * @param outputs the node's and the model's
   * @param wired which inputs the node takes, in its order; an empty name is an input left out
   */
  static byte[] model(
      String operation,
      Map<String, Object> attributes,
      Map<String, Integer> inputs,
      List<String> outputs,
      List<String> wired) {
    OnnxWriter node = OnnxWriter.node(operation, wired, outputs);
    attributes.forEach((name, value) -> attribute(node, name, value));
    OnnxWriter graph = new OnnxWriter().message(1, node).text(2, "judge");
    inputs.forEach((name, rank) -> graph.message(11, input(name, rank)));
    outputs.forEach(name -> graph.message(12, new OnnxWriter().text(1, name)));
    return OnnxWriter.model(graph);
  }

  private static void attribute(OnnxWriter node, String name, Object value) {
    if (value instanceof Long number) {
      node.integer(name, number);
    } else if (value instanceof Float real) {
      node.real(name, real);
    } else if (value instanceof String text) {
      node.string(name, text);
    } else {
      OnnxWriter attribute = new OnnxWriter().text(1, name);
      List<?> list = (List<?>) value;
      boolean floats = list.get(0) instanceof Float;
      for (Object element : list) {
        if (floats) {
          attribute.fixed(7, (Float) element);
        } else {
          attribute.text(9, (String) element);
        }
      }
      node.message(5, attribute.number(20, floats ? 6 : 8));
    }
  }

  private static OnnxWriter input(String name, int rank) {
    OnnxWriter shape = new OnnxWriter();
    for (int axis = 0; axis < rank; axis++) {
      shape.message(1, new OnnxWriter().text(2, name + axis));
    }
    return OnnxWriter.value(name, name.equals("lens") ? INT32 : FLOAT, shape);
  }
}
