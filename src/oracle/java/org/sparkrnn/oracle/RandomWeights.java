package org.sparkrnn.oracle;

import java.util.Random;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/**
 * Seeded random weights of the size that trained networks have: a kernel's shrink with its rows, as
 * Glorot's initialiser makes them, so that gates are neither flat nor saturated and what a step
 * gets wrong stays visible in the steps behind it.
 */
final class RandomWeights {
  private final Random random;

  RandomWeights(long seed) {
    this.random = new Random(seed);
  }

  /** {@code [rows, columns]}, uniform within {@code 2 / sqrt(rows)}. */
  Tensor kernel(int rows, int columns) {
    return Tensor.of(
        Shape.of(rows, columns), floats(rows * columns, (float) (2 / Math.sqrt(rows))));
  }

  /** {@code [size]}, uniform within 1. */
  Tensor bias(int size) {
    return Tensor.of(Shape.of(size), floats(size, 1));
  }

  /** {@code [size]}, uniform between {@code low} and {@code high}. */
  Tensor between(int size, float low, float high) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = low + (high - low) * random.nextFloat();
    }
    return Tensor.owning(Shape.of(size), values);
  }

  /** {@code [1, size]}, uniform within 1. */
  Tensor row(int size) {
    return Tensor.of(Shape.of(1, size), floats(size, 1));
  }

  /** Uniform within {@code edge}. */
  float[] floats(int count, float edge) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (random.nextFloat() * 2 - 1) * edge;
    }
    return values;
  }
}
