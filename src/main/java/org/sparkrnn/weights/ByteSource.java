package org.sparkrnn.weights;

import java.io.Closeable;
import java.io.IOException;

/**
 * A file of known size that can be read at any position.
 *
 * <p>Not thread-safe. The opener closes it.
 */
public interface ByteSource extends Closeable {

  /** The file's name for messages, as the user would write it. */
  String name();

  /** Size in bytes. */
  long size();

  /**
   * Reads exactly {@code length} bytes from {@code position} into {@code target[offset...]}.
   *
   * @throws MalformedWeightsException if the file has no such range
   * @throws IOException if the storage fails
   */
  void read(long position, byte[] target, int offset, int length) throws IOException;

  /**
   * Checks that the file has {@code length} bytes from {@code position}. To be called before memory
   * is taken for them.
   *
   * @param what what the bytes are, for the message: {@code "the header"}
   * @throws MalformedWeightsException if the file has no such range
   */
  default void requireRange(long position, long length, String what) {
    if (position < 0 || length < 0 || position > size() || length > size() - position) {
      throw new MalformedWeightsException(
          name(),
          String.format(
              "%s needs %d bytes from byte %d, but the file has %d",
              what, length, position, size()));
    }
  }

  /**
   * Reads {@code length} bytes from {@code position}. The range is compared with the file's size
   * before any memory is taken, so a false size in a header costs an exception only.
   *
   * @param what what the bytes are, for the message: {@code "the header"}
   * @throws MalformedWeightsException if the file has no such range
   * @throws IOException if the storage fails
   */
  default byte[] read(long position, long length, String what) throws IOException {
    requireRange(position, length, what);
    if (length > Integer.MAX_VALUE - 8) {
      throw new UnsupportedWeightsException(
          name(), what + " has " + length + " bytes, more than one Java array holds");
    }
    byte[] bytes = new byte[(int) length];
    read(position, bytes, 0, bytes.length);
    return bytes;
  }
}
