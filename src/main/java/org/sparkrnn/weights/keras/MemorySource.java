package org.sparkrnn.weights.keras;

import org.sparkrnn.weights.ByteSource;

/**
 * A file in memory: a compressed one cannot be read at any place.
 *
 * @param name its name for messages
 * @param bytes its bytes
 */
record MemorySource(String name, byte[] bytes) implements ByteSource {
  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public void read(long position, byte[] target, int offset, int length) {
    requireRange(position, length, "a read");
    System.arraycopy(bytes, (int) position, target, offset, length);
  }

  @Override
  public void close() {}
}
