package org.sparkrnn.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.loading.ModelInspection;
import org.sparkrnn.model.loading.ModelLoader;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.weights.onnx.OnnxWriter;

/** What exporters put around the recurrent nodes of ONNX graphs. */
class OnnxTailsTest {
  private static final int D = 2;
  private static final int N = 3;
  private static final int T = 4;
  private static final float[][] ROWS = {floats(1, T * D), floats(2, T * D)};

  private static float[] floats(long seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  private static OnnxWriter node(String type, String inputs, String outputs) {
    return OnnxWriter.node(type, List.of(inputs.split(" ")), List.of(outputs.split(" ")));
  }

  /** {@code X} [steps, rows, 2] through an LSTM to {@code Y}, {@code Yh}; then these nodes. */
  private static OnnxWriter graph(int ways, String output, OnnxWriter... nodes) {
    OnnxWriter graph = new OnnxWriter();
    graph.message(
        1,
        node("LSTM", "X W R B", "Y Yh Yc")
            .string("direction", ways == 2 ? "bidirectional" : "forward"));
    for (OnnxWriter node : nodes) {
      graph.message(1, node);
    }
    long dirs = ways;
    graph.message(5, OnnxWriter.tensor("W", List.of(dirs, 4L * N, (long) D), floats(3, 24 * ways)));
    graph.message(5, OnnxWriter.tensor("R", List.of(dirs, 4L * N, (long) N), floats(4, 36 * ways)));
    graph.message(5, OnnxWriter.tensor("B", List.of(dirs, 8L * N), floats(5, 24 * ways)));
    graph.message(11, OnnxWriter.value("X", 1, T, -1, D));
    graph.message(12, OnnxWriter.value(output, 1));
    return graph;
  }

  private static SequenceModel load(OnnxWriter graph) throws IOException {
    return OnnxNetworkTest.load(OnnxWriter.model(graph));
  }

  private static float[][] run(OnnxWriter graph) throws IOException {
    SequenceModel model = load(graph);
    assertThat(model.select()).hasSize(1);
    return OnnxNetworkTest.run(model, ROWS, model.select().get(0))[0];
  }

  /** The final {@code h} of one row, directions joined: read off the plain graph's outputs. */
  private static float[] ends(int ways, int row) throws IOException {
    float[] y = run(graph(ways, "Y"))[row];
    float[] forward = Arrays.copyOfRange(y, (T - 1) * ways * N, (T - 1) * ways * N + N);
    if (ways == 1) {
      return forward;
    }
    float[] both = Arrays.copyOf(forward, 2 * N);
    System.arraycopy(y, N, both, N, N);
    return both;
  }

  /** {@code x} times {@code k} [n, 2], plus {@code b}, in double. */
  private static double[] affine(float[] x, float[] k, float[] b, double alpha, double beta) {
    double[] out = new double[2];
    for (int j = 0; j < 2; j++) {
      for (int i = 0; i < x.length; i++) {
        out[j] += alpha * x[i] * k[2 * i + j];
      }
      out[j] += beta * b[j];
    }
    return out;
  }

  private static void assertClose(float[] actual, double... expected) {
    assertThat(actual).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      // A handful of products below 1, each rounded once.
      assertThat((double) actual[i]).as("float " + i).isCloseTo(expected[i], within(1e-6));
    }
  }

  @Test
  void pytorchsTwoEndsOfJoinedDirectionsAreTheFinalState() throws IOException {
    OnnxWriter graph =
        graph(
            2,
            "out",
            node("Transpose", "Y", "t").ints("perm", 2, 0, 1, 3),
            node("Reshape", "t joined", "s"),
            node("Slice", "s zero three two", "fw"),
            node("Slice", "s three far two", "bw"),
            node("Gather", "fw last", "a").integer("axis", 1),
            node("Gather", "bw first", "b").integer("axis", 1),
            node("Concat", "a b", "both").integer("axis", 1),
            node("Gemm", "both k bias", "out"));
    graph.message(5, OnnxWriter.integers("joined", List.of(3L), 0, 0, -1));
    graph.message(5, OnnxWriter.integers("zero", List.of(1L), 0));
    graph.message(5, OnnxWriter.integers("two", List.of(1L), 2));
    graph.message(5, OnnxWriter.integers("three", List.of(1L), 3));
    graph.message(5, OnnxWriter.integers("far", List.of(1L), Long.MAX_VALUE));
    graph.message(5, OnnxWriter.integers("last", List.of(), -1));
    graph.message(5, OnnxWriter.integers("first", List.of(), 0));
    float[] k = floats(6, 4 * N);
    graph.message(5, OnnxWriter.tensor("k", List.of(2L * N, 2L), k));
    graph.message(5, OnnxWriter.tensor("bias", List.of(2L), 1, 2));
    float[][] found = run(graph);
    for (int row = 0; row < ROWS.length; row++) {
      assertClose(found[row], affine(ends(2, row), k, new float[] {1, 2}, 1, 1));
    }
  }

  @Test
  void aDirectionsStepWhereItStartsIsRefused() {
    OnnxWriter graph =
        graph(
            2,
            "out",
            node("Split", "Y", "fw bw").integer("axis", 1),
            node("Gather", "bw last", "s").integer("axis", 0),
            node("Relu", "s", "out"));
    graph.message(5, OnnxWriter.integers("last", List.of(), -1));
    assertThatThrownBy(() -> load(graph))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "m.onnx: the graph is no chain of layers that run; these nodes do not:\n"
                + "  Gather 's': it takes a direction's step where it starts\n"
                + "  1 node waits for these");
  }

  @Test
  void kerasSplitsTheFinalStatesAndJoinsThem() throws IOException {
    OnnxWriter graph =
        graph(
            2,
            "out",
            node("Split", "Yh", "f b").integer("axis", 0).ints("split", 1, 1),
            node("Squeeze", "f", "f1").ints("axes", 0),
            node("Squeeze", "b", "b1").ints("axes", 0),
            node("Concat", "f1 b1", "both").integer("axis", -1),
            node("Dropout", "both", "dropped"),
            node("Cast", "dropped", "cast").integer("to", 1),
            node("MatMul", "cast k", "m"),
            node("Add", "m bias", "z"),
            node("Sigmoid", "z", "out"));
    float[] k = floats(6, 4 * N);
    graph.message(5, OnnxWriter.tensor("k", List.of(2L * N, 2L), k));
    graph.message(5, OnnxWriter.tensor("bias", List.of(2L), 1, 2));
    float[][] found = run(graph);
    for (int row = 0; row < ROWS.length; row++) {
      double[] z = affine(ends(2, row), k, new float[] {1, 2}, 1, 1);
      assertClose(found[row], 1 / (1 + Math.exp(-z[0])), 1 / (1 + Math.exp(-z[1])));
    }
  }

  @Test
  void aDenseLayerOverRowsAndStepsPairedIsOnePerStep() throws IOException {
    OnnxWriter graph =
        graph(
            1,
            "out",
            node("Squeeze", "Y", "s").ints("axes", 1),
            node("Transpose", "s", "t").ints("perm", 1, 0, 2),
            node("Reshape", "t flat", "p"),
            node("MatMul", "p k", "m"),
            node("Add", "bias m", "z"),
            node("Reshape", "z back", "u"),
            node("Tanh", "u", "out"));
    float[] k = floats(6, 2 * N);
    graph.message(5, OnnxWriter.integers("flat", List.of(2L), -1, N));
    graph.message(5, OnnxWriter.integers("back", List.of(3L), -1, T, 2));
    graph.message(5, OnnxWriter.tensor("k", List.of((long) N, 2L), k));
    graph.message(5, OnnxWriter.tensor("bias", List.of(2L), 1, 2));
    float[][] found = run(graph);
    float[][] y = run(graph(1, "Y"));
    for (int row = 0; row < ROWS.length; row++) {
      for (int t = 0; t < T; t++) {
        float[] step = Arrays.copyOfRange(y[row], t * N, t * N + N);
        double[] z = affine(step, k, new float[] {1, 2}, 1, 1);
        assertClose(
            Arrays.copyOfRange(found[row], 2 * t, 2 * t + 2), Math.tanh(z[0]), Math.tanh(z[1]));
      }
    }
  }

  @Test
  void aGemmWithAllItsAttributesIsADenseLayer() throws IOException {
    OnnxWriter graph =
        graph(
            1,
            "out",
            node("Squeeze", "Yh", "h").ints("axes", 0),
            node("Gemm", "h kT bias", "out")
                .integer("transB", 1)
                .real("alpha", 0.5f)
                .real("beta", 2));
    float[] k = floats(6, 2 * N);
    float[] turned = {k[0], k[2], k[4], k[1], k[3], k[5]};
    graph.message(5, OnnxWriter.tensor("kT", List.of(2L, (long) N), turned));
    graph.message(5, OnnxWriter.tensor("bias", List.of(1L, 2L), 1, 2));
    float[][] found = run(graph);
    for (int row = 0; row < ROWS.length; row++) {
      assertClose(found[row], affine(ends(1, row), k, new float[] {1, 2}, 0.5, 2));
    }
  }

  @Test
  void tensorFlowsStridedSliceTakesTheLastStep() throws IOException {
    OnnxWriter graph =
        graph(
            1,
            "out",
            node("Squeeze", "Y", "s").ints("axes", 1),
            node("Transpose", "s", "t").ints("perm", 1, 0, 2),
            node("Slice", "t starts ends", "l"),
            node("Squeeze", "l", "q").ints("axes", 1),
            node("Unsqueeze", "q", "v").ints("axes", 1),
            node("Flatten", "v", "f"),
            node("Relu", "f", "out"));
    graph.message(5, OnnxWriter.integers("starts", List.of(3L), 0, -1, 0));
    graph.message(
        5,
        OnnxWriter.integers(
            "ends", List.of(3L), Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE));
    float[][] found = run(graph);
    for (int row = 0; row < ROWS.length; row++) {
      float[] end = ends(1, row);
      assertClose(found[row], Math.max(0, end[0]), Math.max(0, end[1]), Math.max(0, end[2]));
    }
  }

  /** Two LSTMs, the second reading these lengths and states. */
  private static OnnxWriter stacked(String lengths, String second, OnnxWriter... before) {
    OnnxWriter graph = new OnnxWriter();
    for (OnnxWriter node : before) {
      graph.message(1, node);
    }
    graph.message(1, OnnxWriter.node("LSTM", inputs("X W R  lens h0 c0"), List.of("y1")));
    graph.message(1, node("Squeeze", "y1", "s").ints("axes", 1));
    graph.message(
        1, OnnxWriter.node("LSTM", inputs("s R R  " + lengths + " " + second), List.of("Y")));
    graph.message(5, OnnxWriter.tensor("W", List.of(1L, 4L * N, (long) D), floats(3, 24)));
    graph.message(5, OnnxWriter.tensor("R", List.of(1L, 4L * N, (long) N), floats(4, 36)));
    graph.message(5, OnnxWriter.integers("full", List.of(2L), T, T));
    graph.message(5, OnnxWriter.integers("short", List.of(2L), T, 1));
    graph.message(5, OnnxWriter.integers("zero", List.of(1L), 0));
    graph.message(5, OnnxWriter.integers("one", List.of(1L), 1));
    graph.message(5, OnnxWriter.integers("two", List.of(1L), 2));
    graph.message(5, OnnxWriter.tensor("start", List.of(1L, 1L, (long) N), 1, 0, 0));
    graph.message(5, OnnxWriter.tensor("B1", List.of((long) N), 1, 0, 0));
    graph.message(5, OnnxWriter.tensor("unlike", List.of(1L, 2L, (long) N), 1, 0, 0, 1, 0, 2));
    graph.message(11, OnnxWriter.value("X", 1, T, -1, D));
    for (String fed : List.of("h0", "c0", "h1", "c1", "h", "other")) {
      graph.message(11, OnnxWriter.value(fed, 1));
    }
    graph.message(11, OnnxWriter.value("lens", 6, -1));
    graph.message(12, OnnxWriter.value("Y", 1));
    return graph;
  }

  private static List<String> inputs(String names) {
    return Arrays.asList(names.split(" "));
  }

  @Test
  void statesOfTheirOwnAndOneLengthRun() throws IOException {
    assertThat(load(stacked("lens", "h1 c1")).network().rnnLayers()).hasSize(2);
  }

  private static String refusal(OnnxWriter graph) {
    try {
      load(graph);
    } catch (ModelException e) {
      return e.getMessage().lines().skip(1).findFirst().orElseThrow().strip();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    throw new AssertionError("it was loaded");
  }

  @Test
  void lengthsAndStatesThatAreNotTheLayersOwnAreRefused() {
    assertThat(refusal(stacked("other", "h1 c1")))
        .isEqualTo("LSTM 'Y': sequence_lens 'other' is not that of the nodes before, 'lens'");
    assertThat(refusal(stacked("short", "h1 c1")))
        .isEqualTo(
            "LSTM 'Y': sequence_lens 'short' is not the length of the input; it must be an input"
                + " of the model, or left out");
    assertThat(refusal(stacked("full", "h1 c1")))
        .isEqualTo("LSTM 'Y': sequence_lens '' is not that of the nodes before, 'lens'");
    assertThat(refusal(stacked("lens", "h1 c0")))
        .isEqualTo(
            "LSTM 'Y': initial_c 'c0' is of input 'c0', which is initial_c 'c0' of 'y1' too; each"
                + " node needs initial states of its own");
    assertThat(refusal(stacked("lens", "start c1")))
        .isEqualTo(
            "LSTM 'Y': of initial_h and initial_c one is an input and one a constant other than"
                + " zero; a row's own state has both, so make both inputs of the model");
    assertThat(refusal(stacked("lens", "B1")))
        .isEqualTo("LSTM 'Y': initial_h 'B1' has shape [3], expected [1, rows, 3]");
    assertThat(refusal(stacked("lens", "unlike")))
        .isEqualTo(
            "LSTM 'Y': initial_h 'unlike' is a constant that differs from row to row; make it an"
                + " input of the model");
  }

  @Test
  void constantStatesAreWhatRowsStartFrom() throws IOException {
    SequenceModel model = load(stacked("lens", "start"));
    Layer.Rnn first = model.network().rnnLayers().get(0);
    Layer.Rnn second = model.network().rnnLayers().get(1);
    assertThat(first.initialState().shape().elements()).isZero();
    assertThat(second.initialState().toArray()).containsExactly(0, 0, 0, 1, 0, 0);
    assertThat(model.network().initialState()).hasSize(12).startsWith(0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
  }

  @Test
  void piecesOfOneInputAreStatesOfTheirOwn() throws IOException {
    OnnxWriter first = node("Slice", "h zero one zero", "ha");
    OnnxWriter second = node("Slice", "h one two zero", "hb");
    assertThat(load(stacked("lens", "ha c1", first)).network().rnnLayers()).hasSize(2);
    assertThat(load(stacked("lens", "ha hb", first, second)).network().rnnLayers()).hasSize(2);
    assertThat(refusal(stacked("lens", "ha h", first)))
        .isEqualTo(
            "LSTM 'Y': initial_c 'h' is of input 'h', which is initial_h 'ha' of 'Y' too; each"
                + " node needs initial states of its own");
  }

  @Test
  void aFolderWithOneGraphIsThatModel(@TempDir Path folder) throws IOException {
    byte[] bytes = OnnxNetworkTest.classifier("bidirectional");
    Files.write(folder.resolve("names.onnx"), bytes);
    Files.writeString(folder.resolve("README.md"), "hello");
    Configuration conf = new Configuration(false);
    SequenceModel model = ModelLoader.load(folder.toString(), "", conf);
    assertThat(model.name()).isEqualTo("names");
    assertThat(ModelInspection.of(folder.toString(), "", conf).toText())
        .contains("ONNX, opset 14", "used by embedding");
    Files.write(folder.resolve("other.onnx"), bytes);
    assertThatThrownBy(() -> ModelLoader.load(folder.toString(), "", conf))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "no model at "
                + folder
                + ": the folder has no model.json; it holds README.md, names.onnx, other.onnx");
  }
}
