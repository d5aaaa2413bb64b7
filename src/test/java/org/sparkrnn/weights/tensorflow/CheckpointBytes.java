package org.sparkrnn.weights.tensorflow;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.InMemoryStorage;

/** Whole, well-formed checkpoints of given tensors, in both forms. */
public final class CheckpointBytes {
  private static final int FLOAT = 1;

  private CheckpointBytes() {}

  /**
   * What a V2 checkpoint's index says of itself.
   *
   * @param endianness 0 for little, 1 for big
   * @param reader the least version of a reader
   * @param compression 0 for none, 1 for Snappy
   */
  public record Head(int endianness, int reader, int compression) {
    /** As TensorFlow writes it. */
    public static final Head USUAL = new Head(0, 0, 0);
  }

  /** The two files of a V2 checkpoint by what follows the prefix in their names. */
  public static Map<String, byte[]> v2(Map<String, Tensor> tensors) {
    return v2(tensors, Head.USUAL);
  }

  /** As above, with another head. */
  public static Map<String, byte[]> v2(Map<String, Tensor> tensors, Head head) {
    SortedMap<String, Tensor> sorted = new TreeMap<>(tensors);
    List<Block.Entry> entries = new ArrayList<>();
    ProtoBytes version = new ProtoBytes().varint(1, 1).varint(2, head.reader());
    ProtoBytes header = new ProtoBytes().varint(1, 1).varint(2, head.endianness());
    entries.add(new Block.Entry(new byte[0], header.message(3, version).toByteArray()));
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    sorted.forEach(
        (name, tensor) -> {
          byte[] bytes = littleEndian(tensor);
          CRC32C crc = new CRC32C();
          crc.update(bytes);
          ProtoBytes entry =
              new ProtoBytes()
                  .varint(1, FLOAT)
                  .message(2, shape(tensor.shape()))
                  .varint(4, data.size())
                  .varint(5, bytes.length)
                  .fixed32(6, MaskedCrc.mask(crc));
          entries.add(new Block.Entry(name.getBytes(UTF_8), entry.toByteArray()));
          data.writeBytes(bytes);
        });
    return Map.of(
        ".index",
        TableBytes.table(entries, 3, head.compression()),
        ".data-00000-of-00001",
        data.toByteArray());
  }

  /** The index of a checkpoint whose data are a tensor of zeros, not to be read, and another. */
  public static byte[] indexBehind(long zeros, String name, Tensor tensor) {
    byte[] bytes = littleEndian(tensor);
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    ProtoBytes header = new ProtoBytes().varint(1, 1).message(3, new ProtoBytes().varint(1, 1));
    ProtoBytes large =
        new ProtoBytes().varint(1, FLOAT).message(2, shape(Shape.of(zeros))).varint(5, 4 * zeros);
    ProtoBytes small =
        new ProtoBytes()
            .varint(1, FLOAT)
            .message(2, shape(tensor.shape()))
            .varint(4, 4 * zeros)
            .varint(5, bytes.length)
            .fixed32(6, MaskedCrc.mask(crc));
    return TableBytes.table(
        List.of(
            new Block.Entry(new byte[0], header.toByteArray()),
            new Block.Entry("LARGE".getBytes(UTF_8), large.toByteArray()),
            new Block.Entry(name.getBytes(UTF_8), small.toByteArray())),
        3,
        0);
  }

  /** The one file of a V1 checkpoint. */
  public static byte[] v1(Map<String, Tensor> tensors) {
    SlicesBytes file = new SlicesBytes();
    tensors.forEach(
        (name, tensor) -> {
          TensorSlice.Extent all = new TensorSlice.Extent(0, TensorSlice.Extent.ALL);
          TensorSlice slice = new TensorSlice(Collections.nCopies(tensor.shape().rank(), all));
          file.tensor(name, FLOAT, tensor.shape().dims(), List.of(slice));
          file.piece(name, slice, new ProtoBytes().bytes(5, littleEndian(tensor)));
        });
    return file.bytes();
  }

  /** One V1 checkpoint in two files, each with half of the rows of a matrix. */
  public static List<byte[]> v1InTwo(String name, Tensor matrix) {
    long rows = matrix.shape().dim(0);
    int columns = Math.toIntExact(matrix.shape().dim(1));
    List<byte[]> files = new ArrayList<>();
    byte[] bytes = littleEndian(matrix);
    for (long from : new long[] {0, rows / 2}) {
      long to = from == 0 ? rows / 2 : rows;
      TensorSlice slice =
          new TensorSlice(
              List.of(
                  new TensorSlice.Extent(from, to - from),
                  new TensorSlice.Extent(0, TensorSlice.Extent.ALL)));
      SlicesBytes file = new SlicesBytes();
      file.tensor(name, FLOAT, matrix.shape().dims(), List.of(slice));
      byte[] part = Arrays.copyOfRange(bytes, (int) from * columns * 4, (int) to * columns * 4);
      file.piece(name, slice, new ProtoBytes().bytes(5, part));
      files.add(file.bytes());
    }
    return files;
  }

  /** What a table of strings holds, as one block: what its checksums protect. */
  public static byte[] block(byte[] table) throws IOException {
    return TableBytes.block(Sstable.entries(InMemoryStorage.source("table", table)));
  }

  /** A table of that block, whatever it holds, with good checksums. */
  public static byte[] sealed(byte[] block) {
    return TableBytes.tableOf(block);
  }

  private static ProtoBytes shape(Shape shape) {
    ProtoBytes proto = new ProtoBytes();
    shape.dims().forEach(dim -> proto.message(2, new ProtoBytes().varint(1, dim)));
    return proto;
  }

  private static byte[] littleEndian(Tensor tensor) {
    float[] values = tensor.toArray();
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }
}
