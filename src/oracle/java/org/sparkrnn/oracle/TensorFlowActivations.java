package org.sparkrnn.oracle;

import org.sparkrnn.cell.Activation;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.LeakyRelu;
import org.tensorflow.types.TFloat32;

/**
 * Activations of TensorFlow's operations: its own one where there is one, else composed as Keras
 * composes it.
 */
final class TensorFlowActivations {
  private static final Activation SELU =
      new Activation(Activation.Kind.ELU, 1.7580993f, 1.050701f);

  private final Ops tf;

  TensorFlowActivations(Ops tf) {
    this.tf = tf;
  }

  Operand<TFloat32> apply(Activation activation, Operand<TFloat32> x) {
    float a = activation.alpha();
    float b = activation.beta();
    return switch (activation.kind()) {
      case LINEAR -> x;
      case AFFINE -> plus(times(x, a), b);
      case TANH -> tf.math.tanh(x);
      case SCALED_TANH -> times(tf.math.tanh(times(x, b)), a);
      case TANH_SHRINK -> tf.math.sub(x, tf.math.tanh(x));
      case SIGMOID -> tf.math.sigmoid(x);
      case LOG_SIGMOID -> tf.math.neg(tf.math.softplus(tf.math.neg(x)));
      case HARD_SIGMOID -> clip(plus(times(x, a), b), 0, 1);
      case CLIP -> clip(activation, x);
      case LEAKY_RELU -> tf.nn.leakyRelu(x, LeakyRelu.alpha(a));
      case THRESHOLD -> above(x, a, x, fill(x, b));
      case ELU -> elu(activation, x);
      case CELU ->
          tf.math.add(
              tf.nn.relu(x),
              tf.math.minimum(
                  tf.constant(0f), times(tf.math.expm1(tf.math.div(x, tf.constant(a))), a)));
      case EXPONENTIAL -> tf.math.exp(x);
      case SOFTSIGN -> tf.nn.softsign(x);
      case SOFTPLUS -> tf.math.softplus(x);
      case SQUAREPLUS -> times(tf.math.add(x, tf.math.sqrt(plus(tf.math.square(x), a))), 0.5f);
      case SPARSE_PLUS ->
          above(
              x, 1, x, above(x, -1, times(tf.math.square(plus(x, 1)), 0.25f), fill(x, 0)));
      case GELU ->
          tf.math.mul(
              times(x, 0.5f), plus(tf.math.erf(times(x, (float) Math.sqrt(0.5))), 1));
      case GELU_TANH ->
          tf.math.mul(
              times(x, 0.5f),
              plus(
                  tf.math.tanh(
                      times(
                          tf.math.add(x, times(tf.math.pow(x, tf.constant(3f)), 0.044715f)),
                          (float) Math.sqrt(2 / Math.PI))),
                  1));
      case SILU -> tf.math.mul(x, tf.math.sigmoid(x));
      case HARD_SILU -> tf.math.mul(x, clip(plus(times(x, a), b), 0, 1));
      case MISH -> tf.math.mul(x, tf.math.tanh(tf.math.softplus(x)));
      case SOFT_SHRINK -> above(x, a, plus(x, -a), above(x, -a, fill(x, 0), plus(x, a)));
      case HARD_SHRINK -> above(x, a, x, above(x, -a, fill(x, 0), x));
      case SOFTMAX -> throw new IllegalArgumentException("softmax is not elementwise");
    };
  }

  private Operand<TFloat32> clip(Activation activation, Operand<TFloat32> x) {
    if (activation.equals(Activation.RELU)) {
      return tf.nn.relu(x);
    }
    return activation.equals(Activation.RELU6)
        ? tf.nn.relu6(x)
        : clip(x, activation.alpha(), activation.beta());
  }

  private Operand<TFloat32> elu(Activation activation, Operand<TFloat32> x) {
    if (activation.equals(Activation.ELU)) {
      return tf.nn.elu(x);
    }
    if (activation.equals(SELU)) {
      return tf.nn.selu(x);
    }
    throw new IllegalArgumentException("TensorFlow has no " + activation);
  }

  private Operand<TFloat32> clip(Operand<TFloat32> x, float low, float high) {
    return tf.clipByValue(x, tf.constant(low), tf.constant(high));
  }

  private Operand<TFloat32> plus(Operand<TFloat32> x, float constant) {
    return tf.math.add(x, tf.constant(constant));
  }

  private Operand<TFloat32> times(Operand<TFloat32> x, float constant) {
    return tf.math.mul(x, tf.constant(constant));
  }

  private Operand<TFloat32> fill(Operand<TFloat32> x, float constant) {
    return plus(tf.zerosLike(x), constant);
  }

  private Operand<TFloat32> above(
      Operand<TFloat32> x, float edge, Operand<TFloat32> yes, Operand<TFloat32> no) {
    return tf.select(tf.math.greater(x, tf.constant(edge)), yes, no);
  }
}
