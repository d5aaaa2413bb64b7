package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.model.tensorflow.GraphSequences.Projected;
import org.sparkrnn.model.tensorflow.StepTerm.Apply;
import org.sparkrnn.model.tensorflow.StepTerm.Binary;
import org.sparkrnn.model.tensorflow.StepTerm.Block;
import org.sparkrnn.model.tensorflow.StepTerm.Constant;
import org.sparkrnn.model.tensorflow.StepTerm.Joined;
import org.sparkrnn.model.tensorflow.StepTerm.Kind;
import org.sparkrnn.model.tensorflow.StepTerm.Leaf;
import org.sparkrnn.model.tensorflow.StepTerm.Linear;
import org.sparkrnn.model.tensorflow.StepTerm.Product;
import org.sparkrnn.model.tensorflow.StepTerm.Scalar;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.weights.tensorflow.GraphNode;

/**
 * Reads the values of a TensorFlow graph as terms of each other. Asked for nodes in order, it goes
 * back one node at a time.
 */
final class StepReader {
  /** A cell adds two, one for its input and one for its state. */
  private static final int MOST_PRODUCTS = 16;

  private static final float SELU_SCALE = 1.050701f;
  private static final float SELU_ALPHA = 1.7580993f;

  private final GraphIndex graph;
  private final GraphConstants constants;
  private final Optional<GraphSequences> sequences;
  private final Map<GraphEdge, Projected> projected = new HashMap<>();
  private final Map<GraphEdge, StepTerm> terms = new HashMap<>();
  private final IdentityHashMap<StepTerm, List<GraphEdge>> edges = new IdentityHashMap<>();
  private final Map<GraphEdge, GraphEdge> lengths = new HashMap<>();

  /**
   * Reads a graph.
   *
   * @param sequences where given, steps of sequences that were multiplied before the loop are read
   *     as products
   */
  StepReader(GraphIndex graph, GraphConstants constants, Optional<GraphSequences> sequences) {
    this.graph = graph;
    this.constants = constants;
    this.sequences = sequences;
  }

  /** The product that a step was read as. */
  Optional<Projected> projected(GraphEdge read) {
    return Optional.ofNullable(projected.get(read));
  }

  /** The value of the graph that a term is: the first where several are. */
  Optional<GraphEdge> edge(StepTerm term) {
    return edges(term).stream().findFirst();
  }

  /** The values of the graph that are a term: also what a row keeps once it has ended. */
  List<GraphEdge> edges(StepTerm term) {
    return edges.getOrDefault(term, List.of());
  }

  /** What a value is compared with, at each step, to see whether its row has ended. */
  Optional<GraphEdge> lengths(GraphEdge edge) {
    return Optional.ofNullable(lengths.get(graph.resolve(edge)));
  }

  /** The term of a value. */
  StepTerm term(GraphEdge edge) throws IOException {
    GraphEdge at = graph.resolve(edge);
    StepTerm known = terms.get(at);
    if (known == null) {
      StepTerm leaf = new Leaf(at);
      // Stands for the value while it is made: a value that goes back to itself is not looked into.
      terms.put(at, leaf);
      known = make(at, graph.node(at)).orElse(leaf);
      terms.put(at, known);
      edges.computeIfAbsent(known, term -> new ArrayList<>()).add(at);
    }
    return known;
  }

  private StepTerm input(GraphNode node, int index) throws IOException {
    return term(graph.input(node, index));
  }

  private Optional<StepTerm> make(GraphEdge edge, GraphNode node) throws IOException {
    if (constants.isConstant(edge)) {
      Shape shape = constants.shape(edge);
      return shape.rank() == 0
          ? constants.scalar(edge).map(Scalar::new)
          : block(edge).map(Constant::new);
    }
    Optional<Activation> function = function(node);
    if (function.isPresent()) {
      return Optional.of(new Apply(function.get(), input(node, 0)));
    }
    Optional<Projected> read = sequences.flatMap(found -> found.projected(node));
    if (read.isPresent()) {
      projected.put(edge, read.get());
      return Optional.of(read.get().step(edge));
    }
    return switch (node.op()) {
      case "MatMul" -> product(node);
      case "BiasAdd", "BiasAddV1", "Add", "AddV2" ->
          Optional.of(sum(input(node, 0), input(node, 1)));
      case "AddN" -> sumOfAll(node);
      case "Sub" -> Optional.of(new Binary(Kind.SUBTRACT, input(node, 0), input(node, 1)));
      case "Mul" -> Optional.of(product(input(node, 0), input(node, 1)));
      case "Maximum" -> clip(node, true);
      case "Minimum" -> clip(node, false);
      case "ClipByValue" -> clipByValue(node);
      case "Split" ->
          StepPieces.split(input(node, 1), edge.index(), node.attributes().integer("num_split", 0));
      case "StridedSlice" -> columns(node);
      case "Slice" -> piece(node);
      case "Concat", "ConcatV2" -> joined(node);
      case "Select", "SelectV2" -> goingOn(edge, node);
      case "LSTMBlockCell", "GRUBlockCell" ->
          Optional.of(new StepTerm.BlockResult(node.name(), edge.index()));
      default -> Optional.empty();
    };
  }

  /** The function of each float that a node is. */
  static Optional<Activation> function(GraphNode node) {
    return switch (node.op()) {
      case "Sigmoid" -> Optional.of(Activation.SIGMOID);
      case "Tanh" -> Optional.of(Activation.TANH);
      case "Relu" -> Optional.of(Activation.RELU);
      case "Relu6" -> Optional.of(Activation.RELU6);
      case "Elu" -> Optional.of(Activation.ELU);
      case "Softsign" -> Optional.of(Activation.SOFTSIGN);
      case "Softplus" -> Optional.of(Activation.of(Activation.Kind.SOFTPLUS));
      case "LeakyRelu" ->
          Optional.of(
              new Activation(
                  Activation.Kind.LEAKY_RELU, node.attributes().number("alpha", 0.2f), 0));
      case "Selu" -> Optional.of(new Activation(Activation.Kind.ELU, SELU_ALPHA, SELU_SCALE));
      default -> Optional.empty();
    };
  }

  private Optional<Block> block(GraphEdge edge) {
    Shape shape = constants.shape(edge);
    if (shape.elements() > Integer.MAX_VALUE) {
      return Optional.empty();
    }
    long last = shape.rank() == 0 ? 1 : shape.dim(shape.rank() - 1);
    boolean vector = shape.elements() == last;
    return vector || shape.rank() == 2
        ? Optional.of(
            new Block(edge, 0, vector && shape.rank() != 2 ? 1 : (int) shape.dim(0), 0, (int) last))
        : Optional.empty();
  }

  private Optional<StepTerm> product(GraphNode node) throws IOException {
    GraphEdge matrix = graph.input(node, 1);
    boolean turned =
        node.attributes().integer("transpose_a", 0) != 0
            || node.attributes().integer("transpose_b", 0) != 0;
    if (turned || !constants.isConstant(matrix) || constants.shape(matrix).rank() != 2) {
      return Optional.empty();
    }
    Shape shape = constants.shape(matrix);
    if (shape.elements() == 0 || shape.elements() > Integer.MAX_VALUE) {
      return Optional.empty();
    }
    Block kernel = new Block(matrix, 0, (int) shape.dim(0), 0, (int) shape.dim(1));
    return Optional.of(new Linear(List.of(new Product(input(node, 0), kernel)), List.of()));
  }

  /** Keras multiplies with 1 where it would drop out of a state. */
  private static StepTerm product(StepTerm a, StepTerm b) {
    if (a.equals(new Scalar(1))) {
      return b;
    }
    return b.equals(new Scalar(1)) ? a : new Binary(Kind.MULTIPLY, a, b);
  }

  private Optional<StepTerm> sumOfAll(GraphNode node) throws IOException {
    StepTerm sum = input(node, 0);
    for (int i = 1; i < node.values().size(); i++) {
      sum = sum(sum, input(node, i));
    }
    return Optional.of(sum);
  }

  private static StepTerm sum(StepTerm a, StepTerm b) {
    if (a instanceof Linear first
        && b instanceof Linear second
        && first.width() == second.width()
        && first.products().size() + second.products().size() <= MOST_PRODUCTS) {
      List<Product> products = new ArrayList<>(first.products());
      products.addAll(second.products());
      List<Block> biases = new ArrayList<>(first.biases());
      biases.addAll(second.biases());
      return new Linear(products, biases);
    }
    if (a instanceof Linear linear && b instanceof Constant bias && fits(linear, bias.block())) {
      List<Block> biases = new ArrayList<>(linear.biases());
      biases.add(bias.block());
      return new Linear(linear.products(), biases);
    }
    return b instanceof Linear && a instanceof Constant ? sum(b, a) : new Binary(Kind.ADD, a, b);
  }

  private static boolean fits(Linear linear, Block bias) {
    return bias.rows() == 1 && bias.columns() == linear.width();
  }

  private Optional<StepTerm> clip(GraphNode node, boolean lower) throws IOException {
    StepTerm a = input(node, 0);
    StepTerm b = input(node, 1);
    StepTerm of = a instanceof Scalar ? b : a;
    if (!((a instanceof Scalar ? a : b) instanceof Scalar bound) || Float.isNaN(bound.value())) {
      return Optional.empty();
    }
    float from = lower ? bound.value() : Float.NEGATIVE_INFINITY;
    float to = lower ? Float.POSITIVE_INFINITY : bound.value();
    return Optional.of(clipped(of, from, to));
  }

  private Optional<StepTerm> clipByValue(GraphNode node) throws IOException {
    return input(node, 1) instanceof Scalar from
            && input(node, 2) instanceof Scalar to
            && from.value() <= to.value()
        ? Optional.of(clipped(input(node, 0), from.value(), to.value()))
        : Optional.empty();
  }

  /** Between two bounds; of a value that is already, between both pairs where that is one pair. */
  private static StepTerm clipped(StepTerm of, float from, float to) {
    if (of instanceof Apply inner
        && inner.function().kind() == Activation.Kind.CLIP
        && Math.max(inner.function().alpha(), from) <= Math.min(inner.function().beta(), to)) {
      Activation both =
          new Activation(
              Activation.Kind.CLIP,
              Math.max(inner.function().alpha(), from),
              Math.min(inner.function().beta(), to));
      return new Apply(both, inner.of());
    }
    return new Apply(new Activation(Activation.Kind.CLIP, from, to), of);
  }

  /** {@code x[:, from:to]} of a product, as Keras cuts its gates. */
  private Optional<StepTerm> columns(GraphNode node) throws IOException {
    Optional<GraphSlice> slice = GraphSlice.of(node, graph, constants);
    if (slice.isEmpty()) {
      return Optional.empty();
    }
    if (input(node, 0) instanceof Joined joined) {
      return slice
          .get()
          .lastOfTwo(StepPieces.width(joined))
          .flatMap(range -> StepPieces.part(joined, range.from(), range.to() - range.from()));
    }
    return input(node, 0) instanceof Linear linear
        ? slice
            .get()
            .lastOfTwo(linear.width())
            .map(range -> StepPieces.columns(linear, range.from(), range.to()))
        : Optional.empty();
  }

  /** {@code slice(state, [0, from], [-1, size])}, as a state in one piece is cut for its cells. */
  private Optional<StepTerm> piece(GraphNode node) throws IOException {
    Optional<List<Long>> begin = constants.integers(graph.input(node, 1));
    Optional<List<Long>> size = constants.integers(graph.input(node, 2));
    boolean known =
        begin.isPresent()
            && size.isPresent()
            && begin.get().size() == 2
            && size.get().size() == 2
            && begin.get().get(0) == 0
            && size.get().get(0) == -1;
    if (!known) {
      return Optional.empty();
    }
    long from = begin.get().get(1);
    long width = size.get().get(1);
    StepTerm whole = input(node, 0);
    if (whole instanceof Joined joined) {
      return StepPieces.part(joined, from, width);
    }
    return width > 0 && from >= 0 && !StepPieces.isDeep(whole)
        ? Optional.of(new StepTerm.Slice(whole, from, width))
        : Optional.empty();
  }

  private Optional<StepTerm> joined(GraphNode node) throws IOException {
    List<GraphEdge> inputs = new ArrayList<>(graph.inputs(node));
    GraphEdge along = inputs.remove(node.op().equals("Concat") ? 0 : inputs.size() - 1);
    long axis = constants.integer(along).orElse(0L);
    if (axis != 1 && axis != -1) {
      return Optional.empty();
    }
    List<StepTerm> parts = new ArrayList<>();
    for (GraphEdge input : inputs) {
      parts.add(term(input));
    }
    return Optional.of(new Joined(parts));
  }

  /**
   * What a row has while it goes on: the loops keep the old value where {@code time >= length}.
   * That the other value is the old one is for the loop to see.
   */
  private Optional<StepTerm> goingOn(GraphEdge edge, GraphNode node) throws IOException {
    GraphNode test = graph.node(graph.input(node, 0));
    if (test.values().size() != 2) {
      return Optional.empty();
    }
    GraphEdge first = graph.input(test, 0);
    GraphEdge second = graph.input(test, 1);
    return switch (test.op()) {
      case "GreaterEqual" -> {
        lengths.put(edge, second);
        yield Optional.of(input(node, 2));
      }
      case "Less" -> {
        lengths.put(edge, second);
        yield Optional.of(input(node, 1));
      }
      case "LessEqual" -> {
        lengths.put(edge, first);
        yield Optional.of(input(node, 2));
      }
      case "Greater" -> {
        lengths.put(edge, first);
        yield Optional.of(input(node, 1));
      }
      default -> Optional.empty();
    };
  }
}
