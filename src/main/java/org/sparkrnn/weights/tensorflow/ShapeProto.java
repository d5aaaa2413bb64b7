package org.sparkrnn.weights.tensorflow;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.weights.ProtoReader;

/** Parses {@code TensorShapeProto} ({@code core/framework/tensor_shape.proto}). */
final class ShapeProto {
  private ShapeProto() {}

  /** The shape; refused where its rank or a size is unknown. */
  static Shape parse(ProtoReader in) {
    List<Long> dims = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 2 -> dims.add(parseDim(in.message()));
        case 3 -> {
          if (in.int64() != 0) {
            throw in.malformed("has a shape of unknown rank");
          }
        }
        default -> in.skip();
      }
    }
    try {
      return new Shape(dims);
    } catch (IllegalArgumentException e) {
      throw in.malformed("has a " + e.getMessage());
    }
  }

  private static long parseDim(ProtoReader in) {
    long size = 0;
    while (in.next()) {
      if (in.field() == 1) {
        size = in.int64();
      } else {
        in.skip();
      }
    }
    return size;
  }
}
