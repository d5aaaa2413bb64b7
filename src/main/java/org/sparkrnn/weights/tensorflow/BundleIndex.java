package org.sparkrnn.weights.tensorflow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.Cursor;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.ProtoReader;
import org.sparkrnn.weights.UnsupportedWeightsException;

/**
 * The index of a checkpoint ({@code core/util/tensor_bundle/tensor_bundle.h}): a sorted string
 * table of
 *
 * <pre>{@code
 * ""                        -> BundleHeaderProto
 * tensor's name             -> BundleEntryProto
 * OrderedCode(0, name, ...) -> BundleEntryProto of a partitioned variable's piece
 * }</pre>
 *
 * @param shards how many data files there are
 * @param tensors the tensors by name
 * @param pieces the pieces of partitioned variables by key
 */
record BundleIndex(
    int shards, SortedMap<String, BundleEntry> tensors, Map<ByteBuffer, BundleEntry> pieces) {

  /** The version of the format that we read ({@code kTensorBundleVersion}). */
  private static final int VERSION = 1;

  /** Shards are numbered in five digits; more than this is no number TensorFlow writes. */
  private static final int MAX_SHARDS = 100_000;

  /** Reads the whole index. */
  static BundleIndex read(ByteSource source) throws IOException {
    List<Block.Entry> table = Sstable.entries(source);
    if (table.isEmpty() || table.get(0).key().length != 0) {
      throw new MalformedWeightsException(
          source.name(), "the table has no header entry, so it is no index of a checkpoint");
    }
    int shards = parseHeader(source.name(), table.get(0).value());
    SortedMap<String, BundleEntry> tensors = new TreeMap<>();
    Map<ByteBuffer, BundleEntry> pieces = new HashMap<>();
    for (Block.Entry item : table.subList(1, table.size())) {
      byte[] key = item.key();
      boolean isPiece = key[0] == 0;
      String what = isPiece ? "a piece" : "tensor '" + name(source, key) + "'";
      Cursor value = new Cursor(source.name(), what, item.value());
      BundleEntry entry = BundleEntry.parse(new ProtoReader(what, value));
      if (entry.shard() >= shards) {
        throw value.malformed("lies in shard " + entry.shard() + ", but there are " + shards);
      }
      if (isPiece) {
        pieces.put(ByteBuffer.wrap(key), entry);
      } else {
        tensors.put(name(source, key), entry);
      }
    }
    return new BundleIndex(shards, tensors, pieces);
  }

  /** The piece of tensor {@code name} that {@code slice} says, or null if there is none. */
  BundleEntry piece(String name, TensorSlice slice) {
    return pieces.get(ByteBuffer.wrap(slice.key(name)));
  }

  private static String name(ByteSource source, byte[] key) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedWeightsException(source.name(), "a tensor's name is not UTF-8", e);
    }
  }

  private static int parseHeader(String source, byte[] value) {
    Cursor cursor = new Cursor(source, "the header", value);
    ProtoReader in = new ProtoReader("the header", cursor);
    int shards = 0;
    int endianness = 0;
    int minConsumer = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> shards = in.int32();
        case 2 -> endianness = in.int32();
        case 3 -> minConsumer = parseMinConsumer(in.message());
        default -> in.skip();
      }
    }
    if (shards < 1 || shards > MAX_SHARDS) {
      throw cursor.malformed("says that there are " + shards + " shards");
    }
    if (endianness != 0) {
      throw new UnsupportedWeightsException(
          source,
          "the checkpoint was written big-endian; load and save it with TensorFlow on a"
              + " little-endian machine");
    }
    if (minConsumer > VERSION) {
      throw new UnsupportedWeightsException(
          source,
          "the checkpoint needs a reader of bundle version "
              + minConsumer
              + ", this one reads version "
              + VERSION);
    }
    return shards;
  }

  private static int parseMinConsumer(ProtoReader version) {
    int minConsumer = 0;
    while (version.next()) {
      if (version.field() == 2) {
        minConsumer = version.int32();
      } else {
        version.skip();
      }
    }
    return minConsumer;
  }
}
