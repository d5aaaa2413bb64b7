package org.sparkrnn.model.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkrnn.conformance.Conformance;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.numpy.NumpyFile;
import org.sparkrnn.weights.pytorch.PyTorchFile;

/** Networks of PyTorch and Keras in their own files, against what those computed. */
class OtherFrameworksTest {
  private static final double TOLERANCE = 1e-6;
  private static final String LSTM = "{'type': 'torch.LSTMCell', 'hidden_size': 2}";
  private static final String GRU = "{'type': 'torch.GRUCell', 'hidden_size': 2}";

  @TempDir private Path dir;

  private static byte[] fixture(String name) throws IOException {
    try (InputStream in = PyTorchFile.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private SequenceModel load(Path weights, int size, String layers) throws IOException {
    String spec =
        "{'spark_rnn': 1, 'weights': 'w', 'input': {'type': 'features', 'size': "
            + size
            + "}, 'layers': ["
            + layers
            + "]}";
    Files.writeString(dir.resolve("model.json"), spec.replace('\'', '"'));
    return ModelLoader.load(dir.toString(), weights.toString(), new Configuration(false));
  }

  private SequenceModel load(String fixture, String layers) throws IOException {
    Path weights = dir.resolve(fixture);
    Files.write(weights, fixture(fixture));
    return load(weights, 3, layers);
  }

  private static void assertClose(float[] actual, float[] expected, double tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i]))
          .as("element %d", i)
          .isLessThan((float) tolerance);
    }
  }

  private static String rnn(String cell) {
    return "{'type': 'rnn', 'cell': " + cell + "}";
  }

  private static String stack(String cell) {
    return "{'type': 'MultiRNNCell', 'cells': [" + cell + ", " + cell + "]}";
  }

  /** Whose numbers they are, for the conformance page. */
  private static final String JUDGE = "PyTorch, stored runs";

  private void assertIsPyTorch(
      String weights, String name, String layers, String cell, String options, String loop)
      throws IOException {
    NumpyFile expected =
        NumpyFile.open(InMemoryStorage.source("npz", fixture(name + ".expected.npz")));
    SequenceModel model = load(weights, layers);
    Tensor x = expected.read("x");
    float[][] results =
        RealCheckpointsTest.run(
            model.network(), new Npy(new int[] {2, 4, 3}, x.toArray(), new int[0]), "outputs");
    assertThat(results[0]).hasSameSizeAs(expected.read("y").toArray());
    double error = 0;
    for (int i = 0; i < results[0].length; i++) {
      error = Math.max(error, Math.abs(results[0][i] - expected.read("y").at(i)));
    }
    Conformance.record(JUDGE, cell, options, loop, error, TOLERANCE);
  }

  @Test
  void layersOfPyTorchAreRun() throws IOException {
    assertIsPyTorch("lstm.pth", "lstm", rnn(LSTM), "torch.LSTMCell", "", "dynamic_rnn");
    assertIsPyTorch("gru.pth", "gru", rnn(GRU), "torch.GRUCell", "", "dynamic_rnn");
    assertIsPyTorch(
        "gru2.pth", "gru2", rnn(stack(GRU)), "torch.GRUCell", "in a stack", "dynamic_rnn");
    assertIsPyTorch(
        "lstm_proj.pth",
        "lstm_proj",
        rnn("{'type': 'torch.LSTMCell', 'hidden_size': 4, 'proj_size': 2}"),
        "torch.LSTMCell",
        "proj_size",
        "dynamic_rnn");
    assertIsPyTorch(
        "rnn_relu_nobias.pth",
        "rnn_relu_nobias",
        rnn("{'type': 'torch.RNNCell', 'hidden_size': 2, 'nonlinearity': 'relu', 'bias': false}"),
        "torch.RNNCell",
        "nonlinearity=relu, bias=false",
        "dynamic_rnn");
  }

  @ParameterizedTest
  @CsvSource({"lstm2bi.pth", "stream.pth", "module.pt", "script.pt"})
  void aStackOfTwoDirectionsIsRunFromEveryForm(String weights) throws IOException {
    String cells = "[" + LSTM + ", " + LSTM + "]";
    assertIsPyTorch(
        weights,
        "lstm2bi",
        "{'type': 'rnn', 'loop': 'stack_bidirectional_dynamic_rnn', 'cells_fw': "
            + cells
            + ", 'cells_bw': "
            + cells
            + "}",
        "torch.LSTMCell",
        "",
        "stack_bidirectional_dynamic_rnn");
  }

  @Test
  void aCheckpointsNetworkIsFoundWithoutItsOptimizer() throws IOException {
    String cells = "[" + LSTM + ", " + LSTM + "]";
    SequenceModel model =
        load(
            "checkpoint.pt",
            "{'type': 'rnn', 'loop': 'stack_bidirectional_dynamic_rnn', 'cells_fw': "
                + cells
                + ", 'cells_bw': "
                + cells
                + "}");

    assertThat(model.network().layers()).hasSize(1);
  }

  @Test
  void halfOfANetworkIsRefused() {
    String one = "{'type': 'MultiRNNCell', 'cells': [" + GRU + "]}";
    assertThatThrownBy(() -> load("gru2.pth", rnn(one)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("gru2.pth: holds a cell 'cell_1', but the spec lists only one cell");
    assertThatThrownBy(() -> load("gru2.pth", rnn(GRU)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(
            "gru2.pth: holds the cells 'cell_0' and 'cell_1', but the spec uses only one of them:"
                + " list both in a MultiRNNCell, or name the one by its 'scope' (");
    assertThatThrownBy(
            () -> load("lstm_proj.pth", rnn("{'type': 'torch.LSTMCell', 'hidden_size': 4}")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("weight_hr");
  }

  @Test
  void oneCellOfAStackRunsWhereItIsNamed() throws IOException {
    String lower = "{'type': 'torch.GRUCell', 'hidden_size': 2, 'scope': 'cell_0'}";

    assertThat(load("gru2.pth", rnn(lower)).network().layers()).hasSize(1);
  }

  @Test
  void twoLayersAreTheCellsOfAStack() throws IOException {
    SequenceModel model =
        load("gru2.pth", rnn(GRU).replace("}}", ", 'scope': 'cell_0'}}") + ", " + rnn(GRU));

    assertThat(model.network().layers()).hasSize(2);
  }

  private static Path data(String model) {
    Path path = Path.of(System.getProperty("sparkrnn.data", "../shared/data"), "models", model);
    Assumptions.assumeTrue(Files.isDirectory(path), "skipped: no model at " + path);
    return path;
  }

  @ParameterizedTest
  @CsvSource({
    "encoder.en_convs.2.tra.att_gru, encoder_en_convs_2_tra_att_gru, dynamic_rnn, 16",
    "dpgrnn1.inter_rnn.rnn1, dpgrnn1_inter_rnn_rnn1, dynamic_rnn, 8",
    "dpgrnn1.intra_rnn.rnn1, dpgrnn1_intra_rnn_rnn1, bidirectional_dynamic_rnn, 4"
  })
  void aTrainedCheckpointOfPyTorchGivesItsNumbers(
      String scope, String files, String loop, int units) throws IOException {
    Path model = data("pth-onnx-gtcrn");
    Npy input = Npy.read(model.resolve("expected/" + files + ".input.npy"));
    Npy output = Npy.read(model.resolve("expected/" + files + ".output.npy"));
    SequenceModel loaded =
        load(
            model.resolve("model_trained_on_dns3.tar"),
            input.shape()[2],
            String.format(
                "{'type': 'rnn', 'loop': '%s', 'scope': '%s', 'cell': {'type': 'torch.GRUCell',"
                    + " 'hidden_size': %d}}",
                loop, scope, units));

    float[][] results = RealCheckpointsTest.run(loaded.network(), input, "outputs");

    assertClose(results[0], output.floats(), 1e-5);
  }

  @Test
  void aTrainedModelOfKeras3GivesItsNumbers() throws IOException {
    Path model = data("keras-emg-lstm");
    Npy input = Npy.read(model.resolve("expected/input.npy"));
    Npy output = Npy.read(model.resolve("expected/softmax.npy"));
    SequenceModel loaded =
        load(
            model.resolve("model.keras"),
            4,
            "{'type': 'rnn', 'loop': 'keras', 'scope': 'lstm', 'cell': {'type': 'keras.LSTMCell',"
                + " 'units': 16, 'recurrent_activation': 'sigmoid'}},"
                + "{'type': 'dense', 'name': 'dense1', 'activation': 'tanh'},"
                + "{'type': 'dense', 'name': 'output', 'activation': 'softmax'}");

    float[][] results =
        RealCheckpointsTest.run(
            loaded.network(),
            new Npy(new int[] {input.shape()[0], 3, 4}, input.floats(), new int[0]),
            "output");

    assertClose(results[0], output.floats(), 1e-5);
  }
}
