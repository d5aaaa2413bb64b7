package org.sparkrnn.weights.tensorflow;

import java.util.BitSet;
import org.sparkrnn.tensor.Shape;

/** Puts the pieces of a partitioned variable together. */
final class PartitionedTensor {
  private final Shape shape;
  private final float[] values;
  private final BitSet filled = new BitSet();

  /** An empty variable of {@code shape}, whose elements one array holds. */
  PartitionedTensor(Shape shape) {
    this.shape = shape;
    this.values = new float[Math.toIntExact(shape.elements())];
  }

  /**
   * Puts a piece in its place.
   *
   * @param slice where it goes
   * @param pieceShape its shape, which fits there
   * @param piece its elements
   * @return false if another piece has been there
   */
  boolean put(TensorSlice slice, Shape pieceShape, float[] piece) {
    if (piece.length == 0) {
      return true;
    }
    int rank = shape.rank();
    int run = rank == 0 ? 1 : (int) pieceShape.dim(rank - 1);
    long[] index = new long[rank];
    for (int done = 0; done < piece.length; done += run) {
      int at = flatIndex(slice, index);
      int next = filled.nextSetBit(at);
      if (next >= 0 && next < at + run) {
        return false;
      }
      filled.set(at, at + run);
      System.arraycopy(piece, done, values, at, run);
      advance(index, pieceShape);
    }
    return true;
  }

  /** The variable's elements; shared with this object. */
  float[] values() {
    return values;
  }

  private int flatIndex(TensorSlice slice, long[] index) {
    long flat = 0;
    for (int axis = 0; axis < index.length; axis++) {
      flat = flat * shape.dim(axis) + slice.extents().get(axis).start() + index[axis];
    }
    return (int) flat;
  }

  /** Goes to the next row of the piece: counts up all axes but the last. */
  private static void advance(long[] index, Shape pieceShape) {
    for (int axis = index.length - 2; axis >= 0; axis--) {
      index[axis]++;
      if (index[axis] < pieceShape.dim(axis)) {
        return;
      }
      index[axis] = 0;
    }
  }
}
