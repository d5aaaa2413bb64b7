package org.sparkrnn.model.tensorflow;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.sparkrnn.weights.tensorflow.GraphNode;

/** Finds the input of a TensorFlow graph whose rows are the sequences. */
final class GraphSource {
  private final GraphIndex graph;
  private final GraphConstants constants;
  private final List<Recurrence> recurrences;

  GraphSource(GraphIndex graph, GraphConstants constants, List<Recurrence> recurrences) {
    this.graph = graph;
    this.constants = constants;
    this.recurrences = recurrences;
  }

  /** The placeholder that a recurrence reads; empty where none is found. */
  Optional<GraphEdge> find() {
    for (Recurrence recurrence : recurrences) {
      Optional<GraphEdge> found = find(start(recurrence));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static GraphEdge start(Recurrence of) {
    return of.sequence().orElseGet(() -> of.steps().get(0));
  }

  private Optional<GraphEdge> find(GraphEdge start) {
    GraphEdge at = start;
    Set<GraphEdge> seen = new HashSet<>();
    while (seen.add(at)) {
      GraphNode node = graph.node(at);
      GraphEdge here = at;
      if (node.op().startsWith("Placeholder")) {
        return Optional.of(at);
      }
      Optional<Recurrence> made =
          recurrences.stream().filter(r -> r.parts().containsKey(here)).findFirst();
      if (made.isPresent()) {
        at = start(made.get());
      } else if (node.values().isEmpty()) {
        return Optional.empty();
      } else {
        at = graph.input(node, data(node));
      }
    }
    return Optional.empty();
  }

  /**
   * Which axis of the sequence are the floats of a step, where all that stands between it and the
   * recurrence turns or parts its axes; empty where there is more.
   */
  OptionalInt floats(GraphEdge sequence) {
    for (Recurrence recurrence : recurrences) {
      OptionalInt found = floats(recurrence, sequence);
      if (found.isPresent()) {
        return found;
      }
    }
    return OptionalInt.empty();
  }

  private OptionalInt floats(Recurrence of, GraphEdge sequence) {
    int axis = of.sequence().isPresent() ? 2 : 1;
    GraphEdge at = start(of);
    for (Set<GraphEdge> seen = new HashSet<>(); seen.add(at); ) {
      if (at.equals(sequence)) {
        return OptionalInt.of(axis);
      }
      GraphNode node = graph.node(at);
      if (node.op().equals("Unpack")) {
        axis += node.attributes().integer("axis", 0) <= axis ? 1 : 0;
      } else if (node.op().equals("Transpose")) {
        Optional<List<Long>> order = constants.integers(graph.input(node, 1));
        if (order.isEmpty() || order.get().size() <= axis) {
          return OptionalInt.empty();
        }
        axis = Math.toIntExact(order.get().get(axis));
      } else {
        return OptionalInt.empty();
      }
      at = graph.input(node, 0);
    }
    return OptionalInt.empty();
  }

  /** Which of a node's values the numbers come from. */
  private int data(GraphNode node) {
    return switch (node.op()) {
      case "Split", "Concat" -> 1;
      case "TensorArrayGatherV3", "TensorArrayGatherV2", "TensorArrayGather" -> 2;
      case "TensorArrayPack" -> 1;
      default -> node.values().size() > 1 && constants.isConstant(graph.input(node, 0)) ? 1 : 0;
    };
  }
}
