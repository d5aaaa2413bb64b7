package org.sparkrnn.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.OnnxValue.Axis;
import org.sparkrnn.model.OnnxValue.Entry;
import org.sparkrnn.model.OnnxValue.Fed;
import org.sparkrnn.model.OnnxValue.Flow;
import org.sparkrnn.model.OnnxValue.Part;
import org.sparkrnn.model.OnnxValue.Unknown;
import org.sparkrnn.model.OnnxValue.Zeros;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.onnx.OnnxFile;
import org.sparkrnn.weights.onnx.OnnxGraph;
import org.sparkrnn.weights.onnx.OnnxNode;

/**
 * Walks the nodes of an ONNX graph in order and builds the chain of layers that they are. Nodes
 * that cannot be part of it give {@link Unknown} and a reason; the reasons matter only where an
 * output needs the node.
 */
final class OnnxWalk {
  private final OnnxGraph graph;
  private final OnnxConstants constants;
  private final OnnxChain chain = new OnnxChain();
  private final OnnxShapes shapes;
  private final Map<String, OnnxValue> values = new HashMap<>();
  private final Map<String, Integer> uses = new HashMap<>();

  /** Why nodes do not run, by their place in the graph. */
  private final SortedMap<Integer, String> reasons = new TreeMap<>();

  OnnxWalk(OnnxFile file, String source) {
    this.graph = file.graph();
    this.constants = new OnnxConstants(file);
    this.shapes = new OnnxShapes(file, constants, chain);
    file.tensors().keySet().forEach(name -> values.put(name, new OnnxValue.Stored(name)));
    for (OnnxGraph.Value input : graph.inputs()) {
      boolean ids = input.dtype().equals("INT64") || input.dtype().equals("INT32");
      values.put(
          input.name(),
          input.name().equals(source)
              ? OnnxChain.input(input.ranked() ? input.dims().size() : ids ? 2 : 3, !ids)
              : new Fed(input.name()));
    }
    for (OnnxNode node : graph.nodes()) {
      node.inputs().forEach(name -> uses.merge(name, 1, Integer::sum));
    }
    graph.outputs().forEach(output -> uses.merge(output.name(), 1, Integer::sum));
  }

  OnnxChain chain() {
    return chain;
  }

  SortedMap<Integer, String> reasons() {
    return reasons;
  }

  /** What is known of a value. */
  OnnxValue value(String name) {
    return values.getOrDefault(name, new Unknown());
  }

  /** Walks the nodes that {@code needed} marks. */
  void walk(boolean[] needed) throws IOException {
    for (int i = 0; i < needed.length; i++) {
      OnnxNode node = graph.nodes().get(i);
      if (!needed[i] || (node.opType().equals("Constant") && has(node.output(0)))) {
        continue;
      }
      List<OnnxValue> results;
      try {
        results = node.domain().isEmpty() ? results(node) : List.of();
        if (results.isEmpty()) {
          reasons.put(i, "no layer computes it");
        }
      } catch (IllegalArgumentException | ArithmeticException e) {
        results = List.of();
        reasons.put(i, e.getMessage());
      }
      for (int output = 0; output < node.outputs().size(); output++) {
        OnnxValue result = output < results.size() ? results.get(output) : new Unknown();
        String name = node.output(output);
        values.put(name, result);
        if (result instanceof Flow flow && uses.getOrDefault(name, 0) > 1) {
          chain.share(flow);
        }
      }
    }
  }

  private boolean has(String name) {
    return values.containsKey(name);
  }

  private List<OnnxValue> results(OnnxNode node) throws IOException {
    return switch (node.opType()) {
      case "LSTM", "GRU", "RNN" -> recurrent(node);
      case "Gemm" -> List.of(gemm(node));
      case "MatMul" -> List.of(product(node));
      case "Add" -> List.of(sum(node));
      case "Gather" ->
          value(node.input(1)) instanceof Flow ids && OnnxConstants.isConstant(value(node.input(0)))
              ? List.of(embedding(node, ids))
              : shapes.results(node, this::value);
      case "Softmax", "ArgMax" -> List.of(overFeatures(node));
      case "ReduceMean", "ReduceMax", "ReduceSum" -> List.of(reduced(node));
      default -> {
        OnnxValue in = value(node.input(0));
        Optional<Activation> activation = in instanceof Flow ? activation(node) : Optional.empty();
        yield activation.isPresent()
            ? List.of(chain.activated((Flow) in, activation.get()))
            : shapes.results(node, this::value);
      }
    };
  }

  private static Optional<Activation> activation(OnnxNode node) {
    String word = node.opType();
    float alpha = node.attributes().number("alpha", Float.NaN);
    float beta = node.attributes().number("beta", Float.NaN);
    return word.equals("Affine") || word.equals("ScaledTanh")
        ? Optional.empty()
        : OnnxCells.activation(word, alpha, beta);
  }

  private Flow flow(OnnxNode node, int input) {
    OnnxValue value = value(node.input(input));
    if (value instanceof Flow flow) {
      return flow;
    }
    throw new IllegalArgumentException(
        "input '" + node.input(input) + "' is not made of the model's input by nodes that run");
  }

  private Tensor constant(OnnxNode node, int input, String what) throws IOException {
    OnnxValue value = value(node.input(input));
    if (!OnnxConstants.isConstant(value)) {
      throw new IllegalArgumentException(what + " '" + node.input(input) + "' is no constant");
    }
    return constants.read(value);
  }

  private List<String> tensors(OnnxNode node, int... inputs) {
    List<String> names = new ArrayList<>();
    for (int input : inputs) {
      OnnxValue value = value(node.input(input));
      if (OnnxConstants.isConstant(value)) {
        names.addAll(OnnxConstants.names(value));
      }
    }
    return names;
  }

  // ---- recurrent nodes

  private List<OnnxValue> recurrent(OnnxNode node) throws IOException {
    Flow x = flow(node, 0);
    String direction = node.attributes().text("direction", "forward");
    if (direction.equals("reverse")) {
      throw new IllegalArgumentException(
          "direction reverse alone is not run, only forward and bidirectional");
    }
    if (!direction.equals("forward") && !direction.equals("bidirectional")) {
      throw new IllegalArgumentException("direction '" + direction + "' is none that ONNX has");
    }
    int ways = direction.equals("bidirectional") ? 2 : 1;
    Tensor w = constant(node, 1, "W");
    Tensor r = constant(node, 2, "R");
    if (r.shape().rank() != 3) {
      throw new IllegalArgumentException("R has shape " + r.shape() + ", expected three axes");
    }
    Tensor b =
        node.input(3).isEmpty()
            ? Tensor.zeros(ways, Math.multiplyExact(2, r.shape().dim(1)))
            : constant(node, 3, "B");
    requireLengths(node);
    requireInitial(node, 5);
    Tensor p = Tensor.zeros(0);
    if (node.opType().equals("LSTM")) {
      requireInitial(node, 6);
      p = node.input(7).isEmpty() ? p : constant(node, 7, "P");
    }
    List<RnnCell> cells = OnnxCells.of(node, new OnnxCells.Weights(w, r, b, p), ways);
    boolean batchFirst = node.attributes().integer("layout", 0) == 1;
    int layer = chain.rnn(x, cells, batchFirst, tensors(node, 1, 2, 3, 7));
    List<Entry> entries = new ArrayList<>();
    for (int way = 0; way < ways; way++) {
      entries.add(new Entry(layer, way));
    }
    Axis first = x.axes().get(0);
    Axis second = x.axes().get(1);
    List<Axis> steps =
        batchFirst
            ? List.of(first, second, Axis.STACK, Axis.FEATURE)
            : List.of(first, Axis.STACK, second, Axis.FEATURE);
    List<Axis> rows =
        batchFirst
            ? List.of(first, Axis.STACK, Axis.FEATURE)
            : List.of(Axis.STACK, second, Axis.FEATURE);
    return List.of(
        new Flow(Part.VALUE, entries, steps),
        new Flow(Part.H, entries, rows),
        new Flow(Part.C, entries, rows));
  }

  private void requireLengths(OnnxNode node) {
    if (!node.input(4).isEmpty() && !(value(node.input(4)) instanceof Fed)) {
      throw new IllegalArgumentException(
          "sequence_lens '"
              + node.input(4)
              + "' is computed; it must be an input of the model, or left out");
    }
  }

  private void requireInitial(OnnxNode node, int input) throws IOException {
    OnnxValue value = value(node.input(input));
    if (node.input(input).isEmpty()
        || value instanceof Zeros
        || value instanceof Fed
        || (OnnxConstants.isConstant(value) && constants.isZero(value))) {
      return;
    }
    throw new IllegalArgumentException(
        (input == 5 ? "initial_h '" : "initial_c '")
            + node.input(input)
            + "' is not zero and no input of the model");
  }

  // ---- dense layers

  private Flow gemm(OnnxNode node) throws IOException {
    Flow in = flow(node, 0);
    if (node.attributes().number("alpha", 1) != 1
        || node.attributes().number("beta", 1) != 1
        || node.attributes().integer("transA", 0) != 0) {
      throw new IllegalArgumentException("alpha, beta or transA is set");
    }
    OnnxValue b = value(node.input(1));
    constant(node, 1, "B");
    Tensor kernel =
        node.attributes().integer("transB", 0) != 0
            ? constants.transposed(b, List.of()).values()
            : constants.read(b);
    requireMatrix(kernel);
    Flow made = chain.dense(in, kernel, Tensor.zeros(kernel.shape().dim(1)), tensors(node, 1));
    return node.input(2).isEmpty()
        ? made
        : chain.biased(made, constant(node, 2, "C"), tensors(node, 2));
  }

  private Flow product(OnnxNode node) throws IOException {
    Flow in = flow(node, 0);
    Tensor kernel = constant(node, 1, "the matrix");
    requireMatrix(kernel);
    return chain.dense(in, kernel, Tensor.zeros(kernel.shape().dim(1)), tensors(node, 1));
  }

  private static void requireMatrix(Tensor kernel) {
    if (kernel.shape().rank() != 2) {
      throw new IllegalArgumentException(
          "it multiplies with " + kernel.shape() + ", expected a matrix");
    }
  }

  private OnnxValue sum(OnnxNode node) throws IOException {
    int flowing = value(node.input(0)) instanceof Flow ? 0 : 1;
    Flow in = flow(node, flowing);
    Tensor bias = constant(node, 1 - flowing, "what it adds,");
    Shape shape = bias.shape();
    if (shape.rank() == 0 || shape.dim(shape.rank() - 1) != shape.elements()) {
      throw new IllegalArgumentException("it adds " + shape + ", expected one row of floats");
    }
    return chain.biased(in, bias, tensors(node, 1 - flowing));
  }

  private Flow embedding(OnnxNode node, Flow ids) throws IOException {
    Tensor table = constant(node, 0, "the table");
    if (table.shape().rank() != 2 || node.attributes().integer("axis", 0) != 0) {
      throw new IllegalArgumentException(
          "it looks up in " + table.shape() + ", expected rows of a matrix");
    }
    return chain.embedding(ids, table, tensors(node, 0));
  }

  // ---- along an axis

  private Flow overFeatures(OnnxNode node) {
    Flow in = flow(node, 0);
    boolean softmax = node.opType().equals("Softmax");
    long otherwise = softmax ? (graph.opset() < 13 ? 1 : -1) : 0;
    int axis = OnnxShapes.axis(node.attributes().integer("axis", otherwise), in.axes().size());
    if (!in.axes().get(axis).equals(Axis.FEATURE) || axis != in.axes().size() - 1) {
      throw new IllegalArgumentException("it goes along another axis than the last");
    }
    if (softmax) {
      return chain.softmax(in);
    }
    if (node.attributes().integer("select_last_index", 0) != 0) {
      throw new IllegalArgumentException("select_last_index is set");
    }
    Flow made = chain.argMax(in);
    if (node.attributes().integer("keepdims", 1) == 0) {
      return made;
    }
    List<Axis> axes = new ArrayList<>(made.axes());
    axes.add(Axis.ONE);
    return made.with(axes);
  }

  private Flow reduced(OnnxNode node) throws IOException {
    Flow in = flow(node, 0);
    List<Long> axes = shapes.integers(node, 1, "axes", this::value);
    if (axes.size() != 1) {
      throw new IllegalArgumentException("it reduces along " + axes + ", expected one axis");
    }
    int axis = OnnxShapes.axis(axes.get(0), in.axes().size());
    Layer.Reduction reduction =
        switch (node.opType()) {
          case "ReduceMean" -> Layer.Reduction.MEAN;
          case "ReduceMax" -> Layer.Reduction.MAX;
          default -> Layer.Reduction.SUM;
        };
    return chain.reduced(in, axis, reduction, node.attributes().integer("keepdims", 1) != 0);
  }

  /** The name that an output of the model has here; empty where none is it. */
  Optional<String> output(String name) {
    if (!(value(name) instanceof Flow flow)) {
      return Optional.empty();
    }
    int layer = flow.entries().get(0).layer();
    if (flow.part() != Part.VALUE) {
      return Optional.of(Output.FINAL_STATE);
    }
    return layer >= 0 && chain.isWhole(flow, layer)
        ? Optional.of(chain.layers().get(layer).name())
        : Optional.empty();
  }
}
