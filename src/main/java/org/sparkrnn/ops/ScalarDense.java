package org.sparkrnn.ops;

import org.sparkrnn.cell.Activation;
import org.sparkrnn.tensor.Tensor;

/** A dense layer in plain Java. */
final class ScalarDense implements PackedDense {
  /** So many rows share one pass over the weights. */
  private static final int BLOCK = 32;

  private final Product product;
  private final Activation activation;

  ScalarDense(Tensor kernel, Tensor bias, Activation activation) {
    this.product = Product.of(kernel, bias.toArray());
    this.activation = activation;
  }

  @Override
  public int inputSize() {
    return product.inputs();
  }

  @Override
  public int outputSize() {
    return product.outputs();
  }

  @Override
  public long flopsPerRow() {
    return product.flops();
  }

  @Override
  public long bytes() {
    return product.bytes();
  }

  @Override
  public void apply(int rows, float[] x, int xOffset, float[] y, int yOffset) {
    int inputs = inputSize();
    int outputs = outputSize();
    int block = Math.min(rows, BLOCK);
    float[][] a = new float[block][inputs];
    float[][] z = new float[block][outputs];
    for (int first = 0; first < rows; first += block) {
      int count = Math.min(block, rows - first);
      for (int r = 0; r < count; r++) {
        System.arraycopy(x, xOffset + (first + r) * inputs, a[r], 0, inputs);
      }
      product.apply(count, a, 0, z);
      for (int r = 0; r < count; r++) {
        Activations.apply(activation, z[r], outputs);
        System.arraycopy(z[r], 0, y, yOffset + (first + r) * outputs, outputs);
      }
    }
  }
}
