package org.sparkrnn.spark.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.unsafe.Platform;

/**
 * What is kept of the rows of a window until their results are there: the columns that pass
 * through, as bytes in pages, and what became of each row. One per task; its pages are kept and
 * reused when it is cleared.
 */
final class StagedRows {
  private static final int PAGE = 1 << 20;

  /** A row that is not in the window, because it is bad. */
  static final int NONE = -1;

  private final UnsafeRow view;
  private final List<byte[]> pages = new ArrayList<>();
  private int page = -1;
  private int used = PAGE;
  private long bytes;

  private int rows;
  private int[] pageOf = new int[64];
  private int[] offsetOf = new int[64];
  private int[] sizeOf = new int[64];
  private int[] inWindow = new int[64];
  private int[] steps = new int[64];
  private String[] errors = new String[64];

  /**
   * @param fields how many columns pass through
   */
  StagedRows(int fields) {
    this.view = new UnsafeRow(fields);
  }

  /** Adds a row that was added to the window as its row {@code window}. */
  void add(UnsafeRow passThrough, int window, int stepCount) {
    add(passThrough, window, stepCount, null);
  }

  /** Adds a row that cannot be computed. */
  void addBad(UnsafeRow passThrough, String error) {
    add(passThrough, NONE, 0, error);
  }

  private void add(UnsafeRow passThrough, int window, int stepCount, String error) {
    if (rows == pageOf.length) {
      grow();
    }
    int size = passThrough.getSizeInBytes();
    place(size);
    passThrough.writeToMemory(pages.get(page), Platform.BYTE_ARRAY_OFFSET + (long) used);
    pageOf[rows] = page;
    offsetOf[rows] = used;
    sizeOf[rows] = size;
    inWindow[rows] = window;
    steps[rows] = stepCount;
    errors[rows] = error;
    used += size;
    bytes += size;
    rows++;
  }

  /** Finds a place of {@code size} bytes behind the last row, or in the next page. */
  private void place(int size) {
    while (page < 0 || pages.get(page).length - used < size) {
      page++;
      used = 0;
      if (page == pages.size()) {
        pages.add(new byte[Math.max(PAGE, size)]);
      }
    }
  }

  private void grow() {
    int capacity = rows * 2;
    pageOf = Arrays.copyOf(pageOf, capacity);
    offsetOf = Arrays.copyOf(offsetOf, capacity);
    sizeOf = Arrays.copyOf(sizeOf, capacity);
    inWindow = Arrays.copyOf(inWindow, capacity);
    steps = Arrays.copyOf(steps, capacity);
    errors = Arrays.copyOf(errors, capacity);
  }

  int rows() {
    return rows;
  }

  /** Bytes of the rows' columns that pass through. */
  long bytes() {
    return bytes;
  }

  /** The columns that pass through; valid until the next call. */
  UnsafeRow passThrough(int row) {
    view.pointTo(
        pages.get(pageOf[row]), Platform.BYTE_ARRAY_OFFSET + (long) offsetOf[row], sizeOf[row]);
    return view;
  }

  /** The row's place in the window, or {@link #NONE}. */
  int inWindow(int row) {
    return inWindow[row];
  }

  /** How many steps the row has, with those behind its length. */
  int steps(int row) {
    return steps[row];
  }

  /** Why the row was not computed; null for good rows. */
  String error(int row) {
    return errors[row];
  }

  /** Forgets all rows. */
  void clear() {
    Arrays.fill(errors, 0, rows, null);
    rows = 0;
    bytes = 0;
    page = -1;
    used = PAGE;
  }
}
