package org.sparkrnn.oracle;

import java.util.stream.Stream;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.Activation.Kind;

/** Activations of every kind, with the parameters that TensorFlow, Keras and ONNX use. */
public final class EveryActivation {
  private EveryActivation() {}

  /** At least one of every kind that is elementwise. */
  public static Stream<Activation> elementwise() {
    return Stream.of(
        Activation.LINEAR,
        new Activation(Kind.AFFINE, 0.5f, -0.25f),
        Activation.TANH,
        new Activation(Kind.SCALED_TANH, 1.7159f, 2f / 3),
        Activation.of(Kind.TANH_SHRINK),
        Activation.SIGMOID,
        Activation.of(Kind.LOG_SIGMOID),
        Activation.HARD_SIGMOID,
        new Activation(Kind.HARD_SIGMOID, 1f / 6, 0.5f),
        Activation.RELU,
        Activation.RELU6,
        new Activation(Kind.CLIP, -1, 1),
        new Activation(Kind.LEAKY_RELU, 0.2f, 0),
        new Activation(Kind.THRESHOLD, 1, 0),
        new Activation(Kind.THRESHOLD, 0.1f, 20),
        Activation.ELU,
        new Activation(Kind.ELU, 1.7580993f, 1.050701f),
        new Activation(Kind.CELU, 0.3f, 0),
        Activation.EXPONENTIAL,
        Activation.SOFTSIGN,
        Activation.of(Kind.SOFTPLUS),
        new Activation(Kind.SQUAREPLUS, 4, 0),
        Activation.of(Kind.SPARSE_PLUS),
        Activation.of(Kind.GELU),
        Activation.of(Kind.GELU_TANH),
        Activation.of(Kind.SILU),
        new Activation(Kind.HARD_SILU, 1f / 6, 0.5f),
        Activation.of(Kind.MISH),
        new Activation(Kind.SOFT_SHRINK, 0.5f, 0),
        new Activation(Kind.HARD_SHRINK, 0.5f, 0));
  }
}
