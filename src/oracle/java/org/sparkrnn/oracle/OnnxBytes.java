package org.sparkrnn.oracle;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Writes an ONNX model of one node, all of whose inputs are the model's: protocol buffers by hand,
 * because another copy of their library would meet Spark's.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/v1.17.0/onnx/onnx.proto">onnx.proto, 1.17</a>
 */
final class OnnxBytes {
  private static final int FLOAT = 1;
  private static final int INT32 = 6;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private OnnxBytes() {}

  /**
   * The model.
   *
   * @param operation {@code LSTM}
   * @param attributes by name: a {@code Long}, a {@code String} or a list of either or of floats
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
    OnnxBytes model = new OnnxBytes();
    model.number(1, 8);
    model.text(2, "spark-rnn tests");
    model.message(
        7,
        graph -> {
          graph.message(
              1,
              node -> {
                wired.forEach(name -> node.text(1, name));
                outputs.forEach(name -> node.text(2, name));
                node.text(4, operation);
                attributes.forEach(
                    (name, value) -> node.message(5, made -> made.attribute(name, value)));
              });
          graph.text(2, "judge");
          inputs.forEach(
              (name, rank) ->
                  graph.message(
                      11, info -> info.info(name, name.equals("lens") ? INT32 : FLOAT, rank)));
          outputs.forEach(name -> graph.message(12, info -> info.text(1, name)));
        });
    model.message(8, opset -> opset.number(2, 14));
    return model.bytes.toByteArray();
  }

  private void attribute(String name, Object value) {
    text(1, name);
    if (value instanceof Long number) {
      number(3, number);
      number(20, 2);
    } else if (value instanceof String text) {
      text(4, text);
      number(20, 3);
    } else if (value instanceof List<?> list && list.get(0) instanceof Float) {
      list.forEach(element -> fixed(7, (Float) element));
      number(20, 6);
    } else {
      ((List<?>) value).forEach(element -> text(9, (String) element));
      number(20, 8);
    }
  }

  private void info(String name, int type, int rank) {
    text(1, name);
    message(
        2,
        made ->
            made.message(
                1,
                tensor -> {
                  tensor.number(1, type);
                  tensor.message(
                      2,
                      shape -> {
                        for (int axis = 0; axis < rank; axis++) {
                          String free = name + axis;
                          shape.message(1, dim -> dim.text(2, free));
                        }
                      });
                }));
  }

  private void number(int field, long value) {
    varint((long) field << 3);
    varint(value);
  }

  private void fixed(int field, float value) {
    varint(((long) field << 3) | 5);
    int bits = Float.floatToIntBits(value);
    for (int shift = 0; shift < 32; shift += 8) {
      bytes.write(bits >>> shift);
    }
  }

  private void text(int field, String text) {
    block(field, text.getBytes(StandardCharsets.UTF_8));
  }

  private void message(int field, Consumer<OnnxBytes> fill) {
    OnnxBytes inner = new OnnxBytes();
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
