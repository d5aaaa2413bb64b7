package org.sparkrnn.cell;

import java.io.Serializable;
import org.sparkrnn.tensor.Tensor;

/**
 * A layer normalisation's scale and shift. Its epsilon is that of {@code
 * tf.contrib.layers.layer_norm} in float32.
 *
 * @param gamma {@code [n]}
 * @param beta {@code [n]}
 */
public record Norm(Tensor gamma, Tensor beta) implements Serializable {
  /** No normalisation. */
  public static final Norm NONE = new Norm(Tensor.zeros(0), Tensor.zeros(0));

  private static final float EPSILON = 1e-12f;

  /** Whether there is one. */
  public boolean present() {
    return gamma.shape().elements() > 0;
  }

  /** The value normalised, or the value itself. */
  Term of(Term value) {
    return present() ? value.layerNorm(gamma, beta, EPSILON) : value;
  }

  void require(String scope, int units) {
    Shapes.require(scope + "/gamma", gamma, "[units]", units);
    Shapes.require(scope + "/beta", beta, "[units]", units);
  }
}
