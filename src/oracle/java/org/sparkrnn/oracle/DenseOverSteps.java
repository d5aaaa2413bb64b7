package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.sparkrnn.weights.tensorflow.python.Era;
import org.sparkrnn.weights.tensorflow.python.PythonGraph;
import org.sparkrnn.weights.tensorflow.python.PythonOps;
import org.sparkrnn.weights.tensorflow.python.Value;

/**
 * Dense layers and softmax of {@code [rows, steps, floats]}, as TensorFlow 1's libraries wrote them
 * with matrices.
 *
 * @param graph where to
 * @param units floats of a step
 * @param classes floats that the layer gives for it
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/python/ops/math_ops.py">TensorFlow
 *     1.15, math_ops.py</a>
 */
record DenseOverSteps(PythonGraph graph, int units, int classes) {
  private static final int RANK = 3;

  /** {@code tf.tensordot} over the last axis, where the sizes of the others are known. */
  Value tensordot(Value x, Value kernel) {
    PythonOps tf = new PythonOps(graph);
    return graph.scope(
        "dense/Tensordot",
        () -> product(x, kernel, tf.vector("free", 0, 1), tf.vector("axes", RANK - 1)));
  }

  /** The same where they are not. */
  Value openTensordot(Value x, Value kernel) {
    PythonOps tf = new PythonOps(graph);
    return graph.scope(
        "dense/Tensordot",
        () -> {
          Value axes = tf.vector("axes", RANK - 1);
          Value rank = tf.integer("Rank", RANK);
          Value nought = tf.integer("GreaterEqual/y", 0);
          Value positive = tf.compare("GreaterEqual", axes, nought);
          Value counted;
          if (graph.era() == Era.V1_15) {
            counted = tf.select(positive, axes, tf.plus(axes, rank));
          } else {
            Value negative = tf.compare("Less", axes, nought);
            counted =
                tf.binary(
                    "Add",
                    "add",
                    tf.binary("Mul", "mul", tf.cast(positive, Value.Type.INT32), axes),
                    tf.binary(
                        "Mul",
                        "mul",
                        tf.cast(negative, Value.Type.INT32),
                        tf.binary("Add", "add", axes, rank)));
          }
          return product(x, kernel, tf.listDiff(tf.range("range", 0, rank), counted), counted);
        });
  }

  private Value product(Value x, Value kernel, Value free, Value axes) {
    PythonOps tf = new PythonOps(graph);
    Value shape = tf.shape(x);
    Value kept = tf.gather("GatherV2", shape, free, 0);
    Value summed = tf.gather("GatherV2_1", shape, axes, 0);
    Value flat = tf.stack(0, List.of(tf.product(kept), tf.product(summed)));
    Value matrix = tf.reshape(tf.transpose(x, tf.concat(0, List.of(free, axes))), flat);
    Value turned =
        tf.reshape(
            tf.transpose(kernel, tf.vector("transpose_1/perm", 0, 1)),
            tf.vector("Reshape_1/shape", units, classes));
    Value end = tf.concat(0, List.of(kept, tf.vector("Const_2", classes)));
    return tf.reshape(tf.matMul(matrix, turned), end);
  }

  /** {@code tf.contrib.layers.fully_connected}. */
  Value fullyConnected(Value x, UnaryOperator<Value> dense) {
    PythonOps tf = new PythonOps(graph);
    return graph.scope(
        "fully_connected",
        () -> {
          List<Value> sizes = new ArrayList<>(tf.unstack(0, tf.shape(x), RANK));
          sizes.set(RANK - 1, tf.integer("stack/2", classes));
          Value shape = tf.stack(0, sizes);
          Value matrix = tf.reshape(x, tf.vector("Reshape/shape", -1, units));
          return tf.reshape(dense.apply(matrix), shape);
        });
  }

  /** {@code tf.nn.softmax}, which flattened what has more than two axes up to version 1.5. */
  Value softmax(Value logits) {
    PythonOps tf = new PythonOps(graph);
    Value shape = tf.shape(logits);
    Value last =
        tf.binary("Sub", "Sub", tf.integer("Rank", RANK), tf.integer("Sub/y", 1));
    Value size =
        tf.slice(tf.shape(logits), tf.stack(0, List.of(last)), tf.vector("Slice/size", 1));
    Value rows = tf.concat(0, List.of(tf.vector("concat/values_0", -1), size));
    return tf.reshape(tf.unary("Softmax", "Softmax", tf.reshape(logits, rows)), shape);
  }
}
