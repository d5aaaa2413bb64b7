package org.sparkrnn.ops;

import java.util.List;

/**
 * The input's part of a cell's sums: rows of the columns of several products, one after another, as
 * whole vectors.
 */
final class SimdInputProduct implements PackedDense {
  private final int inputs;
  private final List<Panels> parts;
  private final int width;

  /**
   * @param inputs width of the cell's input
   * @param parts products that begin with the input; each takes the columns behind the one before
   */
  SimdInputProduct(int inputs, List<Panels> parts) {
    this.inputs = inputs;
    this.parts = parts.stream().map(part -> part.first(inputs)).toList();
    this.width = parts.stream().mapToInt(Panels::vectors).sum() * Panels.LANES;
  }

  @Override
  public int inputSize() {
    return inputs;
  }

  @Override
  public int outputSize() {
    return width;
  }

  @Override
  public long flopsPerRow() {
    return 2L * inputs * width;
  }

  /** None: the weights are the cell's. */
  @Override
  public long bytes() {
    return 0;
  }

  @Override
  public Runner runner() {
    return this::apply;
  }

  private void apply(int rows, float[] x, int xOffset, float[] y, int yOffset) {
    int column = yOffset;
    for (Panels part : parts) {
      part.apply(0, part.vectors(), rows, x, xOffset, inputs, y, column, width);
      column += part.vectors() * Panels.LANES;
    }
  }
}
