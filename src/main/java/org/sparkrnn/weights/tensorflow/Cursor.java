package org.sparkrnn.weights.tensorflow;

import java.util.Arrays;
import org.sparkrnn.weights.MalformedWeightsException;

/**
 * A place in a range of bytes that came from a file. No read leaves the range, and no read takes
 * memory for bytes that are not there.
 */
final class Cursor {
  private final String source;
  private final String what;
  private final byte[] bytes;
  private final int limit;
  private int position;

  /**
   * A cursor over all of {@code bytes}.
   *
   * @param source the file, for messages
   * @param what what the bytes are, for messages: {@code "the footer"}
   */
  Cursor(String source, String what, byte[] bytes) {
    this(source, what, bytes, 0, bytes.length);
  }

  private Cursor(String source, String what, byte[] bytes, int from, int to) {
    this.source = source;
    this.what = what;
    this.bytes = bytes;
    this.position = from;
    this.limit = to;
  }

  int remaining() {
    return limit - position;
  }

  boolean atEnd() {
    return position == limit;
  }

  int unsignedByte() {
    require(1, "a byte");
    return bytes[position++] & 0xff;
  }

  /** A little-endian 32-bit number. */
  int fixed32() {
    require(4, "a 32-bit number");
    int value = 0;
    for (int i = 0; i < 4; i++) {
      value |= (bytes[position++] & 0xff) << (8 * i);
    }
    return value;
  }

  /** A little-endian 64-bit number. */
  long fixed64() {
    require(8, "a 64-bit number");
    return (fixed32() & 0xffff_ffffL) | (long) fixed32() << 32;
  }

  /** A base-128 varint of at most 64 bits: 7 bits a byte, lowest first, high bit = goes on. */
  long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = unsignedByte();
      if (shift == 63 && next > 1) {
        break;
      }
      value |= (next & 0x7fL) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw malformed("holds a varint of more than 64 bits");
  }

  /** A varint that says how many of the bytes behind it belong to one thing. */
  int length(String thing) {
    long length = varint();
    if (length < 0 || length > remaining()) {
      throw malformed(
          String.format(
              "gives %s %s bytes, but %d are left",
              thing, Long.toUnsignedString(length), remaining()));
    }
    return (int) length;
  }

  /** The next {@code count} bytes, copied. */
  byte[] take(int count) {
    require(count, count + " bytes");
    position += count;
    return Arrays.copyOfRange(bytes, position - count, position);
  }

  /** Copies the next {@code count} bytes to {@code target[offset...]}. */
  void copyTo(byte[] target, int offset, int count) {
    require(count, count + " bytes");
    System.arraycopy(bytes, position, target, offset, count);
    position += count;
  }

  /** A cursor over the next {@code count} bytes; this one goes on behind them. */
  Cursor slice(String thing, int count) {
    require(count, count + " bytes");
    position += count;
    return new Cursor(source, thing, bytes, position - count, position);
  }

  void skip(int count) {
    require(count, count + " bytes");
    position += count;
  }

  private void require(int count, String thing) {
    if (count < 0 || count > remaining()) {
      throw malformed("ends where it should hold " + thing);
    }
  }

  MalformedWeightsException malformed(String reason) {
    return new MalformedWeightsException(source, what + " " + reason);
  }
}
