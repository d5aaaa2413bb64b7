package org.sparkrnn.weights.keras;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.MalformedWeightsException;

/**
 * A file as the channel that jHDF reads from. It counts the bytes, because structures in a damaged
 * file can point at each other for ever.
 */
final class SourceChannel implements SeekableByteChannel {
  /** No file is read more often, whatever is asked of it. */
  private static final long MOST_TIMES = 64;

  private static final long MOST_READS = 4_000_000;

  private final ByteSource source;
  private long position;
  private long reads;
  private long bytes;

  SourceChannel(ByteSource source) {
    this.source = source;
  }

  /** Starts to count anew. */
  void restart() {
    reads = 0;
    bytes = 0;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int length = target.remaining();
    long left = source.size() - position;
    if (length > left) {
      throw new MalformedWeightsException(
          source.name(),
          "a structure needs "
              + length
              + " bytes from byte "
              + position
              + ", but the file has "
              + source.size());
    }
    bytes += length;
    if (++reads > MOST_READS || bytes / MOST_TIMES > source.size() + (1 << 16)) {
      throw new MalformedWeightsException(
          source.name(), "its structures point at each other without an end");
    }
    byte[] chunk = new byte[length];
    source.read(position, chunk, 0, length);
    target.put(chunk);
    position += length;
    return length;
  }

  @Override
  public int write(ByteBuffer from) {
    throw new NonWritableChannelException();
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long next) {
    if (next < 0 || next > source.size()) {
      throw new MalformedWeightsException(
          source.name(), "a structure is at byte " + next + ", but the file has " + source.size());
    }
    position = next;
    return this;
  }

  @Override
  public long size() {
    return source.size();
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new NonWritableChannelException();
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
