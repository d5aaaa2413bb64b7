package org.sparkrnn.weights.tensorflow;

import java.util.zip.CRC32C;
import org.sparkrnn.weights.MalformedWeightsException;

/**
 * The checksum as TensorFlow stores it: CRC-32C, rotated and shifted by a constant, so that the
 * checksum of bytes that hold a checksum is still a good one ({@code core/lib/hash/crc32c.h}).
 */
final class MaskedCrc {
  private static final int DELTA = 0xa282ead8;

  private MaskedCrc() {}

  /** The stored form of {@code crc}. */
  static int mask(CRC32C crc) {
    return Integer.rotateRight((int) crc.getValue(), 15) + DELTA;
  }

  /**
   * Compares the checksum of what was read with the stored one.
   *
   * @param source the file, for the message
   * @param what what was read, for the message
   * @throws MalformedWeightsException if they differ
   */
  static void verify(String source, String what, CRC32C crc, int stored) {
    if (mask(crc) != stored) {
      throw new MalformedWeightsException(
          source,
          String.format(
              "%s has checksum %08x, expected %08x: the file is damaged; copy it again",
              what, mask(crc), stored));
    }
  }
}
