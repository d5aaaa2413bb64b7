package org.sparkrnn.weights.tensorflow;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.xerial.snappy.Snappy;

/**
 * Builds sorted string tables, also wrong ones whose checksums are right: what a reader must
 * survive that checksums do not protect.
 */
final class TableBytes {
  /** The bytes of the blocks so far. */
  private final ByteArrayOutputStream file = new ByteArrayOutputStream();

  /** A table of these entries as they come, {@code perBlock} of them in each data block. */
  static byte[] table(List<Block.Entry> entries, int perBlock, int compression) {
    TableBytes table = new TableBytes();
    ByteArrayOutputStream index = new ByteArrayOutputStream();
    int blocks = 0;
    for (int from = 0; from < entries.size(); from += perBlock) {
      List<Block.Entry> part = entries.subList(from, Math.min(entries.size(), from + perBlock));
      byte[] handle = table.block(block(part), compression);
      entry(index, 0, part.get(part.size() - 1).key(), handle);
      blocks++;
    }
    byte[] indexBlock = concat(index.toByteArray(), restarts(blocks));
    return table.finish(table.block(indexBlock, compression));
  }

  /** A table whose only data block has these contents. */
  static byte[] tableOf(byte[] contents) {
    TableBytes table = new TableBytes();
    byte[] handle = table.block(contents, 0);
    ByteArrayOutputStream index = new ByteArrayOutputStream();
    entry(index, 0, new byte[] {'~'}, handle);
    return table.finish(table.block(concat(index.toByteArray(), restarts(1)), 0));
  }

  /** Appends a block with its trailer; returns its handle. */
  byte[] block(byte[] contents, int compression) {
    byte[] stored = contents;
    if (compression == 1) {
      try {
        stored = Snappy.compress(contents);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    byte[] handle = concat(varint(file.size()), varint(stored.length));
    file.writeBytes(stored);
    file.write(compression);
    CRC32C crc = new CRC32C();
    crc.update(stored);
    crc.update(compression);
    file.writeBytes(u32(MaskedCrc.mask(crc)));
    return handle;
  }

  /** Appends an empty metaindex and the footer. */
  byte[] finish(byte[] indexHandle) {
    return finish(block(restarts(0), 0), indexHandle);
  }

  /** Appends the footer. */
  byte[] finish(byte[] metaindexHandle, byte[] indexHandle) {
    ByteBuffer footer = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
    footer.put(metaindexHandle).put(indexHandle).putLong(40, 0xdb4775248b80fb57L);
    file.writeBytes(footer.array());
    return file.toByteArray();
  }

  /** A block's contents; every fourth key is a restart. */
  static byte[] block(List<Block.Entry> entries) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    ByteArrayOutputStream restarts = new ByteArrayOutputStream();
    byte[] last = new byte[0];
    int count = 0;
    for (int i = 0; i < entries.size(); i++) {
      byte[] key = entries.get(i).key();
      int shared = 0;
      if (i % 4 == 0) {
        restarts.writeBytes(u32(block.size()));
        count++;
      } else {
        while (shared < Math.min(last.length, key.length) && last[shared] == key[shared]) {
          shared++;
        }
      }
      byte[] tail = Arrays.copyOfRange(key, shared, key.length);
      entry(block, shared, tail, entries.get(i).value());
      last = key;
    }
    return concat(block.toByteArray(), restarts.toByteArray(), u32(count));
  }

  /** Appends one entry of a block. */
  static void entry(ByteArrayOutputStream block, long shared, byte[] tail, byte[] value) {
    block.writeBytes(concat(varint(shared), varint(tail.length), varint(value.length)));
    block.writeBytes(tail);
    block.writeBytes(value);
  }

  /** The end of a block with {@code count} restarts, all at 0. */
  static byte[] restarts(int count) {
    return concat(new byte[4 * count], u32(count));
  }

  static byte[] varint(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long rest = value;
    while (rest < 0 || rest > 0x7f) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return out.toByteArray();
  }

  static byte[] u32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
