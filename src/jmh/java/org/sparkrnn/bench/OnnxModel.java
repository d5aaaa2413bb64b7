package org.sparkrnn.bench;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes an ONNX model of one recurrent node with its weights: protocol buffers by hand, because
 * another copy of their library would meet Spark's.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/v1.17.0/onnx/onnx.proto">onnx.proto, 1.17</a>
 */
final class OnnxModel {
  private static final int FLOAT = 1;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private OnnxModel() {}

  /** {@code X [steps, rows, inputs]} to {@code Y [steps, 1, rows, units]}. */
  static byte[] of(String operation, long linearBeforeReset, Gates gates) {
    int n = gates.units();
    int all = gates.count() * n;
    OnnxModel model = new OnnxModel();
    model.number(1, 8);
    model.message(
        7,
        graph -> {
          graph.message(
              1,
              node -> {
                List.of("X", "W", "R", "B").forEach(name -> node.text(1, name));
                node.text(2, "Y");
                node.text(4, operation);
                node.message(5, attribute -> attribute.attribute("hidden_size", n));
                if (operation.equals("GRU")) {
                  node.message(
                      5, made -> made.attribute("linear_before_reset", linearBeforeReset));
                }
              });
          graph.text(2, "bench");
          graph.message(5, tensor -> tensor.tensor("W", gates.w(), 1, all, gates.inputs()));
          graph.message(5, tensor -> tensor.tensor("R", gates.r(), 1, all, n));
          float[] bias = java.util.Arrays.copyOf(gates.inputBias(), 2 * all);
          System.arraycopy(gates.recurrentBias(), 0, bias, all, all);
          graph.message(5, tensor -> tensor.tensor("B", bias, 1, 2L * all));
          graph.message(11, info -> info.info("X", "steps", "rows", gates.inputs()));
          graph.message(12, info -> info.text(1, "Y"));
        });
    model.message(8, opset -> opset.number(2, 14));
    return model.bytes.toByteArray();
  }

  private void attribute(String name, long value) {
    text(1, name);
    number(3, value);
    number(20, 2);
  }

  private void tensor(String name, float[] values, long... dims) {
    for (long dim : dims) {
      number(1, dim);
    }
    number(2, FLOAT);
    text(8, name);
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    block(9, raw.array());
  }

  private void info(String name, String steps, String rows, long inputs) {
    text(1, name);
    message(
        2,
        type ->
            type.message(
                1,
                tensor -> {
                  tensor.number(1, FLOAT);
                  tensor.message(
                      2,
                      shape -> {
                        shape.message(1, dim -> dim.text(2, steps));
                        shape.message(1, dim -> dim.text(2, rows));
                        shape.message(1, dim -> dim.number(1, inputs));
                      });
                }));
  }

  private void number(int field, long value) {
    varint((long) field << 3);
    varint(value);
  }

  private void text(int field, String text) {
    block(field, text.getBytes(StandardCharsets.UTF_8));
  }

  private void message(int field, Consumer<OnnxModel> fill) {
    OnnxModel inner = new OnnxModel();
    fill.accept(inner);
    block(field, inner.bytes.toByteArray());
  }

  private void block(int field, byte[] content) {
    varint(((long) field << 3) | 2);
    varint(content.length);
    bytes.writeBytes(content);
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }
}
