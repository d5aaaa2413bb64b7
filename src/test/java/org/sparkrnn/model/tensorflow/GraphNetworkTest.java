package org.sparkrnn.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.Fingerprint;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.LoadedModel;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.loading.ModelLoader;
import org.sparkrnn.model.loading.Npy;
import org.sparkrnn.model.loading.RealCheckpointsTest;
import org.sparkrnn.model.onnx.OnnxNetworkTest;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Loop;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.LocalStorage;
import org.sparkrnn.weights.WeightsException;
import org.sparkrnn.weights.tensorflow.CheckpointBytes;
import org.sparkrnn.weights.tensorflow.GraphBytes;

/** Frozen TensorFlow graphs without a spec. */
class GraphNetworkTest {
  private static final float[] KERNEL = {
    0.5f, -1, 0.25f, 0.75f, -0.5f, 1, 0.125f, -0.25f, 0.375f, 0.5f, -0.75f, 1
  };
  private static final float[] BIAS = {0.1f, -0.2f, 0.3f, -0.4f};
  private static final float[][] ROWS = {{1, -2, 3, 0.5f}, {4, 0, -1, 2}};

  private static final Map<String, Tensor> WEIGHTS =
      Map.of(
          "kernel", Tensor.of(Shape.of(3, 4), KERNEL),
          "bias", Tensor.of(Shape.of(4), BIAS),
          "w", Tensor.of(Shape.of(1, 2), 2, -3),
          "b", Tensor.of(Shape.of(2), 0.5f, 0.25f));

  private static GraphBytes constants() {
    GraphBytes graph = new GraphBytes();
    WEIGHTS.forEach(
        (name, tensor) ->
            graph.floats(
                name,
                tensor.shape().dims().stream().map(Long::intValue).toList(),
                tensor.toArray()));
    return others(graph);
  }

  /** With variables in place of constants. */
  private static GraphBytes variables() {
    GraphBytes graph = new GraphBytes();
    WEIGHTS.keySet().forEach(name -> graph.nodes(name + " = VariableV2"));
    return others(graph);
  }

  private static GraphBytes others(GraphBytes graph) {
    return graph
        .floats("one", List.of(), 1)
        .floats("zero", List.of(), 0)
        .integers("turn", List.of(3), 1, 0, 2)
        .integers("shape", List.of(2), 1, 1)
        .integers("axis", List.of(), 1)
        .integers("steps", List.of(), 0)
        .nodes(
            """
            x = Placeholder ; dtype=1
            start = Fill shape zero
            """);
  }

  /** The nodes of one step of {@code BasicLSTMCell}. */
  private static String step(String name, String x, String c, String h) {
    return """
    N/joined = ConcatV2 X H axis
    N/product = MatMul N/joined kernel
    N/sum = BiasAdd N/product bias
    N/parts = Split axis N/sum ; num_split=4
    N/f = Add N/parts:2 one
    N/forget = Sigmoid N/f
    N/kept = Mul C N/forget
    N/i = Sigmoid N/parts
    N/j = Tanh N/parts:1
    N/added = Mul N/i N/j
    N/c = Add N/kept N/added
    N/act = Tanh N/c
    N/o = Sigmoid N/parts:3
    N/h = Mul N/act N/o
    """
        .replace("N/", name + "/")
        .replace("X ", x + " ")
        .replace(" H ", " " + h + " ")
        .replace("C ", c + " ");
  }

  /** The nodes of {@code dynamic_rnn} over {@code x}, [rows, steps, floats]; names start with P. */
  private static String loop(String prefix, String x) {
    String step = step("P/cell", "P/read", "P/c/switch:1", "P/h/switch:1");
    String nodes =
        """
        P/turned = Transpose INPUT turn
        P/inputs = TensorArrayV3 steps
        P/filled = TensorArrayScatterV3 P/inputs steps P/turned P/inputs:1
        P/outputs = TensorArrayV3 steps
        P/time/enter = Enter steps
        P/time/merge = Merge P/time/enter P/time/next
        P/time/less = Less P/time/merge steps
        P/goes = LoopCond P/time/less
        P/time/switch = Switch P/time/merge P/goes
        P/time = Identity P/time/switch:1
        P/time/one = Add P/time axis ; T=3
        P/time/next = NextIteration P/time/one
        P/c/enter = Enter start
        P/c/merge = Merge P/c/enter P/c/next
        P/c/switch = Switch P/c/merge P/goes
        P/h/enter = Enter start
        P/h/merge = Merge P/h/enter P/h/next
        P/h/switch = Switch P/h/merge P/goes
        P/out/enter = Enter P/outputs:1
        P/out/merge = Merge P/out/enter P/out/next
        P/out/switch = Switch P/out/merge P/goes
        P/read = TensorArrayReadV3 P/inputs P/time P/filled
        """
            + step
            + """
            P/written = TensorArrayWriteV3 P/outputs P/time P/cell/h P/out/switch:1
            P/c/next = NextIteration P/cell/c
            P/h/next = NextIteration P/cell/h
            P/out/next = NextIteration P/written
            P/out/exit = Exit P/out/switch
            P/h/exit = Exit P/h/switch
            P/stacked = TensorArrayGatherV3 P/outputs steps P/out/exit
            P/back = Transpose P/stacked turn
            """;
    return nodes.replace("P/", prefix + "/").replace("INPUT", x);
  }

  private static byte[] loop() {
    return loop(constants()).toByteArray();
  }

  private static GraphBytes loop(GraphBytes graph) {
    return graph
        .nodes(loop("fw", "x"))
        .nodes(
            """
            back = Identity fw/back
            logits/product = MatMul fw/h/exit w
            logits = BiasAdd logits/product b
            odd = Einsum back
            """);
  }

  private static byte[] bothDirections() {
    return constants()
        .integers("floats", List.of(), 2)
        .integers("last/from", List.of(3), 0, -1, 0)
        .integers("last/to", List.of(3), 0, 0, 0)
        .integers("last/by", List.of(3), 1, 1, 1)
        .nodes("turned/x = ReverseV2 x axis")
        .nodes(loop("fw", "x"))
        .nodes(loop("bw", "turned/x"))
        .nodes(
            """
            bw/in_place = ReverseV2 bw/back axis
            both = ConcatV2 fw/back bw/in_place floats
            fw/last = StridedSlice fw/back last/from last/to last/by ; shrink_axis_mask=2 begin_mask=5 end_mask=5
            bw/last = StridedSlice bw/in_place last/from last/to last/by ; shrink_axis_mask=2 begin_mask=5 end_mask=5
            last = ConcatV2 fw/last bw/last axis
            wrong = ConcatV2 fw/back bw/back floats
            states = ConcatV2 fw/h/exit bw/h/exit axis
            """)
        .toByteArray();
  }

  /** With the steps along any axis of the input. */
  private static byte[] unrolled(int axis) {
    GraphBytes graph = constants().nodes("part = Unpack x ; num=2 axis=" + axis);
    String c = "start";
    String h = "start";
    for (int i = 0; i < 2; i++) {
      graph.nodes(step("step" + i, i == 0 ? "part" : "part:" + i, c, h));
      c = "step" + i + "/c";
      h = "step" + i + "/h";
    }
    return graph
        .nodes(
            """
            back = Pack step0/h step1/h ; axis=1
            logits/product = MatMul step1/h w
            logits = BiasAdd logits/product b
            """)
        .toByteArray();
  }

  private static LstmCell cell() {
    return new LstmCell(
        Tensor.of(Shape.of(3, 4), KERNEL),
        Tensor.of(Shape.of(4), BIAS),
        1,
        Activation.TANH,
        Activation.SIGMOID,
        LstmCell.Peepholes.NONE,
        Float.POSITIVE_INFINITY,
        LstmCell.Projection.NONE);
  }

  private static LoadedModel load(byte[] graph, String from, String to) throws IOException {
    InMemoryStorage storage = new InMemoryStorage().with("m.pb", graph);
    return GraphNetwork.load(storage, "m.pb", new Cut(from, to));
  }

  private static float[][] run(SequenceModel model) {
    return OnnxNetworkTest.run(model, ROWS, model.select().get(0))[0];
  }

  @ParameterizedTest
  @ValueSource(strings = {"back", "logits"})
  void aLoopAndAnUnrolledOneAreTheLayersThatTheyCompute(String to) throws IOException {
    List<Layer> layers =
        new ArrayList<>(List.of(new Layer.Rnn("rnn", List.of(cell()), Layer.Merge.CONCAT)));
    if (to.equals("logits")) {
      layers.add(new Layer.Reduce("last", Layer.Reduction.LAST));
      layers.add(
          new Layer.Dense(
              "dense",
              Tensor.of(Shape.of(1, 2), 2, -3),
              Tensor.of(Shape.of(2), 0.5f, 0.25f),
              Activation.LINEAR));
    }
    Network network = new Network(new Network.Input.Features(2), layers);
    InputSpec input = new InputSpec.Features(2);
    SequenceModel expected =
        new SequenceModel(
            "m",
            input,
            network,
            List.of(layers.get(layers.size() - 1).name()),
            Fingerprint.of(input, network));
    for (byte[] graph : List.of(loop(), unrolled(0), unrolled(1), unrolled(2))) {
      SequenceModel model = load(graph, "", to).model();
      assertThat(model.input()).isEqualTo(input);
      assertThat(run(model)).isDeepEqualTo(run(expected));
    }
  }

  @Test
  void aGraphBesideACheckpointIsTheFrozenOne() throws IOException {
    SequenceModel frozen = load(loop(), "", "logits").model();
    InMemoryStorage storage =
        new InMemoryStorage()
            .with("m.meta", loop(variables()).metaGraph())
            .with("saved_model.pb", loop(variables()).savedModel("x:0", "logits:0"));
    CheckpointBytes.v2(WEIGHTS)
        .forEach(
            (suffix, bytes) -> {
              storage.with("m" + suffix, bytes);
              storage.with("variables/variables" + suffix, bytes);
            });
    LoadedModel meta = GraphNetwork.load(storage, "m.meta", new Cut("", "logits"));
    LoadedModel saved = GraphNetwork.load(storage, "saved_model.pb", Cut.NONE);
    assertThat(meta.model().fingerprint()).isEqualTo(frozen.fingerprint());
    assertThat(saved.model().fingerprint()).isEqualTo(frozen.fingerprint());
    assertThat(saved.model().select()).isEqualTo(frozen.select());
    assertThat(meta.users()).containsEntry("kernel", "rnn");
  }

  @Test
  void twoLoopsOfOneSequenceAreOneLayer() throws IOException {
    Layer rnn = new Layer.Rnn("rnn", List.of(cell(), cell()), Layer.Merge.CONCAT);
    Network network = new Network(new Network.Input.Features(2), List.of(rnn));
    InputSpec input = new InputSpec.Features(2);
    SequenceModel expected =
        new SequenceModel("m", input, network, List.of("rnn"), Fingerprint.of(input, network));
    assertThat(run(load(bothDirections(), "", "both").model())).isDeepEqualTo(run(expected));
    float[][] all = run(expected);
    float[][] last = run(load(bothDirections(), "", "last").model());
    for (int row = 0; row < all.length; row++) {
      assertThat(last[row]).containsExactly(all[row][2], all[row][3]);
    }
    assertThat(load(bothDirections(), "", "states").model().select())
        .containsExactly("final_state");
    assertThatThrownBy(() -> load(bothDirections(), "", "wrong"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("'wrong': it joins values of different kinds");
  }

  @Test
  void aLoopFromTheEndAloneKeepsItsOutputsInPlace() throws IOException {
    SequenceModel backward = load(bothDirections(), "", "bw/in_place").model();
    assertThat(loopOf(backward)).isEqualTo(Loop.TensorFlow.REVERSED_DYNAMIC_RNN);
    SequenceModel forward = load(bothDirections(), "turned/x", "bw/back").model();
    assertThat(loopOf(forward)).isEqualTo(Loop.TensorFlow.DYNAMIC_RNN);
    float[][] turned = {{3, 0.5f, 1, -2}, {-1, 2, 4, 0}};
    float[][] found = run(backward);
    float[][] expected = OnnxNetworkTest.run(forward, turned, forward.select().get(0))[0];
    for (int row = 0; row < turned.length; row++) {
      assertThat(found[row]).containsExactly(expected[row][1], expected[row][0]);
    }
  }

  private static Loop loopOf(SequenceModel model) {
    return ((Layer.Rnn) model.network().layers().get(0)).loop();
  }

  @Test
  void constantsAreListedWithTheLayerThatUsesThem() throws IOException {
    assertThat(load(loop(), "", "logits").users())
        .containsEntry("kernel", "rnn")
        .containsEntry("w", "dense")
        .doesNotContainKey("turn");
  }

  @Test
  void aNodeThatDoesNotRunIsNamed() {
    assertThatThrownBy(() -> load(loop(), "", ""))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("m.pb: no chain of layers that run leads to [odd]")
        .hasMessageContaining("Einsum 'odd': no layer computes it");
    assertThatThrownBy(() -> load(loop(), "", "logit"))
        .hasMessageContaining("the graph has no node 'logit'");
  }

  @Test
  void aDamagedGraphIsReadOrRefusedByName() throws IOException {
    byte[] whole = loop();
    for (int at = 0; at < whole.length; at++) {
      for (int mask : new int[] {0, 1, 0x80, 0xff}) {
        byte[] damaged = mask == 0 ? Arrays.copyOf(whole, at) : whole.clone();
        if (mask != 0) {
          damaged[at] ^= (byte) mask;
        }
        try {
          load(damaged, "", "logits");
        } catch (ModelException | WeightsException e) {
          assertThat(e).as("byte %d, mask %d", at, mask).hasMessageContaining("m.pb");
        }
      }
    }
  }

  // ---- graphs that others made

  private static Path data(String model) {
    Path path = Path.of(System.getProperty("sparkrnn.data", "../shared/data"), "models", model);
    Assumptions.assumeTrue(Files.isDirectory(path), "skipped: no model at " + path);
    return path;
  }

  private static SequenceModel load(Path file, String from, String to) throws IOException {
    return GraphNetwork.load(
            LocalStorage.of(file.getParent()), file.getFileName().toString(), new Cut(from, to))
        .model();
  }

  /** Sums of float32 in another order: 49 steps of 118 units stay within 1e-5. */
  @ParameterizedTest
  @ValueSource(strings = {"Basic_LSTM_S", "GRU_S"})
  void trainedKeywordSpottersGiveTensorFlowsSoftmax(String name) throws IOException {
    Path folder = data("frozen-arm-kws");
    SequenceModel model = load(folder.resolve(name + ".pb"), "Reshape_1", "");
    Npy input = Npy.read(folder.resolve("expected/" + name + ".rnn_input.npy"));
    Npy expected = Npy.read(folder.resolve("expected/" + name + ".softmax.npy"));
    float[] found = RealCheckpointsTest.run(model.network(), input, model.select().get(0))[0];
    assertThat(found).hasSameSizeAs(expected.floats());
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i]).isCloseTo(expected.floats()[i], within(1e-5));
    }
  }

  /** As networks for the sensors of phones are written: a layer before the steps are parted. */
  @Test
  void aDenseLayerMayStandBeforeStepsOfSeveralCells() throws IOException {
    GraphBytes graph =
        constants()
            .floats("in/w", List.of(2, 2), 1, 0.5f, -1, 2)
            .floats("in/b", List.of(2), 0.25f, -0.5f)
            .floats("upper/kernel", List.of(2, 4), 1, 2, 3, 4, 5, 6, 7, 8)
            .floats("upper/bias", List.of(4), 1, 2, 3, 4)
            .integers("flat", List.of(2), -1, 2)
            .nodes(
                """
                turned = Transpose x turn
                rows = Reshape turned flat
                in/product = MatMul rows in/w
                in/sum = Add in/product in/b
                in = Relu in/sum
                part = Split steps in ; num_split=3
                """);
    String[] state = {"start", "start", "start", "start"};
    for (int i = 0; i < 3; i++) {
      String x = i == 0 ? "part" : "part:" + i;
      graph.nodes(step("lower" + i, x, state[0], state[1]));
      graph.nodes(
          step("upper" + i, "lower" + i + "/h", state[2], state[3])
              .replace(" kernel", " upper/kernel")
              .replace(" bias", " upper/bias"));
      state =
          new String[] {
            "lower" + i + "/c", "lower" + i + "/h", "upper" + i + "/c", "upper" + i + "/h"
          };
    }
    graph.nodes("product = MatMul upper2/h w\nsum = Add product b\ny = Softmax sum");
    SequenceModel model = load(graph.toByteArray(), "", "").model();
    LstmCell upper =
        new LstmCell(
            Tensor.of(Shape.of(2, 4), 1, 2, 3, 4, 5, 6, 7, 8),
            Tensor.of(Shape.of(4), 1, 2, 3, 4),
            1,
            Activation.TANH,
            Activation.SIGMOID,
            LstmCell.Peepholes.NONE,
            Float.POSITIVE_INFINITY,
            LstmCell.Projection.NONE);
    assertThat(model.network().layers().get(0))
        .isEqualTo(
            new Layer.Dense(
                "dense",
                Tensor.of(Shape.of(2, 2), 1, 0.5f, -1, 2),
                Tensor.of(Shape.of(2), 0.25f, -0.5f),
                Activation.RELU));
    assertThat(model.network().rnnLayers().stream().flatMap(rnn -> rnn.cells().stream()))
        .containsExactly(cell(), upper);
    assertThat(model.select()).containsExactly("softmax");
  }

  /** Losses, gradients and optimizers are no outputs, nor are states where there is a head. */
  @ParameterizedTest
  @CsvSource({
    "tf1ckpt-charrnn-poembot, model.ckpt-360000, Softmax, softmax",
    "tf2ckpt-charrnn-calebfoss, model.ckpt-500, Softmax, softmax",
    "tf2ckpt-bilstm-sentiment, model.ckpt, ArgMax, softmax argmax"
  })
  void aTrainingGraphGivesWhatIsComputedOfItsSequencesAlone(
      String name, String prefix, String to, String select) throws IOException {
    String file = data(name).resolve(prefix + ".meta").toString();
    Configuration conf = new Configuration(false);
    SequenceModel found = ModelLoader.load(file, "", Cut.NONE, conf);
    SequenceModel cut = ModelLoader.load(file, "", new Cut("", to), conf);
    assertThat(found.network()).isEqualTo(cut.network());
    assertThat(found.select()).containsExactly(select.split(" "));
  }

  /** Two are of TensorFlow 0.x: unrolled, the states of both cells in one piece. */
  @ParameterizedTest
  @CsvSource({
    "tf1ckpt-charrnn-poembot, model.ckpt-360000, Softmax, 360000.input_ids, 360000.softmax",
    "tf2ckpt-charrnn-calebfoss, model.ckpt-500, Softmax, 500.input_ids, 500.softmax",
    "tf2ckpt-bilstm-sentiment, model.ckpt, dense/BiasAdd, inputs, logits"
  })
  void trainedNetworksRunFromTheirMetaGraphs(
      String name, String prefix, String to, String inputs, String outputs) throws IOException {
    Path folder = data(name);
    SequenceModel model =
        ModelLoader.load(
            folder.resolve(prefix + ".meta").toString(),
            "",
            new Cut("", to),
            new Configuration(false));
    Npy input = Npy.read(folder.resolve("expected/" + inputs + ".npy"));
    Npy expected = Npy.read(folder.resolve("expected/" + outputs + ".npy"));
    float[] found = RealCheckpointsTest.run(model.network(), input, model.select().get(0))[0];
    assertThat(found).hasSameSizeAs(expected.floats());
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i]).isCloseTo(expected.floats()[i], within(1e-5));
    }
  }

  private static org.assertj.core.data.Offset<Double> within(double offset) {
    return org.assertj.core.api.Assertions.within(offset);
  }

  private static float[] numbers(Path file) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      List<Float> all =
          lines
              .flatMap(line -> Arrays.stream(line.split("[, ]+")))
              .filter(word -> !word.isBlank())
              .map(Float::parseFloat)
              .toList();
      float[] values = new float[all.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = all.get(i);
      }
      return values;
    }
  }

  @Test
  void unrolledDirectionsOfTensorFlowGiveItsLastStep() throws IOException {
    Path folder =
        data("frozen-dl4j-rnncells")
            .resolve("bidir_basic/static_b1_nIn5_nOut3_ts4_tanh_noIS_float");
    SequenceModel model = load(folder.resolve("frozen_model.pb"), "in_0", "concat_3");
    float[] row = numbers(folder.resolve("import____in_0.0.prediction_inbw.csv"));
    float[] all = numbers(folder.resolve("concat_4.prediction.csv"));
    float[] found = OnnxNetworkTest.run(model, new float[][] {row}, model.select().get(0))[0][0];
    assertThat(found).hasSize(6);
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i]).isCloseTo(all[all.length - 6 + i], within(1e-6));
    }
  }

  /** Their steps are the columns of the input: {@code [rows, floats, steps]}. */
  @ParameterizedTest
  @ValueSource(strings = {"primitive_gru", "primitive_gru_dynamic", "primitive_lstm"})
  void stepsMayBeTheLastAxis(String name) throws IOException {
    Path folder = data("frozen-dl4j-" + name);
    SequenceModel model = load(folder.resolve("frozen_model.pb"), "", "");
    float[] input = numbers(folder.resolve("input.placeholder.csv"));
    float[] expected = numbers(folder.resolve("output.prediction.csv"));
    float[][] rows = new float[5][12];
    for (int i = 0; i < input.length; i++) {
      rows[i / 12][i % 6 * 2 + i % 12 / 6] = input[i];
    }
    float[][] found = OnnxNetworkTest.run(model, rows, model.select().get(0))[0];
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) found[i / 2][i % 2]).isCloseTo(expected[i], within(1e-6));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "basiclstmcell/dynamic_b1_nIn5_nOut3_ts4_tanh_noIS_noTM_fb1_float",
    "basiclstmcell/dynamic_b1_nIn5_nOut3_ts4_tanh_noIS_withTM_fb1_float",
    "basicrnncell/dynamic_b1_nIn5_nOut3_ts4_relu_noIS_noTM_float",
    "basicrnncell/dynamic_b1_nIn5_nOut3_ts4_relu_noIS_withTM_float",
    "grucell/dynamic_b1_nIn5_nOut3_ts4_relu_noIS_noTM_float",
    "grucell/dynamic_b1_nIn5_nOut3_ts4_relu_noIS_withTM_float",
    "lstmcell/dynamic_b1_nIn5_nOut3_ts4_noPH_noClip_fB1_Tanh_noInitState_float_noTM",
    "basiclstmcell/dynamic_b1_nIn5_nOut3_ts4_softsign_withIS_noTM_fb2_double",
    "basicrnncell/dynamic_b1_nIn5_nOut3_ts4_sigmoid_withIS_noTM_double",
    "grucell/dynamic_b1_nIn5_nOut3_ts4_sigmoid_withIS_noTM_double",
    "lstmcell/dynamic_b1_nIn5_nOut3_ts4_noPH_noClip_fB2_Softsign_withIS_float_noTM"
  })
  void loopsOfTensorFlowGiveItsOutputs(String name) throws IOException {
    Path folder = data("frozen-dl4j-rnncells").resolve(name);
    SequenceModel model = load(folder.resolve("frozen_model.pb"), "in_0", "concat");
    float[] row = numbers(folder.resolve("import____in_0.0.prediction_inbw.csv"));
    float[] expected = numbers(folder.resolve("concat.prediction.csv"));
    float[] found = OnnxNetworkTest.run(model, new float[][] {row}, model.select().get(0))[0][0];
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i]).isCloseTo(expected[i], within(1e-6));
    }
  }
}
