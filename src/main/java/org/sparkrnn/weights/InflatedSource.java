package org.sparkrnn.weights;

import java.io.IOException;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The bytes of a deflate stream, inflated as they are read. Reading in order inflates each byte
 * once; reading behind what was read starts again.
 */
final class InflatedSource implements ByteSource {
  private static final int CHUNK = 1 << 16;

  private final ByteSource deflated;
  private final long size;
  private final int crc;
  private final byte[] in = new byte[CHUNK];
  private final CRC32 sum = new CRC32();
  private Inflater inflater = new Inflater(true);
  private long taken;
  private long made;

  /**
   * @param deflated the stream, without zlib's header
   * @param size how many bytes it must give
   * @param crc their checksum
   */
  InflatedSource(ByteSource deflated, long size, int crc) {
    this.deflated = deflated;
    this.size = size;
    this.crc = crc;
  }

  @Override
  public String name() {
    return deflated.name();
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(long position, byte[] target, int offset, int length) throws IOException {
    requireRange(position, length, "a read");
    if (position < made) {
      inflater.end();
      inflater = new Inflater(true);
      sum.reset();
      taken = 0;
      made = 0;
    }
    byte[] skipped = new byte[(int) Math.min(CHUNK, position - made)];
    while (made < position) {
      inflate(skipped, 0, (int) Math.min(skipped.length, position - made));
    }
    inflate(target, offset, length);
    if (made == size && length > 0) {
      checkEnd();
    }
  }

  private void inflate(byte[] target, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int count = step(target, offset + done, length - done);
      if (count < 0) {
        throw new MalformedWeightsException(
            name(), "its compressed bytes end after " + made + " of " + size + " bytes");
      }
      done += count;
    }
  }

  /** Inflates some bytes; -1 at the end of the stream. */
  private int step(byte[] target, int offset, int length) throws IOException {
    try {
      int count = inflater.inflate(target, offset, length);
      if (count == 0) {
        if (inflater.finished() || inflater.needsDictionary()) {
          return -1;
        }
        if (inflater.needsInput()) {
          int next = (int) Math.min(CHUNK, deflated.size() - taken);
          if (next == 0) {
            return -1;
          }
          deflated.read(taken, in, 0, next);
          taken += next;
          inflater.setInput(in, 0, next);
        }
      }
      sum.update(target, offset, count);
      made += count;
      return count;
    } catch (DataFormatException e) {
      throw new MalformedWeightsException(
          name(), "its compressed bytes are damaged after " + made + " bytes", e);
    }
  }

  private void checkEnd() throws IOException {
    byte[] more = new byte[1];
    int count = 0;
    while (count == 0) {
      count = step(more, 0, 1);
    }
    if (count > 0) {
      throw new MalformedWeightsException(
          name(), "its compressed bytes hold more than the " + size + " bytes it should have");
    }
    if ((int) sum.getValue() != crc) {
      throw new MalformedWeightsException(
          name(),
          String.format(
              "its checksum is %08x, expected %08x: the bytes were changed",
              (int) sum.getValue(), crc));
    }
  }

  @Override
  public void close() {
    inflater.end();
  }
}
