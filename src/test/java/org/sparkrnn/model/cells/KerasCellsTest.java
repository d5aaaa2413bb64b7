package org.sparkrnn.model.cells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.loading.ModelFolder;
import org.sparkrnn.model.loading.ModelLoader;
import org.sparkrnn.model.loading.ModelWriter;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.oracle.TextbookCell;
import org.sparkrnn.oracle.TextbookKerasCell;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/** Keras' weights in Keras' layout, judged by Keras' own formulas over the same weights. */
class KerasCellsTest {
  /** The sum of a GRU's two biases is rounded to a float; nothing else is. */
  private static final double TOLERANCE = 1e-6;

  private static final int INPUT = 3;
  private static final int UNITS = 5;

  @TempDir private Path dir;
  private ModelFolder folder;
  private final RandomNetworks random = new RandomNetworks(20261101);
  private final double[] x = RandomNetworks.widen(random.floats(INPUT));
  private final double[] h = RandomNetworks.widen(random.floats(UNITS));
  private final double[] c = RandomNetworks.widen(random.floats(UNITS));

  @BeforeEach
  void emptyFolder() {
    folder = new ModelFolder(dir);
  }

  private void weights(int gates, long... bias) {
    folder.tensor("lstm_1/kernel", INPUT, gates * UNITS);
    folder.tensor("lstm_1/recurrent_kernel", UNITS, gates * UNITS);
    if (bias.length > 0) {
      folder.tensor("lstm_1/bias", bias);
    }
  }

  private TextbookKerasCell keras(Activation activation, Activation gate, long biases) {
    Tensor bias = folder.get("lstm_1/bias");
    return new TextbookKerasCell(
        folder.get("lstm_1/kernel"),
        folder.get("lstm_1/recurrent_kernel"),
        bias == null ? Tensor.zeros(biases) : bias,
        activation,
        gate);
  }

  /** The cell of a model, also written and read back as it is. */
  private RnnCell cell(String type, String options) throws IOException {
    SequenceModel model =
        folder.load(
            "{'type': 'features', 'size': " + INPUT + "}",
            "{'type': 'rnn', 'loop': 'keras', 'cell': {'type': 'keras."
                + type
                + "', 'units': "
                + UNITS
                + options
                + "}}");
    Path written = Files.createTempDirectory(dir, "written");
    Configuration conf = new Configuration(false);
    ModelWriter.write(model, written.toString(), conf);
    assertThat(ModelLoader.load(written.toString(), "", conf).network()).isEqualTo(model.network());
    return ((Layer.Rnn) model.network().layers().get(0)).cells().get(0);
  }

  private static void assertClose(double[] actual, double[] expected) {
    assertThat(actual).containsExactly(expected, within(TOLERANCE));
  }

  @ParameterizedTest
  @CsvSource({"sigmoid, true", "hard_sigmoid, true", "hard_sigmoid_keras3, true", "sigmoid, false"})
  void anLstmIsKeras(String gate, boolean useBias) throws IOException {
    weights(4, useBias ? new long[] {4 * UNITS} : new long[0]);
    LstmCell cell =
        (LstmCell)
            cell(
                "LSTMCell",
                ", 'activation': 'softsign', 'recurrent_activation': '"
                    + gate
                    + "', 'use_bias': "
                    + useBias
                    + ", 'implementation': 2, 'unit_forget_bias': true, 'dropout': 0.5");
    assertThat(cell.forgetBias()).isZero();
    double[] state = new double[2 * UNITS];
    System.arraycopy(c, 0, state, 0, UNITS);
    System.arraycopy(h, 0, state, UNITS, UNITS);
    TextbookCell.Step step = TextbookCell.step(cell, x, state);
    double[][] expected =
        keras(Activation.SOFTSIGN, cell.gateActivation(), 4 * UNITS).lstm(x, h, c);
    assertClose(step.output(), expected[0]);
    double[] next = new double[UNITS];
    System.arraycopy(step.state(), 0, next, 0, UNITS);
    assertClose(next, expected[1]);
  }

  @ParameterizedTest
  @CsvSource({"sigmoid, true", "hard_sigmoid, true", "hard_sigmoid, false"})
  void aGruThatResetsBeforeIsKeras(String gate, boolean useBias) throws IOException {
    weights(3, useBias ? new long[] {3 * UNITS} : new long[0]);
    RnnCell cell =
        cell(
            "GRUCell",
            ", 'reset_after': false, 'recurrent_activation': '"
                + gate
                + "', 'use_bias': "
                + useBias);
    assertClose(
        TextbookCell.step(cell, x, h).output(),
        keras(Activation.TANH, gate(gate), 3 * UNITS).gru(x, h));
  }

  @ParameterizedTest
  @CsvSource({"sigmoid, true", "hard_sigmoid, true", "sigmoid, false"})
  void aGruThatResetsAfterIsKeras(String gate, boolean useBias) throws IOException {
    weights(3, useBias ? new long[] {2, 3 * UNITS} : new long[0]);
    RnnCell cell =
        cell(
            "GRUCell",
            ", 'reset_after': true, 'recurrent_activation': '"
                + gate
                + "', 'use_bias': "
                + useBias);
    assertClose(
        TextbookCell.step(cell, x, h).output(),
        keras(Activation.TANH, gate(gate), 6 * UNITS).gruResetAfter(x, h));
  }

  /** cuDNN's own matrices, {@code [units, inputs]} of each gate, are rows in the file. */
  private static Tensor plain(Tensor stored, int inputs) {
    int columns = (int) stored.shape().dim(1);
    float[] values = new float[inputs * columns];
    for (int gate = 0; gate < columns / UNITS; gate++) {
      float[] flat = new float[inputs * UNITS];
      for (int i = 0; i < flat.length; i++) {
        flat[i] = stored.at(i / UNITS * columns + gate * UNITS + i % UNITS);
      }
      for (int unit = 0; unit < UNITS; unit++) {
        for (int input = 0; input < inputs; input++) {
          values[input * columns + gate * UNITS + unit] = flat[unit * inputs + input];
        }
      }
    }
    return Tensor.of(stored.shape(), values);
  }

  private TextbookKerasCell cudnn(Tensor bias) {
    return new TextbookKerasCell(
        plain(folder.get("lstm_1/kernel"), INPUT),
        plain(folder.get("lstm_1/recurrent_kernel"), UNITS),
        bias,
        Activation.TANH,
        Activation.SIGMOID);
  }

  @Test
  void layersOfCudnnAreReadFromTheirOwnLayout() throws IOException {
    weights(4, 8 * UNITS);
    RnnCell lstm = cell("LSTMCell", ", 'recurrent_activation': 'sigmoid', 'cudnn_layout': true");
    float[] both = folder.get("lstm_1/bias").toArray();
    float[] sums = new float[4 * UNITS];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = both[i] + both[sums.length + i];
    }
    double[] state = new double[2 * UNITS];
    System.arraycopy(c, 0, state, 0, UNITS);
    System.arraycopy(h, 0, state, UNITS, UNITS);
    assertClose(
        TextbookCell.step(lstm, x, state).output(),
        cudnn(Tensor.of(Shape.of(sums.length), sums)).lstm(x, h, c)[0]);

    weights(3, 6 * UNITS);
    RnnCell gru =
        cell(
            "GRUCell",
            ", 'recurrent_activation': 'sigmoid', 'reset_after': true, 'cudnn_layout': true");
    assertClose(
        TextbookCell.step(gru, x, h).output(),
        cudnn(folder.get("lstm_1/bias")).gruResetAfter(x, h));
    fails(
        "GRUCell",
        ", 'recurrent_activation': 'sigmoid', 'reset_after': false, 'cudnn_layout': true",
        "\"cudnn_layout\": true needs \"reset_after\": true, which is what cuDNN computes");
  }

  private static Activation gate(String word) {
    return word.equals("sigmoid") ? Activation.SIGMOID : Activation.HARD_SIGMOID;
  }

  @Test
  void aSimpleRnnIsKeras() throws IOException {
    weights(1, UNITS);
    RnnCell cell = cell("SimpleRNNCell", ", 'activation': 'relu'");
    assertClose(
        TextbookCell.step(cell, x, h).output(),
        keras(Activation.RELU, Activation.SIGMOID, UNITS).simpleRnn(x, h));
  }

  @Test
  void whatKerasVersionsDifferInMustBeGiven() {
    weights(3, 2, 3 * UNITS);
    fails(
        "LSTMCell",
        "",
        "'recurrent_activation' is missing: Keras' versions differ: sigmoid since Keras 2.3 and"
            + " TensorFlow 2, before that hard_sigmoid; take it from the saved config");
    fails(
        "GRUCell",
        ", 'recurrent_activation': 'sigmoid'",
        "'reset_after' is missing: Keras' versions differ: true since TensorFlow 2, before that"
            + " false; take it from the saved config. With true the bias has two rows");
    fails(
        "GRUCell",
        ", 'recurrent_activation': 'sigmoid', 'reset_after': false",
        "tensor 'lstm_1/bias' has shape [2, 15], expected [3 * 5] from units = 5 and inputs of"
            + " size 3");
    fails("SimpleRNNCell", ", 'recurrent_activation': 'sigmoid'", "unknown key");
  }

  @Test
  void aBiasThatTheSpecDeniesIsNotLeftOut() {
    weights(1, UNITS);
    fails("SimpleRNNCell", ", 'use_bias': false", "holds 'lstm_1/bias', which this cell would");
  }

  private void fails(String type, String options, String message) {
    assertThatThrownBy(() -> cell(type, options))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(message);
  }
}
