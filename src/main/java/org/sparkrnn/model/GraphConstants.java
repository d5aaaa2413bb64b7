package org.sparkrnn.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
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

  private final GraphIndex graph;
  private final GraphFile file;
  private final Optional<Checkpoint> checkpoint;
  private final Map<GraphEdge, Optional<Constant>> known = new HashMap<>();

  GraphConstants(GraphIndex graph, GraphFile file, Optional<Checkpoint> checkpoint) {
    this.graph = graph;
    this.file = file;
    this.checkpoint = checkpoint;
  }

  /**
   * The variables of a graph that is not frozen.
   *
   * @param file the checkpoint
   * @param keys the checkpoint's keys by the variables' names
   */
  record Checkpoint(WeightsFile file, Map<String, String> keys) {}

  /** Reads numbers. */
  private interface Reader {
    Tensor read() throws IOException;
  }

  /** A constant whose numbers may not have been read yet. */
  private static final class Constant {
    final Shape shape;
    final SortedSet<String> names;
    private Reader reader;
    private Tensor values;

    Constant(Shape shape, SortedSet<String> names, Reader reader) {
      this.shape = shape;
      this.names = names;
      this.reader = reader;
    }

    Tensor read() throws IOException {
      if (values == null) {
        values = reader.read();
        reader = null;
      }
      return values;
    }
  }

  /** Whether a value is known before the graph runs. */
  boolean isConstant(GraphEdge edge) {
    return constant(edge).isPresent();
  }

  /** The shape of a constant. */
  Shape shape(GraphEdge edge) {
    return require(edge).shape;
  }

  /** The names of the stored tensors that a constant is made of. */
  SortedSet<String> names(GraphEdge edge) {
    return require(edge).names;
  }

  Tensor read(GraphEdge edge) throws IOException {
    return require(edge).read();
  }

  /** The number of a constant that is a single one. */
  Optional<Float> scalar(GraphEdge edge) throws IOException {
    Optional<Constant> constant = constant(edge);
    return constant.isPresent() && constant.get().shape.elements() == 1
        ? Optional.of(constant.get().read().at(0))
        : Optional.empty();
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

  private Constant require(GraphEdge edge) {
    return constant(edge)
        .orElseThrow(
            () -> new IllegalArgumentException("'" + edge + "' is not known before a run"));
  }

  private Optional<Constant> constant(GraphEdge edge) {
    GraphEdge at = graph.resolve(edge);
    Optional<Constant> found = known.get(at);
    if (found == null) {
      // Nodes are asked for in order, so that what they take is known; a circle is not constant.
      known.put(at, Optional.empty());
      found = make(at);
      known.put(at, found);
    }
    return found;
  }

  private Optional<Constant> make(GraphEdge edge) {
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
      default -> Optional.empty();
    };
  }

  private Optional<Constant> stored(GraphNode node) {
    String name = node.attributes().tensors().getOrDefault("value", "");
    TensorInfo info = file.tensors().get(name);
    return info == null || !FLOATS.contains(info.dtype())
        ? Optional.empty()
        : Optional.of(new Constant(info.shape(), names(name), () -> file.read(name)));
  }

  private Optional<Constant> variable(GraphNode node) {
    if (checkpoint.isEmpty()) {
      return Optional.empty();
    }
    WeightsFile weights = checkpoint.get().file();
    String shared = node.attributes().text("shared_name", "");
    String key =
        checkpoint.get().keys().getOrDefault(node.name(), checkpoint.get().keys().get(shared));
    TensorInfo info = key == null ? null : weights.tensors().get(key);
    return info == null || !FLOATS.contains(info.dtype())
        ? Optional.empty()
        : Optional.of(new Constant(info.shape(), names(key), () -> weights.read(key)));
  }

  private static SortedSet<String> names(String name) {
    return new TreeSet<>(Set.of(name));
  }

  private Optional<Constant> transposed(GraphNode node) {
    Optional<Constant> in = constant(graph.input(node, 0));
    if (in.isEmpty() || in.get().shape.rank() != 2) {
      return Optional.empty();
    }
    Shape shape = Shape.of(in.get().shape.dim(1), in.get().shape.dim(0));
    return Optional.of(
        new Constant(
            shape,
            in.get().names,
            () -> {
              Tensor from = in.get().read();
              float[] values = new float[Math.toIntExact(shape.elements())];
              int columns = Math.toIntExact(shape.dim(1));
              for (int i = 0; i < values.length; i++) {
                values[i] = from.at(i % columns, i / columns);
              }
              return Tensor.owning(shape, values);
            }));
  }

  /** Pieces of a variable that was cut into several. */
  private Optional<Constant> joined(GraphNode node) {
    boolean axisFirst = node.op().equals("Concat");
    List<GraphEdge> inputs = new ArrayList<>(graph.inputs(node));
    GraphEdge along = inputs.remove(axisFirst ? 0 : inputs.size() - 1);
    List<Constant> parts = new ArrayList<>();
    SortedSet<String> names = new TreeSet<>();
    for (GraphEdge input : inputs) {
      Optional<Constant> part = constant(input);
      if (part.isEmpty() || part.get().shape.rank() < 1 || part.get().shape.rank() > 2) {
        return Optional.empty();
      }
      parts.add(part.get());
      names.addAll(part.get().names);
    }
    int rank = parts.isEmpty() ? 0 : parts.get(0).shape.rank();
    int axis = Math.floorMod(integer(along).orElse(rank + 1L).intValue(), Math.max(1, rank));
    if (rank == 0 || parts.stream().anyMatch(part -> part.shape.rank() != rank)) {
      return Optional.empty();
    }
    List<Long> dims = new ArrayList<>(parts.get(0).shape.dims());
    dims.set(axis, parts.stream().mapToLong(part -> part.shape.dim(axis)).sum());
    Shape shape = new Shape(dims);
    return parts.stream().mapToLong(part -> part.shape.elements()).sum() == shape.elements()
        ? Optional.of(new Constant(shape, names, () -> joined(parts, axis, shape)))
        : Optional.empty();
  }

  private static Tensor joined(List<Constant> parts, int axis, Shape shape) throws IOException {
    float[] all = new float[Math.toIntExact(shape.elements())];
    int rows = axis == 0 ? 1 : Math.toIntExact(shape.dim(0));
    int width = all.length / Math.max(1, rows);
    int at = 0;
    for (Constant part : parts) {
      int run = Math.toIntExact(part.shape.elements()) / Math.max(1, rows);
      for (int row = 0; row < rows; row++) {
        part.read().copyTo(row * run, all, row * width + at, run);
      }
      at += run;
    }
    return Tensor.owning(shape, all);
  }

  private Optional<Constant> split(GraphNode node, int index) {
    Optional<Constant> in = constant(graph.input(node, 1));
    long parts = node.attributes().integer("num_split", 0);
    if (in.isEmpty() || parts < 1 || in.get().shape.rank() < 1 || in.get().shape.rank() > 2) {
      return Optional.empty();
    }
    Shape whole = in.get().shape;
    int last = whole.rank() - 1;
    long axis = integer(graph.input(node, 0)).orElse(-9L);
    if ((axis != last && axis != -1) || whole.dim(last) % parts != 0 || index >= parts) {
      return Optional.empty();
    }
    int width = Math.toIntExact(whole.dim(last) / parts);
    List<Long> dims = new ArrayList<>(whole.dims());
    dims.set(last, (long) width);
    Shape shape = new Shape(dims);
    return Optional.of(
        new Constant(
            shape,
            in.get().names,
            () -> {
              float[] values = new float[Math.toIntExact(shape.elements())];
              int columns = Math.toIntExact(whole.dim(last));
              for (int row = 0; row < values.length / Math.max(1, width); row++) {
                in.get().read().copyTo(row * columns + index * width, values, row * width, width);
              }
              return Tensor.owning(shape, values);
            }));
  }

  /** Vectors to which an axis of size 1 is added, or from which it is taken. */
  private Optional<Constant> sameNumbers(GraphNode node) {
    Optional<Constant> in = constant(graph.input(node, 0));
    return in.map(c -> flat(c, Shape.of(c.shape.elements())))
        .filter(c -> in.get().shape.rank() < 2 || in.get().shape.dim(0) == 1);
  }

  private Optional<Constant> reshaped(GraphNode node) {
    Optional<Constant> in = constant(graph.input(node, 0));
    GraphEdge target = graph.input(node, 1);
    if (in.isEmpty() || !graph.op(target).equals("Const")) {
      return Optional.empty();
    }
    return integers(target)
        .flatMap(wanted -> OnnxConstants.target(in.get().shape, wanted))
        .map(dims -> flat(in.get(), new Shape(dims)));
  }

  private static Constant flat(Constant in, Shape shape) {
    return new Constant(shape, in.names, () -> Tensor.owning(shape, in.read().toArray()));
  }

  // ---- integers

  /** The integer of a stored constant that is a single one. */
  Optional<Long> integer(GraphEdge edge) {
    return integers(edge).filter(values -> values.size() == 1).map(values -> values.get(0));
  }

  /** The integers of a stored constant. */
  Optional<List<Long>> integers(GraphEdge edge) {
    GraphNode node = graph.node(graph.resolve(edge));
    String name = node.attributes().tensors().getOrDefault("value", "");
    TensorInfo info = file.tensors().get(name);
    boolean whole =
        info != null && (info.dtype().equals("DT_INT32") || info.dtype().equals("DT_INT64"));
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
