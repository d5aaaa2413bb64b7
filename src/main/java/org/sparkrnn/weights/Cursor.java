package org.sparkrnn.weights;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A place in a range of bytes: of an array that came from a file, or of a file itself, which is
 * then read a window at a time. No read leaves the range, and no read takes memory for bytes that
 * are not there. Not thread-safe.
 *
 * <p>Over a file, any method may throw {@link UncheckedIOException} where the storage fails.
 */
public final class Cursor {
  private final String source;
  private final String what;
  private final Window window;
  private final int limit;
  private int position;

  /**
   * A cursor over all of {@code bytes}.
   *
   * @param source the file, for messages
   * @param what what the bytes are, for messages: {@code "the footer"}
   */
  public Cursor(String source, String what, byte[] bytes) {
    this(source, what, new Window(bytes), 0, bytes.length);
  }

  private Cursor(String source, String what, Window window, int from, int to) {
    this.source = source;
    this.what = what;
    this.window = window;
    this.position = from;
    this.limit = to;
  }

  /**
   * A cursor over all of {@code file}, which stays the caller's to close.
   *
   * @param what what the file is, for messages: {@code "the model"}
   * @throws UnsupportedWeightsException if the file has 2 GB or more, which no protobuf has
   */
  public static Cursor over(ByteSource file, String what) {
    if (file.size() > Integer.MAX_VALUE) {
      throw new UnsupportedWeightsException(
          file.name(), what + " has " + file.size() + " bytes; a protobuf has less than 2^31");
    }
    return new Cursor(file.name(), what, new Window(file), 0, (int) file.size());
  }

  /** How many bytes are left. */
  public int remaining() {
    return limit - position;
  }

  /** Where the next byte lies in the array or file. */
  public int position() {
    return position;
  }

  /** Whether no byte is left. */
  public boolean atEnd() {
    return position == limit;
  }

  /** The next byte as a number from 0 to 255. */
  public int unsignedByte() {
    require(1, "a byte");
    return window.at(position++) & 0xff;
  }

  /** A little-endian 32-bit number. */
  public int fixed32() {
    require(4, "a 32-bit number");
    int value = 0;
    for (int i = 0; i < 4; i++) {
      value |= (window.at(position++) & 0xff) << (8 * i);
    }
    return value;
  }

  /** A little-endian 64-bit number. */
  public long fixed64() {
    require(8, "a 64-bit number");
    return (fixed32() & 0xffff_ffffL) | (long) fixed32() << 32;
  }

  /** A base-128 varint of at most 64 bits: 7 bits a byte, lowest first, high bit = goes on. */
  public long varint() {
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
  public int length(String thing) {
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
  public byte[] take(int count) {
    require(count, count + " bytes");
    byte[] taken = new byte[count];
    copyTo(taken, 0, count);
    return taken;
  }

  /** Copies the next {@code count} bytes to {@code target[offset...]}. */
  public void copyTo(byte[] target, int offset, int count) {
    require(count, count + " bytes");
    window.copy(position, target, offset, count);
    position += count;
  }

  /** A cursor over the next {@code count} bytes; this one goes on behind them. */
  public Cursor slice(String thing, int count) {
    require(count, count + " bytes");
    position += count;
    return new Cursor(source, thing, window, position - count, position);
  }

  /** Passes over {@code count} bytes. */
  public void skip(int count) {
    require(count, count + " bytes");
    position += count;
  }

  private void require(int count, String thing) {
    if (count < 0 || count > remaining()) {
      throw malformed("ends where it should hold " + thing);
    }
  }

  /** An exception for what is well formed, but beyond what we read. */
  public UnsupportedWeightsException unsupported(String reason) {
    return new UnsupportedWeightsException(source, what + " " + reason);
  }

  /** An exception that names the file and these bytes. */
  public MalformedWeightsException malformed(String reason) {
    return new MalformedWeightsException(source, what + " " + reason);
  }

  /** The bytes at hand, of those that all cursors over one array or file share. */
  private static final class Window {
    private static final int BYTES = 1 << 16;

    private final ByteSource file;
    private byte[] bytes;
    private int from;

    /** All of an array. */
    Window(byte[] bytes) {
      this.file = null;
      this.bytes = bytes;
    }

    /** A file, of which nothing has been read. */
    Window(ByteSource file) {
      this.file = file;
      this.bytes = new byte[0];
    }

    byte at(int position) {
      if (file != null && (position < from || position - from >= bytes.length)) {
        byte[] next = new byte[(int) Math.min(BYTES, file.size() - position)];
        fill(position, next, 0, next.length);
        bytes = next;
        from = position;
      }
      return bytes[position - from];
    }

    void copy(int position, byte[] target, int offset, int count) {
      if (file == null) {
        System.arraycopy(bytes, position, target, offset, count);
      } else {
        fill(position, target, offset, count);
      }
    }

    private void fill(int position, byte[] target, int offset, int count) {
      try {
        file.read(position, target, offset, count);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
