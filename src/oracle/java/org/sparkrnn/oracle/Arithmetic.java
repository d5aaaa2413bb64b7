package org.sparkrnn.oracle;

import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.tensor.Tensor;

/**
 * The operations that published formulas of cells are written with. One text of a formula is
 * evaluated by {@link TensorFlowArithmetic}, whose operations are TensorFlow's, and by {@link
 * BoundedArithmetic}, which gives the exact value and a bound on what any {@code float32}
 * evaluation may lose.
 *
 * @param <V> one value of {@code k} numbers for each row: {@code [rows, k]}
 */
interface Arithmetic<V> {

  /** {@code x * kernel + bias}. */
  V affine(V x, Tensor kernel, Tensor bias);

  /** {@code x * kernel + h * recurrent + bias}. */
  V affine(V x, Tensor kernel, V h, Tensor recurrent, Tensor bias);

  /** {@code x * kernel}. */
  V product(V x, Tensor kernel);

  /** Side by side, on the last axis. */
  V concat(List<V> parts);

  /** In equal parts, on the last axis. */
  List<V> split(V x, int parts);

  /** Columns {@code from .. from + size - 1}. */
  V slice(V x, int from, int size);

  /** {@code x} over and over until there are so many columns. */
  V tile(V x, int columns);

  /** {@code a + b}. */
  V add(V a, V b);

  /** {@code a + constant}. */
  V add(V a, float constant);

  /** The sum of all, elementwise. */
  V sum(List<V> terms);

  /** {@code 1 - a}. */
  V complement(V a);

  /** {@code a * b}, elementwise. */
  V mul(V a, V b);

  /** {@code a * weights}, elementwise, the same weights for each row. */
  V scale(V a, Tensor weights);

  /** {@code a * factor}. */
  V times(V a, float factor);

  /** {@code a / divisors}, elementwise, the same divisors for each row. */
  V divide(V a, Tensor divisors);

  /** {@code a < bounds ? below : above}, elementwise, the same bounds for each row. */
  V lessThan(V a, Tensor bounds, V below, V above);

  /** {@code gate * a + (1 - gate) * b}, elementwise. */
  V blend(V gate, V a, V b);

  /** Elementwise. */
  V apply(Activation activation, V x);

  /** {@code min(max(x, -bound), bound)}, elementwise. */
  V clip(V x, float bound);

  /** {@code exp(x - max) / sum}, over the last axis. */
  V softmax(V x);

  /**
   * {@code tf.contrib.layers.layer_norm}: over the last axis, with the population's variance and
   * {@code 1e-12} added to it.
   */
  V layerNorm(V x, Tensor gamma, Tensor beta);

  /** {@code mod(time - phase, period) / period}, as {@code PhasedLSTMCell} takes it. */
  V cycleRatio(V time, Tensor phase, Tensor period);

  /**
   * {@code concat(parts) * weights + bias} where the weights are {@code kernel}'s, scaled so that
   * the columns of each part's rows have its {@code norms} as length.
   */
  V normalized(List<V> parts, Tensor kernel, List<Tensor> norms, Tensor bias);

  /**
   * A convolution along {@code places}, padded so that there are as many of them behind it.
   *
   * @param parts {@code [rows, places * channels]}, put together channel by channel
   * @param kernel {@code [size, channels, gates * n]}
   * @return gates apart, {@code [rows, places * n]} each
   */
  List<V> convolved(List<V> parts, int places, Tensor kernel, Tensor bias, int gates);
}
