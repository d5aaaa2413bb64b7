package org.sparkrnn.weights.tensorflow.python;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.sparkrnn.weights.tensorflow.ProtoBytes;

/**
 * A node's setting, an {@code AttrValue}.
 *
 * @param name its name
 * @param value its message
 */
record Attribute(String name, ProtoBytes value) {
  static Attribute text(String name, String text) {
    return new Attribute(name, new ProtoBytes().string(2, text));
  }

  static Attribute texts(String name, String text) {
    return new Attribute(name, new ProtoBytes().message(1, new ProtoBytes().string(2, text)));
  }

  static Attribute integer(String name, long value) {
    return new Attribute(name, new ProtoBytes().varint(3, value));
  }

  static Attribute integers(String name, int... values) {
    ProtoBytes list = new ProtoBytes();
    for (int value : values) {
      list.varint(3, value);
    }
    return new Attribute(name, new ProtoBytes().message(1, list));
  }

  static Attribute number(String name, float value) {
    return new Attribute(name, new ProtoBytes().fixed32(4, Float.floatToRawIntBits(value)));
  }

  static Attribute flag(String name, boolean value) {
    return new Attribute(name, new ProtoBytes().varint(5, value ? 1 : 0));
  }

  static Attribute type(String name, Value.Type type) {
    return new Attribute(name, new ProtoBytes().varint(6, type.number()));
  }

  static Attribute types(String name, List<Value.Type> types) {
    ProtoBytes list = new ProtoBytes();
    types.forEach(type -> list.varint(6, type.number()));
    return new Attribute(name, new ProtoBytes().message(1, list));
  }

  /** A shape; -1 for a size that is not known. */
  static Attribute shape(String name, List<Integer> dims) {
    return new Attribute(name, new ProtoBytes().message(7, shape(dims)));
  }

  static Attribute unknownShape(String name) {
    return new Attribute(name, new ProtoBytes().message(7, new ProtoBytes().varint(3, 1)));
  }

  private static ProtoBytes shape(List<Integer> dims) {
    ProtoBytes shape = new ProtoBytes();
    dims.forEach(dim -> shape.message(2, new ProtoBytes().varint(1, dim)));
    return shape;
  }

  /** Floats; as Python does, one as a number and several as bytes. */
  static Attribute floats(String name, List<Integer> dims, float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return tensor(name, Value.Type.FLOAT, dims, values.length == 1 ? 5 : 4, bytes.array());
  }

  /** 32-bit integers. */
  static Attribute ints(String name, List<Integer> dims, int... values) {
    if (values.length == 1) {
      ProtoBytes tensor =
          new ProtoBytes().varint(1, Value.Type.INT32.number()).message(2, shape(dims));
      return new Attribute(name, new ProtoBytes().message(8, tensor.varint(7, values[0])));
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(Integer.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putInt(value);
    }
    return tensor(name, Value.Type.INT32, dims, 4, bytes.array());
  }

  static Attribute string(String name, String value) {
    return tensor(name, Value.Type.STRING, List.of(), 8, value.getBytes(UTF_8));
  }

  private static Attribute tensor(
      String name, Value.Type type, List<Integer> dims, int field, byte[] bytes) {
    ProtoBytes tensor =
        new ProtoBytes().varint(1, type.number()).message(2, shape(dims)).bytes(field, bytes);
    return new Attribute(name, new ProtoBytes().message(8, tensor));
  }
}
