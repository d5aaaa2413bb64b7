package org.sparkrnn.weights;

import java.io.IOException;

/** The other byte order of a file's numbers. Read it in whole numbers. */
public final class SwappedSource implements ByteSource {
  private final ByteSource source;
  private final int width;

  /**
   * @param source the file; closed with this
   * @param width bytes of a number
   */
  public SwappedSource(ByteSource source, int width) {
    this.source = source;
    this.width = width;
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public long size() {
    return source.size();
  }

  @Override
  public void read(long position, byte[] target, int offset, int length) throws IOException {
    source.read(position, target, offset, length);
    for (int start = offset; start + width <= offset + length; start += width) {
      for (int i = 0; i < width / 2; i++) {
        byte low = target[start + i];
        target[start + i] = target[start + width - 1 - i];
        target[start + width - 1 - i] = low;
      }
    }
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
