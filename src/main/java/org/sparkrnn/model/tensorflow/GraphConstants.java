package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.sparkrnn.model.chain.Sizes;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.WeightsFile;
import org.sparkrnn.weights.tensorflow.GraphFile;
import org.sparkrnn.weights.tensorflow.GraphNode;

/**
 * The numbers that a TensorFlow graph holds or reads from a checkpoint, also behind nodes that only
 * rearrange them. Numbers are read when they are asked for, not when a value is found to be
 * constant.
 */
final class GraphConstants {
  private static final Set<String> VARIABLES =
      Set.of("VariableV2", "Variable", "VarHandleOp", "AutoReloadVariable");
  private static final Set<String> FLOATS =
      Set.of("DT_FLOAT", "DT_DOUBLE", "DT_HALF", "DT_BFLOAT16");

  /** Weights are rearranged by a handful of nodes. */
  private static final int DEEPEST = 64;

  /** Numbers of constants that are stored as one number. */
  private static final long MOST_REPEATED = 1 << 22;

  private final GraphIndex graph;
  private final GraphFile file;
  private final Optional<Checkpoint> checkpoint;
  private final Map<GraphEdge, Optional<GraphConstant>> known = new HashMap<>();
  private final Map<GraphEdge, Integer> depths = new HashMap<>();

  /** How many numbers one constant has at most: joined ones have no more than are stored. */
  private final long most;

  /**
   * The constants of a graph.
   *
   * @param fed values that take the place of what the graph holds for them
   */
  GraphConstants(
      GraphIndex graph, GraphFile file, Optional<Checkpoint> checkpoint, List<GraphEdge> fed) {
    this.graph = graph;
    this.file = file;
    this.checkpoint = checkpoint;
    fed.forEach(edge -> known.put(edge, Optional.empty()));
    long stored = bytes(file);
    if (checkpoint.isPresent()) {
      stored += bytes(checkpoint.get().file());
    }
    this.most = MOST_REPEATED + stored;
  }

  /**
   * The variables of a graph that is not frozen.
   *
   * @param file the checkpoint
   * @param keys the checkpoint's keys by the variables' names
   */
  record Checkpoint(WeightsFile file, Map<String, String> keys) {}

  private static long bytes(WeightsFile file) {
    return file.tensors().values().stream().mapToLong(TensorInfo::bytes).sum();
  }

  /** Whether a stored tensor is of a type that weights are. */
  static boolean isFloat(TensorInfo tensor) {
    return FLOATS.contains(tensor.dtype());
  }

  /** Whether a value is known before the graph runs. */
  boolean isConstant(GraphEdge edge) {
    return constant(edge).isPresent();
  }

  /** The shape of a constant. */
  Shape shape(GraphEdge edge) {
    return require(edge).shape();
  }

  /** The names of the stored tensors that a constant is made of. */
  SortedSet<String> names(GraphEdge edge) {
    return require(edge).names();
  }

  Tensor read(GraphEdge edge) throws IOException {
    return require(edge).read();
  }

  /** The number of a constant that is a single one. */
  Optional<Float> scalar(GraphEdge edge) throws IOException {
    Optional<GraphConstant> constant = constant(edge);
    return constant.isPresent() && constant.get().shape().elements() == 1
        ? Optional.of(constant.get().read().at(0))
        : Optional.empty();
  }

  /** Whether a value is a constant that is a single number. */
  boolean isNumber(GraphEdge edge) {
    return constant(edge).filter(found -> found.shape().elements() == 1).isPresent();
  }

  /** Whether a constant is nothing but zeros. */
  boolean isZero(GraphEdge edge) throws IOException {
    for (float value : read(edge).toArray()) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  private GraphConstant require(GraphEdge edge) {
    return constant(edge)
        .orElseThrow(
            () -> new IllegalArgumentException("'" + edge + "' is not known before a run"));
  }

  private Optional<GraphConstant> constant(GraphEdge edge) {
    GraphEdge at = graph.resolve(edge);
    Optional<GraphConstant> found = known.get(at);
    if (found == null) {
      // Nodes are asked for in order, so that what they take is known; a circle is not constant.
      known.put(at, Optional.empty());
      found = make(at).filter(made -> isNear(at) && made.shape().elements() <= most);
      known.put(at, found);
    }
    return found;
  }

  /** Whether a constant is behind no more nodes than rearrange weights; reading goes as deep. */
  private boolean isNear(GraphEdge edge) {
    int before =
        graph.inputs(graph.node(edge)).stream()
            .mapToInt(input -> depths.getOrDefault(input, 0))
            .max()
            .orElse(0);
    depths.put(edge, before + 1);
    return before < DEEPEST;
  }

  private Optional<GraphConstant> make(GraphEdge edge) {
    GraphNode node = graph.node(edge);
    if (VARIABLES.contains(node.op())) {
      return variable(node);
    }
    return switch (node.op()) {
      case "Const", "HostConst" -> stored(node);
      case "ReadVariableOp" -> constant(graph.input(node, 0));
      case "Transpose" -> transposed(node);
      case "ConcatV2", "Concat" -> joined(node);
      case "Split" -> split(node, edge.index());
      case "ExpandDims", "Squeeze" -> sameNumbers(node);
      case "Reshape" -> reshaped(node);
      case "Unpack" -> unpacked(node, edge.index());
      case "StridedSlice" -> sliced(node);
      default -> GraphArithmetic.knows(node) ? computed(node) : Optional.empty();
    };
  }

  private Optional<GraphConstant> computed(GraphNode node) {
    List<GraphConstant> of = new ArrayList<>();
    for (GraphEdge input : graph.inputs(node)) {
      Optional<GraphConstant> one = constant(input);
      if (one.isEmpty()) {
        return Optional.empty();
      }
      of.add(one.get());
    }
    return of.isEmpty() || of.size() > 2 ? Optional.empty() : GraphArithmetic.of(node, of);
  }

  private Optional<GraphConstant> stored(GraphNode node) {
    String name = node.attributes().tensors().getOrDefault("value", "");
    TensorInfo info = file.tensors().get(name);
    return info == null || !isFloat(info)
        ? Optional.empty()
        : Optional.of(new GraphConstant(info.shape(), names(name), () -> file.read(name)));
  }

  private Optional<GraphConstant> variable(GraphNode node) {
    if (checkpoint.isEmpty()) {
      return Optional.empty();
    }
    WeightsFile weights = checkpoint.get().file();
    String shared = node.attributes().text("shared_name", "");
    String key =
        checkpoint.get().keys().getOrDefault(node.name(), checkpoint.get().keys().get(shared));
    TensorInfo info = key == null ? null : weights.tensors().get(key);
    return info == null || !isFloat(info)
        ? Optional.empty()
        : Optional.of(new GraphConstant(info.shape(), names(key), () -> weights.read(key)));
  }

  private static SortedSet<String> names(String name) {
    return new TreeSet<>(Set.of(name));
  }

  private Optional<GraphConstant> transposed(GraphNode node) {
    Optional<GraphConstant> matrix =
        constant(graph.input(node, 0)).filter(in -> in.shape().rank() == 2);
    Optional<List<Long>> order = integers(graph.input(node, 1));
    if (order.equals(Optional.of(List.of(0L, 1L)))) {
      return matrix;
    }
    return order.equals(Optional.of(List.of(1L, 0L)))
        ? matrix.map(GraphConstant::transposed)
        : Optional.empty();
  }

  /** Pieces of a variable that was cut into several. */
  private Optional<GraphConstant> joined(GraphNode node) {
    boolean axisFirst = node.op().equals("Concat");
    List<GraphEdge> inputs = new ArrayList<>(graph.inputs(node));
    GraphEdge along = inputs.remove(axisFirst ? 0 : inputs.size() - 1);
    List<GraphConstant> parts = new ArrayList<>();
    for (GraphEdge input : inputs) {
      Optional<GraphConstant> part = constant(input);
      if (part.isEmpty() || part.get().shape().rank() == 0) {
        return Optional.empty();
      }
      parts.add(part.get());
    }
    Optional<Long> axis = integer(along);
    if (parts.isEmpty() || axis.isEmpty()) {
      return Optional.empty();
    }
    int rank = parts.get(0).shape().rank();
    int at = Sizes.axis(axis.get(), rank);
    return parts.stream().allMatch(part -> fits(part.shape(), parts.get(0).shape(), at))
        ? Optional.of(GraphConstant.joined(parts, at))
        : Optional.empty();
  }

  /** Whether two shapes differ in one axis only. */
  private static boolean fits(Shape a, Shape b, int axis) {
    List<Long> first = new ArrayList<>(a.dims());
    List<Long> second = new ArrayList<>(b.dims());
    if (first.size() == second.size()) {
      first.remove(axis);
      second.remove(axis);
    }
    return first.equals(second);
  }

  private Optional<GraphConstant> split(GraphNode node, int index) {
    Optional<GraphConstant> in = constant(graph.input(node, 1));
    Optional<Long> axis = integer(graph.input(node, 0));
    long parts = node.attributes().integer("num_split", 0);
    if (in.isEmpty() || axis.isEmpty() || in.get().shape().rank() == 0) {
      return Optional.empty();
    }
    int at = Sizes.axis(axis.get(), in.get().shape().rank());
    long whole = in.get().shape().dim(at);
    return index < parts && whole % parts == 0
        ? Optional.of(in.get().part(at, index * (whole / parts), whole / parts))
        : Optional.empty();
  }

  private Optional<GraphConstant> unpacked(GraphNode node, int index) {
    Optional<GraphConstant> in = constant(graph.input(node, 0));
    if (in.isEmpty() || in.get().shape().rank() == 0) {
      return Optional.empty();
    }
    Shape shape = in.get().shape();
    int at = Sizes.axis(node.attributes().integer("axis", 0), shape.rank());
    return index < shape.dim(at)
        ? Optional.of(in.get().part(at, index, 1).as(without(shape, at)))
        : Optional.empty();
  }

  private static Shape without(Shape shape, int axis) {
    List<Long> dims = new ArrayList<>(shape.dims());
    dims.remove(axis);
    return new Shape(dims);
  }

  private Optional<GraphConstant> sliced(GraphNode node) {
    Optional<GraphConstant> in = constant(graph.input(node, 0));
    Optional<GraphSlice> slice = in.isEmpty() ? Optional.empty() : GraphSlice.of(node, graph, this);
    if (slice.isEmpty() || slice.get().axes() > in.get().shape().rank()) {
      return Optional.empty();
    }
    GraphConstant at = in.get();
    for (int axis = slice.get().axes() - 1; axis >= 0; axis--) {
      Optional<GraphSlice.Range> range =
          slice.get().range(axis, Math.toIntExact(at.shape().dim(axis)));
      if (range.isEmpty()) {
        return Optional.empty();
      }
      at = at.part(axis, range.get().from(), range.get().to() - range.get().from());
      at = slice.get().shrinks(axis) ? at.as(without(at.shape(), axis)) : at;
    }
    return Optional.of(at);
  }

  /** Vectors to which an axis of size 1 is added, or from which it is taken. */
  private Optional<GraphConstant> sameNumbers(GraphNode node) {
    return constant(graph.input(node, 0))
        .filter(in -> in.shape().rank() < 2 || in.shape().dim(0) == 1)
        .map(in -> in.as(Shape.of(in.shape().elements())));
  }

  private Optional<GraphConstant> reshaped(GraphNode node) {
    Optional<GraphConstant> in = constant(graph.input(node, 0));
    return in.isEmpty()
        ? in
        : integers(graph.input(node, 1))
            .flatMap(wanted -> Sizes.reshaped(in.get().shape(), wanted))
            .map(dims -> in.get().as(new Shape(dims)));
  }

  // ---- integers

  /** The integer of a stored constant that is a single one. */
  Optional<Long> integer(GraphEdge edge) {
    return integers(edge).filter(values -> values.size() == 1).map(values -> values.get(0));
  }

  /** The integers of a stored constant; 0 and 1 of one of booleans. */
  Optional<List<Long>> integers(GraphEdge edge) {
    GraphNode node = graph.node(graph.resolve(edge));
    String name = node.attributes().tensors().getOrDefault("value", "");
    TensorInfo info = file.tensors().get(name);
    boolean whole =
        info != null && Set.of("DT_INT32", "DT_INT64", "DT_BOOL").contains(info.dtype());
    if (!node.op().equals("Const") || !whole) {
      return Optional.empty();
    }
    try {
      List<Long> values = new ArrayList<>();
      for (long value : file.readIntegers(name)) {
        values.add(value);
      }
      return Optional.of(values);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
