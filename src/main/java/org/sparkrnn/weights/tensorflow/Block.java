package org.sparkrnn.weights.tensorflow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sparkrnn.weights.Cursor;

/**
 * Takes a block of a sorted string table apart ({@code core/lib/io/block.cc}).
 *
 * <pre>{@code
 * entry*    varint shared, varint unshared, varint valueLength, unshared bytes of key, value
 * u32*      offsets of the entries whose shared is 0 ("restarts")
 * u32       how many restarts
 * }</pre>
 *
 * <p>A key is the first {@code shared} bytes of the key before it, then its own bytes. The restarts
 * are for binary search; a reader from start to end does not need them.
 */
final class Block {
  /** A key and its value. */
  @SuppressWarnings("ArrayRecordComponent") // a pair of results, never compared
  record Entry(byte[] key, byte[] value) {}

  private Block() {}

  /**
   * All entries, in the block's order.
   *
   * @param block the block's bytes, decompressed, without trailer
   * @param keyBudget bytes that all keys together may take: shared prefixes let a small block ask
   *     for a lot
   */
  static List<Entry> entries(Cursor block, long keyBudget) {
    int size = block.remaining();
    if (size < 4) {
      throw block.malformed("has " + size + " bytes, too few for its restart count");
    }
    Cursor body = block.slice("the block", size - 4);
    long restarts = block.fixed32() & 0xffff_ffffL;
    if (restarts * 4 > size - 4) {
      throw block.malformed("has " + size + " bytes, too few for its " + restarts + " restarts");
    }
    Cursor in = body.slice("the block", (int) (size - 4 - restarts * 4));
    List<Entry> entries = new ArrayList<>();
    byte[] key = new byte[0];
    long keyBytes = 0;
    while (!in.atEnd()) {
      long shared = in.varint();
      if (shared < 0 || shared > key.length) {
        throw block.malformed(
            String.format(
                "shares %s bytes with a key of %d", Long.toUnsignedString(shared), key.length));
      }
      int unshared = in.length("a key");
      int valueLength = in.length("a value");
      keyBytes += shared + unshared;
      if (keyBytes > keyBudget) {
        throw block.malformed("has keys that take more than " + keyBudget + " bytes");
      }
      byte[] next = Arrays.copyOf(key, (int) shared + unshared);
      in.copyTo(next, (int) shared, unshared);
      entries.add(new Entry(next, in.take(valueLength)));
      key = next;
    }
    return entries;
  }
}
