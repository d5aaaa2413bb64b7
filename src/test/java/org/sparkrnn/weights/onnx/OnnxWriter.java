package org.sparkrnn.weights.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Writes ONNX models field by field, for tests. */
public final class OnnxWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A message of type {@code TensorProto} with raw floats. */
  public static OnnxWriter tensor(String name, List<Long> dims, float... values) {
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return head(name, 1, dims).bytes(9, raw.array());
  }

  /** A tensor of integers. */
  public static OnnxWriter integers(String name, List<Long> dims, long... values) {
    OnnxWriter tensor = head(name, 7, dims);
    for (long value : values) {
      tensor.number(7, value);
    }
    return tensor;
  }

  /** A tensor's name, type and shape. */
  public static OnnxWriter head(String name, int type, List<Long> dims) {
    OnnxWriter tensor = new OnnxWriter();
    dims.forEach(dim -> tensor.number(1, dim));
    return tensor.number(2, type).text(8, name);
  }

  /** A node; attributes are added as field 5. */
  public static OnnxWriter node(String opType, List<String> inputs, List<String> outputs) {
    OnnxWriter node = new OnnxWriter();
    inputs.forEach(name -> node.text(1, name));
    outputs.forEach(name -> node.text(2, name));
    return node.text(4, opType);
  }

  /** Adds an attribute of integers to a node. */
  public OnnxWriter ints(String name, long... values) {
    OnnxWriter attribute = new OnnxWriter().text(1, name).number(20, 7);
    for (long value : values) {
      attribute.number(8, value);
    }
    return message(5, attribute);
  }

  /** Adds an attribute that is one integer to a node. */
  public OnnxWriter integer(String name, long value) {
    return message(5, new OnnxWriter().text(1, name).number(20, 2).number(3, value));
  }

  /** Adds an attribute that is one float to a node. */
  public OnnxWriter real(String name, float value) {
    return message(5, new OnnxWriter().text(1, name).number(20, 1).fixed(2, value));
  }

  /** Adds an attribute of floats to a node. */
  public OnnxWriter reals(String name, float... values) {
    OnnxWriter attribute = new OnnxWriter().text(1, name).number(20, 6);
    for (float value : values) {
      attribute.fixed(7, value);
    }
    return message(5, attribute);
  }

  /** Adds an attribute of texts to a node. */
  public OnnxWriter texts(String name, String... values) {
    OnnxWriter attribute = new OnnxWriter().text(1, name).number(20, 8);
    for (String value : values) {
      attribute.text(9, value);
    }
    return message(5, attribute);
  }

  /** Adds an attribute that is text to a node. */
  public OnnxWriter string(String name, String value) {
    return message(5, new OnnxWriter().text(1, name).number(20, 3).text(4, value));
  }

  /** Adds an attribute that is a tensor to a node. */
  public OnnxWriter constant(String name, OnnxWriter tensor) {
    return message(5, new OnnxWriter().text(1, name).number(20, 4).message(5, tensor));
  }

  /** An input or output; dims of -1 are free. */
  public static OnnxWriter value(String name, int type, long... dims) {
    OnnxWriter shape = new OnnxWriter();
    for (long dim : dims) {
      shape.message(1, dim < 0 ? new OnnxWriter().text(2, "n") : new OnnxWriter().number(1, dim));
    }
    return value(name, type, shape);
  }

  /** An input or output; its dims are the shape's field 1. */
  public static OnnxWriter value(String name, int type, OnnxWriter shape) {
    OnnxWriter tensor = new OnnxWriter().number(1, type).message(2, shape);
    return new OnnxWriter().text(1, name).message(2, new OnnxWriter().message(1, tensor));
  }

  /** A model around a graph. */
  public static byte[] model(OnnxWriter graph) {
    return model(graph, 14);
  }

  /** A model around a graph, of a version of the operators. */
  public static byte[] model(OnnxWriter graph, int opset) {
    return new OnnxWriter()
        .number(1, 8)
        .message(7, graph)
        .message(8, new OnnxWriter().number(2, opset))
        .toByteArray();
  }

  /** Adds a number. */
  public OnnxWriter number(int field, long value) {
    varint((long) field << 3);
    varint(value);
    return this;
  }

  /** Adds a float. */
  public OnnxWriter fixed(int field, float value) {
    varint(((long) field << 3) | 5);
    int bits = Float.floatToIntBits(value);
    for (int shift = 0; shift < 32; shift += 8) {
      out.write(bits >>> shift);
    }
    return this;
  }

  /** Adds text. */
  public OnnxWriter text(int field, String text) {
    return bytes(field, text.getBytes(UTF_8));
  }

  /** Adds a message. */
  public OnnxWriter message(int field, OnnxWriter message) {
    return bytes(field, message.toByteArray());
  }

  /** Adds bytes. */
  public OnnxWriter bytes(int field, byte[] content) {
    varint(((long) field << 3) | 2);
    varint(content.length);
    out.writeBytes(content);
    return this;
  }

  /** Adds what is there already. */
  public OnnxWriter raw(byte[] content) {
    out.writeBytes(content);
    return this;
  }

  /** What was written. */
  public byte[] toByteArray() {
    return out.toByteArray();
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
