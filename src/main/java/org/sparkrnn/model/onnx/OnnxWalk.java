package org.sparkrnn.model.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.sparkrnn.model.chain.ChainBuilder;
import org.sparkrnn.model.chain.ChainValue;
import org.sparkrnn.model.chain.ChainValue.Axis;
import org.sparkrnn.model.chain.ChainValue.Fed;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.model.chain.ChainValue.LastStep;
import org.sparkrnn.model.chain.ChainValue.Part;
import org.sparkrnn.model.chain.ChainValue.Unknown;
import org.sparkrnn.model.chain.Sizes;
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
  private final ChainBuilder chain = new ChainBuilder();
  private final OnnxShapes shapes;
  private final OnnxInputs inputs;
  private final OnnxLoops loops;
  private final OnnxElementwise elementwise;
  private final OnnxIntegers integers;
  private final String source;
  private final Map<String, ChainValue> values = new HashMap<>();
  private final Map<String, Integer> uses = new HashMap<>();

  /** Why nodes do not run, by their place in the graph. */
  private final SortedMap<Integer, String> reasons = new TreeMap<>();

  private final Set<Integer> waiting = new HashSet<>();

  OnnxWalk(OnnxFile file, String source) {
    this.graph = file.graph();
    this.source = source;
    this.constants = new OnnxConstants(file);
    OnnxGraph.Value input = declared(graph, source);
    this.shapes = new OnnxShapes(file, constants, chain, input.dims());
    this.inputs = new OnnxInputs(constants, this::value);
    this.integers = new OnnxIntegers(graph);
    this.loops = new OnnxLoops(constants, inputs, chain, input.dims());
    this.elementwise =
        new OnnxElementwise(
            inputs, chain, new OnnxNorms(graph, inputs), new OnnxGates(graph, inputs, chain));
    file.tensors().keySet().forEach(name -> values.put(name, new ChainValue.Stored(name)));
    graph.inputs().forEach(each -> values.put(each.name(), new Fed(each.name())));
    boolean ids = input.dtype().equals("INT64") || input.dtype().equals("INT32");
    boolean made = graph.nodes().stream().anyMatch(node -> node.outputs().contains(source));
    if (made || values.get(source) instanceof Fed) {
      values.put(
          source, ChainBuilder.input(input.ranked() ? input.dims().size() : ids ? 2 : 3, !ids));
      if (!ids && !input.dims().isEmpty()) {
        chain.inputWidth(input.dims().get(input.dims().size() - 1));
      }
    }
    for (OnnxNode node : graph.nodes()) {
      node.inputs().forEach(name -> uses.merge(name, 1, Integer::sum));
    }
    graph.outputs().forEach(output -> uses.merge(output.name(), 1, Integer::sum));
  }

  /** What the file says of a value; where it says nothing, what the nodes that read it tell. */
  private static OnnxGraph.Value declared(OnnxGraph graph, String name) {
    return Stream.concat(graph.inputs().stream(), graph.between().stream())
        .filter(value -> value.name().equals(name))
        .findFirst()
        .orElseGet(
            () -> {
              boolean ids =
                  graph.nodes().stream()
                      .anyMatch(
                          node -> node.opType().equals("Gather") && node.input(1).equals(name));
              return new OnnxGraph.Value(name, ids ? "INT64" : "", List.of(), false);
            });
  }

  ChainBuilder chain() {
    return chain;
  }

  SortedMap<Integer, String> reasons() {
    return reasons;
  }

  /** The nodes that do not run only because of others. */
  Set<Integer> waiting() {
    return waiting;
  }

  /** What is known of a value. */
  ChainValue value(String name) {
    return values.getOrDefault(name, new Unknown());
  }

  /** Walks the nodes that {@code needed} marks. */
  void walk(boolean[] needed) throws IOException {
    for (int i = 0; i < needed.length; i++) {
      OnnxNode node = graph.nodes().get(i);
      if (!needed[i] || (node.opType().equals("Constant") && has(node.output(0)))) {
        continue;
      }
      for (String name : node.inputs()) {
        if (values.get(name) instanceof ChainValue.Stored stored) {
          values.put(name, constants.asIntegers(stored));
        }
      }
      List<ChainValue> results = List.of();
      String reason = "no layer computes it";
      try {
        results = node.domain().isEmpty() ? results(node) : List.of();
      } catch (IllegalArgumentException | ArithmeticException e) {
        reason = e.getMessage();
      }
      if (results.isEmpty() && waits(node)) {
        waiting.add(i);
      } else if (results.isEmpty()) {
        reasons.put(i, reason);
      }
      for (int output = 0; output < node.outputs().size(); output++) {
        ChainValue result = output < results.size() ? results.get(output) : new Unknown();
        String name = node.output(output);
        if (name.equals(source)) {
          continue;
        }
        values.put(name, result);
        if (result instanceof Flow flow && uses.getOrDefault(name, 0) > 1) {
          chain.share(flow);
        }
      }
    }
  }

  /** Whether it is a node that runs elsewhere, and only reads what does not run. */
  private boolean waits(OnnxNode node) {
    return node.domain().isEmpty()
        && OnnxOperators.RUN.contains(node.opType())
        && node.inputs().stream().anyMatch(name -> values.get(name) instanceof Unknown);
  }

  private boolean has(String name) {
    return values.containsKey(name);
  }

  private List<ChainValue> results(OnnxNode node) throws IOException {
    Optional<ChainValue> numbers = integers.result(node, this::value);
    if (numbers.isPresent()) {
      return List.of(numbers.get());
    }
    return switch (node.opType()) {
      case "LSTM", "GRU", "RNN" -> loops.results(node);
      case "Gemm" -> List.of(gemm(node));
      case "MatMul" -> List.of(product(node));
      case "Gather" ->
          value(node.input(1)) instanceof Flow ids && OnnxConstants.isConstant(value(node.input(0)))
              ? List.of(embedding(node, ids))
              : shapes.results(node, this::value);
      case "Softmax", "LogSoftmax", "ArgMax" -> List.of(overFeatures(node));
      case "ReduceMean", "ReduceMax", "ReduceSum" -> List.of(reduced(node));
      case "GlobalAveragePool", "GlobalMaxPool" -> List.of(pooled(node));
      case "GatherElements" -> List.of(lastSteps(node));
      case "Loop", "Scan", "If" ->
          throw new IllegalArgumentException(
              "it has a graph of its own inside, as exporters write loops of cells; only the nodes"
                  + " LSTM, GRU and RNN are loops that run");
      default -> {
        Optional<ChainValue> found = elementwise.result(node);
        yield found.isPresent() ? List.of(found.get()) : shapes.results(node, this::value);
      }
    };
  }

  // ---- dense layers

  private Flow gemm(OnnxNode node) throws IOException {
    Flow in = inputs.flow(node, 0);
    if (node.attributes().integer("transA", 0) != 0) {
      throw new IllegalArgumentException("transA is set, which turns rows and floats around");
    }
    ChainValue b = value(node.input(1));
    inputs.constant(node, 1, "B");
    Tensor kernel =
        node.attributes().integer("transB", 0) != 0
            ? constants.transposed(b, List.of()).values()
            : constants.read(b);
    requireMatrix(kernel);
    kernel = times(kernel, node.attributes().number("alpha", 1));
    Flow made =
        chain.dense(in, kernel, Tensor.zeros(kernel.shape().dim(1)), inputs.tensors(node, 1));
    return node.input(2).isEmpty()
        ? made
        : chain.biased(
            made,
            times(row(node, 2), node.attributes().number("beta", 1)),
            inputs.tensors(node, 2));
  }

  private static Tensor times(Tensor tensor, float factor) {
    float[] values = tensor.toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return factor == 1 ? tensor : Tensor.owning(tensor.shape(), values);
  }

  /** One row of floats to add. */
  private Tensor row(OnnxNode node, int input) throws IOException {
    Tensor bias = inputs.constant(node, input, "what it adds,");
    Shape shape = bias.shape();
    if (shape.rank() == 0 || shape.dim(shape.rank() - 1) != shape.elements()) {
      throw new IllegalArgumentException("it adds " + shape + ", expected one row of floats");
    }
    return bias;
  }

  private Flow product(OnnxNode node) throws IOException {
    Flow in = inputs.flow(node, 0);
    Tensor kernel = inputs.constant(node, 1, "the matrix");
    requireMatrix(kernel);
    return chain.dense(in, kernel, Tensor.zeros(kernel.shape().dim(1)), inputs.tensors(node, 1));
  }

  private static void requireMatrix(Tensor kernel) {
    if (kernel.shape().rank() != 2) {
      throw new IllegalArgumentException(
          "it multiplies with " + kernel.shape() + ", expected a matrix");
    }
  }

  private Flow embedding(OnnxNode node, Flow ids) throws IOException {
    Tensor table = inputs.constant(node, 0, "the table");
    if (table.shape().rank() != 2 || node.attributes().integer("axis", 0) != 0) {
      throw new IllegalArgumentException(
          "it looks up in " + table.shape() + ", expected rows of a matrix");
    }
    return chain.embedding(ids, table, inputs.tensors(node, 0));
  }

  // ---- along an axis

  private Flow overFeatures(OnnxNode node) {
    Flow in = inputs.flow(node, 0);
    boolean softmax = !node.opType().equals("ArgMax");
    long otherwise = softmax ? (graph.opset() < 13 ? 1 : -1) : 0;
    int axis = Sizes.axis(node.attributes().integer("axis", otherwise), in.axes().size());
    if (!in.axes().get(axis).equals(Axis.FEATURE) || axis != in.axes().size() - 1) {
      throw new IllegalArgumentException("it goes along another axis than the last");
    }
    if (softmax) {
      return node.opType().equals("Softmax") ? chain.softmax(in) : chain.logSoftmax(in);
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
    Flow in = inputs.flow(node, 0);
    List<Long> axes = constants.integers(node, 1, "axes", this::value);
    if (axes.size() != 1) {
      throw new IllegalArgumentException("it reduces along " + axes + ", expected one axis");
    }
    int axis = Sizes.axis(axes.get(0), in.axes().size());
    Layer.Reduction reduction =
        switch (node.opType()) {
          case "ReduceMean" -> Layer.Reduction.MEAN;
          case "ReduceMax" -> Layer.Reduction.MAX;
          default -> Layer.Reduction.SUM;
        };
    return chain.reduced(in, axis, reduction, node.attributes().integer("keepdims", 1) != 0);
  }

  /** {@code GatherElements} of each row's last step. */
  private Flow lastSteps(OnnxNode node) {
    Flow in = inputs.flow(node, 0);
    int axis = Sizes.axis(node.attributes().integer("axis", 0), in.axes().size());
    if (!(value(node.input(1)) instanceof LastStep step) || step.floats() != chain.width(in)) {
      throw new IllegalArgumentException(
          "it takes elements that are not at the rows' lengths, less 1, for all floats of a step");
    }
    return chain.reduced(in, axis, Layer.Reduction.LAST, true);
  }

  /** Of {@code [rows, floats, steps]}, over all steps. */
  private Flow pooled(OnnxNode node) {
    Flow in = inputs.flow(node, 0);
    if (in.axes().size() != 3 || in.axes().indexOf(Axis.FEATURE) != 1) {
      throw new IllegalArgumentException("its channels, axis 1, are not the features");
    }
    boolean mean = node.opType().equals("GlobalAveragePool");
    return chain.reduced(in, 2, mean ? Layer.Reduction.MEAN : Layer.Reduction.MAX, true);
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
