package org.sparkrnn.model.loading;

import java.util.Arrays;
import java.util.Random;

/** Damages bytes at random, with a taste for what breaks readers. Seeded, so that it repeats. */
final class Mutations {
  private static final long[] SIZES = {
    0,
    1,
    -1,
    0x7f,
    0x80,
    0xff,
    0xffff,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 32,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };
  private static final String SIGNS = "0123456789-,[]{}():\"'\\/. eQRt";

  private final Random random;

  Mutations(long seed) {
    this.random = new Random(seed);
  }

  /** A copy with one to six damages. */
  byte[] damaged(byte[] whole) {
    byte[] bytes = whole.clone();
    int times = 1 + random.nextInt(6);
    for (int i = 0; i < times && bytes.length > 0; i++) {
      bytes = once(bytes);
    }
    return bytes;
  }

  private byte[] once(byte[] bytes) {
    int at = random.nextInt(bytes.length);
    // Heads and ends hold most of what readers believe.
    if (random.nextInt(3) == 0) {
      at = Math.min(at, random.nextInt(64));
    } else if (random.nextInt(4) == 0) {
      at = Math.max(at, bytes.length - 1 - random.nextInt(128));
      at = Math.max(0, at);
    }
    switch (random.nextInt(8)) {
      case 0 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> bytes[at] = (byte) random.nextInt();
      case 3 -> bytes[at] = (byte) SIGNS.charAt(random.nextInt(SIGNS.length()));
      case 4, 5 -> number(bytes, at);
      case 6 -> {
        return without(bytes, at, 1 + random.nextInt(16));
      }
      default -> {
        return spliced(bytes, at, random.nextInt(bytes.length));
      }
    }
    return bytes;
  }

  /** A size of 1 to 8 bytes, in either order. */
  private void number(byte[] bytes, int at) {
    long value = SIZES[random.nextInt(SIZES.length)];
    int width = 1 << random.nextInt(4);
    boolean little = random.nextBoolean();
    for (int i = 0; i < width && at + i < bytes.length; i++) {
      bytes[at + i] = (byte) (value >> 8 * (little ? i : width - 1 - i));
    }
  }

  private static byte[] without(byte[] bytes, int from, int count) {
    int to = Math.min(bytes.length, from + count);
    byte[] left = Arrays.copyOf(bytes, bytes.length - (to - from));
    System.arraycopy(bytes, to, left, from, bytes.length - to);
    return left;
  }

  /** A piece once more in another place: duplicates, and messages inside messages. */
  private byte[] spliced(byte[] bytes, int from, int into) {
    int count = Math.min(bytes.length - from, 1 + random.nextInt(200));
    byte[] longer = new byte[bytes.length + count];
    System.arraycopy(bytes, 0, longer, 0, into);
    System.arraycopy(bytes, from, longer, into, count);
    System.arraycopy(bytes, into, longer, into + count, bytes.length - into);
    return longer;
  }
}
