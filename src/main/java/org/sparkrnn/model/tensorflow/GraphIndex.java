package org.sparkrnn.model.tensorflow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.weights.tensorflow.GraphNode;

/** The nodes of a TensorFlow graph by name, and the ways between them. */
final class GraphIndex {
  /** Operations that give what they take. */
  private static final Set<String> PASSING =
      Set.of(
          "Identity",
          "IdentityN",
          "StopGradient",
          "PreventGradient",
          "Snapshot",
          "CheckNumerics",
          "EnsureShape",
          "Enter",
          "RefEnter",
          "RefIdentity");

  private final String file;
  private final Map<String, GraphNode> nodes;
  private final Map<GraphEdge, GraphEdge> replaced = new HashMap<>();
  private final Map<GraphEdge, GraphEdge> resolved = new HashMap<>();

  GraphIndex(String file, Map<String, GraphNode> nodes) {
    this.file = file;
    this.nodes = nodes;
  }

  Map<String, GraphNode> nodes() {
    return nodes;
  }

  /** Has values stand for others from now on. */
  void replace(Map<GraphEdge, GraphEdge> values) {
    replaced.putAll(values);
    resolved.clear();
  }

  /** The node that gives a value; refused where there is none. */
  GraphNode node(GraphEdge edge) {
    GraphNode node = nodes.get(edge.node());
    if (node == null) {
      throw new ModelException(
          file + ": a node takes '" + edge + "', but the graph has no node '" + edge.node() + "'");
    }
    return node;
  }

  String op(GraphEdge edge) {
    return node(edge).op();
  }

  /** Value {@code index} that a node takes, behind nodes that give what they take. */
  GraphEdge input(GraphNode node, int index) {
    List<String> values = node.values();
    if (index < 0 || index >= values.size()) {
      throw new IllegalArgumentException(
          node.op() + " takes " + values.size() + " values, expected one more");
    }
    return resolve(GraphEdge.of(values.get(index)));
  }

  /** All values that a node takes, behind nodes that give what they take. */
  List<GraphEdge> inputs(GraphNode node) {
    return node.values().stream().map(GraphEdge::of).map(this::resolve).toList();
  }

  /** Goes back over nodes that give what they take. */
  GraphEdge resolve(GraphEdge edge) {
    GraphEdge known = resolved.get(edge);
    if (known != null) {
      return known;
    }
    GraphEdge at = edge;
    Set<GraphEdge> seen = new HashSet<>();
    while (seen.add(at)) {
      GraphEdge before = resolved.get(at);
      if (before != null) {
        at = before;
        break;
      }
      GraphEdge other = replaced.get(at);
      if (other != null) {
        at = other;
        continue;
      }
      GraphNode node = node(at);
      int place = node.op().equals("IdentityN") ? at.index() : 0;
      if (!PASSING.contains(node.op()) || place >= node.values().size()) {
        break;
      }
      at = GraphEdge.of(node.values().get(place));
    }
    resolved.put(edge, at);
    return at;
  }

  /**
   * The nodes that {@code targets} need, each behind those it takes values of. What goes around a
   * loop, {@code NextIteration}, is followed last.
   */
  List<GraphNode> order(Collection<String> targets) {
    List<GraphNode> order = new ArrayList<>();
    Map<String, Integer> visited = new HashMap<>();
    Deque<String> open = new ArrayDeque<>();
    Deque<String> later = new ArrayDeque<>(targets);
    while (!later.isEmpty()) {
      open.push(later.poll());
      while (!open.isEmpty()) {
        String name = open.peek();
        GraphNode node = node(new GraphEdge(name, 0));
        List<String> values = node.values();
        int next = visited.merge(name, 1, Integer::sum) - 1;
        if (next > values.size()) {
          open.pop();
        } else if (next == values.size()) {
          open.pop();
          order.add(node);
        } else {
          String before = GraphEdge.of(values.get(next)).node();
          if (visited.containsKey(before)) {
            continue;
          }
          if (op(before).map(op -> op.endsWith("NextIteration")).orElse(false)) {
            later.add(before);
          } else {
            open.push(before);
          }
        }
      }
    }
    return order;
  }

  private Optional<String> op(String name) {
    return Optional.ofNullable(nodes.get(name)).map(GraphNode::op);
  }

  /** How often each value is taken. */
  Map<GraphEdge, Integer> uses(Collection<GraphNode> of) {
    Map<GraphEdge, Integer> uses = new HashMap<>();
    for (GraphNode node : of) {
      inputs(node).forEach(edge -> uses.merge(edge, 1, Integer::sum));
    }
    return uses;
  }
}
