package org.sparkrnn.weights;

import java.io.IOException;

/**
 * A part of a file, as a file of its own. Closing it does nothing: the whole has an owner.
 *
 * @param name its name for messages
 * @param whole the file
 * @param start where the part starts
 * @param size how long it is
 */
record SourceRange(String name, ByteSource whole, long start, long size) implements ByteSource {
  @Override
  public void read(long position, byte[] target, int offset, int length) throws IOException {
    requireRange(position, length, "a read");
    whole.read(start + position, target, offset, length);
  }

  @Override
  public void close() {}
}
