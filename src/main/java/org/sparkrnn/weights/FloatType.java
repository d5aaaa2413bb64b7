package org.sparkrnn.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.Checksum;

/**
 * How a file stores real numbers, and how they become {@code float32}. All are little-endian.
 *
 * <p>{@link #FLOAT16} and {@link #BFLOAT16} widen exactly. {@link #FLOAT64} is rounded to the
 * nearest {@code float32}; a finite number beyond its range is refused.
 */
public enum FloatType {
  /** IEEE 754 binary32. */
  FLOAT32(4),
  /** IEEE 754 binary64. */
  FLOAT64(8),
  /** IEEE 754 binary16. */
  FLOAT16(2),
  /** The upper half of a binary32. */
  BFLOAT16(2);

  /** Bytes read at a time, so that a big tensor is in memory once and not twice. */
  private static final int CHUNK = 1 << 20;

  private final int bytes;

  FloatType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes per element. */
  public int bytes() {
    return bytes;
  }

  /**
   * Reads {@code elements} numbers. The range is compared with the file's size before any memory is
   * taken.
   *
   * @param source the file
   * @param position where the first number starts
   * @param elements how many numbers
   * @param what what they are, for messages: {@code "tensor 'rnn/kernel'"}
   * @throws MalformedWeightsException if the file has no such range
   * @throws UnsupportedWeightsException if the numbers do not fit one array, or {@code float32}
   * @throws IOException if the storage fails
   */
  public float[] read(ByteSource source, long position, long elements, String what)
      throws IOException {
    return read(source, position, elements, what, Unchecked.INSTANCE);
  }

  /**
   * As above, and shows every byte read to {@code checksum}, in order; the caller compares it.
   *
   * @param checksum takes the bytes as the file holds them
   */
  public float[] read(
      ByteSource source, long position, long elements, String what, Checksum checksum)
      throws IOException {
    if (elements > Integer.MAX_VALUE - 8) {
      throw new UnsupportedWeightsException(
          source.name(), what + " has " + elements + " elements, more than one Java array holds");
    }
    long length = elements * bytes;
    source.requireRange(position, length, what);
    float[] values = new float[(int) elements];
    byte[] chunk = new byte[(int) Math.min(length, CHUNK)];
    int done = 0;
    while (done < values.length) {
      int count = Math.min(values.length - done, CHUNK / bytes);
      source.read(position + (long) done * bytes, chunk, 0, count * bytes);
      checksum.update(chunk, 0, count * bytes);
      int bad = decode(chunk, values, done, count);
      if (bad >= 0) {
        throw new UnsupportedWeightsException(
            source.name(),
            String.format(
                "%s, element %d, is a float64 beyond the range of float32 (%s)",
                what, bad, Float.MAX_VALUE));
      }
      done += count;
    }
    return values;
  }

  /** Decodes a chunk; returns the index of a number that does not fit, or -1. */
  private int decode(byte[] chunk, float[] target, int offset, int count) {
    ByteBuffer buffer = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
    switch (this) {
      case FLOAT32 -> buffer.asFloatBuffer().get(target, offset, count);
      case FLOAT16, BFLOAT16 -> {
        for (int i = 0; i < count; i++) {
          target[offset + i] = widened(buffer.getShort(2 * i));
        }
      }
      case FLOAT64 -> {
        for (int i = 0; i < count; i++) {
          double value = buffer.getDouble(8 * i);
          if (isBeyondFloat(value)) {
            return offset + i;
          }
          target[offset + i] = (float) value;
        }
      }
    }
    return -1;
  }

  /** Whether a number is finite, and rounds to no finite {@code float32}. */
  public static boolean isBeyondFloat(double value) {
    return Float.isInfinite((float) value) && !Double.isInfinite(value);
  }

  /** The number that has these bits in {@link #FLOAT16} or {@link #BFLOAT16}. */
  public float widened(short bits) {
    return switch (this) {
      case FLOAT16 -> halfToFloat(bits);
      case BFLOAT16 -> Float.intBitsToFloat(bits << 16);
      case FLOAT32, FLOAT64 -> throw new IllegalStateException(this + " has more than 16 bits");
    };
  }

  /** Widens binary16: 1 bit sign, 5 bits exponent (bias 15), 10 bits fraction. */
  public static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = half >> 10 & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      // Zero and the subnormals: fraction * 2^-24, which binary32 holds as a normal number.
      float magnitude = fraction * 0x1p-24f;
      return Float.intBitsToFloat(Float.floatToRawIntBits(magnitude) | sign);
    }
    int wide = exponent == 0x1f ? 0xff : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
  }

  /** For files that carry no checksum. */
  private enum Unchecked implements Checksum {
    INSTANCE;

    @Override
    public void update(int b) {}

    @Override
    public void update(byte[] b, int off, int len) {}

    @Override
    public long getValue() {
      return 0;
    }

    @Override
    public void reset() {}
  }
}
