package org.sparkrnn.weights.tensorflow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.Cursor;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.UnsupportedWeightsException;

/**
 * Reads a sorted string table, from start to end or key by key ({@code core/lib/io/format.h},
 * {@code table.cc}).
 *
 * <pre>{@code
 * block*     data blocks: see Block
 * block      metaindex, empty
 * block      index: per data block a key not below its last one -> varint offset, varint size
 * 48 bytes   footer: metaindex handle, index handle (varints, padded to 40), u64 magic
 * }</pre>
 *
 * <p>Behind each block: one byte of compression (0 none, 1 snappy) and the masked CRC-32C of the
 * block and that byte. All are verified.
 */
final class Sstable {
  private static final int FOOTER_BYTES = 48;
  private static final int TRAILER_BYTES = 5;
  private static final long MAGIC = 0xdb4775248b80fb57L;

  /** Bytes that all keys together may take; a million names of usual length. */
  private static final long KEY_BUDGET = 64 << 20;

  private final ByteSource source;
  private long keyBudget = KEY_BUDGET;
  private List<Block.Entry> index = List.of();

  private Sstable(ByteSource source) {
    this.source = source;
  }

  /**
   * All entries of the table, in key order.
   *
   * @throws MalformedWeightsException if a rule of the format is broken
   * @throws IOException if the storage fails
   */
  static List<Block.Entry> entries(ByteSource source) throws IOException {
    return new Sstable(source).readAll();
  }

  /**
   * A table whose entries are looked up one by one.
   *
   * @throws MalformedWeightsException if the footer or the index is damaged
   * @throws IOException if the storage fails
   */
  static Sstable open(ByteSource source) throws IOException {
    Sstable table = new Sstable(source);
    table.index = table.readIndex();
    return table;
  }

  /** The table's file, for messages. */
  String name() {
    return source.name();
  }

  /** The value of {@code key}, or empty; reads the one block that can hold it. */
  Optional<byte[]> value(byte[] key) throws IOException {
    for (Block.Entry handle : index) {
      if (Arrays.compareUnsigned(handle.key(), key) >= 0) {
        Cursor value = new Cursor(source.name(), "the index block", handle.value());
        keyBudget = KEY_BUDGET;
        for (Block.Entry entry : readBlock(value, "the data block")) {
          if (Arrays.equals(entry.key(), key)) {
            return Optional.of(entry.value());
          }
        }
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private List<Block.Entry> readAll() throws IOException {
    List<Block.Entry> entries = new ArrayList<>();
    byte[] last = null;
    for (Block.Entry handle : readIndex()) {
      Cursor value = new Cursor(source.name(), "the index block", handle.value());
      for (Block.Entry entry : readBlock(value, "the data block")) {
        if (last != null && Arrays.compareUnsigned(last, entry.key()) >= 0) {
          throw new MalformedWeightsException(
              source.name(), "the keys are not in ascending order at entry " + entries.size());
        }
        entries.add(entry);
        last = entry.key();
      }
    }
    return entries;
  }

  private List<Block.Entry> readIndex() throws IOException {
    if (source.size() < FOOTER_BYTES) {
      throw new MalformedWeightsException(
          source.name(),
          "has " + source.size() + " bytes, too few for the footer of a TensorFlow index");
    }
    byte[] footer = source.read(source.size() - FOOTER_BYTES, FOOTER_BYTES, "the footer");
    Cursor in = new Cursor(source.name(), "the footer", footer);
    Cursor handles = in.slice("the footer", FOOTER_BYTES - Long.BYTES);
    long magic = in.fixed64();
    if (magic != MAGIC) {
      throw in.malformed(
          String.format(
              "ends with %016x, expected %016x: the file is cut short or no TensorFlow index",
              magic, MAGIC));
    }
    readBlock(handles, "the metaindex block");
    return readBlock(handles, "the index block");
  }

  /** Reads the block whose handle comes next in {@code handle}. */
  private List<Block.Entry> readBlock(Cursor handle, String kind) throws IOException {
    long offset = handle.varint();
    long size = handle.varint();
    String what = kind + " at byte " + Long.toUnsignedString(offset);
    long end = source.size() - FOOTER_BYTES - TRAILER_BYTES;
    if (offset < 0 || size < 0 || offset > end || size > end - offset) {
      throw new MalformedWeightsException(
          source.name(),
          String.format(
              "%s needs %s bytes, but the file has %d in all",
              what, Long.toUnsignedString(size), source.size()));
    }
    byte[] stored = source.read(offset, size + TRAILER_BYTES, what);
    Cursor in = new Cursor(source.name(), what, stored);
    Cursor contents = in.slice(what, (int) size);
    int compression = in.unsignedByte();
    CRC32C crc = new CRC32C();
    crc.update(stored, 0, (int) size + 1);
    MaskedCrc.verify(source.name(), what, crc, in.fixed32());
    Cursor block =
        switch (compression) {
          case 0 -> contents;
          case 1 -> new Cursor(source.name(), what, Snappy.decompress(contents));
          default ->
              throw new UnsupportedWeightsException(
                  source.name(),
                  what + " has compression " + compression + "; readable are 0 (none), 1 (snappy)");
        };
    List<Block.Entry> entries = Block.entries(block, keyBudget);
    for (Block.Entry entry : entries) {
      keyBudget -= entry.key().length;
    }
    return entries;
  }
}
