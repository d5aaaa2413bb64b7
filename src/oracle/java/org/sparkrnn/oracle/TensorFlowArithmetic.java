package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.tensor.Tensor;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/** TensorFlow's own operations, eagerly, as its Python cells call them. */
final class TensorFlowArithmetic implements Arithmetic<Operand<TFloat32>> {
  private final Ops tf;
  private final TensorFlowActivations activations;

  TensorFlowArithmetic(Ops tf) {
    this.tf = tf;
    this.activations = new TensorFlowActivations(tf);
  }

  Operand<TFloat32> constant(Tensor tensor) {
    long[] dims = tensor.shape().dims().stream().mapToLong(Long::longValue).toArray();
    return tf.constant(Shape.of(dims), DataBuffers.of(tensor.toArray()));
  }

  @Override
  public Operand<TFloat32> affine(Operand<TFloat32> x, Tensor kernel, Tensor bias) {
    return tf.nn.biasAdd(product(x, kernel), constant(bias));
  }

  @Override
  public Operand<TFloat32> affine(
      Operand<TFloat32> x,
      Tensor kernel,
      Operand<TFloat32> h,
      Tensor recurrent,
      Tensor bias) {
    return tf.nn.biasAdd(tf.math.add(product(h, recurrent), product(x, kernel)), constant(bias));
  }

  @Override
  public Operand<TFloat32> product(Operand<TFloat32> x, Tensor kernel) {
    return tf.linalg.matMul(x, constant(kernel));
  }

  @Override
  public Operand<TFloat32> concat(List<Operand<TFloat32>> parts) {
    // ConcatV2 takes two values or more.
    return parts.size() == 1 ? parts.get(0) : tf.concat(parts, tf.constant(1));
  }

  @Override
  public List<Operand<TFloat32>> split(Operand<TFloat32> x, int parts) {
    return new ArrayList<>(tf.split(tf.constant(1), x, (long) parts).output());
  }

  @Override
  public Operand<TFloat32> slice(Operand<TFloat32> x, int from, int size) {
    return tf.slice(x, tf.constant(new int[] {0, from}), tf.constant(new int[] {-1, size}));
  }

  @Override
  public Operand<TFloat32> times(Operand<TFloat32> a, float factor) {
    return tf.math.mul(a, tf.constant(factor));
  }

  @Override
  public Operand<TFloat32> divide(Operand<TFloat32> a, Tensor divisors) {
    return tf.math.div(a, constant(divisors));
  }

  @Override
  public Operand<TFloat32> lessThan(
      Operand<TFloat32> a, Tensor bounds, Operand<TFloat32> below, Operand<TFloat32> above) {
    return tf.select(tf.math.less(a, constant(bounds)), below, above);
  }

  /** With the difference added back that lets gradients through. */
  @Override
  public Operand<TFloat32> cycleRatio(Operand<TFloat32> time, Tensor phase, Tensor period) {
    Operand<TFloat32> shifted = tf.math.sub(time, constant(phase));
    Operand<TFloat32> remainder = tf.math.floorMod(shifted, constant(period));
    Operand<TFloat32> through = tf.math.add(tf.math.sub(remainder, shifted), shifted);
    return tf.math.div(through, constant(period));
  }

  @Override
  public Operand<TFloat32> normalized(
      List<Operand<TFloat32>> parts, Tensor kernel, List<Tensor> norms, Tensor bias) {
    List<Operand<TFloat32>> weights = new ArrayList<>();
    int row = 0;
    for (int part = 0; part < parts.size(); part++) {
      int rows = Math.toIntExact(parts.get(part).shape().get(1));
      Operand<TFloat32> own = constant(kernel.rows(row, rows));
      Operand<TFloat32> squares =
          tf.reduceSum(tf.math.square(own), tf.constant(0), ReduceSum.keepDims(true));
      Operand<TFloat32> inverse =
          tf.math.rsqrt(tf.math.maximum(squares, tf.constant(1e-12f)));
      weights.add(tf.math.mul(tf.math.mul(own, inverse), constant(norms.get(part))));
      row += rows;
    }
    Operand<TFloat32> all =
        weights.size() == 1 ? weights.get(0) : tf.concat(weights, tf.constant(0));
    return tf.nn.biasAdd(tf.linalg.matMul(concat(parts), all), constant(bias));
  }

  @Override
  public List<Operand<TFloat32>> convolved(
      List<Operand<TFloat32>> parts, int places, Tensor kernel, Tensor bias, int gates) {
    List<Operand<TFloat32>> channels = new ArrayList<>();
    for (Operand<TFloat32> part : parts) {
      int width = Math.toIntExact(part.shape().get(1)) / places;
      channels.add(tf.reshape(part, tf.constant(new int[] {-1, 1, places, width})));
    }
    long[] dims = kernel.shape().dims().stream().mapToLong(Long::longValue).toArray();
    Operand<TFloat32> filter =
        tf.constant(Shape.of(1, dims[0], dims[1], dims[2]), DataBuffers.of(kernel.toArray()));
    Operand<TFloat32> sums =
        tf.nn.conv2d(
            tf.concat(channels, tf.constant(3)), filter, List.of(1L, 1L, 1L, 1L), "SAME");
    Operand<TFloat32> biased = tf.math.add(sums, constant(bias));
    List<Operand<TFloat32>> apart = new ArrayList<>();
    int width = places * Math.toIntExact(dims[2]) / gates;
    for (Operand<TFloat32> gate :
        tf.split(tf.constant(3), biased, (long) gates).output()) {
      apart.add(tf.reshape(gate, tf.constant(new int[] {-1, width})));
    }
    return apart;
  }

  @Override
  public Operand<TFloat32> tile(Operand<TFloat32> x, int columns) {
    int times = columns / Math.toIntExact(x.shape().get(1));
    return tf.tile(x, tf.constant(new int[] {1, times}));
  }

  @Override
  public Operand<TFloat32> sum(List<Operand<TFloat32>> terms) {
    return tf.reduceSum(tf.stack(terms), tf.constant(0));
  }

  @Override
  public Operand<TFloat32> complement(Operand<TFloat32> a) {
    return tf.math.sub(tf.constant(1f), a);
  }

  @Override
  public Operand<TFloat32> add(Operand<TFloat32> a, Operand<TFloat32> b) {
    return tf.math.add(a, b);
  }

  @Override
  public Operand<TFloat32> add(Operand<TFloat32> a, float constant) {
    return tf.math.add(a, tf.constant(constant));
  }

  @Override
  public Operand<TFloat32> mul(Operand<TFloat32> a, Operand<TFloat32> b) {
    return tf.math.mul(a, b);
  }

  @Override
  public Operand<TFloat32> scale(Operand<TFloat32> a, Tensor weights) {
    return tf.math.mul(a, constant(weights));
  }

  @Override
  public Operand<TFloat32> blend(
      Operand<TFloat32> gate, Operand<TFloat32> a, Operand<TFloat32> b) {
    return tf.math.add(tf.math.mul(gate, a), tf.math.mul(complement(gate), b));
  }

  @Override
  public Operand<TFloat32> apply(Activation activation, Operand<TFloat32> x) {
    return activations.apply(activation, x);
  }

  @Override
  public Operand<TFloat32> clip(Operand<TFloat32> x, float bound) {
    return tf.clipByValue(x, tf.constant(-bound), tf.constant(bound));
  }

  @Override
  public Operand<TFloat32> softmax(Operand<TFloat32> x) {
    return tf.nn.softmax(x);
  }

  /** {@code nn.moments}, then {@code nn.batch_normalization}. */
  @Override
  public Operand<TFloat32> layerNorm(Operand<TFloat32> x, Tensor gamma, Tensor beta) {
    Operand<TFloat32> mean = tf.math.mean(x, tf.constant(1), Mean.keepDims(true));
    Operand<TFloat32> variance =
        tf.math.mean(
            tf.math.squaredDifference(x, mean), tf.constant(1), Mean.keepDims(true));
    Operand<TFloat32> inverse =
        tf.math.mul(
            tf.math.rsqrt(tf.math.add(variance, tf.constant(1e-12f))), constant(gamma));
    return tf.math.add(
        tf.math.mul(x, inverse), tf.math.sub(constant(beta), tf.math.mul(mean, inverse)));
  }
}
