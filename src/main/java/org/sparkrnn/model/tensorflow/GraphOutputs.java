package org.sparkrnn.model.tensorflow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.sparkrnn.weights.tensorflow.GraphNode;
import org.sparkrnn.weights.tensorflow.TensorFlowGraph;

/**
 * Finds what a TensorFlow graph is for, where nobody says: what its signature names, or the values
 * that are computed of the sequences alone and that nothing is computed of. What needs labels as
 * well, as losses, gradients and metrics do, is of training.
 */
final class GraphOutputs {
  private static final String SERVING = "serving_default";

  /** Operations whose values are no outputs, even if nobody takes them. */
  private static final Set<String> NO_OUTPUTS =
      Set.of("NoOp", "Const", "Placeholder", "Assert", "Print", "SaveV2", "MergeV2Checkpoints");

  /** Operations that take a value for its shape only. */
  private static final Set<String> SHAPES =
      Set.of("Shape", "ShapeN", "Size", "Rank", "ZerosLike", "OnesLike");

  /** The number of {@code DT_BOOL}. */
  private static final long BOOL = 10;

  /** The scope that TensorFlow itself gives to gradients. */
  private static final Pattern GRADIENT = Pattern.compile("(^|/)gradients(_\\d+)?/");

  private final GraphIndex graph;
  private final List<GraphNode> nodes;
  private final boolean trains;
  private final Set<GraphEdge> parts = new HashSet<>();
  private final Set<String> inputs = new HashSet<>();
  private final Set<String> training = new HashSet<>();
  private final Set<String> fed = new HashSet<>();

  /**
   * Looks at a graph.
   *
   * @param nodes its nodes but those of gradients, each behind those it takes values of
   * @param recurrences its loops
   * @param sequence the placeholder of the sequences
   */
  GraphOutputs(
      GraphIndex graph, List<GraphNode> nodes, List<Recurrence> recurrences, GraphEdge sequence) {
    this.graph = graph;
    this.nodes = nodes;
    this.trains =
        graph.nodes().values().stream()
            .anyMatch(node -> node.op().startsWith("Assign") || isGradient(node));
    for (Recurrence recurrence : recurrences) {
      parts.addAll(recurrence.parts().keySet());
    }
    Deque<String> open = new ArrayDeque<>();
    for (GraphEdge edge : parts) {
      fed.add(edge.node());
      open.push(edge.node());
    }
    while (!open.isEmpty()) {
      String name = open.pop();
      if (inputs.add(name)) {
        graph.inputs(graph.nodes().get(name)).forEach(edge -> open.push(edge.node()));
      }
    }
    for (GraphNode node : nodes) {
      if (isLabel(node) || isAny(node, training)) {
        training.add(node.name());
      }
      if (node.name().equals(sequence.node())
          || (!SHAPES.contains(node.op()) && isAny(node, fed))) {
        fed.add(node.name());
      }
    }
  }

  /** Whether a node computes a gradient. */
  static boolean isGradient(GraphNode node) {
    return GRADIENT.matcher(node.name()).find();
  }

  /**
   * What the model is served with; none where it has no signature.
   *
   * @throws IllegalArgumentException if there are several ways to serve it
   */
  static List<String> served(TensorFlowGraph graph) {
    Map<String, TensorFlowGraph.Signature> ways = new TreeMap<>(graph.signatures());
    ways.values().removeIf(way -> way.outputs().isEmpty() || way.inputs().isEmpty());
    if (ways.containsKey(SERVING)) {
      ways.keySet().retainAll(Set.of(SERVING));
    }
    if (ways.size() > 1) {
      throw new IllegalArgumentException(
          "it has the signatures " + ways.keySet() + "; say which values it gives: to");
    }
    return ways.values().stream().flatMap(way -> way.outputs().values().stream()).toList();
  }

  /**
   * The nodes whose values nobody takes.
   *
   * @throws IllegalArgumentException if there is none
   */
  static List<GraphEdge> untaken(GraphIndex graph) {
    Set<String> taken = new HashSet<>();
    for (GraphNode node : graph.nodes().values()) {
      for (String input : node.inputs()) {
        taken.add(GraphEdge.of(input.replaceFirst("^\\^", "")).node());
      }
    }
    List<GraphEdge> untaken =
        graph.nodes().values().stream()
            .filter(node -> !taken.contains(node.name()) && !NO_OUTPUTS.contains(node.op()))
            .map(node -> new GraphEdge(node.name(), 0))
            .toList();
    if (untaken.isEmpty()) {
      throw new IllegalArgumentException(
          "every node's value is taken by another, so there is no output; say which: to");
    }
    return untaken;
  }

  private boolean isAny(GraphNode node, Set<String> of) {
    return graph.inputs(node).stream().anyMatch(edge -> of.contains(edge.node()));
  }

  /** A placeholder that no loop needs, of more than one number, where variables are written. */
  private boolean isLabel(GraphNode node) {
    boolean single = List.of().equals(node.attributes().shapes().get("shape"));
    return trains
        && node.op().startsWith("Placeholder")
        && node.values().isEmpty()
        && node.attributes().integer("dtype", 0) != BOOL
        && !single
        && !inputs.contains(node.name());
  }

  /** The values that are computed of the sequences alone and that nobody takes. */
  List<GraphEdge> found() {
    Set<String> taken = new HashSet<>();
    for (GraphNode node : nodes) {
      if (isOfInference(node)) {
        node.values().forEach(value -> taken.add(GraphEdge.of(value).node()));
        graph.inputs(node).forEach(edge -> taken.add(edge.node()));
      }
    }
    List<GraphNode> last =
        nodes.stream()
            .filter(node -> isOfInference(node) && fed.contains(node.name()))
            .filter(node -> !taken.contains(node.name()))
            .toList();
    List<GraphNode> heads = last.stream().filter(node -> !isResult(node, 0)).toList();
    List<GraphEdge> found = new ArrayList<>();
    for (GraphNode node : heads.isEmpty() ? last : heads) {
      // Which is the largest is asked for beside how large they are.
      GraphNode most = node.op().equals("Cast") ? graph.node(graph.input(node, 0)) : node;
      if (most.op().equals("ArgMax")) {
        found.add(graph.input(most, 0));
      }
      found.add(new GraphEdge(node.name(), 0));
    }
    return found;
  }

  private boolean isOfInference(GraphNode node) {
    return !training.contains(node.name())
        && !NO_OUTPUTS.contains(node.op())
        && !node.op().endsWith("Summary")
        && !node.op().endsWith("SummaryV2");
  }

  /** Whether a node is what a loop gives, perhaps several side by side, and no head behind it. */
  private boolean isResult(GraphNode node, int depth) {
    return switch (node.op()) {
      case "Exit",
          "TensorArrayGather",
          "TensorArrayGatherV2",
          "TensorArrayGatherV3",
          "TensorListStack" ->
          true;
      case "Transpose", "Concat", "ConcatV2", "Pack" ->
          depth < 4
              && graph.inputs(node).stream()
                  .filter(edge -> !graph.op(edge).equals("Const") && fed.contains(edge.node()))
                  .allMatch(edge -> parts.contains(edge) || isResult(graph.node(edge), depth + 1));
      default -> false;
    };
  }
}
