package org.sparkrnn.ops;

import org.sparkrnn.cell.Activation;
import org.sparkrnn.tensor.Tensor;

/** A dense layer in vector code. */
final class SimdDense implements PackedDense {
  /** So many rows share one pass over a panel. */
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
  public void apply(int rows, float[] x, int xOffset, float[] y, int yOffset) {
    int ldz = Panels.WIDTH * Panels.LANES;
    float[] z = new float[Math.min(rows, BLOCK) * ldz];
    for (int first = 0; first < rows; first += BLOCK) {
      int count = Math.min(BLOCK, rows - first);
      for (int v = 0; v < panels.vectors(); v += Panels.WIDTH) {
        panels.apply(v, Panels.WIDTH, count, x, xOffset + first * inputs, inputs, z, 0, ldz);
        Activations.apply(activation, z, count * ldz);
        int column = v * Panels.LANES;
        int length = Math.min(ldz, outputs - column);
        for (int r = 0; r < count; r++) {
          System.arraycopy(z, r * ldz, y, yOffset + (first + r) * outputs + column, length);
        }
      }
    }
  }
}
