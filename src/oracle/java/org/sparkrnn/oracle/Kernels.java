package org.sparkrnn.oracle;

import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/** Parts and other shapes of weights. */
final class Kernels {
  private Kernels() {}

  /** Columns {@code from .. from + count - 1}. */
  static Tensor columns(Tensor kernel, int from, int count) {
    int rows = Math.toIntExact(kernel.shape().dim(0));
    int width = Math.toIntExact(kernel.shape().dim(1));
    float[] values = new float[rows * count];
    for (int row = 0; row < rows; row++) {
      kernel.copyTo(row * width + from, values, row * count, count);
    }
    return Tensor.owning(Shape.of(rows, count), values);
  }

  /** {@code count} of all values from {@code from} on, {@code [count]}. */
  static Tensor part(Tensor tensor, int from, int count) {
    float[] values = new float[count];
    tensor.copyTo(from, values, 0, count);
    return Tensor.owning(Shape.of(count), values);
  }

  /** The same values in another shape. */
  static Tensor reshaped(Tensor tensor, long... dims) {
    return Tensor.of(Shape.of(dims), tensor.toArray());
  }
}
