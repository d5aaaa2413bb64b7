package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkrnn.model.tensorflow.StepMatcher.Found;
import org.sparkrnn.weights.tensorflow.GraphNode;

/**
 * The unrolled loops of a TensorFlow graph: one cell's steps, each of which takes the state that
 * the one before it gives.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/python/ops/rnn.py">TensorFlow
 *     1.15, rnn.py: static_rnn</a>
 */
final class GraphChains {
  private final StepReader reader;
  private final StepMatcher matcher;

  GraphChains(StepReader reader, BlockCells blocks) {
    this.reader = reader;
    this.matcher = new StepMatcher(blocks, (state, value) -> true);
  }

  /** The chains of cells among some nodes, in order; nodes of loops left out. */
  List<Recurrence> find(List<GraphNode> nodes) throws IOException {
    List<Found> found = new ArrayList<>();
    Set<StepTerm> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (GraphNode node : nodes) {
      StepTerm term = reader.term(new GraphEdge(node.name(), output(node)));
      // Nodes that give what they take are one term, which is one step.
      if (seen.add(term)) {
        matcher.find(term).ifPresent(found::add);
      }
    }
    List<List<Found>> chains = new ArrayList<>();
    for (Found each : found) {
      Optional<List<Found>> before =
          chains.stream().filter(chain -> follows(each, chain.get(chain.size() - 1))).findFirst();
      if (before.isPresent()) {
        before.get().add(each);
      } else {
        chains.add(new ArrayList<>(List.of(each)));
      }
    }
    chains.sort(Comparator.comparingInt((List<Found> chain) -> chain.size()).reversed());
    List<Recurrence> recurrences = new ArrayList<>();
    Set<GraphEdge> taken = new HashSet<>();
    for (List<Found> chain : chains) {
      Optional<Recurrence> one = recurrence(chain);
      if (one.isPresent() && one.get().parts().keySet().stream().noneMatch(taken::contains)) {
        taken.addAll(one.get().parts().keySet());
        recurrences.add(one.get());
      }
    }
    return recurrences;
  }

  private static int output(GraphNode node) {
    return switch (node.op()) {
      case "LSTMBlockCell" -> 6;
      case "GRUBlockCell" -> 3;
      default -> 0;
    };
  }

  private static boolean follows(Found found, Found before) {
    if (!found.cell().equals(before.cell())) {
      return false;
    }
    for (int i = 0; i < found.states().size(); i++) {
      if (!StepParts.same(found.states().get(i), before.results().get(i))) {
        return false;
      }
    }
    return true;
  }

  private Optional<Recurrence> recurrence(List<Found> chain) {
    Found first = chain.get(0);
    // A dense layer over values side by side looks like one step of the simplest cell.
    if (chain.size() == 1 && first.cell() instanceof StepCell.Basic) {
      return Optional.empty();
    }
    List<GraphEdge> steps = new ArrayList<>();
    Map<GraphEdge, Recurrence.Part> parts = new HashMap<>();
    Optional<GraphEdge> lengths = Optional.empty();
    for (int step = 0; step < chain.size(); step++) {
      Optional<GraphEdge> input = reader.edge(chain.get(step).input());
      List<GraphEdge> outputs = reader.edges(chain.get(step).output());
      if (input.isEmpty() || outputs.isEmpty()) {
        return Optional.empty();
      }
      steps.add(input.get());
      for (GraphEdge output : outputs) {
        parts.put(output, new Recurrence.Part.Output(step));
        lengths = lengths.or(() -> reader.lengths(output));
      }
    }
    Found last = chain.get(chain.size() - 1);
    if (last.results().size() == 2) {
      reader
          .edges(last.results().get(0))
          .forEach(edge -> parts.put(edge, new Recurrence.Part.State(0, false)));
    }
    List<Recurrence.Start> initial = new ArrayList<>();
    for (int i = 0; i < first.states().size(); i++) {
      Recurrence.Part of = new Recurrence.Part.State(0, i == first.states().size() - 1);
      reader
          .edge(first.states().get(i))
          .ifPresent(edge -> initial.add(new Recurrence.Start(edge, of)));
    }
    String name =
        reader.edge(first.output()).map(edge -> edge.node().replaceFirst("/[^/]*$", "")).orElse("");
    return initial.size() == first.states().size()
        ? Optional.of(
            new Recurrence(
                name,
                List.of(first.cell()),
                Optional.empty(),
                false,
                steps,
                lengths,
                initial,
                parts))
        : Optional.empty();
  }
}
