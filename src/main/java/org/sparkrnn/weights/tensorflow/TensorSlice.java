package org.sparkrnn.weights.tensorflow;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.weights.ProtoReader;

/**
 * Which part of a partitioned variable a piece is ({@code core/framework/tensor_slice.proto}).
 *
 * @param extents one per dimension of the variable
 */
record TensorSlice(List<Extent> extents) {
  /**
   * The part of one dimension.
   *
   * @param start the first index
   * @param length how many, or {@link #ALL}
   */
  record Extent(long start, long length) {
    /** The whole dimension, as the key of a piece writes it. */
    static final long ALL = -1;
  }

  /** Parses a {@code TensorSliceProto}. */
  static TensorSlice parse(ProtoReader in) {
    List<Extent> extents = new ArrayList<>();
    while (in.next()) {
      if (in.field() == 1) {
        extents.add(parseExtent(in.message()));
      } else {
        in.skip();
      }
    }
    return new TensorSlice(List.copyOf(extents));
  }

  private static Extent parseExtent(ProtoReader in) {
    long start = 0;
    long length = Extent.ALL;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> start = in.int64();
        case 2 -> {
          length = in.int64();
          if (length < 0) {
            throw in.malformed("has a slice of length " + length);
          }
        }
        default -> in.skip();
      }
    }
    if (start < 0 || (length == Extent.ALL && start != 0)) {
      throw in.malformed("has a slice that starts at " + start + " with length " + length);
    }
    return new Extent(start, length);
  }

  /** The key under which the index lists this piece of variable {@code name}. */
  byte[] key(String name) {
    OrderedCode key =
        new OrderedCode()
            .number(0)
            .string(name.getBytes(StandardCharsets.UTF_8))
            .number(extents.size());
    for (Extent extent : extents) {
      key.signedNumber(extent.start()).signedNumber(extent.length());
    }
    return key.toByteArray();
  }

  /** The piece's shape within a variable of shape {@code full}; empty if it does not fit. */
  Optional<Shape> shapeWithin(Shape full) {
    if (extents.size() != full.rank()) {
      return Optional.empty();
    }
    List<Long> dims = new ArrayList<>();
    for (int axis = 0; axis < full.rank(); axis++) {
      Extent extent = extents.get(axis);
      long length = extent.length() == Extent.ALL ? full.dim(axis) : extent.length();
      if (extent.start() > full.dim(axis) || length > full.dim(axis) - extent.start()) {
        return Optional.empty();
      }
      dims.add(length);
    }
    return Optional.of(new Shape(dims));
  }

  /** As TensorFlow writes it: {@code "0,2:-"}, {@code -} for a whole dimension. */
  @Override
  public String toString() {
    return String.join(
        ":",
        extents.stream()
            .map(e -> e.length() == Extent.ALL ? "-" : e.start() + "," + e.length())
            .toList());
  }
}
