package org.sparkrnn.tensor;

import java.io.Serializable;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * An immutable {@code float32} tensor, stored row-major: the last index varies fastest.
 *
 * <p>Holds at most {@code 2^31 - 1} elements, because it lives in one Java array; a model is many
 * tensors and may be larger. Safe for use by many threads.
 */
public final class Tensor implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Shape shape;
  private final float[] values;

  private Tensor(Shape shape, float[] values) {
    if (shape.elements() != values.length) {
      throw new IllegalArgumentException(
          "shape " + shape + " needs " + shape.elements() + " values, found " + values.length);
    }
    this.shape = shape;
    this.values = values;
  }

  /** A tensor with a copy of {@code values}. */
  public static Tensor of(Shape shape, float... values) {
    return new Tensor(shape, values.clone());
  }

  /**
   * A tensor around {@code values} itself, for readers that have just made the array and keep no
   * reference to it.
   */
  public static Tensor owning(Shape shape, float[] values) {
    return new Tensor(shape, values);
  }

  /** A tensor of zeros. */
  public static Tensor zeros(long... dims) {
    Shape shape = Shape.of(dims);
    return new Tensor(shape, new float[Math.toIntExact(shape.elements())]);
  }

  /** The sizes of the dimensions. */
  public Shape shape() {
    return shape;
  }

  /** The element at flat index {@code index}, in storage order. */
  public float at(int index) {
    return values[index];
  }

  /** The element at row {@code row} and column {@code column} of a matrix. */
  public float at(int row, int column) {
    return values[row * Math.toIntExact(shape.dim(1)) + column];
  }

  /** A read-only view of all elements, in storage order; nothing is copied. */
  public FloatBuffer values() {
    return FloatBuffer.wrap(values).asReadOnlyBuffer();
  }

  /** A copy of all elements, in storage order. */
  public float[] toArray() {
    return values.clone();
  }

  /** A copy of {@code count} rows of a matrix, from row {@code from} on. */
  public Tensor rows(int from, int count) {
    int width = Math.toIntExact(shape.dim(1));
    return new Tensor(
        Shape.of(count, width), Arrays.copyOfRange(values, from * width, (from + count) * width));
  }

  /** Copies {@code length} elements, from flat index {@code from}, to {@code target[offset...]}. */
  public void copyTo(int from, float[] target, int offset, int length) {
    System.arraycopy(values, from, target, offset, length);
  }

  /** Equal when the shapes are equal and every element has the same bits. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor that
        && shape.equals(that.shape)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(values);
  }

  /** The shape only: weights do not belong in messages. */
  @Override
  public String toString() {
    return "Tensor" + shape;
  }
}
