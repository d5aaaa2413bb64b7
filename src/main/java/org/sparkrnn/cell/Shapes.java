package org.sparkrnn.cell;

import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/** Shape checks that the cells' constructors share. */
final class Shapes {
  private Shapes() {}

  static void require(String what, Tensor tensor, String formula, long... dims) {
    Shape expected = Shape.of(dims);
    if (!tensor.shape().equals(expected)) {
      throw new IllegalArgumentException(
          what + " has shape " + tensor.shape() + ", expected " + formula + " = " + expected);
    }
  }

  /** The number of units that a matrix of {@code gates} column blocks has. */
  static int units(String what, Tensor kernel, int gates) {
    Shape shape = kernel.shape();
    if (shape.rank() != 2 || shape.dim(1) % gates != 0 || shape.dim(1) == 0) {
      throw new IllegalArgumentException(
          what
              + " has shape "
              + shape
              + ", expected [rows, "
              + (gates == 1 ? "" : gates + " * ")
              + "units]");
    }
    return Math.toIntExact(shape.dim(1) / gates);
  }

  /** The input size that is left of a kernel's rows when the recurrent rows are taken off. */
  static int inputSize(String what, Tensor kernel, int recurrent) {
    long rows = kernel.shape().dim(0);
    if (rows < recurrent) {
      throw new IllegalArgumentException(
          what + " has " + rows + " rows, fewer than the " + recurrent + " recurrent ones");
    }
    return Math.toIntExact(rows - recurrent);
  }

  static void requireClip(float clip) {
    if (Float.isNaN(clip) || clip < 0) {
      throw new IllegalArgumentException("clip is " + clip + ", expected at least 0");
    }
  }
}
