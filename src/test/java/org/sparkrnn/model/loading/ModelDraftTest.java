package org.sparkrnn.model.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.weights.keras.KerasFile;
import org.sparkrnn.weights.pytorch.PyTorchFile;

/** Bare weights get a draft that, its questions answered, loads them. */
class ModelDraftTest {
  private static final Configuration CONF = new Configuration(false);

  @TempDir private Path dir;

  private static ModelInspection.Draft draft(Path weights) throws IOException {
    return ModelInspection.of(weights.toString(), "", CONF).draft().orElseThrow();
  }

  private Path fixture(Class<?> beside, String name) throws IOException {
    Path file = dir.resolve(name);
    try (InputStream in = beside.getResourceAsStream(name)) {
      Files.write(file, in.readAllBytes());
    }
    return file;
  }

  /** Loads a draft, each open question having this answer. */
  private SequenceModel answered(ModelInspection.Draft draft, String answer, Path weights)
      throws IOException {
    Files.writeString(dir.resolve("model.json"), draft.spec().replace("\"?\"", answer));
    return ModelLoader.load(dir.toString(), weights.toString(), CONF);
  }

  @ParameterizedTest
  @CsvSource({
    "lstm.pth, dynamic_rnn of LSTMCell",
    "lstm_proj.pth, dynamic_rnn of LSTMCell",
    "gru2.pth, dynamic_rnn of MultiRNNCell",
    "lstm2bi.pth, stack_bidirectional_dynamic_rnn",
    "module.pt, stack_bidirectional_dynamic_rnn",
    "checkpoint.pt, stack_bidirectional_dynamic_rnn"
  })
  void stateDictsOfPyTorchTellAllOfTheirNetwork(String name, String what) throws IOException {
    Path weights = fixture(PyTorchFile.class, name);
    ModelInspection.Draft draft = draft(weights);

    assertThat(draft.questions()).isEmpty();
    answered(draft, "", weights);
    assertThat(ModelInspection.of(dir.toString(), weights.toString(), CONF).toText())
        .contains(what);
  }

  @Test
  void whatWeightsDoNotTellIsRefusedUntilItIsAnswered() throws IOException {
    Path weights = fixture(PyTorchFile.class, "rnn_relu_nobias.pth");
    ModelInspection.Draft draft = draft(weights);

    assertThat(draft.questions())
        .containsExactly(
            "layers[0].cell.nonlinearity: likely \"tanh\", the default of nn.RNN; the other is"
                + " \"relu\"");
    assertThatThrownBy(() -> answered(draft, "\"?\"", weights))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            dir.resolve("model.json")
                + ": these questions of the draft are open, put the answers in place of \"?\":"
                + " layers[0].cell.nonlinearity; inspect on the weights file says what is likely");
    assertThat(answered(draft, "\"relu\"", weights).network().layers()).hasSize(1);
  }

  @Test
  void theFunctionBetweenTwoDenseLayersIsAQuestion() throws IOException {
    ModelFolder folder = new ModelFolder(dir);
    folder.tensor("gru.weight_ih_l0", 12, 3).tensor("gru.weight_hh_l0", 12, 4);
    folder.tensor("gru.bias_ih_l0", 12).tensor("gru.bias_hh_l0", 12);
    folder.tensor("head.0.weight", 5, 4).tensor("head.0.bias", 5);
    folder.tensor("head.2.weight", 2, 5).tensor("head.2.bias", 2);
    folder.writeWeights();
    Path weights = dir.resolve(ModelFolder.WEIGHTS);
    ModelInspection.Draft draft = draft(weights);

    assertThat(draft.questions())
        .containsExactly(
            "layers[1].activation: likely \"relu\" between two dense layers; others are \"tanh\","
                + " \"sigmoid\" and \"linear\"");
    assertThat(answered(draft, "\"relu\"", weights).network().layers().subList(1, 3))
        .extracting(layer -> ((Layer.Dense) layer).activation())
        .containsExactly(Activation.RELU, Activation.LINEAR);
  }

  @Test
  void layersStandInTheOrderThatTheirSizesGive() throws IOException {
    ModelFolder folder = new ModelFolder(dir);
    folder.tensor("word_embedding", 9, 4).tensor("global_step").tensor("odd", 5, 5, 5);
    folder.tensor("a/gru_cell/gates/kernel", 8 + 3, 6).tensor("a/gru_cell/gates/bias", 6);
    folder.tensor("a/gru_cell/candidate/kernel", 8 + 3, 3).tensor("a/gru_cell/candidate/bias", 3);
    for (String direction : new String[] {"fw", "bw"}) {
      String cell = "b/bidirectional_rnn/" + direction + "/basic_lstm_cell/";
      folder.tensor(cell + "kernel", 4 + 4, 16).tensor(cell + "bias", 16);
    }
    folder.tensor("out_w", 3, 7).tensor("out_b", 7);
    folder.writeWeights();
    Path weights = dir.resolve(ModelFolder.WEIGHTS);
    ModelInspection.Draft draft = draft(weights);

    assertThat(draft.questions())
        .hasSize(2)
        .allMatch(each -> each.contains("forget_bias: likely 1.0"));
    assertThat(draft.rest()).containsExactly("odd");
    Network network = answered(draft, "1.0", weights).network();
    assertThat(network.layers())
        .extracting(layer -> layer.getClass().getSimpleName())
        .containsExactly("Embedding", "Rnn", "Rnn", "Dense");
    assertThat(((Layer.Rnn) network.layers().get(1)).bidirectional()).isTrue();
    assertThat(((Layer.Dense) network.layers().get(3)).bias()).isEqualTo(folder.get("out_b"));
  }

  @Test
  void anOrderThatSizesDoNotGiveIsAQuestion() throws IOException {
    ModelFolder folder = new ModelFolder(dir);
    for (String scope : new String[] {"a", "b"}) {
      folder.tensor(scope + "/basic_rnn_cell/kernel", 3 + 3, 3);
      folder.tensor(scope + "/basic_rnn_cell/bias", 3);
    }
    folder.tensor("far/basic_rnn_cell/kernel", 9 + 2, 2).tensor("far/basic_rnn_cell/bias", 2);
    folder.writeWeights();
    ModelInspection.Draft draft = draft(dir.resolve(ModelFolder.WEIGHTS));

    assertThat(draft.questions())
        .containsExactly(
            "layers[0].scope: likely \"a\", the first by name of those that take 3 floats: a, b",
            "layers[2].scope: likely none: no cells take the 3 floats of the layer before; those"
                + " left are far");
  }

  @Test
  void weightsOfKerasAskForWhatOnlyAConfigSays() throws IOException {
    Path weights = fixture(KerasFile.class, "weights.h5");
    ModelInspection.Draft draft = draft(weights);

    assertThat(draft.questions())
        .extracting(each -> each.replaceFirst(":.*", ""))
        .containsExactly("layers[0].return_sequences", "layers[0].cell.recurrent_activation");
    Files.writeString(
        dir.resolve("model.json"),
        draft.spec().replaceFirst("\"\\?\"", "false").replace("\"?\"", "\"sigmoid\""));
    assertThat(ModelLoader.load(dir.toString(), "", CONF).network().layers()).hasSize(2);
  }

  @Test
  void peopleAndProgramsGetTheDraft() throws IOException {
    Path weights = fixture(PyTorchFile.class, "rnn_relu_nobias.pth");
    ModelInspection found = ModelInspection.of(weights.toString(), "", CONF);

    assertThat(found.toText())
        .contains(
            "A draft of one, from names and shapes:\n\n{\n  \"spark_rnn\" : 1,",
            "The weights do not tell, and it is refused until \"?\" is replaced by\n"
                + "  layers[0].cell.nonlinearity: likely \"tanh\"");
    assertThat(found.toJson()).contains("\"draft\" : ", "\"questions\" : [");
  }

  @Test
  void weightsWithoutCellsHaveNoDraft() throws IOException {
    new ModelFolder(dir).tensor("w", 3, 4).writeWeights();

    assertThat(ModelInspection.of(dir.resolve(ModelFolder.WEIGHTS).toString(), "", CONF).draft())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tf1ckpt-charrnn-poembot/model.ckpt-360000",
        "tf2ckpt-charrnn-calebfoss/model.ckpt-500",
        "tf2ckpt-charrnn-gita/model.ckpt-899",
        "tf2ckpt-charrnn-retdop/model.ckpt-1099",
        "tf2ckpt-btc-lstm2/forcaster",
      })
  void draftsOfTrainedCheckpointsAreTheNetworksThatPeopleWroteSpecsFor(String name)
      throws IOException {
    Path data = Path.of(System.getProperty("sparkrnn.data", "../shared/data"), "models");
    Path weights = data.resolve(name);
    Assumptions.assumeTrue(
        Files.isDirectory(weights.getParent()), "skipped: no model at " + weights.getParent());
    Network drafted = answered(draft(weights), "1.0", weights).network();
    String spec = "src/test/resources/models/" + Path.of(name).getParent() + "/model.json";
    Network written = ModelLoader.load(spec, weights.toString(), CONF).network();

    assertThat(weights(drafted)).isEqualTo(weights(written));
  }

  /** Of the layers that have any; activations are in no weights file. */
  private static List<Object> weights(Network network) {
    List<Object> weights = new ArrayList<>();
    for (Layer layer : network.layers()) {
      if (layer instanceof Layer.Embedding embedding) {
        weights.add(embedding.table());
      } else if (layer instanceof Layer.Rnn rnn) {
        weights.addAll(rnn.cells());
      } else if (layer instanceof Layer.Dense dense) {
        weights.add(List.of(dense.kernel(), dense.bias()));
      }
    }
    return weights;
  }
}
