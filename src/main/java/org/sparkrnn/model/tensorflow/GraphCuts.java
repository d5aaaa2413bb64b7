package org.sparkrnn.model.tensorflow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkrnn.model.Cut;
import org.sparkrnn.weights.tensorflow.GraphNode;

/**
 * Parts of a TensorFlow graph that may run where the whole does not: from what a recurrence reads,
 * to what the graph gives or to what a recurrence gives.
 */
final class GraphCuts {
  /** Of a graph with many recurrences the first and the last are tried. */
  private static final int MOST = 4;

  /** Nodes that turn or part a sequence before it is read, by the place of the sequence. */
  private static final Map<String, Integer> BEFORE =
      Map.of(
          "Transpose",
          0,
          "ReverseV2",
          0,
          "ReverseSequence",
          0,
          "Unpack",
          0,
          "Squeeze",
          0,
          "Split",
          1);

  /** Nodes that put what a recurrence gives together, and turn it. */
  private static final Set<String> BEHIND =
      Set.of(
          "Exit",
          "TensorArrayGatherV3",
          "TensorArrayGatherV2",
          "TensorArrayGather",
          "TensorArrayPack",
          "TensorListStack",
          "Transpose",
          "ReverseV2",
          "ReverseSequence",
          "Pack",
          "ConcatV2",
          "Concat");

  private final GraphIndex graph;
  private final List<Recurrence> recurrences;
  private final Map<String, List<GraphNode>> users = new HashMap<>();

  /**
   * Looks at a graph.
   *
   * @param nodes its nodes but those of gradients
   */
  GraphCuts(GraphIndex graph, List<GraphNode> nodes, List<Recurrence> recurrences) {
    this.graph = graph;
    this.recurrences = recurrences;
    for (GraphNode node : nodes) {
      for (GraphEdge edge : graph.inputs(node)) {
        users.computeIfAbsent(edge.node(), name -> new ArrayList<>()).add(node);
      }
    }
  }

  /** The parts, the largest first. */
  List<Cut> found(Cut asked) {
    if (recurrences.isEmpty()) {
      return List.of();
    }
    Recurrence first = recurrences.get(0);
    Recurrence last = recurrences.get(recurrences.size() - 1);
    Set<Cut> cuts = new LinkedHashSet<>();
    String from = asked.from().isEmpty() ? from(first) : asked.from();
    cuts.add(new Cut(from, asked.to()));
    for (Recurrence to : List.of(last, first)) {
      given(to).ifPresent(end -> cuts.add(new Cut(asked.from(), end)));
    }
    for (Recurrence to : List.of(last, first)) {
      given(to).ifPresent(end -> cuts.add(new Cut(from, end)));
    }
    cuts.remove(asked);
    return cuts.stream().limit(MOST).toList();
  }

  /** What a recurrence reads, before it is turned or parted into steps, and the rows' lengths. */
  private String from(Recurrence of) {
    GraphEdge at = of.sequence().orElseGet(() -> of.steps().get(0));
    Set<GraphEdge> seen = new HashSet<>();
    while (seen.add(at) && BEFORE.containsKey(graph.op(at))) {
      at = graph.input(graph.node(at), BEFORE.get(graph.op(at)));
    }
    Optional<GraphEdge> lengths = of.lengths().filter(edge -> !isConstant(edge));
    return at + lengths.map(edge -> "," + edge).orElse("");
  }

  private boolean isConstant(GraphEdge edge) {
    return graph.op(edge).equals("Const");
  }

  /** The farthest value that is all outputs of a recurrence, put together and turned. */
  private Optional<String> given(Recurrence of) {
    return of.parts().entrySet().stream()
        .filter(part -> isOutput(part.getValue(), of))
        .map(part -> part.getKey().node())
        .sorted()
        .map(this::behind)
        .findFirst();
  }

  private static boolean isOutput(Recurrence.Part part, Recurrence of) {
    return part instanceof Recurrence.Part.Outputs
        || (part instanceof Recurrence.Part.Output output
            && output.step() == of.steps().size() - 1);
  }

  private String behind(String start) {
    String at = start;
    Set<String> seen = new HashSet<>();
    while (seen.add(at)) {
      Optional<GraphNode> next =
          users.getOrDefault(at, List.of()).stream()
              .filter(node -> BEHIND.contains(node.op()))
              .findFirst();
      if (next.isEmpty()) {
        break;
      }
      at = next.get().name();
    }
    return at;
  }
}
