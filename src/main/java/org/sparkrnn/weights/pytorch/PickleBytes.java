package org.sparkrnn.weights.pytorch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.UnsupportedWeightsException;

/** The bytes of a pickle in order, a chunk at a time. */
final class PickleBytes {
  private static final int CHUNK = 1 << 14;

  /** A table of contents is far smaller; what is longer is made to fill memory. */
  private static final long MOST = 64L << 20;

  private static final int MOST_LINE = 1 << 16;

  private final ByteSource source;
  private final long start;
  private byte[] chunk = new byte[0];
  private int at;
  private long read;

  /** The bytes of {@code source} from {@code start} on. */
  PickleBytes(ByteSource source, long start) {
    this.source = source;
    this.start = start;
    this.read = start;
  }

  /** Where the next byte is in the file. */
  long position() {
    return read - chunk.length + at;
  }

  int next() throws IOException {
    if (at == chunk.length) {
      if (position() - start > MOST) {
        throw new UnsupportedWeightsException(
            source.name(), "its pickle is longer than " + MOST + " bytes without the tensors");
      }
      long left = Math.min(CHUNK, source.size() - read);
      if (left <= 0) {
        throw new MalformedWeightsException(
            source.name(), "the pickle ends at byte " + read + ", before its STOP");
      }
      chunk = source.read(read, left, "the pickle");
      read += left;
      at = 0;
    }
    return chunk[at++] & 0xff;
  }

  /** An unsigned little-endian number of up to 7 bytes, or a signed one of 8. */
  long number(int bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) next() << 8 * i;
    }
    return value;
  }

  /** As many bytes; the file's size is looked at before memory is taken. */
  byte[] bytes(long length) throws IOException {
    if (length < 0 || length > source.size() - position() || length > MOST) {
      throw new MalformedWeightsException(
          source.name(),
          "at byte "
              + position()
              + " the pickle has a string of "
              + Long.toUnsignedString(length)
              + " bytes, which are not there");
    }
    byte[] bytes = new byte[(int) length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) next();
    }
    return bytes;
  }

  /** The text up to the next end of line. */
  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = next(); c != '\n'; c = next()) {
      line.append((char) c);
      if (line.length() > MOST_LINE) {
        throw new MalformedWeightsException(
            source.name(), "at byte " + position() + " the pickle has a line without an end");
      }
    }
    byte[] latin = line.toString().getBytes(ISO_8859_1);
    return new String(latin, ISO_8859_1);
  }
}
