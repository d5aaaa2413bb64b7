package org.sparkrnn.weights.tensorflow;

import java.io.ByteArrayOutputStream;

/**
 * Encodes strings and numbers so that the bytes sort as the values do ({@code
 * core/lib/strings/ordered_code.cc}). The keys of a partitioned variable's pieces are built so.
 */
final class OrderedCode {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Appends an unsigned number: how many bytes it takes, then those, highest first. */
  OrderedCode number(long value) {
    int length = (Long.SIZE - Long.numberOfLeadingZeros(value) + 7) / 8;
    out.write(length);
    appendBigEndian(value, length);
    return this;
  }

  /** Appends bytes: 00 becomes 00 FF, FF becomes FF 00, and 00 01 ends them. */
  OrderedCode string(byte[] value) {
    for (byte b : value) {
      out.write(b);
      if (b == 0) {
        out.write(0xff);
      } else if (b == (byte) 0xff) {
        out.write(0);
      }
    }
    out.write(0);
    out.write(1);
    return this;
  }

  /**
   * Appends a signed number in {@code n} bytes of 7 bits each. The first bits are {@code n} ones
   * and a zero for a number that is not negative, and the reverse for a negative one; the number
   * itself is in the bits that follow, in two's complement.
   */
  OrderedCode signedNumber(long value) {
    long magnitude = value < 0 ? ~value : value;
    int bits = Long.SIZE - Long.numberOfLeadingZeros(magnitude);
    int length = bits / 7 + 1;
    // The length marks, as the top bits of a 16-bit number, flip the sign bits they stand on.
    int marks = 0xffff << (Short.SIZE - length) & 0xffff;
    if (length == 1) {
      out.write((int) value ^ marks >> 8);
      return this;
    }
    ByteArrayOutputStream number = new ByteArrayOutputStream();
    for (int i = length - 1; i >= 0; i--) {
      // A shift by more than 63 would wrap around; what is beyond the 8 bytes is all sign.
      number.write((int) (value >> Math.min(8 * i, Long.SIZE - 1)));
    }
    byte[] bytes = number.toByteArray();
    bytes[0] ^= (byte) (marks >> 8);
    bytes[1] ^= (byte) marks;
    out.writeBytes(bytes);
    return this;
  }

  byte[] toByteArray() {
    return out.toByteArray();
  }

  private void appendBigEndian(long value, int length) {
    for (int i = length - 1; i >= 0; i--) {
      out.write((int) (value >>> (8 * i)));
    }
  }
}
