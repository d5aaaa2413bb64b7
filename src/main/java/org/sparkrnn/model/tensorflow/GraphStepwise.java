package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.model.chain.ChainBuilder;
import org.sparkrnn.model.chain.ChainValue.Axis;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.model.tensorflow.GraphValue.Step;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.tensorflow.GraphNode;

/**
 * Layers that a TensorFlow graph has once for each step of an unrolled loop, {@code [tf.matmul(h,
 * w) + b for h in outputs]}: one layer over all steps.
 */
final class GraphStepwise {
  private static final Set<String> SUMS = Set.of("BiasAdd", "BiasAddV1", "Add", "AddV2");
  private static final String NONE = "";

  private final GraphIndex graph;
  private final GraphConstants constants;
  private final ChainBuilder chain;
  private final GraphWalk walk;

  /** The products that the graph has, by the constants that they are with. */
  private final Map<GraphEdge, List<GraphNode>> products = new HashMap<>();

  private final Map<Made, Flow> made = new HashMap<>();
  private final Set<Flow> layers = new HashSet<>();

  /**
   * A layer over the steps of a value.
   *
   * @param of the value
   * @param what an operation, or the constants of a dense layer
   */
  private record Made(Flow of, List<String> what) {}

  GraphStepwise(
      GraphIndex graph,
      GraphConstants constants,
      ChainBuilder chain,
      GraphWalk walk,
      List<GraphNode> nodes) {
    this.graph = graph;
    this.constants = constants;
    this.chain = chain;
    this.walk = walk;
    for (GraphNode node : nodes) {
      if (node.op().equals("MatMul")) {
        products.computeIfAbsent(graph.input(node, 1), matrix -> new ArrayList<>()).add(node);
      }
    }
  }

  /** What a node gives; empty where it stands behind no step, or behind one step alone. */
  Optional<GraphValue> value(GraphNode node) throws IOException {
    if (node.op().equals("MatMul")) {
      return dense(node, Optional.empty());
    }
    if (SUMS.contains(node.op())) {
      for (int product = 0; product < 2; product++) {
        GraphEdge bias = graph.input(node, 1 - product);
        GraphNode before = graph.node(graph.input(node, product));
        if (before.op().equals("MatMul") && constants.isConstant(bias)) {
          return dense(before, Optional.of(bias));
        }
      }
      return Optional.empty();
    }
    Optional<Activation> function = StepReader.function(node);
    boolean whole = node.op().equals("Softmax") || node.op().equals("LogSoftmax");
    if ((function.isEmpty() && !whole)
        || !(walk.of(graph.input(node, 0)) instanceof Step step)
        || !layers.contains(step.flow())) {
      return Optional.empty();
    }
    // In a layer of its own: other steps still take the value before.
    chain.share(step.flow());
    return Optional.of(
        layer(
            step,
            List.of(node.op(), function.map(Activation::toString).orElse(NONE)),
            flow ->
                function.isPresent()
                    ? chain.activated(flow, function.get())
                    : node.op().equals("Softmax") ? chain.softmax(flow) : chain.logSoftmax(flow)));
  }

  private Optional<GraphValue> dense(GraphNode product, Optional<GraphEdge> bias)
      throws IOException {
    GraphEdge matrix = graph.input(product, 1);
    boolean plain =
        product.attributes().integer("transpose_a", 0) == 0
            && product.attributes().integer("transpose_b", 0) == 0
            && constants.isConstant(matrix)
            && constants.shape(matrix).rank() == 2;
    List<String> what = List.of(matrix.toString(), bias.map(GraphEdge::toString).orElse(NONE));
    if (!plain
        || !(walk.of(graph.input(product, 0)) instanceof Step step)
        || !(made.containsKey(new Made(step.flow(), what)) || isOfEachStep(matrix, step))) {
      return Optional.empty();
    }
    Tensor kernel = constants.read(matrix);
    Tensor zeros = Tensor.zeros(kernel.shape().dim(1));
    Tensor added = bias.isPresent() ? constants.read(bias.get()) : zeros;
    if (added.shape().elements() != zeros.shape().elements()
        || added.shape().dim(added.shape().rank() - 1) != added.shape().elements()) {
      throw new IllegalArgumentException(
          "it adds " + added.shape() + ", expected " + zeros.shape());
    }
    Set<String> names = new TreeSet<>(constants.names(matrix));
    bias.ifPresent(edge -> names.addAll(constants.names(edge)));
    Tensor flat = Tensor.of(zeros.shape(), added.toArray());
    return Optional.of(
        layer(step, what, flow -> chain.dense(flow, kernel, flat, List.copyOf(names))));
  }

  /** Whether all steps of a value are multiplied with a matrix, each by itself. */
  private boolean isOfEachStep(GraphEdge matrix, Step of) throws IOException {
    List<GraphNode> with = products.getOrDefault(matrix, List.of());
    if (with.size() < Math.max(2, of.count())) {
      return false;
    }
    Set<Integer> steps = new HashSet<>();
    for (GraphNode product : with) {
      if (walk.of(graph.input(product, 0)) instanceof Step step
          && step.flow().equals(of.flow())
          && step.count() == of.count()) {
        steps.add(step.index());
      }
    }
    return steps.size() == of.count();
  }

  /** Puts a layer behind the chain. */
  private interface Layering {
    Flow of(Flow flow);
  }

  private GraphValue layer(Step step, List<String> what, Layering layering) {
    List<Axis> axes = step.flow().axes();
    if (axes.size() != 2 || !axes.get(1).equals(Axis.FEATURE)) {
      throw new IllegalArgumentException("a step of it is not [rows, floats]");
    }
    Flow flow =
        made.computeIfAbsent(
            new Made(step.flow(), what),
            key -> {
              List<Axis> all = List.of(step.time(), axes.get(0), Axis.FEATURE);
              return layering.of(step.flow().with(all)).with(axes);
            });
    layers.add(flow);
    return new Step(flow, step.time(), step.index(), step.count());
  }
}
