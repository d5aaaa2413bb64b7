package org.sparkrnn.weights.tensorflow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.Cursor;

/**
 * Reads a tensor of strings ({@code ReadStringTensor} in {@code tensor_bundle.cc}):
 *
 * <pre>{@code
 * varint*   the length of each string
 * u32       masked CRC-32C of the lengths, each as u32, or as u64 from 2^32
 * bytes     the strings
 * }</pre>
 *
 * <p>The entry's own checksum goes over the lengths in the same form, the checksum of the lengths,
 * and the strings.
 */
final class StringTensor {
  private StringTensor() {}

  /**
   * The strings of {@code entry}, in storage order.
   *
   * @param what what it is, for messages
   */
  static List<byte[]> read(ByteSource shard, BundleEntry entry, String what) throws IOException {
    byte[] bytes = shard.read(entry.offset(), entry.size(), what);
    Cursor in = new Cursor(shard.name(), what, bytes);
    long elements = entry.shape().elements();
    if (elements > bytes.length) {
      throw in.malformed("has " + bytes.length + " bytes, too few for " + elements + " strings");
    }
    CRC32C crc = new CRC32C();
    int[] lengths = new int[(int) elements];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = in.length("string " + i);
      crc.update(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, lengths[i]));
    }
    if (bytes.length > 0) {
      byte[] lengthsCrc = in.take(Integer.BYTES);
      int expected = ByteBuffer.wrap(lengthsCrc).order(ByteOrder.LITTLE_ENDIAN).getInt();
      MaskedCrc.verify(shard.name(), what + ", lengths of its strings,", crc, expected);
      crc.update(lengthsCrc);
    }
    List<byte[]> strings = new ArrayList<>();
    for (int length : lengths) {
      byte[] string = in.take(length);
      crc.update(string);
      strings.add(string);
    }
    if (!in.atEnd()) {
      throw in.malformed("has " + in.remaining() + " bytes behind its last string");
    }
    MaskedCrc.verify(shard.name(), what, crc, entry.crc());
    return strings;
  }
}
