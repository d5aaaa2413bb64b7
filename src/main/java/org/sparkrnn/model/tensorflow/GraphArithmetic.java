package org.sparkrnn.model.tensorflow;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.tensorflow.GraphNode;

/**
 * What a TensorFlow graph computes of its constants, in float32 as it does: the factor {@code gamma
 * * rsqrt(variance + epsilon)} of a batch normalisation, for one.
 */
final class GraphArithmetic {
  private GraphArithmetic() {}

  /** Computes a number of one or two others. */
  private interface Operation {
    float of(float a, float b);
  }

  /** Whether a node computes each number by itself. */
  static boolean knows(GraphNode node) {
    return operation(node.op()).isPresent();
  }

  private static Optional<Operation> operation(String op) {
    return Optional.ofNullable(
        switch (op) {
          case "Add", "AddV2" -> (a, b) -> a + b;
          case "Sub" -> (a, b) -> a - b;
          case "Mul" -> (a, b) -> a * b;
          case "RealDiv" -> (a, b) -> a / b;
          case "Maximum" -> Math::max;
          case "Minimum" -> Math::min;
          case "Neg" -> (a, b) -> -a;
          case "Sqrt" -> (a, b) -> (float) Math.sqrt(a);
          case "Rsqrt" -> (a, b) -> (float) (1 / Math.sqrt(a));
          case "Square" -> (a, b) -> a * a;
          default -> (Operation) null;
        });
  }

  /**
   * What a node gives for constants; empty where they are not all alike, or one of them one number.
   */
  static Optional<GraphConstant> of(GraphNode node, List<GraphConstant> values) {
    GraphConstant a = values.get(0);
    GraphConstant b = values.get(values.size() - 1);
    boolean spread = b.shape().elements() == 1 && b.shape().rank() <= a.shape().rank();
    boolean turned = a.shape().elements() == 1 && a.shape().rank() <= b.shape().rank();
    if (!a.shape().equals(b.shape()) && !spread && !turned) {
      return Optional.empty();
    }
    Shape shape = spread || a.shape().equals(b.shape()) ? a.shape() : b.shape();
    SortedSet<String> names = new TreeSet<>(a.names());
    names.addAll(b.names());
    Operation operation = operation(node.op()).orElseThrow();
    return Optional.of(
        new GraphConstant(
            shape,
            names,
            () -> {
              Tensor first = a.read();
              Tensor second = b.read();
              float[] made = new float[Math.toIntExact(shape.elements())];
              float[] left = first.toArray();
              float[] right = second.toArray();
              for (int i = 0; i < made.length; i++) {
                made[i] =
                    operation.of(left[left.length == 1 ? 0 : i], right[right.length == 1 ? 0 : i]);
              }
              return Tensor.owning(shape, made);
            }));
  }
}
