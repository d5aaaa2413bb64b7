package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.tensor.Tensor;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
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
    Operand<TFloat32> rest = tf.math.sub(tf.constant(1f), gate);
    return tf.math.add(tf.math.mul(gate, a), tf.math.mul(rest, b));
  }

  @Override
  public Operand<TFloat32> apply(Activation activation, Operand<TFloat32> x) {
    return activations.apply(activation, x);
  }

  @Override
  public Operand<TFloat32> clip(Operand<TFloat32> x, float bound) {
    return tf.clipByValue(x, tf.constant(-bound), tf.constant(bound));
  }
}
