package org.sparkrnn.weights.onnx;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.weights.Cursor;
import org.sparkrnn.weights.ProtoReader;

/**
 * Where a constant's numbers are ({@code TensorProto} in {@code onnx.proto}).
 *
 * @param name its name; empty for a node's setting
 * @param dtype its element type in ONNX' word
 * @param shape its sizes
 * @param from where its message starts in the file
 * @param length how many bytes the message has
 * @param raw its bytes in the file, if they are there in one piece
 * @param external its bytes in another file, if they are there
 */
record OnnxTensor(
    String name, String dtype, Shape shape, int from, int length, Range raw, External external) {

  /**
   * Bytes of the model's file.
   *
   * @param from where they start; -1 for none
   * @param length how many
   */
  record Range(int from, int length) {
    static final Range NONE = new Range(-1, 0);
  }

  /**
   * Bytes of another file.
   *
   * @param location the file's name, relative to the model's folder; empty for none
   * @param offset where they start
   * @param length how many, or -1 where the model does not say
   */
  record External(String location, long offset, long length) {
    static final External NONE = new External("", 0, -1);
  }

  /** Reads where the numbers are, not the numbers. */
  static OnnxTensor parse(Cursor message) {
    int from = message.position();
    int length = message.remaining();
    ProtoReader in = new ProtoReader("a tensor", message);
    String name = "";
    int dtype = 0;
    List<Long> dims = new ArrayList<>();
    Range raw = Range.NONE;
    External external = External.NONE;
    boolean isExternal = false;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> in.int64s(dims::add);
        case 2 -> dtype = in.int32();
        case 8 -> name = in.string();
        case 9 -> {
          Cursor bytes = in.range();
          raw = new Range(bytes.position(), bytes.remaining());
        }
        case 13 -> external = entry(in.message(), external);
        case 14 -> isExternal = in.int32() == 1;
        default -> in.skip();
      }
    }
    Shape shape;
    try {
      shape = new Shape(dims);
    } catch (IllegalArgumentException e) {
      throw in.malformed("has a tensor '" + name + "' with a " + e.getMessage());
    }
    if (isExternal && external.location().isEmpty()) {
      throw in.malformed("has a tensor '" + name + "' in another file, but not in which");
    }
    return new OnnxTensor(
        name,
        OnnxType.name(dtype),
        shape,
        from,
        length,
        raw,
        isExternal ? external : External.NONE);
  }

  private static External entry(ProtoReader in, External so) {
    String key = "";
    String value = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> key = in.string();
        case 2 -> value = in.string();
        default -> in.skip();
      }
    }
    return switch (key) {
      case "location" -> new External(value, so.offset(), so.length());
      case "offset" -> new External(so.location(), number(in, key, value), so.length());
      case "length" -> new External(so.location(), so.offset(), number(in, key, value));
      default -> so;
    };
  }

  private static long number(ProtoReader in, String key, String value) {
    try {
      long number = Long.parseLong(value);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Refused below, as a negative number is.
    }
    throw in.malformed("has external data of " + key + " '" + value + "', expected a number");
  }
}
