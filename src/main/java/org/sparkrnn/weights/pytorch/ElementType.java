package org.sparkrnn.weights.pytorch;

import java.util.Locale;
import org.sparkrnn.weights.FloatType;

/** The types of elements, by the names that PyTorch gives storages and dtypes. */
enum ElementType {
  FLOAT("FloatStorage", "float32", 4, FloatType.FLOAT32),
  DOUBLE("DoubleStorage", "float64", 8, FloatType.FLOAT64),
  HALF("HalfStorage", "float16", 2, FloatType.FLOAT16),
  BFLOAT16("BFloat16Storage", "bfloat16", 2, FloatType.BFLOAT16),
  LONG("LongStorage", "int64", 8, null),
  INT("IntStorage", "int32", 4, null),
  SHORT("ShortStorage", "int16", 2, null),
  CHAR("CharStorage", "int8", 1, null),
  BYTE("ByteStorage", "uint8", 1, null),
  BOOL("BoolStorage", "bool", 1, null),
  COMPLEX_FLOAT("ComplexFloatStorage", "complex64", 8, null),
  COMPLEX_DOUBLE("ComplexDoubleStorage", "complex128", 16, null),
  QINT8("QInt8Storage", "qint8", 1, null),
  QUINT8("QUInt8Storage", "quint8", 1, null),
  QINT32("QInt32Storage", "qint32", 4, null),
  FLOAT8_E4M3FN("Float8_e4m3fnStorage", "float8_e4m3fn", 1, null),
  FLOAT8_E5M2("Float8_e5m2Storage", "float8_e5m2", 1, null);

  private final String storage;
  private final String dtype;
  private final int bytes;
  private final FloatType floats;

  ElementType(String storage, String dtype, int bytes, FloatType floats) {
    this.storage = storage;
    this.dtype = dtype;
    this.bytes = bytes;
    this.floats = floats;
  }

  /** The type of a class of storages or of a dtype; null where it is neither. */
  static ElementType of(Pickled.Global global) {
    if (!global.module().equals("torch")
        && !global.module().toLowerCase(Locale.ROOT).equals("torch.cuda")) {
      return null;
    }
    for (ElementType type : values()) {
      if (type.storage.equals(global.name()) || type.dtype.equals(global.name())) {
        return type;
      }
    }
    return null;
  }

  /** As PyTorch calls it: {@code float32}. */
  String dtype() {
    return dtype;
  }

  int bytes() {
    return bytes;
  }

  /** How such elements become {@code float32}; null where they do not. */
  FloatType floats() {
    return floats;
  }
}
