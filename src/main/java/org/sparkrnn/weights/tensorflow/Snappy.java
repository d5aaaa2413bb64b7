package org.sparkrnn.weights.tensorflow;

import org.sparkrnn.weights.Cursor;

/**
 * Decompresses raw snappy, the form inside table blocks. Plain Java, because Spark's own snappy is
 * a native library.
 *
 * <pre>{@code
 * varint     size of the result
 * element*   lowest two bits of the first byte:
 *            0 literal: length - 1 in 6 bits, or 60..63 = in the next 1..4 bytes; then the bytes
 *            1 copy: length - 4 in 3 bits, offset in 3 + 8 bits
 *            2 copy: length - 1 in 6 bits, offset in 2 bytes
 *            3 copy: length - 1 in 6 bits, offset in 4 bytes
 * }</pre>
 *
 * <p>A copy repeats bytes from {@code offset} before the end of what is there; it may overlap it.
 *
 * @see <a href="https://github.com/google/snappy/blob/1.2.1/format_description.txt">The format</a>
 */
final class Snappy {
  /** A copy of 3 bytes gives 64 at most, so no honest block grows by more than this. */
  private static final int MAX_RATIO = 22;

  private final Cursor in;
  private final byte[] out;
  private int size;

  private Snappy(Cursor in, byte[] out) {
    this.in = in;
    this.out = out;
  }

  /** Decompresses all of {@code in}. */
  static byte[] decompress(Cursor in) {
    long size = in.varint();
    if (size < 0 || size > (long) MAX_RATIO * in.remaining() || size > Integer.MAX_VALUE - 8) {
      throw in.malformed(
          String.format(
              "claims %s bytes of snappy data, which its %d bytes cannot hold",
              Long.toUnsignedString(size), in.remaining()));
    }
    Snappy snappy = new Snappy(in, new byte[(int) size]);
    while (!in.atEnd()) {
      snappy.element();
    }
    if (snappy.size != size) {
      throw in.malformed("holds " + snappy.size + " bytes of snappy data, but claims " + size);
    }
    return snappy.out;
  }

  private void element() {
    int tag = in.unsignedByte();
    int upper = tag >> 2;
    switch (tag & 3) {
      case 0 -> literal(upper < 60 ? upper + 1L : littleEndian(upper - 59) + 1);
      case 1 -> copy((upper & 7) + 4, (long) (upper >> 3) << 8 | in.unsignedByte());
      case 2 -> copy(upper + 1, littleEndian(2));
      default -> copy(upper + 1, littleEndian(4));
    }
  }

  private void literal(long length) {
    requireRoom(length);
    in.copyTo(out, size, (int) length);
    size += (int) length;
  }

  private void copy(int length, long offset) {
    requireRoom(length);
    if (offset == 0 || offset > size) {
      throw in.malformed(
          "copies from " + offset + " bytes back, but has " + size + " bytes of snappy data");
    }
    for (int i = 0; i < length; i++) {
      out[size] = out[size - (int) offset];
      size++;
    }
  }

  private void requireRoom(long length) {
    if (length > out.length - size) {
      throw in.malformed("holds more snappy data than the " + out.length + " bytes it claims");
    }
  }

  private long littleEndian(int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) in.unsignedByte() << (8 * i);
    }
    return value;
  }
}
