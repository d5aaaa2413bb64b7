package org.sparkrnn.ops;

import org.sparkrnn.tensor.Tensor;

/** {@link PackedProduct} in vector code. */
final class SimdProduct implements PackedProduct {
  private final int inputs;
  private final int outputs;
  private final Panels panels;

  SimdProduct(Tensor kernel, Tensor bias) {
    inputs = Math.toIntExact(kernel.shape().dim(0));
    outputs = Math.toIntExact(kernel.shape().dim(1));
    panels = new Panels(kernel, 0, inputs, bias.toArray(), Panels.interleaved(outputs, 1));
  }

  @Override
  public int inputs() {
    return inputs;
  }

  @Override
  public int outputs() {
    return outputs;
  }

  @Override
  public long bytes() {
    return panels.bytes();
  }

  @Override
  public long runnerBytes(int rows) {
    return Footprint.floats(1, rows * padding());
  }

  /** Width of a row of scratch; 0 where the result needs none. */
  private int padding() {
    int padded = Panels.padded(outputs);
    return padded == outputs ? 0 : padded;
  }

  @Override
  public Runner runner(int most) {
    if (padding() == 0) {
      return (rows, x, z) -> panels.apply(0, panels.vectors(), rows, x, 0, inputs, z, 0, outputs);
    }
    int ldz = padding();
    float[] padded = new float[most * ldz];
    return (rows, x, z) -> {
      panels.apply(0, panels.vectors(), rows, x, 0, inputs, padded, 0, ldz);
      for (int r = 0; r < rows; r++) {
        System.arraycopy(padded, r * ldz, z, r * outputs, outputs);
      }
    };
  }
}
