package org.sparkrnn.ops;

import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.tensor.Tensor;

/**
 * The arithmetic a recurrent network needs, on row-major {@code float32} arrays.
 *
 * <p>Every implementation returns the same bits for the same arguments, on any JVM, machine and
 * lane count, whatever the number of rows computed together: each sum runs in one fixed order (bias
 * first, then inputs in order, then recurrent inputs in order, each by one fused multiply-add),
 * lanes run along units and never along a sum, and {@code exp}, {@code tanh} and {@code sigmoid}
 * are our own on both sides. A retried or moved Spark task therefore cannot change a result. Any
 * NaN counts as the same NaN.
 *
 * <p>Methods trust their arguments; shapes are checked where the network is made. Implementations
 * are stateless and safe for use by many threads.
 */
public sealed interface Ops permits ScalarOps, SimdOps {

  /** What runs, for logs and reports: {@code "scalar"}, {@code "simd-512"}. */
  String name();

  /**
   * Packs a cell's weights for stepping. A {@link org.sparkrnn.cell.MultiRnnCell} is not packed as
   * one: its cells are.
   */
  PackedCell pack(RnnCell cell);

  /**
   * Packs {@code y = activation(x * kernel + bias)}.
   *
   * @param kernel {@code [in, out]}
   * @param bias {@code [out]}
   */
  PackedDense pack(Tensor kernel, Tensor bias, Activation activation);

  /** Replaces the first {@code n} elements of {@code x} by their activation, an elementwise one. */
  void activate(Activation activation, float[] x, int n);

  /**
   * Replaces each of {@code rows} rows of {@code x} by its softmax, {@code exp(x - max) / sum}.
   *
   * <p>The sum is one of sixteen sums, whatever the lanes: element {@code j} goes to sum {@code j %
   * 16}, each of which runs in order, and then those are added up in order.
   *
   * @param x {@code [rows, size]} from {@code offset} on
   */
  void softmax(float[] x, int offset, int rows, int size);

  /** The implementation for a setting of {@code spark.rnn.ops}. */
  static Ops of(String setting) {
    return OpsChoice.of(setting);
  }
}
