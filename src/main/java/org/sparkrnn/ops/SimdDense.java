package org.sparkrnn.ops;

import org.sparkrnn.cell.Activation;
import org.sparkrnn.tensor.Tensor;

/** A dense layer in vector code. */
final class SimdDense implements PackedDense {
  /** So many rows share one pass over a panel, and are activated while they are in the cache. */
  private static final int BLOCK = 64;

  private final int inputs;
  private final int outputs;
  private final Panels panels;
  private final Activation activation;

  SimdDense(Tensor kernel, Tensor bias, Activation activation) {
    inputs = Math.toIntExact(kernel.shape().dim(0));
    outputs = Math.toIntExact(kernel.shape().dim(1));
    panels = new Panels(kernel, 0, inputs, bias.toArray(), Panels.interleaved(outputs, 1));
    this.activation = activation;
  }

  @Override
  public int inputSize() {
    return inputs;
  }

  @Override
  public int outputSize() {
    return outputs;
  }

  @Override
  public long flopsPerRow() {
    return 2L * inputs * outputs;
  }

  @Override
  public long bytes() {
    return panels.bytes();
  }

  @Override
  public Runner runner() {
    return new Blocks();
  }

  private final class Blocks implements Runner {
    /** The columns of the last vectors where those do not end with the outputs. */
    private final float[] last = new float[BLOCK * Panels.WIDTH * Panels.LANES];

    @Override
    public void apply(int rows, float[] x, int xOffset, float[] y, int yOffset) {
      for (int first = 0; first < rows; first += BLOCK) {
        int count = Math.min(BLOCK, rows - first);
        int from = yOffset + first * outputs;
        product(count, x, xOffset + first * inputs, y, from);
        SimdActivations.apply(activation, y, from, from + count * outputs);
      }
    }

    private void product(int rows, float[] x, int xo, float[] y, int yo) {
      int vectors = panels.vectors();
      int whole =
          vectors * Panels.LANES == outputs ? vectors : (vectors - 1) / Panels.WIDTH * Panels.WIDTH;
      panels.apply(0, whole, rows, x, xo, inputs, y, yo, outputs);
      if (whole == vectors) {
        return;
      }
      int ldz = (vectors - whole) * Panels.LANES;
      int column = whole * Panels.LANES;
      panels.apply(whole, Panels.WIDTH, rows, x, xo, inputs, last, 0, ldz);
      for (int r = 0; r < rows; r++) {
        System.arraycopy(last, r * ldz, y, yo + r * outputs + column, outputs - column);
      }
    }
  }
}
