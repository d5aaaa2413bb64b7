package org.sparkrnn.weights.tensorflow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Builds single-file checkpoints slice by slice, also wrong ones. */
final class SlicesBytes {
  private final ProtoBytes meta = new ProtoBytes();
  private final List<Block.Entry> entries = new ArrayList<>();

  SlicesBytes tensor(String name, int dtype, List<Long> dims, List<TensorSlice> slices) {
    ProtoBytes shape = new ProtoBytes();
    dims.forEach(dim -> shape.message(2, new ProtoBytes().varint(1, dim)));
    ProtoBytes tensor = new ProtoBytes().string(1, name).message(2, shape).varint(3, dtype);
    slices.forEach(slice -> tensor.message(4, proto(slice)));
    meta.message(1, tensor);
    return this;
  }

  SlicesBytes piece(String name, TensorSlice slice, ProtoBytes tensor) {
    ProtoBytes data = new ProtoBytes().string(1, name).message(2, proto(slice)).message(3, tensor);
    entries.add(new Block.Entry(slice.key(name), new ProtoBytes().message(2, data).toByteArray()));
    return this;
  }

  private static ProtoBytes proto(TensorSlice slice) {
    ProtoBytes proto = new ProtoBytes();
    for (TensorSlice.Extent extent : slice.extents()) {
      proto.message(
          1,
          extent.length() == TensorSlice.Extent.ALL
              ? new ProtoBytes()
              : new ProtoBytes().varint(1, extent.start()).varint(2, extent.length()));
    }
    return proto;
  }

  byte[] bytes() {
    List<Block.Entry> all = new ArrayList<>(entries);
    byte[] contents = new ProtoBytes().message(1, meta).toByteArray();
    all.add(new Block.Entry(new byte[0], contents));
    all.sort(Comparator.comparing(Block.Entry::key, Arrays::compareUnsigned));
    return TableBytes.table(all, 2, 0);
  }
}
