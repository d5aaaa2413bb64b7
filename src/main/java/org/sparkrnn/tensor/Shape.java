package org.sparkrnn.tensor;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The sizes of a tensor's dimensions, outermost first; a scalar has none.
 *
 * @param dims sizes, each at least 0; their product fits a {@code long}
 */
public record Shape(List<Long> dims) implements Serializable {

  /** Checks the sizes and takes a copy of the list. */
  public Shape {
    dims = List.copyOf(dims);
    long elements = 1;
    for (long dim : dims) {
      if (dim < 0) {
        throw new IllegalArgumentException("negative size " + dim + " in shape " + dims);
      }
      try {
        elements = Math.multiplyExact(elements, dim);
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException("shape " + dims + " has more than 2^63 elements", e);
      }
    }
  }

  /** The shape with these sizes. */
  public static Shape of(long... dims) {
    return new Shape(Arrays.stream(dims).boxed().toList());
  }

  /** How many dimensions: 0 for a scalar, 1 for a list, 2 for a matrix. */
  public int rank() {
    return dims.size();
  }

  /** The size of dimension {@code axis}, counted from 0. */
  public long dim(int axis) {
    return dims.get(axis);
  }

  /** The product of the sizes; 1 for a scalar. */
  public long elements() {
    long elements = 1;
    for (long dim : dims) {
      elements *= dim;
    }
    return elements;
  }

  /** As TensorFlow prints it: {@code [256, 512]}. */
  @Override
  public String toString() {
    return dims.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
  }
}
