package org.sparkrnn.model.loading;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.weights.onnx.OnnxWriter;

/**
 * ONNX files: the recurrent nodes with their attributes and inputs, and what stands around them.
 */
final class CoverageOfOnnx {
  private static final int FLOATS = 3;
  private static final int UNITS = 2;

  /** What some nodes read besides the steps. */
  private static final Map<String, String> MORE_INPUTS =
      Map.of(
          "LayerNormalization", " positive u",
          "BatchNormalization", " positive u u positive",
          "Clip", " low");

  private CoverageOfOnnx() {}

  /** Adds an attribute to a node. */
  private interface Attributes extends Consumer<OnnxWriter> {}

  private static OnnxWriter node(String type, String inputs, String outputs) {
    return OnnxWriter.node(
        type, List.of(inputs.split(" ")), List.of(outputs.replace("-", "").split(" ")));
  }

  private static OnnxWriter floats(String name, long... dims) {
    int count = 1;
    Long[] sizes = new Long[dims.length];
    for (int i = 0; i < dims.length; i++) {
      sizes[i] = dims[i];
      count *= (int) dims[i];
    }
    return OnnxWriter.tensor(name, List.of(sizes), new RandomNetworks(count).floats(count));
  }

  /**
   * A graph of one recurrent node that reads {@code X} and gives {@code Y} and {@code H}.
   *
   * @param inputs behind X; those named W, R, B, P are made, Z is a state of zeros
   */
  private static OnnxWriter recurrent(
      String type, String inputs, int directions, Attributes attributes) {
    OnnxWriter graph = new OnnxWriter();
    List<String> read = List.of(("X " + inputs).replace("-", "").split(" "));
    OnnxWriter node = OnnxWriter.node(type, read, List.of("Y", "H")).integer("hidden_size", UNITS);
    attributes.accept(node);
    graph.message(1, node);
    long gates = type.equals("LSTM") ? 4 : type.equals("GRU") ? 3 : 1;
    long ways = directions;
    graph.message(5, floats("W", ways, gates * UNITS, FLOATS));
    graph.message(5, floats("R", ways, gates * UNITS, UNITS));
    graph.message(5, floats("B", ways, 2 * gates * UNITS));
    graph.message(5, floats("P", ways, 3L * UNITS));
    graph.message(5, OnnxWriter.tensor("Z", List.of(ways, 1L, 2L), new float[2 * directions]));
    graph.message(5, OnnxWriter.tensor("S", List.of(ways, 1L, 2L), one(2 * directions)));
    graph.message(11, OnnxWriter.value("X", 1, -1, -1, FLOATS));
    return graph;
  }

  private static float[] one(int count) {
    float[] ones = new float[count];
    java.util.Arrays.fill(ones, 1);
    return ones;
  }

  private static String run(Path folder, OnnxWriter graph, String output) throws IOException {
    graph.message(12, OnnxWriter.value(output, 1));
    return Coverage.model(Files.write(folder.resolve("m.onnx"), OnnxWriter.model(graph)));
  }

  private static Coverage.Sample loop(
      String type, String inputs, int directions, Attributes attributes) {
    return folder -> run(folder, recurrent(type, inputs, directions, attributes), "Y");
  }

  private static Coverage.Sample lstm(Attributes attributes) {
    return loop("LSTM", "W R B", 1, attributes);
  }

  static Coverage recurrent() {
    Attributes none = node -> {};
    Attributes both = node -> node.string("direction", "bidirectional");
    Coverage rows = new Coverage("ONNX, recurrent nodes");
    rows.with("LSTM", lstm(none))
        .with("LSTM, direction reverse", lstm(node -> node.string("direction", "reverse")))
        .with("LSTM, direction bidirectional", loop("LSTM", "W R B", 2, both))
        .with("LSTM without B", loop("LSTM", "W R", 1, none))
        .with("LSTM, layout 1", lstm(node -> node.integer("layout", 1)))
        .with("LSTM, peepholes (P)", loop("LSTM", "W R B - - - P", 1, none))
        .with("LSTM, sequence_lens", CoverageOfOnnx::lengths)
        .with("LSTM, initial states of zeros", loop("LSTM", "W R B - Z Z", 1, none))
        .with("LSTM, initial states of other constants", loop("LSTM", "W R B - S S", 1, none))
        .with("LSTM, initial states fed", CoverageOfOnnx::states)
        .with("LSTM, clip", lstm(node -> node.real("clip", 0.5f)))
        .with("LSTM, input_forget", lstm(node -> node.integer("input_forget", 1)))
        .with(
            "LSTM, f HardSigmoid",
            lstm(node -> node.texts("activations", "HardSigmoid", "Tanh", "Tanh")))
        .with(
            "LSTM, g and h Relu",
            lstm(node -> node.texts("activations", "Sigmoid", "Relu", "Relu")))
        .with(
            "LSTM, g and h unlike",
            lstm(node -> node.texts("activations", "Sigmoid", "Tanh", "Relu")))
        .with(
            "LSTM, an unknown activation",
            lstm(node -> node.texts("activations", "Sigmoid", "Mine", "Tanh")))
        .with("LSTM, clip of 0", lstm(node -> node.real("clip", 0)))
        .with(
            "LSTM, f LeakyRelu with an alpha",
            lstm(
                node ->
                    node.texts("activations", "LeakyRelu", "Tanh", "Tanh")
                        .reals("activation_alpha", 0.1f)))
        .with(
            "LSTM, g Affine without its parameters",
            lstm(node -> node.texts("activations", "Sigmoid", "Affine", "Tanh")))
        .with("LSTM, output_sequence of opset 1", lstm(node -> node.integer("output_sequence", 1)))
        .with("GRU", loop("GRU", "W R B", 1, none))
        .with(
            "GRU, linear_before_reset",
            loop("GRU", "W R B", 1, node -> node.integer("linear_before_reset", 1)))
        .with("GRU, clip", loop("GRU", "W R B", 1, node -> node.real("clip", 0.5f)))
        .with("GRU, direction bidirectional", loop("GRU", "W R B", 2, both))
        .with("RNN", loop("RNN", "W R B", 1, none))
        .with("RNN, Relu", loop("RNN", "W R B", 1, node -> node.texts("activations", "Relu")))
        .with("RNN, clip", loop("RNN", "W R B", 1, node -> node.real("clip", 0.5f)))
        .with(
            "RNN, direction reverse",
            loop("RNN", "W R B", 1, node -> node.string("direction", "reverse")));
    return rows;
  }

  private static String lengths(Path folder) throws IOException {
    OnnxWriter graph = recurrent("LSTM", "W R B lens", 1, node -> {});
    graph.message(11, OnnxWriter.value("lens", 6, -1));
    return run(folder, graph, "Y");
  }

  private static String states(Path folder) throws IOException {
    OnnxWriter graph = recurrent("LSTM", "W R B - h0 c0", 1, node -> {});
    graph.message(11, OnnxWriter.value("h0", 1, 1, -1, UNITS));
    graph.message(11, OnnxWriter.value("c0", 1, 1, -1, UNITS));
    return run(folder, graph, "Y");
  }

  /** Nodes between an LSTM's one direction, squeezed to [steps, rows, 2] as {@code s}, and out. */
  private static Coverage.Sample behind(OnnxWriter... nodes) {
    return behind("s", nodes);
  }

  private static Coverage.Sample behind(String steps, OnnxWriter... nodes) {
    return folder -> {
      OnnxWriter graph = recurrent("LSTM", "W R B", 1, node -> {});
      graph.message(1, node("Squeeze", "Y", steps).ints("axes", 1));
      for (OnnxWriter node : nodes) {
        graph.message(1, node);
      }
      graph.message(5, floats("k", UNITS, 4));
      graph.message(5, floats("v", 4));
      graph.message(5, floats("u", UNITS));
      graph.message(5, OnnxWriter.integers("last", List.of(), -1));
      graph.message(5, OnnxWriter.tensor("low", List.of(), -0.5f));
      graph.message(5, OnnxWriter.tensor("positive", List.of(2L), 1, 2));
      return run(folder, graph, "out");
    };
  }

  static Coverage others() {
    Coverage rows = new Coverage("ONNX, other nodes");
    rows.with("MatMul and Add", behind(node("MatMul", "s k", "m"), node("Add", "m v", "out")))
        .with(
            "Gemm behind the last output",
            behind(node("Gather", "s last", "g").integer("axis", 0), node("Gemm", "g k v", "out")))
        .with("the final state (Y_h)", CoverageOfOnnx::finalState)
        .with("an embedding (Gather of a table)", folder -> run(folder, embedded(), "y"))
        .with("Softmax", behind(node("Softmax", "s", "out").integer("axis", -1)));
    for (String type : new String[] {"Sigmoid", "Relu", "LogSoftmax"}) {
      rows.with(
          type + " behind a dense layer",
          behind(node("MatMul", "s k", "m"), node("Add", "m v", "a"), node(type, "a", "out")));
    }
    for (String type :
        new String[] {
          "Identity",
          "Dropout",
          "Cast",
          "ReduceMax",
          "ReduceMean",
          "ArgMax",
          "LayerNormalization",
          "BatchNormalization",
          "GlobalAveragePool",
          "Clip",
          "LeakyRelu",
          "Gelu",
          "Conv",
          "MaxPool",
          "TopK",
          "Mine"
        }) {
      OnnxWriter node = node(type, "s" + MORE_INPUTS.getOrDefault(type, ""), "out");
      if (type.equals("Cast")) {
        node.integer("to", 1);
      } else if (type.startsWith("Reduce")) {
        node.ints("axes", 0).integer("keepdims", 0);
      } else if (type.equals("ArgMax")) {
        node.integer("axis", 2).integer("keepdims", 0);
      }
      boolean channels = type.startsWith("Batch") || type.startsWith("Global");
      OnnxWriter turned = node("Transpose", "turn", "s").ints("perm", 1, 2, 0);
      rows.with(type, channels ? behind("turn", turned, node) : behind(node));
    }
    for (String type : new String[] {"Add", "Sub", "Mul", "Div"}) {
      rows.with(type + " with a row of constants", behind(node(type, "s u", "out")));
    }
    return rows.with(
            "a residual connection", behind(node("MatMul", "X k", "m"), node("Add", "m s", "out")))
        .with(
            "Mul with the Sigmoid of itself",
            behind(node("Sigmoid", "s", "g"), node("Mul", "s g", "out")))
        .with(
            "Dropout in training mode",
            behind(
                node("Constant", "", "train").constant("value", flag(true)),
                node("Dropout", "s low train", "out")))
        .with(
            "a Reshape that exchanges rows and steps",
            behind(
                node("Constant", "", "shape")
                    .constant("value", OnnxWriter.integers("", List.of(3L), 5, -1, UNITS)),
                node("Reshape", "s shape", "out")))
        .with("Flatten of all steps, of any number", allSteps(-1))
        .with("Flatten of all steps, of a fixed number", allSteps(3))
        .with("Loop", CoverageOfOnnx::loopNode);
  }

  private static OnnxWriter flag(boolean value) {
    return OnnxWriter.head("", 9, List.of()).bytes(9, new byte[] {(byte) (value ? 1 : 0)});
  }

  private static String finalState(Path folder) throws IOException {
    OnnxWriter graph = recurrent("LSTM", "W R B", 1, node -> {});
    graph.message(1, node("Squeeze", "H", "out").ints("axes", 0));
    return run(folder, graph, "out");
  }

  /** An RNN over so many steps, -1 for any, whose outputs become one value for each row. */
  private static Coverage.Sample allSteps(long steps) {
    return folder -> {
      OnnxWriter graph = new OnnxWriter();
      graph.message(1, node("Transpose", "X", "x").ints("perm", 1, 0, 2));
      graph.message(1, node("RNN", "x W R", "y").integer("hidden_size", UNITS));
      graph.message(1, node("Squeeze", "y", "s").ints("axes", 1));
      graph.message(1, node("Transpose", "s", "t").ints("perm", 1, 0, 2));
      graph.message(1, node("Flatten", "t", "out"));
      graph.message(5, floats("W", 1, UNITS, FLOATS));
      graph.message(5, floats("R", 1, UNITS, UNITS));
      graph.message(11, OnnxWriter.value("X", 1, -1, steps, FLOATS));
      return run(folder, graph, "out");
    };
  }

  private static OnnxWriter embedded() {
    OnnxWriter graph = new OnnxWriter();
    graph.message(1, node("Gather", "table ids", "X"));
    graph.message(1, node("RNN", "X W R", "y").integer("hidden_size", UNITS));
    graph.message(5, floats("table", 5, FLOATS));
    graph.message(5, floats("W", 1, UNITS, FLOATS));
    graph.message(5, floats("R", 1, UNITS, UNITS));
    graph.message(11, OnnxWriter.value("ids", 7, -1, -1));
    return graph;
  }

  private static String loopNode(Path folder) throws IOException {
    OnnxWriter graph = new OnnxWriter();
    graph.message(1, node("Loop", "n cond X", "y").constant("body", floats("b", 1)));
    graph.message(11, OnnxWriter.value("X", 1, -1, -1, FLOATS));
    return run(folder, graph, "y");
  }

  static Coverage files() {
    Coverage rows = new Coverage("ONNX files");
    for (int opset : new int[] {7, 14, 22}) {
      rows.with("opset " + opset, folder -> opset(folder, opset));
    }
    return rows.with(
            "a folder with one .onnx",
            folder -> Coverage.model(Encoding.ONNX.write(1, folder).getParent()))
        .with("weights behind Identity", weights(1, node("Identity", "W0", "W")))
        .with(
            "weights behind Transpose",
            weights(2, node("Transpose", "W0", "W").ints("perm", 0, 2, 1)))
        .with("weights behind Unsqueeze", weights(3, node("Unsqueeze", "W0", "W").ints("axes", 0)))
        .with("weights behind DequantizeLinear", weights(1, node("DequantizeLinear", "W0", "W")))
        .with("weights in FLOAT16", CoverageOfOnnx::halves)
        .with("weights in an external file", folder -> external(folder, "w.bin"))
        .with("weights in a file that is missing", folder -> external(folder, "other.bin"))
        .with("weights in a file outside the folder", folder -> external(folder, "../w.bin"))
        .with("weights that are an input", CoverageOfOnnx::fed)
        .with("nothing but weights", CoverageOfOnnx::noNodes)
        .with("a file cut short", CoverageOfOnnx::cut);
  }

  private static String opset(Path folder, int opset) throws IOException {
    OnnxWriter graph = recurrent("LSTM", "W R B", 1, node -> {});
    graph.message(12, OnnxWriter.value("Y", 1));
    byte[] model = OnnxWriter.model(graph, opset);
    return Coverage.model(Files.write(folder.resolve("m.onnx"), model));
  }

  /** An RNN whose W is given as it is (1), transposed (2) or without its first axis (3). */
  private static Coverage.Sample weights(int form, OnnxWriter node) {
    return folder -> {
      OnnxWriter graph = new OnnxWriter().message(1, node).raw(rnn().toByteArray());
      graph.message(
          5,
          form == 1
              ? floats("W0", 1, UNITS, FLOATS)
              : form == 2 ? floats("W0", 1, FLOATS, UNITS) : floats("W0", UNITS, FLOATS));
      return run(folder, graph, "Y");
    };
  }

  /** An RNN whose W is still to be given. */
  private static OnnxWriter rnn() {
    OnnxWriter graph = new OnnxWriter();
    graph.message(1, node("RNN", "X W R", "Y").integer("hidden_size", UNITS));
    graph.message(5, floats("R", 1, UNITS, UNITS));
    graph.message(11, OnnxWriter.value("X", 1, -1, -1, FLOATS));
    return graph;
  }

  private static String halves(Path folder) throws IOException {
    OnnxWriter weights = OnnxWriter.head("W", 10, List.of(1L, 2L, 3L)).bytes(9, new byte[12]);
    return run(folder, rnn().message(5, weights), "Y");
  }

  private static String external(Path folder, String location) throws IOException {
    ByteBuffer data = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(folder.resolve("w.bin"), data.array());
    OnnxWriter weights =
        OnnxWriter.head("W", 1, List.of(1L, 2L, 3L))
            .message(13, new OnnxWriter().text(1, "location").text(2, location))
            .number(14, 1);
    return run(folder, rnn().message(5, weights), "Y");
  }

  private static String fed(Path folder) throws IOException {
    OnnxWriter graph = rnn().message(11, OnnxWriter.value("W", 1, 1, UNITS, FLOATS));
    return run(folder, graph, "Y");
  }

  private static String noNodes(Path folder) throws IOException {
    return run(folder, new OnnxWriter().message(5, floats("W", 2)), "W");
  }

  private static String cut(Path folder) throws IOException {
    Path file = Encoding.ONNX.write(1, folder);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
    return Coverage.model(file);
  }
}
