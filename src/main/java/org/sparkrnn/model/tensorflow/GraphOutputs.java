package org.sparkrnn.model.tensorflow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
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

  /**
   * Whether a placeholder's empty shape says that it is one number. Graphs of before TensorFlow 1.2
   * write it where no shape is known.
   */
  private final boolean shaped;

  private final Set<GraphEdge> parts = new HashSet<>();
  private final Set<String> inputs = new HashSet<>();
  private final Set<String> training = new HashSet<>();
  private final Set<String> fed = new HashSet<>();
  private final Set<String> behind = new HashSet<>();

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
    this.shaped = !hasEmptyShape(graph.node(sequence));
    for (Recurrence recurrence : recurrences) {
      parts.addAll(recurrence.parts().keySet());
    }
    Deque<String> open = new ArrayDeque<>();
    for (GraphEdge edge : parts) {
      fed.add(edge.node());
      behind.add(edge.node());
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
      if (!SHAPES.contains(node.op()) && isAny(node, behind)) {
        behind.add(node.name());
      }
    }
  }

  private static boolean hasEmptyShape(GraphNode node) {
    return List.of().equals(node.attributes().shapes().get("shape"));
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
    return trains
        && node.op().startsWith("Placeholder")
        && node.values().isEmpty()
        && node.attributes().integer("dtype", 0) != BOOL
        && !(shaped && hasEmptyShape(node))
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
    List<GraphNode> loops = among(last, node -> behind.contains(node.name()));
    List<GraphEdge> found = new ArrayList<>();
    for (GraphNode node : among(loops, each -> !isResult(each, 0))) {
      // What a value is rounded to, or where it is largest, is asked for beside the value.
      GraphNode asked = node.op().equals("Cast") ? graph.node(graph.input(node, 0)) : node;
      boolean rounded = trains && asked.op().equals("Round");
      if (rounded || asked.op().equals("ArgMax")) {
        found.add(graph.input(asked, 0));
      }
      if (!rounded) {
        found.add(new GraphEdge(node.name(), 0));
      }
    }
    return found;
  }

  /** Those of {@code nodes} that are so, or all if none is. */
  private static List<GraphNode> among(List<GraphNode> nodes, Predicate<GraphNode> such) {
    List<GraphNode> some = nodes.stream().filter(such).toList();
    return some.isEmpty() ? nodes : some;
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
      case "Identity", "Transpose", "Concat", "ConcatV2", "Pack" ->
          depth < 4
              && graph.inputs(node).stream()
                  .filter(edge -> !graph.op(edge).equals("Const") && fed.contains(edge.node()))
                  .allMatch(edge -> parts.contains(edge) || isResult(graph.node(edge), depth + 1));
      default -> false;
    };
  }
}
