package org.sparkrnn.model.keras;

import io.jhdf.checksum.JenkinsLookup3HashLittle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Makes the checksums in a damaged HDF5 file right, so that readers go on to what is damaged. */
public final class Hdf5Seals {
  private static final int OBJECT_HEADER = 0x5244484f; // "OHDR"
  private static final int SUPERBLOCK_BYTES = 44;

  private Hdf5Seals() {}

  /** A copy with the checksums of its superblock and of its object headers, of version 2 each. */
  public static byte[] sealed(byte[] damaged) {
    ByteBuffer file = ByteBuffer.wrap(damaged.clone()).order(ByteOrder.LITTLE_ENDIAN);
    if (file.capacity() > SUPERBLOCK_BYTES + 4) {
      seal(file, 0, SUPERBLOCK_BYTES);
    }
    for (int at = 0; at < file.capacity() - 16; at++) {
      if (file.getInt(at) == OBJECT_HEADER) {
        int flags = file.get(at + 5);
        int sizeAt = at + 6 + ((flags & 0x20) == 0 ? 0 : 16) + ((flags & 0x10) == 0 ? 0 : 4);
        int width = 1 << (flags & 3);
        if (sizeAt + 8 > file.capacity()) {
          continue;
        }
        long size = file.getLong(sizeAt) & (width == 8 ? -1L : (1L << (8 * width)) - 1);
        long end = sizeAt + width + size;
        if (size >= 0 && end >= 0 && end + 4 <= file.capacity()) {
          seal(file, at, (int) end);
        }
      }
    }
    return file.array();
  }

  private static void seal(ByteBuffer file, int from, int end) {
    file.putInt(end, JenkinsLookup3HashLittle.hash(file.slice(from, end - from)));
  }
}
