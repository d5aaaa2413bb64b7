package org.sparkrnn.arrow;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.complex.ListVector;

/** Appends lists of four-byte numbers to a list vector, each run of numbers by one copy. */
final class NumberLists {
  /** What one view of a buffer can hold. */
  private static final int CHUNK = 1 << 28;

  private final ListVector lists;
  private final BaseFixedWidthVector numbers;
  private int end;

  NumberLists(ListVector lists) {
    this.lists = lists;
    this.numbers = (BaseFixedWidthVector) lists.getDataVector();
  }

  /**
   * Writes {@code count} lists of {@code width} numbers, from list {@code first} on, which is
   * behind all that were written before; lists in between are null.
   *
   * @param source a {@code float[]} or an {@code int[]}
   * @param offset index of the first number
   * @param valid how many numbers to take; zeros follow
   */
  void put(int first, int count, int width, Object source, int offset, int valid) {
    int total = BatchRun.fitting(end, (long) count * width);
    for (int i = first; i < first + count; i++) {
      lists.startNewValue(i);
      lists.endValue(i, width);
    }
    while (numbers.getValueCapacity() < end + total) {
      numbers.reAlloc();
    }
    ArrowBuf data = numbers.getDataBuffer();
    for (int done = 0; done < valid; done += CHUNK) {
      int chunk = Math.min(CHUNK, valid - done);
      ByteBuffer target =
          data.nioBuffer(4L * (end + done), 4 * chunk).order(ByteOrder.LITTLE_ENDIAN);
      if (source instanceof float[] floats) {
        target.asFloatBuffer().put(floats, offset + done, chunk);
      } else {
        target.asIntBuffer().put((int[]) source, offset + done, chunk);
      }
    }
    data.setZero(4L * (end + valid), 4L * (total - valid));
    end += total;
  }

  /** Ends the lists: the numbers are all there, the lists' own vector is its owner's to end. */
  void finish() {
    numbers.getValidityBuffer().setOne(0L, (end + 7L) / 8);
  }
}
