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
  public Runner runner() {
    return new Blocks();
  }

  private final class Blocks implements Runner {
    private final float[][] a = new float[BLOCK][inputSize()];
    private final float[][] z = new float[BLOCK][outputSize()];

    @Override
    public void apply(int rows, float[] x, int xOffset, float[] y, int yOffset) {
      int inputs = inputSize();
      int outputs = outputSize();
      for (int first = 0; first < rows; first += BLOCK) {
        int count = Math.min(BLOCK, rows - first);
        for (int r = 0; r < count; r++) {
          System.arraycopy(x, xOffset + (first + r) * inputs, a[r], 0, inputs);
        }
        product.apply(count, a, 0, z);
        int to = yOffset + first * outputs;
        for (int r = 0; r < count; r++) {
          System.arraycopy(z[r], 0, y, to + r * outputs, outputs);
        }
        Activations.apply(activation, y, to, to + count * outputs);
      }
    }
  }
}
