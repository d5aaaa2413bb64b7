package org.sparkrnn.weights.tensorflow;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.weights.ProtoReader;

/**
 * What the index says of one tensor ({@code BundleEntryProto} in {@code
 * core/protobuf/tensor_bundle.proto}).
 *
 * @param dtype element type, as a number of {@link DataType}
 * @param shape its sizes
 * @param shard which data file holds it
 * @param offset where in that file
 * @param size how many bytes
 * @param crc masked CRC-32C of the tensor's bytes
 * @param slices the pieces, if the variable is partitioned; shard, offset, size and crc then mean
 *     nothing
 */
record BundleEntry(
    int dtype, Shape shape, int shard, long offset, long size, int crc, List<TensorSlice> slices) {

  /** Parses a {@code BundleEntryProto}. */
  static BundleEntry parse(ProtoReader in) {
    int dtype = 0;
    Shape shape = Shape.of();
    int shard = 0;
    long offset = 0;
    long size = 0;
    int crc = 0;
    List<TensorSlice> slices = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> dtype = in.int32();
        case 2 -> shape = ShapeProto.parse(in.message());
        case 3 -> shard = in.int32();
        case 4 -> offset = in.int64();
        case 5 -> size = in.int64();
        case 6 -> crc = in.fixed32();
        case 7 -> slices.add(TensorSlice.parse(in.message()));
        default -> in.skip();
      }
    }
    if (dtype <= 0) {
      throw in.malformed("has element type " + dtype);
    }
    if (shard < 0 || offset < 0 || size < 0) {
      throw in.malformed(
          "lies in shard " + shard + " at byte " + offset + " and has " + size + " bytes");
    }
    return new BundleEntry(dtype, shape, shard, offset, size, crc, List.copyOf(slices));
  }
}
