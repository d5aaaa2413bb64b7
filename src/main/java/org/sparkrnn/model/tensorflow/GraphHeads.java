package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.model.chain.ChainBuilder;
import org.sparkrnn.model.chain.ChainValue.Axis;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.model.chain.Sizes;
import org.sparkrnn.model.tensorflow.GraphValue.Flowing;
import org.sparkrnn.model.tensorflow.GraphValue.Step;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.tensorflow.GraphNode;

/** The nodes of a TensorFlow graph around its recurrences. */
final class GraphHeads {
  private final GraphIndex graph;
  private final GraphConstants constants;
  private final GraphIntegers integers;
  private final ChainBuilder chain;
  private final GraphWalk walk;
  private final GraphElementwise elementwise;
  private final GraphStepwise stepwise;
  private final GraphSteps steps;

  GraphHeads(
      GraphIndex graph,
      GraphConstants constants,
      GraphIntegers integers,
      ChainBuilder chain,
      GraphWalk walk,
      List<GraphNode> nodes) {
    this.graph = graph;
    this.constants = constants;
    this.integers = integers;
    this.chain = chain;
    this.walk = walk;
    this.elementwise = new GraphElementwise(graph, constants, integers, chain, walk);
    this.stepwise = new GraphStepwise(graph, constants, chain, walk, nodes);
    this.steps = new GraphSteps(graph, constants, integers, chain, walk);
  }

  int flatWidth() {
    return steps.flatWidth();
  }

  /** A step as a value of each row. */
  Flowing place(Step step) {
    return steps.place(step);
  }

  /** What a node gives. */
  GraphValue value(GraphEdge edge, GraphNode node) throws IOException {
    Optional<GraphValue> each = stepwise.value(node);
    if (each.isPresent()) {
      return each.get();
    }
    Optional<GraphValue> computed = elementwise.value(node);
    if (computed.isPresent()) {
      return computed.get();
    }
    Optional<Activation> activation = StepReader.function(node);
    if (activation.isPresent()) {
      Flowing in = flowing(node, 0);
      return new Flowing(chain.activated(in.flow(), activation.get()), in.reversed());
    }
    return switch (node.op()) {
      case "MatMul", "BatchMatMul", "BatchMatMulV2" -> product(node);
      case "Softmax" -> lastAxis(node, chain::softmax);
      case "LogSoftmax" -> lastAxis(node, chain::logSoftmax);
      case "ArgMax" -> argMax(node);
      case "Mean", "Max", "Sum" -> reduced(node);
      case "Gather", "GatherV2", "ResourceGather" -> gathered(node);
      case "OneHot" -> oneHot(node);
      case "Cast" -> cast(node);
      default -> steps.value(edge, node);
    };
  }

  private Flowing flowing(GraphNode node, int input) throws IOException {
    return walk.flowing(graph.input(node, input));
  }

  private Tensor constant(GraphNode node, int input) throws IOException {
    GraphEdge edge = graph.input(node, input);
    if (!constants.isConstant(edge)) {
      throw new IllegalArgumentException("'" + edge + "' is no constant");
    }
    return constants.read(edge);
  }

  private List<String> names(GraphNode node, int input) {
    return List.copyOf(constants.names(graph.input(node, input)));
  }

  // ---- dense layers

  private GraphValue product(GraphNode node) throws IOException {
    Flowing in = flowing(node, 0);
    Tensor kernel = constant(node, 1);
    boolean turned =
        node.attributes().integer("transpose_b", 0) != 0
            || node.attributes().integer("adj_y", 0) != 0;
    if (node.attributes().integer("transpose_a", 0) != 0
        || node.attributes().integer("adj_x", 0) != 0
        || kernel.shape().rank() != 2) {
      throw new IllegalArgumentException(
          "it multiplies with " + kernel.shape() + " or turned rows, expected a matrix");
    }
    Tensor matrix = turned ? transposed(kernel) : kernel;
    return new Flowing(
        chain.dense(in.flow(), matrix, Tensor.zeros(matrix.shape().dim(1)), names(node, 1)),
        in.reversed());
  }

  private static Tensor transposed(Tensor of) {
    int rows = Math.toIntExact(of.shape().dim(1));
    int columns = Math.toIntExact(of.shape().dim(0));
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = of.at(i % columns, i / columns);
    }
    return Tensor.owning(Shape.of(rows, columns), values);
  }

  // ---- along an axis

  /** Makes a layer of a flow. */
  private interface Layering {
    Flow of(Flow flow);
  }

  private GraphValue lastAxis(GraphNode node, Layering layering) throws IOException {
    Flowing in = flowing(node, 0);
    List<Axis> axes = in.flow().axes();
    if (axes.isEmpty() || !axes.get(axes.size() - 1).equals(Axis.FEATURE)) {
      throw new IllegalArgumentException("its last axis is not the floats");
    }
    return new Flowing(layering.of(in.flow()), in.reversed());
  }

  private GraphValue argMax(GraphNode node) throws IOException {
    Flowing in = flowing(node, 0);
    List<Axis> axes = in.flow().axes();
    List<Long> along = known(node, 1);
    if (along.size() != 1
        || !axes.get(Sizes.axis(along.get(0), axes.size())).equals(Axis.FEATURE)) {
      throw new IllegalArgumentException("it goes along another axis than the floats");
    }
    return lastAxis(node, chain::argMax);
  }

  private List<Long> known(GraphNode node, int input) throws IOException {
    GraphEdge edge = graph.input(node, input);
    return integers
        .known(edge)
        .orElseThrow(() -> new IllegalArgumentException("'" + edge + "' is not known"));
  }

  private GraphValue reduced(GraphNode node) throws IOException {
    Flowing in = flowing(node, 0);
    List<Long> along = known(node, 1);
    if (along.size() != 1) {
      throw new IllegalArgumentException("it reduces along " + along + ", expected the steps");
    }
    int axis = Sizes.axis(along.get(0), in.flow().axes().size());
    Layer.Reduction reduction =
        switch (node.op()) {
          case "Mean" -> Layer.Reduction.MEAN;
          case "Max" -> Layer.Reduction.MAX;
          default -> Layer.Reduction.SUM;
        };
    walk.requireNoPadding("a reduction of all steps");
    boolean keep = node.attributes().integer("keep_dims", 0) != 0;
    return new Flowing(chain.reduced(in.flow(), axis, reduction, keep), false);
  }

  // ---- ids

  private GraphValue gathered(GraphNode node) throws IOException {
    GraphEdge table = graph.input(node, 0);
    if (!constants.isConstant(table)) {
      return steps.gathered(node);
    }
    Flowing ids = flowing(node, 1);
    Tensor rows = constants.read(table);
    if (rows.shape().rank() != 2) {
      throw new IllegalArgumentException(
          "it looks up in " + rows.shape() + ", expected rows of a matrix");
    }
    return new Flowing(chain.embedding(ids.flow(), rows, names(node, 0)), false);
  }

  private GraphValue oneHot(GraphNode node) throws IOException {
    Flowing ids = flowing(node, 0);
    List<Long> depth = known(node, 1);
    Optional<Float> on = constants.scalar(graph.input(node, 2));
    Optional<Float> off = constants.scalar(graph.input(node, 3));
    if (depth.size() != 1
        || !on.equals(Optional.of(1f))
        || !off.equals(Optional.of(0f))
        || node.attributes().integer("axis", -1) != -1) {
      throw new IllegalArgumentException("it is not 1 at the id and 0 elsewhere along a new axis");
    }
    return new Flowing(chain.oneHot(ids.flow(), Math.toIntExact(depth.get(0))), false);
  }

  /** Floats stay floats and integers stay integers; anything else would cut numbers off. */
  private GraphValue cast(GraphNode node) throws IOException {
    GraphValue in = walk.of(graph.input(node, 0));
    long to = node.attributes().integer("DstT", 0);
    boolean floats = to == 1 || to == 2;
    boolean whole = to == 3 || to == 9;
    if (in instanceof GraphValue.Fed && whole) {
      return in;
    }
    boolean same =
        in instanceof Flowing flowing
            && (flowing.flow().axes().contains(Axis.FEATURE) ? floats : whole);
    if (!same) {
      throw new IllegalArgumentException("it casts to type " + to);
    }
    return in;
  }
}
