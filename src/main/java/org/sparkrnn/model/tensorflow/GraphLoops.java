package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.sparkrnn.model.tensorflow.GraphSequences.Projected;
import org.sparkrnn.model.tensorflow.StepMatcher.Found;
import org.sparkrnn.model.tensorflow.StepTerm.Joined;
import org.sparkrnn.model.tensorflow.StepTerm.Leaf;
import org.sparkrnn.weights.tensorflow.GraphNode;

/**
 * The while loops of a TensorFlow graph, and which of them are recurrent: they read a {@code
 * TensorArray} or a {@code TensorList} step by step, and what they keep is the state of known
 * cells.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/python/ops/rnn.py">TensorFlow
 *     1.15, rnn.py: _dynamic_rnn_loop</a>
 */
final class GraphLoops {
  /** Parts of a state in one piece: two for each cell of a stack. */
  private static final int MOST_PARTS = 1024;

  private final GraphIndex graph;
  private final GraphConstants constants;
  private final GraphSequences sequences;
  private final StepReader reader;
  private Optional<StepReader> projecting = Optional.empty();

  /** Where reading stopped in loops that are no recurrence, by the loop's condition. */
  private final SortedMap<String, String> reasons;

  GraphLoops(
      GraphIndex graph,
      GraphConstants constants,
      StepReader reader,
      SortedMap<String, String> reasons) {
    this.graph = graph;
    this.constants = constants;
    this.sequences = new GraphSequences(graph, constants);
    this.reader = reader;
    this.reasons = reasons;
  }

  /**
   * What a loop hands from step to step.
   *
   * @param start its value before the first step
   * @param body its value in a step
   * @param next its value in the next step
   * @param exit its value behind the last step
   */
  private record Variable(GraphEdge start, GraphEdge body, GraphEdge next, GraphEdge exit) {}

  /** The loops among some nodes that are recurrent. */
  List<Recurrence> find(List<GraphNode> nodes) throws IOException {
    Map<String, List<Variable>> loops = new LinkedHashMap<>();
    for (GraphNode node : nodes) {
      if (node.op().equals("Switch") || node.op().equals("RefSwitch")) {
        GraphEdge condition = graph.input(node, 1);
        if (graph.op(condition).equals("LoopCond")) {
          variable(node)
              .ifPresent(
                  v -> loops.computeIfAbsent(condition.node(), c -> new ArrayList<>()).add(v));
        }
      }
    }
    List<Recurrence> found = new ArrayList<>();
    for (Map.Entry<String, List<Variable>> loop : loops.entrySet()) {
      Optional<Recurrence> one = new Loop(loop.getKey(), loop.getValue(), reader).read();
      if (one.isEmpty()) {
        String reason = reasons.get(loop.getKey());
        projecting = projecting.isPresent() ? projecting : Optional.of(projecting(nodes));
        one = new Loop(loop.getKey(), loop.getValue(), projecting.get()).read();
        reasons.put(loop.getKey(), reason);
      }
      if (one.isPresent()) {
        reasons.remove(loop.getKey());
        found.add(one.get());
      }
    }
    return found;
  }

  /** Reads steps as products where their sequences are. */
  private StepReader projecting(List<GraphNode> nodes) throws IOException {
    StepReader other = new StepReader(graph, constants, Optional.of(sequences));
    for (GraphNode node : nodes) {
      other.term(new GraphEdge(node.name(), 0));
    }
    return other;
  }

  private Optional<Variable> variable(GraphNode of) {
    GraphNode merge = graph.node(graph.input(of, 0));
    if (!merge.op().endsWith("Merge")) {
      return Optional.empty();
    }
    GraphEdge start = null;
    GraphEdge next = null;
    for (String value : merge.values()) {
      GraphNode from = graph.node(GraphEdge.of(value));
      if (from.op().endsWith("NextIteration")) {
        next = graph.input(from, 0);
      } else {
        start = graph.resolve(GraphEdge.of(value));
      }
    }
    return start == null || next == null
        ? Optional.empty()
        : Optional.of(
            new Variable(start, new GraphEdge(of.name(), 1), next, new GraphEdge(of.name(), 0)));
  }

  /** One loop. */
  private final class Loop {
    private final String condition;
    private final List<Variable> variables;
    private final Map<GraphEdge, Variable> byBody = new HashMap<>();
    private final StepReader reader;
    private final StepMatcher matcher;

    Loop(String condition, List<Variable> variables, StepReader reader) {
      this.condition = condition;
      this.reader = reader;
      this.variables = variables;
      variables.forEach(variable -> byBody.put(variable.body(), variable));
      this.matcher = new StepMatcher(new BlockCells(graph, constants, reader), this::becomes);
    }

    private String name() {
      return condition.replaceFirst("/?(while/)?LoopCond$", "");
    }

    Optional<Recurrence> read() throws IOException {
      List<Variable> states = new ArrayList<>();
      List<Variable> outputs = new ArrayList<>();
      for (Variable variable : variables) {
        String op = graph.op(variable.next());
        if (op.startsWith("TensorArrayWrite") || op.equals("TensorListSetItem")) {
          outputs.add(variable);
        } else if (!isCounter(variable)) {
          states.add(variable);
        }
      }
      Optional<List<Found>> cells = stack(states);
      if (cells.isEmpty()) {
        return Optional.empty();
      }
      List<Found> stack = new ArrayList<>(cells.get());
      Optional<Projected> sequence = sequence(stack.get(0).input());
      if (sequence.isEmpty()) {
        return Optional.empty();
      }
      Map<GraphEdge, Recurrence.Part> parts = new HashMap<>();
      for (Variable output : outputs) {
        GraphEdge written = graph.input(graph.node(output.next()), 2);
        Optional<Found> last = StepStack.giving(stack.get(stack.size() - 1), reader.term(written));
        if (last.isEmpty()) {
          reasons.put(
              condition,
              "its output '" + written + "' is not the last cell's, which is all that runs");
          return Optional.empty();
        }
        stack.set(stack.size() - 1, last.get());
        boolean each = isTime(graph.input(graph.node(output.next()), 1));
        parts.put(output.exit(), each ? new Recurrence.Part.Outputs() : new Recurrence.Part.Last());
      }
      exits(states, stack, parts);
      return Optional.of(
          new Recurrence(
              name(),
              stack.stream().map(Found::cell).toList(),
              Optional.of(sequence.get().sequence()),
              sequence.get().rowsFirst(),
              List.of(),
              lengths(states),
              states.stream()
                  .map(
                      state ->
                          new Recurrence.Start(
                              state.start(),
                              parts.getOrDefault(state.exit(), new Recurrence.Part.States())))
                  .toList(),
              parts));
    }

    private boolean isCounter(Variable variable) {
      GraphNode next = graph.node(variable.next());
      boolean sum = next.op().equals("Add") || next.op().equals("AddV2");
      return sum && graph.inputs(next).contains(variable.body()) && isInteger(next);
    }

    private boolean isInteger(GraphNode node) {
      long type = node.attributes().integer("T", 0);
      return type == 3 || type == 9;
    }

    /** What a state is in the next step. */
    private Optional<StepTerm> next(StepTerm state) {
      try {
        if (state instanceof Leaf leaf && byBody.containsKey(leaf.edge())) {
          return Optional.of(reader.term(byBody.get(leaf.edge()).next()));
        }
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      return StepPieces.whole(state)
          .flatMap(this::next)
          .filter(Joined.class::isInstance)
          .flatMap(joined -> StepPieces.inPlaceOf(state, (Joined) joined));
    }

    private boolean becomes(StepTerm state, StepTerm value) {
      return next(state).filter(next -> StepParts.same(next, value)).isPresent();
    }

    /** The cells that all states belong to, in the order in which one feeds the next. */
    private Optional<List<Found>> stack(List<Variable> states) throws IOException {
      List<Found> found = new ArrayList<>();
      List<StepTerm> open = new ArrayList<>();
      for (Variable state : states) {
        flatten(reader.term(state.next()), open);
      }
      Set<StepTerm> kept = new HashSet<>();
      for (StepTerm term : open) {
        Optional<Found> cell = matcher.find(term);
        if (cell.isPresent() && kept.add(cell.get().states().get(cell.get().states().size() - 1))) {
          found.add(cell.get());
        }
      }
      List<StepTerm> unexplained = new ArrayList<>(open);
      unexplained.removeIf(
          term ->
              found.stream()
                  .anyMatch(f -> f.results().stream().anyMatch(r -> StepParts.same(r, term))));
      if (found.isEmpty() || !unexplained.isEmpty()) {
        reasons.put(
            condition,
            "its step is no cell that is known here: what becomes "
                + (unexplained.isEmpty()
                    ? "its states"
                    : unexplained.stream()
                        .map(term -> reader.edge(term).map(GraphEdge::toString).orElse("?"))
                        .distinct()
                        .toList())
                + " is computed in another way");
        return Optional.empty();
      }
      return ordered(found);
    }

    /**
     * The parts of a state that is one piece; what has more of them than cells have stays whole.
     */
    private static void flatten(StepTerm term, List<StepTerm> target) {
      List<StepTerm> parts = new ArrayList<>();
      Deque<StepTerm> left = new ArrayDeque<>(List.of(term));
      while (!left.isEmpty() && left.size() + parts.size() <= MOST_PARTS) {
        StepTerm next = left.pop();
        if (next instanceof Joined joined) {
          List<StepTerm> own = joined.parts();
          for (int i = own.size() - 1; i >= 0; i--) {
            left.push(own.get(i));
          }
        } else {
          parts.add(next);
        }
      }
      target.addAll(left.isEmpty() ? parts : List.of(term));
    }

    private Optional<List<Found>> ordered(List<Found> found) {
      Optional<List<Found>> order = StepStack.ordered(found);
      if (order.isEmpty()) {
        reasons.put(condition, "its cells do not feed each other one by one");
      }
      return order;
    }

    /** What the loop reads its input from, before a product that stands before the loop. */
    private Optional<Projected> sequence(StepTerm input) {
      if (input instanceof Leaf leaf) {
        Optional<GraphSequences.Read> read = sequences.read(graph.node(leaf.edge()));
        if (read.isPresent() && isTime(read.get().time())) {
          return reader
              .projected(leaf.edge())
              .or(() -> Optional.of(new Projected(read.get().sequence(), false, List.of())));
        }
      }
      reasons.put(
          condition,
          "its cells take '"
              + reader.edge(input).map(GraphEdge::toString).orElse("several values")
              + "', which is not the sequence's step");
      return Optional.empty();
    }

    /** Whether a value counts the steps from 0. */
    private boolean isTime(GraphEdge edge) {
      Variable variable = byBody.get(edge);
      return variable != null && isCounter(variable);
    }

    private Optional<GraphEdge> lengths(List<Variable> states) {
      return states.stream()
          .flatMap(state -> reader.lengths(state.next()).stream())
          .filter(edge -> !isTime(edge))
          .findFirst();
    }

    private static boolean isPart(StepTerm term, GraphEdge of) {
      Optional<StepTerm> at = StepPieces.whole(term);
      while (at.isPresent()) {
        if (at.get() instanceof Leaf leaf && leaf.edge().equals(of)) {
          return true;
        }
        at = StepPieces.whole(at.get());
      }
      return false;
    }

    private void exits(
        List<Variable> states, List<Found> stack, Map<GraphEdge, Recurrence.Part> parts) {
      for (Variable state : states) {
        for (int cell = 0; cell < stack.size(); cell++) {
          List<StepTerm> own = stack.get(cell).states();
          for (int i = 0; i < own.size(); i++) {
            if (own.get(i) instanceof Leaf leaf && leaf.edge().equals(state.body())) {
              parts.put(state.exit(), new Recurrence.Part.State(cell, i == own.size() - 1));
            } else if (isPart(own.get(i), state.body())) {
              parts.put(state.exit(), new Recurrence.Part.States());
            }
          }
        }
      }
    }
  }
}
