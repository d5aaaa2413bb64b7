package org.sparkrnn.model.tensorflow;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkrnn.weights.tensorflow.GraphNode;

/**
 * The dropout of a TensorFlow graph, which inference leaves out: values that are scaled and
 * multiplied with a random mask.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/python/ops/nn_ops.py">TensorFlow
 *     1.15, nn_ops.py: dropout_v2</a>
 */
final class GraphDropout {
  private static final Set<String> RANDOM =
      Set.of("RandomUniform", "StatelessRandomUniform", "StatelessRandomUniformV2");
  private static final Set<String> COMPARES = Set.of("GreaterEqual", "Greater", "Less");
  private static final Set<String> SHIFTS = Set.of("Add", "AddV2", "Sub", "Mul");

  /** A uniform number is scaled, shifted, and added to. */
  private static final int SHIFTED = 4;

  private final GraphIndex graph;
  private final GraphConstants constants;

  GraphDropout(GraphIndex graph, GraphConstants constants) {
    this.graph = graph;
    this.constants = constants;
  }

  /** What takes the place of values that are dropped out of: the values themselves. */
  Map<GraphEdge, GraphEdge> undone() {
    Map<GraphEdge, GraphEdge> undone = new LinkedHashMap<>();
    for (GraphNode node : graph.nodes().values()) {
      Optional<GraphEdge> scaled = Optional.empty();
      if (node.op().equals("Mul") && node.values().size() == 2) {
        scaled =
            isMask(graph.input(node, 1))
                ? Optional.of(graph.input(node, 0))
                : Optional.of(graph.input(node, 1)).filter(x -> isMask(graph.input(node, 0)));
      } else if (node.op().equals("SelectV2") && isDrawn(graph.input(node, 0))) {
        scaled = Optional.of(graph.input(node, 1));
      }
      scaled.flatMap(this::unscaled).ifPresent(x -> undone.put(new GraphEdge(node.name(), 0), x));
    }
    return undone;
  }

  /** 0 or 1, at random. */
  private boolean isMask(GraphEdge edge) {
    GraphNode node = graph.node(edge);
    return switch (node.op()) {
      case "Floor" -> isRandom(graph.input(node, 0), 0);
      case "Cast" -> isDrawn(graph.input(node, 0));
      default -> false;
    };
  }

  private boolean isDrawn(GraphEdge edge) {
    GraphNode node = graph.node(edge);
    return COMPARES.contains(node.op())
        && (isRandom(graph.input(node, 0), 0) || isRandom(graph.input(node, 1), 0));
  }

  private boolean isRandom(GraphEdge edge, int depth) {
    GraphNode node = graph.node(edge);
    if (RANDOM.contains(node.op())) {
      return true;
    }
    return depth < SHIFTED
        && SHIFTS.contains(node.op())
        && graph.inputs(node).stream().anyMatch(input -> isRandom(input, depth + 1));
  }

  /** {@code x} of {@code x / keep_prob}, or of {@code x * (1 / keep_prob)}. */
  private Optional<GraphEdge> unscaled(GraphEdge edge) {
    GraphNode node = graph.node(edge);
    return switch (node.op()) {
      case "RealDiv", "Div" -> Optional.of(graph.input(node, 0));
      case "Mul" ->
          isScale(graph.input(node, 1))
              ? Optional.of(graph.input(node, 0))
              : Optional.of(graph.input(node, 1)).filter(x -> isScale(graph.input(node, 0)));
      default -> Optional.empty();
    };
  }

  private boolean isScale(GraphEdge edge) {
    GraphNode node = graph.node(edge);
    return constants.isNumber(edge)
        || (node.op().equals("RealDiv") && constants.isNumber(graph.input(node, 0)));
  }
}
