package org.sparkrnn.model.tensorflow;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * What is said of a TensorFlow graph that does not run.
 *
 * @param graph its nodes
 * @param needed the names of the nodes that the outputs need
 * @param reasons why nodes do not run, by their names
 */
record GraphRefusal(GraphIndex graph, Set<String> needed, SortedMap<String, String> reasons) {
  private static final int SHOWN = 50;

  /** Whether a node does not run because one before it does not. */
  private static boolean isBehind(String reason) {
    return reason.endsWith(GraphWalk.NOT_MADE);
  }

  /**
   * All nodes that do not run, each with its reason.
   *
   * @param failed the outputs that are not made; none where no loop of known cells leads to them
   * @param part what is said of a part that runs; empty where none is known
   */
  String text(List<GraphEdge> failed, Optional<String> part) {
    boolean roots =
        reasons.entrySet().stream()
            .anyMatch(reason -> needed.contains(reason.getKey()) && !isBehind(reason.getValue()));
    List<String> lines =
        reasons.entrySet().stream()
            .filter(reason -> needed.contains(reason.getKey()))
            .filter(reason -> !roots || !isBehind(reason.getValue()))
            .map(
                reason ->
                    Optional.ofNullable(graph.nodes().get(reason.getKey()))
                            .map(node -> node.op() + " ")
                            .orElse("")
                        + "'"
                        + reason.getKey()
                        + "': "
                        + reason.getValue())
            .toList();
    int more = lines.size() - SHOWN;
    return (failed.isEmpty()
            ? "no loop of known cells leads to its outputs"
            : "no chain of layers that run leads to "
                + failed.stream().map(GraphEdge::toString).toList())
        + (lines.isEmpty()
            ? ""
            : "; these nodes do not run:\n  "
                + String.join("\n  ", lines.subList(0, Math.min(SHOWN, lines.size()))))
        + (more > 0 ? "\n  and " + more + " more" : "")
        + part.orElse("\nA part of the graph is cut out by from and to, each the name of a node.");
  }
}
