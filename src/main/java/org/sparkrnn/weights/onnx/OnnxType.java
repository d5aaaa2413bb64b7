package org.sparkrnn.weights.onnx;

import java.util.List;
import java.util.Optional;
import org.sparkrnn.weights.FloatType;

/** ONNX' element types by number ({@code TensorProto.DataType}, ONNX 1.17). */
final class OnnxType {
  private static final List<String> NAMES =
      List.of(
          "UNDEFINED",
          "FLOAT",
          "UINT8",
          "INT8",
          "UINT16",
          "INT16",
          "INT32",
          "INT64",
          "STRING",
          "BOOL",
          "FLOAT16",
          "DOUBLE",
          "UINT32",
          "UINT64",
          "COMPLEX64",
          "COMPLEX128",
          "BFLOAT16");

  private OnnxType() {}

  /** The type's own word; {@code "type <number>"} for one that is not in the list. */
  static String name(int number) {
    return number >= 0 && number < NAMES.size() ? NAMES.get(number) : "type " + number;
  }

  /** How raw bytes become {@code float32}, if it is a type we read. */
  static Optional<FloatType> floatType(String name) {
    return switch (name) {
      case "FLOAT" -> Optional.of(FloatType.FLOAT32);
      case "DOUBLE" -> Optional.of(FloatType.FLOAT64);
      case "FLOAT16" -> Optional.of(FloatType.FLOAT16);
      case "BFLOAT16" -> Optional.of(FloatType.BFLOAT16);
      default -> Optional.empty();
    };
  }

  /** Bytes of one element in raw form where all have the same; else 0. */
  static int bytes(String name) {
    return switch (name) {
      case "COMPLEX128" -> 16;
      case "DOUBLE", "INT64", "UINT64", "COMPLEX64" -> 8;
      case "FLOAT", "INT32", "UINT32" -> 4;
      case "FLOAT16", "BFLOAT16", "INT16", "UINT16" -> 2;
      case "UINT8", "INT8", "BOOL" -> 1;
      default -> 0;
    };
  }
}
