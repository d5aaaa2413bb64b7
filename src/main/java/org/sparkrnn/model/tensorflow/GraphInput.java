package org.sparkrnn.model.tensorflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.sparkrnn.model.chain.ChainBuilder;
import org.sparkrnn.model.chain.ChainValue.Axis;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.model.tensorflow.GraphValue.FlatInput;
import org.sparkrnn.model.tensorflow.GraphValue.Flowing;
import org.sparkrnn.weights.tensorflow.GraphNode;

/**
 * What is fed to a TensorFlow graph.
 *
 * @param source the value that the rows' sequences are; empty where none was found
 * @param fed values that take the place of what the graph computes for them
 * @param floats which axis of the sequence the floats of a step are; the last where it is empty
 */
record GraphInput(Optional<GraphEdge> source, Set<GraphEdge> fed, OptionalInt floats) {
  private static final Set<Long> INTEGERS = Set.of(3L, 9L);

  /** Takes a copy of the set. */
  public GraphInput {
    fed = Set.copyOf(fed);
  }

  /** The values that are named, the sequence first. */
  static GraphInput named(List<GraphEdge> edges, GraphSource sources) {
    Optional<GraphEdge> source = edges.stream().findFirst();
    OptionalInt floats = source.map(sources::floats).orElse(OptionalInt.empty());
    return new GraphInput(source, Set.copyOf(edges), floats);
  }

  /** How many places an axis of the sequence has; -1 where the graph does not say. */
  long size(int axis, GraphIndex graph) {
    List<Long> shape =
        source
            .map(edge -> graph.node(edge).attributes().shapes().getOrDefault("shape", List.of()))
            .orElse(List.of());
    return axis < shape.size() ? shape.get(axis) : -1;
  }

  /** What an input is; empty for any other value. */
  Optional<GraphValue> value(GraphEdge edge, GraphNode node) {
    if (source.isEmpty() || !source.get().equals(edge)) {
      return fed.contains(edge) ? Optional.of(new GraphValue.Fed(edge)) : Optional.empty();
    }
    long type = node.attributes().integer("dtype", node.attributes().integer("T", 0));
    boolean ids = INTEGERS.contains(type);
    List<Long> shape = node.attributes().shapes().getOrDefault("shape", List.of());
    boolean placeholder = node.op().startsWith("Placeholder");
    int usual = ids ? 2 : 3;
    int rank = !placeholder || shape.isEmpty() ? usual : shape.size();
    if (!ids && rank == 2) {
      return Optional.of(new FlatInput());
    }
    Flow flow = ChainBuilder.input(rank, !ids);
    return Optional.of(new Flowing(ids ? flow : placed(flow), false));
  }

  /** With the axis of the floats where the sequence has it. */
  private Flow placed(Flow flow) {
    int last = flow.axes().size() - 1;
    int at = floats.orElse(last);
    if (at < 0 || at >= last) {
      return flow;
    }
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i <= last; i++) {
      axes.add(i == at ? Axis.FEATURE : Axis.input(i));
    }
    return flow.with(axes);
  }
}
