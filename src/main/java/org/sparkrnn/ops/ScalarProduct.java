package org.sparkrnn.ops;

import org.sparkrnn.tensor.Tensor;

/** {@link PackedProduct} in plain Java. */
final class ScalarProduct implements PackedProduct {
  private final Product product;

  ScalarProduct(Tensor kernel, Tensor bias) {
    product = Product.of(kernel, bias.toArray());
  }

  @Override
  public int inputs() {
    return product.inputs();
  }

  @Override
  public int outputs() {
    return product.outputs();
  }

  @Override
  public long bytes() {
    return product.bytes();
  }

  @Override
  public long runnerBytes(int rows) {
    return Footprint.floats(rows, inputs()) + Footprint.floats(rows, outputs());
  }

  @Override
  public Runner runner(int most) {
    int inputs = inputs();
    int outputs = outputs();
    float[][] a = new float[most][inputs];
    float[][] b = new float[most][outputs];
    return (rows, x, z) -> {
      for (int r = 0; r < rows; r++) {
        System.arraycopy(x, r * inputs, a[r], 0, inputs);
      }
      product.apply(rows, a, 0, b);
      for (int r = 0; r < rows; r++) {
        System.arraycopy(b[r], 0, z, r * outputs, outputs);
      }
    };
  }
}
