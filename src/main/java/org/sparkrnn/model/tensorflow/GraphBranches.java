package org.sparkrnn.model.tensorflow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkrnn.weights.tensorflow.GraphNode;

/**
 * The branches of a TensorFlow graph ({@code tf.cond}: {@code Switch} and {@code Merge}) that are
 * taken in inference: where what they depend on is a constant, a placeholder's default, or a
 * placeholder that says whether the network is being trained, and those of {@code static_rnn},
 * which only save work: its steps copy a row's state through once the row has ended, in either
 * branch.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/python/ops/rnn.py">TensorFlow
 *     1.15, rnn.py: _rnn_step</a>
 */
final class GraphBranches {
  /** How many nodes are looked at in all: branches of branches are looked at more than once. */
  private static final int MOST_VISITS = 1 << 22;

  private static final Set<String> SWITCHES = Set.of("Switch", "RefSwitch");
  private static final Set<String> MERGES = Set.of("Merge", "RefMerge");

  private final GraphIndex graph;
  private final GraphConstants constants;
  private int visits;

  GraphBranches(GraphIndex graph, GraphConstants constants) {
    this.graph = graph;
    this.constants = constants;
  }

  /** What takes the place of values that are one branch's or the other's. */
  Map<GraphEdge, GraphEdge> taken() {
    Map<GraphEdge, GraphEdge> taken = new LinkedHashMap<>();
    Map<GraphEdge, Optional<Boolean>> known = new HashMap<>();
    for (GraphNode node : graph.nodes().values()) {
      if (SWITCHES.contains(node.op()) && node.values().size() == 2) {
        GraphEdge predicate = graph.input(node, 1);
        if (known.computeIfAbsent(predicate, this::holds).isPresent()) {
          GraphEdge data = GraphEdge.of(node.values().get(0));
          taken.put(new GraphEdge(node.name(), 0), data);
          taken.put(new GraphEdge(node.name(), 1), data);
        }
      }
    }
    for (GraphNode node : graph.nodes().values()) {
      if (MERGES.contains(node.op()) && node.values().size() == 2 && !isLoop(node)) {
        predicate(node)
            .flatMap(predicate -> known.computeIfAbsent(predicate, this::holds))
            .ifPresent(
                holds ->
                    taken.put(
                        new GraphEdge(node.name(), 0),
                        GraphEdge.of(node.values().get(holds ? 1 : 0))));
      }
    }
    return taken;
  }

  /** Why it is open which branch a node's value comes from; empty of any other node. */
  Optional<String> open(GraphNode node) {
    return MERGES.contains(node.op()) && node.values().size() == 2 && !isLoop(node)
        ? predicate(node)
            .map(
                predicate ->
                    "which of its branches is taken depends on '"
                        + predicate
                        + "'; only constants and placeholders of training settle that")
        : Optional.empty();
  }

  private boolean isLoop(GraphNode merge) {
    return merge.values().stream()
        .anyMatch(value -> graph.op(GraphEdge.of(value)).endsWith("NextIteration"));
  }

  /** What a value of two branches depends on: the first of them is taken where it is false. */
  private Optional<GraphEdge> predicate(GraphNode merge) {
    Map<GraphEdge, Set<Integer>> off = switches(merge.values().get(0));
    Map<GraphEdge, Set<Integer>> on = switches(merge.values().get(1));
    List<GraphEdge> both = new ArrayList<>();
    off.forEach(
        (predicate, ways) -> {
          if (ways.equals(Set.of(0)) && Set.of(1).equals(on.get(predicate))) {
            both.add(predicate);
          }
        });
    return both.stream().findFirst();
  }

  /** The switches that a value stands behind within its branch, and on which side of each. */
  private Map<GraphEdge, Set<Integer>> switches(String value) {
    Map<GraphEdge, Set<Integer>> found = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(value));
    while (!open.isEmpty() && visits < MOST_VISITS) {
      String next = open.pop();
      visits++;
      if (!seen.add(next)) {
        continue;
      }
      GraphEdge edge = GraphEdge.of(next.startsWith("^") ? next.substring(1) : next);
      GraphNode node = graph.nodes().get(edge.node());
      if (node == null) {
        continue;
      }
      if (SWITCHES.contains(node.op()) && node.values().size() == 2) {
        found.computeIfAbsent(graph.input(node, 1), p -> new HashSet<>()).add(edge.index());
        GraphEdge data = GraphEdge.of(node.values().get(0));
        if (SWITCHES.contains(graph.op(graph.resolve(data)))) {
          open.push(graph.resolve(data).toString());
        }
      } else {
        node.inputs().forEach(open::push);
      }
    }
    return found;
  }

  // ---- what predicates are

  private Optional<Boolean> holds(GraphEdge predicate) {
    return holds(predicate, 0);
  }

  private Optional<Boolean> holds(GraphEdge predicate, int depth) {
    GraphEdge edge = outside(predicate);
    GraphNode node = graph.node(edge);
    if (depth > 8) {
      return Optional.empty();
    }
    return switch (node.op()) {
      case "Const" -> constants.integer(edge).map(value -> value != 0);
      case "PlaceholderWithDefault" -> holds(graph.input(node, 0), depth + 1);
      case "Placeholder", "PlaceholderV2" -> trains(node) ? Optional.of(false) : Optional.empty();
      case "LogicalNot" -> holds(graph.input(node, 0), depth + 1).map(value -> !value);
      case "LogicalAnd" -> either(node, false, depth);
      case "LogicalOr" -> either(node, true, depth);
      // A step of static_rnn, compared with the longest and with the shortest row.
      case "GreaterEqual" -> isStep(node, "Max") ? Optional.of(false) : Optional.empty();
      case "Less" -> isStep(node, "Min") ? Optional.of(false) : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** A value before it goes into branches. */
  private GraphEdge outside(GraphEdge edge) {
    GraphEdge at = graph.resolve(edge);
    for (Set<GraphEdge> seen = new HashSet<>(); seen.add(at); ) {
      GraphNode node = graph.node(at);
      if (!SWITCHES.contains(node.op()) || node.values().isEmpty()) {
        break;
      }
      at = graph.input(node, 0);
    }
    return at;
  }

  private static boolean trains(GraphNode placeholder) {
    String name = placeholder.name().toLowerCase(Locale.ROOT);
    return name.contains("learning_phase") || name.contains("train");
  }

  /** Two values of which one may settle the result alone. */
  private Optional<Boolean> either(GraphNode node, boolean settles, int depth) {
    Optional<Boolean> a = holds(graph.input(node, 0), depth + 1);
    Optional<Boolean> b = holds(graph.input(node, 1), depth + 1);
    if (a.equals(Optional.of(settles)) || b.equals(Optional.of(settles))) {
      return Optional.of(settles);
    }
    return a.isPresent() && b.isPresent() ? Optional.of(!settles) : Optional.empty();
  }

  private boolean isStep(GraphNode compared, String reduction) {
    return constants.integer(outside(graph.input(compared, 0))).isPresent()
        && graph.op(outside(graph.input(compared, 1))).equals(reduction);
  }
}
