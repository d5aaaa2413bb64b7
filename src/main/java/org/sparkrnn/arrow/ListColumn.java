package org.sparkrnn.arrow;

import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.BaseListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListViewVector;

/** Lists of any of Arrow's kinds: variable, large, of a fixed size, views. */
final class ListColumn {
  private final FieldVector vector;

  private ListColumn(FieldVector vector) {
    this.vector = vector;
  }

  static boolean is(FieldVector vector) {
    return vector instanceof BaseListVector || vector instanceof LargeListVector;
  }

  static ListColumn of(FieldVector vector) {
    return new ListColumn(vector);
  }

  /** What its lists are runs of. */
  static FieldVector elements(FieldVector list) {
    return list.getChildrenFromFields().get(0);
  }

  boolean isNull(int row) {
    return vector.isNull(row);
  }

  /** Index of the row's first element. */
  int start(int row) {
    return vector instanceof LargeListVector large
        ? Math.toIntExact(large.getElementStartIndex(row))
        : ((BaseListVector) vector).getElementStartIndex(row);
  }

  /** How many elements the row has. */
  int size(int row) {
    if (vector instanceof ListViewVector view) {
      // Its getElementEndIndex is the size in Arrow 18, not the end.
      return view.getSizeBuffer().getInt(4L * row);
    }
    int end =
        vector instanceof LargeListVector large
            ? Math.toIntExact(large.getElementEndIndex(row))
            : ((BaseListVector) vector).getElementEndIndex(row);
    return end - start(row);
  }
}
