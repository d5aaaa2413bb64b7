package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.model.chain.ChainBuilder;
import org.sparkrnn.model.chain.ChainValue.Axis;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.model.chain.ChainValue.Part;
import org.sparkrnn.model.tensorflow.GraphValue.Constant;
import org.sparkrnn.model.tensorflow.GraphValue.Flowing;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.tensorflow.GraphNode;

/**
 * Nodes of a TensorFlow graph that compute each float by itself, with constants: biases,
 * normalisations as inference has them, bounds.
 */
final class GraphElementwise {
  private final GraphIndex graph;
  private final GraphConstants constants;
  private final ChainBuilder chain;
  private final GraphWalk walk;
  private final GraphEnds ends;

  GraphElementwise(
      GraphIndex graph,
      GraphConstants constants,
      GraphIntegers integers,
      ChainBuilder chain,
      GraphWalk walk) {
    this.graph = graph;
    this.constants = constants;
    this.chain = chain;
    this.walk = walk;
    this.ends = new GraphEnds(graph, integers);
  }

  /** What a node gives; empty where it is none of these. */
  Optional<GraphValue> value(GraphNode node) throws IOException {
    return switch (node.op()) {
      case "BiasAdd", "BiasAddV1", "Add", "AddV2", "Sub", "RealDiv", "Div" ->
          Optional.of(withConstants(node));
      case "Mul" -> {
        Optional<GraphValue> kept = masked(node);
        yield kept.isPresent() ? kept : Optional.of(withConstants(node));
      }
      case "Minimum", "Maximum" -> Optional.of(bounded(node));
      case "ClipByValue" -> {
        Flowing in = walk.flowing(graph.input(node, 0));
        yield Optional.of(clipped(in, number(node, 1), number(node, 2)));
      }
      default -> Optional.empty();
    };
  }

  /** Multiplied with a mask of what lies behind the rows' ends, which is 0 anyway. */
  private Optional<GraphValue> masked(GraphNode node) throws IOException {
    for (int i = 0; i < 2; i++) {
      Optional<GraphEdge> lengths = ends.mask(graph.input(node, i));
      if (lengths.isPresent()
          && walk.areLengths(lengths.get())
          && walk.of(graph.input(node, 1 - i)) instanceof Flowing flowing
          && flowing.flow().part() == Part.VALUE) {
        return Optional.of(flowing);
      }
    }
    return Optional.empty();
  }

  /** Which of two values flows. */
  private int flowing(GraphNode node) throws IOException {
    return walk.of(graph.input(node, 0)) instanceof Constant ? 1 : 0;
  }

  private Tensor constant(GraphNode node, int input) throws IOException {
    GraphEdge edge = graph.input(node, input);
    if (!constants.isConstant(edge)) {
      throw new IllegalArgumentException("'" + edge + "' is no constant");
    }
    return constants.read(edge);
  }

  private GraphValue withConstants(GraphNode node) throws IOException {
    int flowing = flowing(node);
    Flowing in = walk.flowing(graph.input(node, flowing));
    Tensor with = constant(node, 1 - flowing);
    List<String> names = List.copyOf(constants.names(graph.input(node, 1 - flowing)));
    float[] values = with.toArray();
    boolean row = isRow(in.flow(), with.shape());
    boolean sum = node.op().startsWith("Add") || node.op().startsWith("BiasAdd");
    if (sum && row && chain.takesBias(in.flow(), values.length)) {
      return new Flowing(chain.biased(in.flow(), with, names), in.reversed());
    }
    if (node.op().endsWith("Div") && flowing == 1) {
      throw new IllegalArgumentException("it divides by a value of the chain");
    }
    float[] factor = new float[values.length];
    float[] addend = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      switch (node.op()) {
        case "Mul" -> factor[i] = values[i];
        case "RealDiv", "Div" -> factor[i] = 1 / values[i];
        case "Sub" -> {
          factor[i] = flowing == 0 ? 1 : -1;
          addend[i] = flowing == 0 ? -values[i] : values[i];
        }
        default -> {
          factor[i] = 1;
          addend[i] = values[i];
        }
      }
    }
    if (values.length == 1 && with.shape().rank() <= in.flow().axes().size()) {
      Activation affine = new Activation(Activation.Kind.AFFINE, factor[0], addend[0]);
      return new Flowing(chain.activated(in.flow(), affine), in.reversed());
    }
    if (!row) {
      throw new IllegalArgumentException(
          "it takes " + with.shape() + ", expected a number, or one row of floats");
    }
    return new Flowing(chain.scaled(in.flow(), factor, addend, names), in.reversed());
  }

  /** Whether constants of a shape meet the floats, and each entry alike, where they are spread. */
  private static boolean isRow(Flow flow, Shape shape) {
    int rank = flow.axes().size();
    int at = flow.axes().indexOf(Axis.FEATURE) - (rank - shape.rank());
    return shape.rank() > 0
        && shape.rank() <= rank
        && at >= 0
        && shape.dim(at) == shape.elements()
        && flow.axes().contains(Axis.FEATURE);
  }

  // ---- bounds

  private float number(GraphNode node, int input) throws IOException {
    GraphEdge edge = graph.input(node, input);
    return constants
        .scalar(edge)
        .orElseThrow(() -> new IllegalArgumentException("'" + edge + "' is no constant number"));
  }

  private GraphValue bounded(GraphNode node) throws IOException {
    int flowing = flowing(node);
    Flowing in = walk.flowing(graph.input(node, flowing));
    float bound = number(node, 1 - flowing);
    return node.op().equals("Minimum")
        ? clipped(in, -Float.MAX_VALUE, bound)
        : clipped(in, bound, Float.MAX_VALUE);
  }

  private GraphValue clipped(Flowing in, float from, float to) {
    if (!(from <= to)) {
      throw new IllegalArgumentException("it bounds by " + Arrays.asList(from, to));
    }
    Activation clip = new Activation(Activation.Kind.CLIP, from, to);
    return new Flowing(chain.activated(in.flow(), clip), in.reversed());
  }
}
