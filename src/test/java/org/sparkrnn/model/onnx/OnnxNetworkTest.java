package org.sparkrnn.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.Vocabulary;
import org.sparkrnn.model.loading.ModelInspection;
import org.sparkrnn.model.loading.ModelLoader;
import org.sparkrnn.model.loading.Npy;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Limits;
import org.sparkrnn.rnn.NetworkRunner;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.rnn.PackedNetwork;
import org.sparkrnn.rnn.Result;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.LocalStorage;
import org.sparkrnn.weights.WeightsException;
import org.sparkrnn.weights.onnx.OnnxFile;
import org.sparkrnn.weights.onnx.OnnxNode;
import org.sparkrnn.weights.onnx.OnnxWriter;

/** Networks found in ONNX graphs. */
public class OnnxNetworkTest {
  private static final double TOLERANCE = 2e-6;

  private static Path data(String folder) {
    Path path = Path.of(System.getProperty("sparkrnn.data", "../shared/data"), folder);
    Assumptions.assumeTrue(Files.isDirectory(path), "skipped: no data at " + path);
    return path;
  }

  static SequenceModel load(byte[] bytes) throws IOException {
    return OnnxNetwork.load(new InMemoryStorage().with("m.onnx", bytes), "m.onnx", Cut.NONE)
        .model();
  }

  /** Runs rows {@code [rows][steps * floats]}; per output and row its floats. */
  public static float[][][] run(SequenceModel model, float[][] rows, String... selected) {
    List<Output> outputs = Arrays.stream(selected).map(model.network()::output).toList();
    NetworkRunner runner =
        PackedNetwork.pack(model.network(), Ops.of("scalar")).runner(outputs, Limits.DEFAULT);
    int size = ((InputSpec.Features) model.input()).size();
    for (float[] row : rows) {
      runner.window().add(row, 0, row.length / size);
    }
    runner.run();
    float[][][] results = new float[selected.length][rows.length][];
    for (int i = 0; i < selected.length; i++) {
      Result result = runner.result(i);
      for (int row = 0; row < rows.length; row++) {
        int length = result.size() * (result.perStep() ? rows[row].length / size : 1);
        int from = result.offset(row);
        results[i][row] = Arrays.copyOfRange(result.floats(), from, from + length);
      }
    }
    return results;
  }

  private static Tensor tensor(Path file) throws IOException {
    OnnxWriter graph = new OnnxWriter().message(1, OnnxWriter.node("x", List.of(), List.of()));
    graph.message(5, new OnnxWriter().raw(Files.readAllBytes(file)).text(8, "t"));
    InMemoryStorage storage = new InMemoryStorage().with("m.onnx", OnnxWriter.model(graph));
    try (OnnxFile made = OnnxFile.open(storage, "m.onnx")) {
      return made.read("t");
    }
  }

  /** Row {@code row} of {@code [steps, rows, ...]}, or of {@code [rows, steps, ...]}. */
  private static float[] row(Tensor tensor, int axis, int row) {
    long rows = tensor.shape().dim(axis);
    long inner = 1;
    for (int i = axis + 1; i < tensor.shape().rank(); i++) {
      inner *= tensor.shape().dim(i);
    }
    float[] all = tensor.toArray();
    int run = (int) inner;
    int outer = all.length / (int) (rows * inner);
    float[] out = new float[outer * run];
    for (int i = 0; i < outer; i++) {
      System.arraycopy(all, (int) ((i * rows + row) * inner), out, i * run, run);
    }
    return out;
  }

  private static float[] hidden(SequenceModel model, float[] state) {
    Layer.Rnn rnn = model.network().rnnLayers().get(0);
    int n = rnn.levels().get(0).directions().get(0).outputSize();
    return Arrays.copyOfRange(state, state.length - n, state.length);
  }

  private static void assertClose(String what, float[] actual, float[] expected) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i]).as(what + " " + i).isCloseTo(expected[i], within(TOLERANCE));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lstm_defaults",
        "lstm_with_initial_bias",
        "lstm_with_peepholes",
        "lstm_batchwise",
        "gru_defaults",
        "gru_with_initial_bias",
        "gru_seq_length",
        "gru_batchwise",
        "simple_rnn_defaults",
        "simple_rnn_with_initial_bias",
        "rnn_seq_length",
        "simple_rnn_batchwise"
      })
  void theOfficialNodeTestsGiveTheirOutputs(String name) throws IOException {
    Path folder = data("onnx-node-tests").resolve("opset14/test_" + name);
    byte[] model = Files.readAllBytes(folder.resolve("model.onnx"));
    OnnxNode node;
    List<String> inputs;
    try (OnnxFile file = OnnxFile.open(LocalStorage.of(folder), "model.onnx")) {
      node = file.graph().nodes().get(0);
      inputs = file.graph().inputs().stream().map(value -> value.name()).toList();
    }
    Path set = folder.resolve("test_data_set_0");
    OnnxWriter constants = new OnnxWriter();
    for (int i = 1; i < inputs.size(); i++) {
      byte[] tensor = Files.readAllBytes(set.resolve("input_" + i + ".pb"));
      if (!node.input(4).equals(inputs.get(i))) {
        constants.message(5, new OnnxWriter().raw(tensor).text(8, inputs.get(i)));
      }
    }
    // Messages written twice are merged, so this adds the weights to the model's graph.
    SequenceModel loaded = load(new OnnxWriter().raw(model).message(7, constants).toByteArray());
    Tensor x = tensor(set.resolve("input_0.pb"));
    boolean batchFirst = node.attributes().integer("layout", 0) == 1;
    int count = (int) x.shape().dim(batchFirst ? 0 : 1);
    float[][] rows =
        IntStream.range(0, count)
            .mapToObj(row -> row(x, batchFirst ? 0 : 1, row))
            .toArray(float[][]::new);
    float[][][] results = run(loaded, rows, "outputs", "final_state");
    int output = 0;
    for (int i = 0; i < 2; i++) {
      if (!node.output(i).isEmpty()) {
        Tensor expected = tensor(set.resolve("output_" + output++ + ".pb"));
        for (int row = 0; row < count; row++) {
          float[] found = i == 0 ? results[0][row] : hidden(loaded, results[1][row]);
          int axis = batchFirst ? 0 : i == 0 ? 2 : 1;
          assertClose(node.output(i) + " of row " + row, found, row(expected, axis, row));
        }
      }
    }
    assertThat(output).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lstm", "gru", "rnn"})
  void pytorchsExportsGiveOnnxRuntimesOutputs(String name) throws IOException {
    Path folder = data("models/onnx-burn-rnn-tests");
    SequenceModel model =
        OnnxNetwork.load(LocalStorage.of(folder), name + ".onnx", Cut.NONE).model();
    Path expected = folder.resolve("expected/" + name);
    Npy input = Npy.read(expected.resolve("in_input.npy"));
    Npy output = Npy.read(expected.resolve(name.equals("gru") ? "Y.npy" : "output.npy"));
    Tensor x = of(input);
    Tensor y = of(output);
    float[][] rows =
        IntStream.range(0, input.shape()[1])
            .mapToObj(row -> row(x, 1, row))
            .toArray(float[][]::new);
    float[][][] results = run(model, rows, "outputs");
    int axis = y.shape().rank() == 4 ? 2 : 1;
    for (int row = 0; row < rows.length; row++) {
      assertClose(name + " row " + row, results[0][row], row(y, axis, row));
    }
    assertThat(model.select()).contains("outputs", "final_state");
  }

  private static Tensor of(Npy npy) {
    long[] dims = Arrays.stream(npy.shape()).asLongStream().toArray();
    return Tensor.of(org.sparkrnn.tensor.Shape.of(dims), npy.floats());
  }

  @Test
  void aNetworkWithPartsThatDoNotRunIsRefusedWithAllOfThem() {
    Path folder = data("models/pth-onnx-gtcrn");
    assertThatThrownBy(
            () -> OnnxNetwork.load(LocalStorage.of(folder), "gtcrn_simple.onnx", Cut.NONE))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(
            folder.resolve("gtcrn_simple.onnx")
                + ": the graph is no chain of layers that run; these nodes do not:\n  ")
        .hasMessageContaining("Conv");
  }

  /** Embedding, bidirectional LSTM, joined directions, last step, dense, softmax. */
  static byte[] classifier(String direction) {
    OnnxWriter graph = new OnnxWriter();
    List<OnnxWriter> nodes = new ArrayList<>();
    nodes.add(OnnxWriter.node("Gather", List.of("table", "ids"), List.of("e")));
    nodes.add(OnnxWriter.node("Transpose", List.of("e"), List.of("x")).ints("perm", 1, 0, 2));
    nodes.add(OnnxWriter.node("Identity", List.of("w0"), List.of("w")));
    nodes.add(
        OnnxWriter.node("LSTM", List.of("x", "w", "r", "", "", "zero", "zero"), List.of("y"))
            .string("direction", direction)
            .integer("hidden_size", 1));
    nodes.add(OnnxWriter.node("Transpose", List.of("y"), List.of("t")).ints("perm", 2, 0, 1, 3));
    nodes.add(OnnxWriter.node("Reshape", List.of("t", "shape"), List.of("s")));
    nodes.add(OnnxWriter.node("Gather", List.of("s", "last"), List.of("l")).integer("axis", 1));
    nodes.add(OnnxWriter.node("MatMul", List.of("l", "k"), List.of("m")));
    nodes.add(OnnxWriter.node("Add", List.of("m", "b"), List.of("a")));
    nodes.add(OnnxWriter.node("Softmax", List.of("a"), List.of("p")).integer("axis", -1));
    nodes.forEach(node -> graph.message(1, node));
    float[] ones = new float[16];
    Arrays.fill(ones, 0.5f);
    graph.message(5, OnnxWriter.tensor("table", List.of(5L, 2L), Arrays.copyOf(ones, 10)));
    graph.message(5, OnnxWriter.tensor("w0", List.of(2L, 4L, 2L), ones));
    graph.message(5, OnnxWriter.tensor("r", List.of(2L, 4L, 1L), Arrays.copyOf(ones, 8)));
    graph.message(5, OnnxWriter.tensor("zero", List.of(2L, 1L, 1L), 0, 0));
    graph.message(5, OnnxWriter.tensor("k", List.of(2L, 3L), 1, 2, 3, 4, 5, 6));
    graph.message(5, OnnxWriter.tensor("b", List.of(3L), 1, 0, 1));
    graph.message(5, OnnxWriter.integers("shape", List.of(3L), 0, 0, -1));
    graph.message(5, OnnxWriter.integers("last", List.of(), -1));
    graph.message(11, OnnxWriter.value("ids", 7, -1, -1));
    graph.message(12, OnnxWriter.value("p", 1, -1, 3));
    return OnnxWriter.model(graph);
  }

  @Test
  void aClassifierIsAChainOfLayers() throws IOException {
    SequenceModel model = load(classifier("bidirectional"));
    assertThat(model.network().layers().stream().map(Layer::name))
        .containsExactly("embedding", "rnn", "last", "dense", "softmax");
    assertThat(model.select()).containsExactly("softmax");
    assertThat(model.input())
        .isEqualTo(new InputSpec.Tokens(5, new Vocabulary(java.util.Map.of(), -1)));
    Layer.Dense dense = (Layer.Dense) model.network().layers().get(3);
    assertThat(dense.bias().toArray()).containsExactly(1, 0, 1);
  }

  @Test
  void whatDoesNotRunIsNamedWithItsReason() {
    assertThatThrownBy(() -> load(classifier("backwards")))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(
            "m.onnx: the graph is no chain of layers that run; these nodes do not:\n"
                + "  LSTM 'y': direction 'backwards' is none that ONNX has\n");
  }

  @Test
  void theFileAloneIsLoadedAndInspected(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("names.onnx"), classifier("bidirectional"));
    SequenceModel model = ModelLoader.load(file.toString(), "", new Configuration(false));
    assertThat(model.name()).isEqualTo("names");
    assertThat(model.fingerprint()).isEqualTo(load(classifier("bidirectional")).fingerprint());
    assertThat(ModelInspection.of(file.toString(), "", new Configuration(false)).toText())
        .contains("ONNX, opset 14", "bidirectional_dynamic_rnn", "used by embedding");
    assertThatThrownBy(() -> ModelLoader.load(file.toString(), "w", new Configuration(false)))
        .isInstanceOf(ModelException.class)
        .hasMessage(file + " holds its own weights; leave out the weights file w");
  }

  @Test
  void aReshapeOrCastThatChangesNumbersIsRefused() {
    OnnxWriter graph = new OnnxWriter();
    graph.message(
        1,
        OnnxWriter.node("LSTM", List.of("x", "w", "r"), List.of("y"))
            .string("direction", "bidirectional"));
    graph.message(
        1, OnnxWriter.node("Transpose", List.of("y"), List.of("t")).ints("perm", 0, 2, 1, 3));
    graph.message(1, OnnxWriter.node("Reshape", List.of("t", "shape"), List.of("s")));
    graph.message(1, OnnxWriter.node("Cast", List.of("t"), List.of("c")).integer("to", 6));
    graph.message(5, OnnxWriter.tensor("w", List.of(2L, 4L, 1L), new float[8]));
    graph.message(5, OnnxWriter.tensor("r", List.of(2L, 4L, 1L), new float[8]));
    graph.message(5, OnnxWriter.integers("shape", List.of(3L), 0, 0, 5));
    graph.message(11, OnnxWriter.value("x", 1, -1, -1, 1));
    graph.message(12, OnnxWriter.value("s", 1));
    graph.message(12, OnnxWriter.value("c", 1));
    assertThatThrownBy(() -> load(OnnxWriter.model(graph)))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "m.onnx: the graph is no chain of layers that run; these nodes do not:\n"
                + "  Reshape 's': it reshapes [?, ?, 2, 1] to [0, 0, 5]; only axes of size 1, the"
                + " directions' floats, rows with steps, and the steps of rows in order can be put"
                + " together or taken apart, each of its own size\n"
                + "  Cast 'c': it casts to type 6");
  }

  @Test
  void aCircleIsRefused() {
    OnnxWriter graph = new OnnxWriter();
    graph.message(1, OnnxWriter.node("LSTM", List.of("a", "w", "w"), List.of("b")));
    graph.message(1, OnnxWriter.node("Identity", List.of("b"), List.of("a")));
    graph.message(12, OnnxWriter.value("b", 1));
    assertThatThrownBy(() -> load(OnnxWriter.model(graph)))
        .isInstanceOf(ModelException.class)
        .hasMessage("m.onnx: the nodes around 'a' go in a circle");
  }

  @Test
  void everyFlippedBitIsReportedOrLoaded() throws IOException {
    byte[] whole = classifier("bidirectional");
    for (int bit = 0; bit < 8 * whole.length; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        load(flipped);
      } catch (WeightsException | ModelException e) {
        assertThat(e).as("bit %d", bit).hasMessageStartingWith("m.onnx: ");
      } catch (RuntimeException e) {
        throw new AssertionError("bit " + bit, e);
      }
    }
  }
}
