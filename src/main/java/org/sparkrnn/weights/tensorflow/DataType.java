package org.sparkrnn.weights.tensorflow;

import java.util.List;
import java.util.Optional;
import org.sparkrnn.weights.FloatType;

/** TensorFlow's element types by number ({@code core/framework/types.proto}, TensorFlow 2.18). */
final class DataType {
  /** The number of {@code DT_STRING}. */
  static final int STRING = 7;

  private static final List<String> NAMES =
      List.of(
          "DT_INVALID",
          "DT_FLOAT",
          "DT_DOUBLE",
          "DT_INT32",
          "DT_UINT8",
          "DT_INT16",
          "DT_INT8",
          "DT_STRING",
          "DT_COMPLEX64",
          "DT_INT64",
          "DT_BOOL",
          "DT_QINT8",
          "DT_QUINT8",
          "DT_QINT32",
          "DT_BFLOAT16",
          "DT_QINT16",
          "DT_QUINT16",
          "DT_UINT16",
          "DT_COMPLEX128",
          "DT_HALF",
          "DT_RESOURCE",
          "DT_VARIANT",
          "DT_UINT32",
          "DT_UINT64",
          "DT_FLOAT8_E5M2",
          "DT_FLOAT8_E4M3FN");

  private DataType() {}

  /** The type's own word; {@code "DT_<number>"} for one that is newer than this list. */
  static String name(int number) {
    return number >= 0 && number < NAMES.size() ? NAMES.get(number) : "DT_" + number;
  }

  /** How the type's bytes become {@code float32}, if it is a type we read. */
  static Optional<FloatType> floatType(int number) {
    return switch (name(number)) {
      case "DT_FLOAT" -> Optional.of(FloatType.FLOAT32);
      case "DT_DOUBLE" -> Optional.of(FloatType.FLOAT64);
      case "DT_HALF" -> Optional.of(FloatType.FLOAT16);
      case "DT_BFLOAT16" -> Optional.of(FloatType.BFLOAT16);
      default -> Optional.empty();
    };
  }

  /** Bytes of one element where all have the same; else 0. */
  static int bytes(int number) {
    return switch (name(number)) {
      case "DT_COMPLEX128" -> 16;
      case "DT_DOUBLE", "DT_INT64", "DT_UINT64", "DT_COMPLEX64" -> 8;
      case "DT_FLOAT", "DT_INT32", "DT_UINT32", "DT_QINT32" -> 4;
      case "DT_HALF", "DT_BFLOAT16", "DT_INT16", "DT_UINT16", "DT_QINT16", "DT_QUINT16" -> 2;
      case "DT_UINT8", "DT_INT8", "DT_BOOL", "DT_QINT8", "DT_QUINT8" -> 1;
      case "DT_FLOAT8_E5M2", "DT_FLOAT8_E4M3FN" -> 1;
      default -> 0;
    };
  }
}
