package org.sparkrnn.spark.task;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.unsafe.Platform;

/**
 * Appends Spark's binary forms of arrays to a buffer, each by one copy per run of numbers. Every
 * piece begins at a multiple of 8 and is filled up with zeros to one, as {@code UnsafeRow} wants it
 * (rows are compared and hashed by their bytes). One per task.
 */
final class UnsafeBytes {
  private byte[] bytes = new byte[1024];
  private int end;

  byte[] bytes() {
    return bytes;
  }

  /** Where the next piece begins. */
  int end() {
    return end;
  }

  void clear() {
    end = 0;
  }

  /** Appends {@code size} zeros, a multiple of 8; returns where they begin. */
  int zeros(int size) {
    int at = reserve(size);
    Arrays.fill(bytes, at, at + size, (byte) 0);
    return at;
  }

  void putLong(int at, long value) {
    Platform.putLong(bytes, Platform.BYTE_ARRAY_OFFSET + (long) at, value);
  }

  void putInt(int at, int value) {
    Platform.putInt(bytes, Platform.BYTE_ARRAY_OFFSET + (long) at, value);
  }

  /** Sets the bit that says that field {@code ordinal} of the row at {@code row} is null. */
  void setNull(int row, int ordinal) {
    int at = row + (ordinal >> 6) * 8;
    long address = Platform.BYTE_ARRAY_OFFSET + (long) at;
    putLong(at, Platform.getLong(bytes, address) | 1L << (ordinal & 63));
  }

  /** Bytes of an array of {@code count} four-byte numbers. */
  static long arraySize(long count) {
    return header(count) + round(4 * count);
  }

  /** Bytes of an array of {@code count} arrays of {@code size} four-byte numbers. */
  static long nestedSize(long count, long size) {
    return header(count) + 8 * count + count * arraySize(size);
  }

  /** Bytes that {@code size} bytes take, filled up to a multiple of 8. */
  static long round(long size) {
    return (size + 7) & ~7L;
  }

  private static long header(long count) {
    return UnsafeArrayData.calculateHeaderPortionInBytes(count);
  }

  /**
   * Appends an array of four-byte numbers: {@code count} from {@code source}, then zeros up to
   * {@code total}.
   *
   * @param source a {@code float[]} or an {@code int[]}
   * @param offset index of the first number
   * @return the size in bytes
   */
  int array(Object source, int offset, int count, int total) {
    int header = (int) header(total);
    int size = (int) arraySize(total);
    int at = reserve(size);
    putLong(at, total);
    Arrays.fill(bytes, at + 8, at + header, (byte) 0);
    numbers(source, offset, count, at + header);
    Arrays.fill(bytes, at + header + 4 * count, at + size, (byte) 0);
    return size;
  }

  /**
   * Appends an array of {@code total} arrays of {@code width} floats: {@code count} from {@code
   * source}, then zeros.
   *
   * @return the size in bytes
   */
  int nested(float[] source, int offset, int count, int width, int total) {
    int start = zeros((int) (header(total) + 8L * total));
    putLong(start, total);
    int slots = start + (int) header(total);
    int each = (int) arraySize(width);
    for (int t = 0; t < total; t++) {
      putLong(slots + 8 * t, (long) (end - start) << 32 | each);
      array(source, offset + t * width, t < count ? width : 0, width);
    }
    return end - start;
  }

  /** Appends little-endian floats: {@code count} from {@code source}, then zeros up to total. */
  int binary(float[] source, int offset, int count, int total) {
    int size = Math.toIntExact(4L * total);
    int at = zeros((int) round(size));
    ByteBuffer.wrap(bytes, at, size)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .put(source, offset, count);
    return size;
  }

  /** Appends the bytes as they are. */
  int raw(byte[] source) {
    int at = zeros((int) round(source.length));
    System.arraycopy(source, 0, bytes, at, source.length);
    return source.length;
  }

  private void numbers(Object source, int offset, int count, int at) {
    long from = source instanceof float[] ? Platform.FLOAT_ARRAY_OFFSET : Platform.INT_ARRAY_OFFSET;
    Platform.copyMemory(
        source, from + 4L * offset, bytes, Platform.BYTE_ARRAY_OFFSET + (long) at, 4L * count);
  }

  private int reserve(int size) {
    int at = end;
    long needed = (long) end + size;
    if (needed > bytes.length) {
      long capacity = Math.max(needed, Math.min(2L * bytes.length, Integer.MAX_VALUE - 8));
      bytes = Arrays.copyOf(bytes, Math.toIntExact(capacity));
    }
    end = (int) needed;
    return at;
  }
}
