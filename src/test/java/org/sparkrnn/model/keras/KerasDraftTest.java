package org.sparkrnn.model.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkrnn.model.keras.KerasH5.functional;
import static org.sparkrnn.model.keras.KerasH5.node;
import static org.sparkrnn.model.keras.KerasH5.one;
import static org.sparkrnn.model.keras.KerasH5.sequential;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.loading.ModelInspection;
import org.sparkrnn.model.loading.ModelLoader;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Loop;

/** What configurations of Keras become, and which are refused. */
class KerasDraftTest {
  private final RandomNetworks random = new RandomNetworks(20261124);

  @TempDir private Path dir;

  /** A layer's datasets by the names that Keras lists, with their sizes. */
  private final Map<String, Map<String, int[]>> weights = new LinkedHashMap<>();

  private void layer(String name, Object... namesAndSizes) {
    Map<String, int[]> datasets = new LinkedHashMap<>();
    for (int i = 0; i < namesAndSizes.length; i += 2) {
      datasets.put((String) namesAndSizes[i], (int[]) namesAndSizes[i + 1]);
    }
    weights.put(name, datasets);
  }

  private static int[] of(int... sizes) {
    return sizes;
  }

  private Path write(String version, String config) {
    Path path = dir.resolve("m.h5");
    new KerasH5(random).write(path, version, config, weights);
    return path;
  }

  private SequenceModel load(String version, String config) throws IOException {
    return ModelLoader.load(write(version, config).toString(), "", new Configuration(false));
  }

  private static final String INPUT = one("InputLayer", "in", "'batch_input_shape': [null, 7, 3]");

  private void lstm(String name, int input, int units) {
    layer(
        name,
        name + "/" + name + "_cell/kernel:0",
        of(input, 4 * units),
        name + "/" + name + "_cell/recurrent_kernel:0",
        of(units, 4 * units),
        name + "/" + name + "_cell/bias:0",
        of(4 * units));
  }

  private void dense(String name, int input, int units) {
    layer(name, name + "/kernel:0", of(input, units), name + "/bias:0", of(units));
  }

  private static List<String> types(SequenceModel model) {
    return model.network().layers().stream()
        .map(layer -> layer.name() + ": " + layer.getClass().getSimpleName())
        .toList();
  }

  @Test
  void whatChangesNothingIsLeftOutAndActivationsJoinTheirLayers() throws IOException {
    layer("emb", "emb/embeddings:0", of(9, 3));
    lstm("lstm", 3, 2);
    dense("1-head", 2, 4);
    SequenceModel model =
        load(
            "2.2.4",
            sequential(
                one("Embedding", "emb", "'input_dim': 9, 'output_dim': 3, 'mask_zero': true"),
                one("SpatialDropout1D", "d1", "'rate': 0.5"),
                one("LSTM", "lstm", "'units': 2, 'return_sequences': true"),
                one("GlobalAveragePooling1D", "pool", ""),
                one("Dense", "1-head", "'units': 4, 'activation': 'linear'"),
                one("LeakyReLU", "leaky", "'alpha': 0.125"),
                one("Activation", "probabilities", "'activation': 'softmax'")));

    assertThat(types(model))
        .containsExactly(
            "emb: Embedding",
            "lstm: Rnn",
            "pool: Reduce",
            "_1_head: Dense",
            "probabilities: Softmax");
    List<Layer> layers = model.network().layers();
    assertThat(((Layer.Embedding) layers.get(0)).maskZero()).isTrue();
    assertThat(((Layer.Rnn) layers.get(1)).loop()).isEqualTo(new Loop.Keras(false, true, false));
    // Keras 2.2.4 without the word: before 2.3 it was hard_sigmoid.
    assertThat(((LstmCell) ((Layer.Rnn) layers.get(1)).cells().get(0)).gateActivation())
        .isEqualTo(Activation.HARD_SIGMOID);
    assertThat(((Layer.Dense) layers.get(3)).activation())
        .isEqualTo(new Activation(Activation.Kind.LEAKY_RELU, 0.125f, 0));
    assertThat(model.select()).containsExactly("probabilities");
    assertThat(model.input()).isInstanceOf(InputSpec.Tokens.class);
  }

  @ParameterizedTest
  @CsvSource({
    "2.2.5, HARD",
    "2.3.0, SIGMOID",
    "2.4.0-tf, SIGMOID",
    "3.0.0, SIGMOID",
    "1.2.2, HARD"
  })
  void theGatesDefaultIsTheVersions(String version, String gate) throws IOException {
    lstm("lstm", 3, 2);
    SequenceModel model = load(version, sequential(INPUT, one("LSTM", "lstm", "'units': 2")));

    assertThat(gate(model))
        .isEqualTo(gate.equals("HARD") ? Activation.HARD_SIGMOID : Activation.SIGMOID);
  }

  @Test
  void aVersionThatDoesNotTellIsAsked() {
    lstm("lstm", 3, 2);
    assertThatThrownBy(() -> load("2.2.4-tf", sequential(INPUT, one("LSTM", "lstm", "'units': 2"))))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("'recurrent_activation' is missing: Keras' versions differ");
  }

  @Test
  void hardSigmoidOfKeras3IsItsOwn() throws IOException {
    lstm("lstm", 3, 2);
    String lstm = one("LSTM", "lstm", "'units': 2, 'recurrent_activation': 'hard_sigmoid'");

    assertThat(gate(load("3.3.3", sequential(INPUT, lstm))).alpha()).isEqualTo(1f / 6);
    assertThat(gate(load("2.9.0", sequential(INPUT, lstm))).alpha()).isEqualTo(0.2f);
  }

  private static Activation gate(SequenceModel model) {
    return ((LstmCell) ((Layer.Rnn) model.network().layers().get(0)).cells().get(0))
        .gateActivation();
  }

  @Test
  void bothDirectionsAndTimeDistributedAreFound() throws IOException {
    layer(
        "bi",
        "bi/forward_gru/kernel:0",
        of(3, 6),
        "bi/forward_gru/recurrent_kernel:0",
        of(2, 6),
        "bi/forward_gru/bias:0",
        of(2, 6),
        "bi/backward_gru/kernel:0",
        of(3, 6),
        "bi/backward_gru/recurrent_kernel:0",
        of(2, 6),
        "bi/backward_gru/bias:0",
        of(2, 6));
    dense("td", 2, 5);
    String gru = one("GRU", "gru", "'units': 2, 'return_sequences': true");
    SequenceModel model =
        load(
            "2.4.0",
            sequential(
                INPUT,
                one("Bidirectional", "bi", "'merge_mode': 'ave', 'layer': " + gru),
                one("TimeDistributed", "td", "'layer': " + one("Dense", "d", "'units': 5"))));

    Layer.Rnn rnn = (Layer.Rnn) model.network().layers().get(0);
    assertThat(rnn.bidirectional()).isTrue();
    assertThat(rnn.merge()).isEqualTo(Layer.Merge.AVE);
    assertThat(rnn.cells().get(0)).isInstanceOf(ResetAfterGruCell.class);
    assertThat(rnn.cells().get(0)).isNotEqualTo(rnn.cells().get(1));
    assertThat(types(model)).containsExactly("bi: Rnn", "td: Dense");
  }

  @Test
  void weightsOfCudnnAreToldByTheirBias() throws IOException {
    layer("lstm", "l/kernel:0", of(3, 8), "l/recurrent_kernel:0", of(2, 8), "l/bias:0", of(16));
    layer("gru", "g/kernel:0", of(2, 6), "g/recurrent_kernel:0", of(2, 6), "g/bias:0", of(12));
    SequenceModel model =
        load(
            "2.2.4",
            sequential(
                INPUT,
                one(
                    "LSTM",
                    "lstm",
                    "'units': 2, 'recurrent_activation': 'sigmoid', 'return_sequences': true"),
                one("CuDNNGRU", "gru", "'units': 2")));

    assertThat(types(model)).containsExactly("lstm: Rnn", "gru: Rnn");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "[[['in', 0, 0, {}]]];[[['lstm', 0, 0, {}]]]",
        "[{'args': [{'class_name': '__keras_tensor__', 'config': {'keras_history': ['in', 0, 0]}}],"
            + " 'kwargs': {'mask': null}}];"
            + "[{'args': [{'class_name': '__keras_tensor__', 'config': {'keras_history': ['lstm',"
            + " 0, 0]}}], 'kwargs': {}}]"
      })
  void aFunctionalChainIsFollowedInEitherNotation(String first, String second) throws IOException {
    lstm("lstm", 3, 2);
    dense("head", 2, 1);
    // The list's order is not the chain's.
    String layers =
        node(one("Dense", "head", "'units': 1"), second.replace("''", "'"))
            + ", "
            + node(INPUT, "[]")
            + ", "
            + node(
                one("LSTM", "lstm", "'units': 2, 'recurrent_activation': 'sigmoid'"),
                first.replace("''", "'"));
    SequenceModel model =
        load("2.9.0", functional(layers, "[['lstm', 0, 0], ['head', 0, 0], ['lstm', 0, 1]]"));

    assertThat(types(model)).containsExactly("lstm: Rnn", "head: Dense");
    assertThat(model.select()).containsExactly("lstm", "head", "final_state");
  }

  @Test
  void allThatDoesNotRunIsListedAtOnce() {
    lstm("lstm", 3, 2);
    Path path =
        write(
            "2.9.0",
            sequential(
                INPUT,
                one("Conv1D", "conv", "'filters': 3"),
                one("LSTM", "lstm", "'units': 2, 'activation': 'mine'"),
                one("Lambda", "last", "")));

    assertThatThrownBy(() -> ModelLoader.load(path.toString(), "", new Configuration(false)))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            path
                + ": model_config: the model has layers that do not run here: 'conv' (Conv1D),"
                + " 'lstm' (LSTM: its activation is \"mine\"), 'last' (Lambda: it is a function of"
                + " Python); a model.json can name the part that does");
  }

  @Test
  void whatIsNoChainIsRefused() {
    lstm("lstm", 3, 2);
    String twice =
        node(INPUT, "[]")
            + ", "
            + node(one("Add", "add", ""), "[[['in', 0, 0, {}], ['in', 0, 0, {}]]]");
    assertThatThrownBy(() -> load("2.9.0", functional(twice, "[['add', 0, 0]]")))
        .isInstanceOf(ModelException.class)
        .hasMessageEndingWith(
            "a chain of layers runs here, from one input, each of which reads one value; but the"
                + " layer 'add' reads 'in', 'in'; and these layers do not run here: 'add' (Add)");
    String circle = node(one("Dropout", "a", ""), "[[['a', 0, 0, {}]]]");
    assertThatThrownBy(() -> load("2.9.0", functional(circle, "[['a', 0, 0]]")))
        .isInstanceOf(ModelException.class)
        .hasMessageEndingWith("the layers read each other in a circle at 'a'");
  }

  @Test
  void weightsAloneAreAModelOnlyWithAConfigurationBesideThem() throws IOException {
    lstm("lstm", 3, 2);
    Path path = write("2.9.0", null);
    Configuration conf = new Configuration(false);
    Files.writeString(dir.resolve("model.json"), "{\"spark_rnn\": 1}");
    Files.writeString(dir.resolve("config.json"), "no JSON");

    assertThat(ModelInspection.of(path.toString(), "", conf).model()).isEmpty();

    String lstm = one("LSTM", "lstm", "'units': 2");
    Files.writeString(dir.resolve("m.json"), sequential(INPUT, lstm).replace('\'', '"'));

    assertThat(ModelInspection.of(path.toString(), "", conf).model()).isPresent();
  }

  @Test
  void cellsOfAStackAreToldByTheirNames() throws IOException {
    layer(
        "rnn",
        "rnn/lstm_cell_9/kernel:0",
        of(3, 8),
        "rnn/lstm_cell_9/recurrent_kernel:0",
        of(2, 8),
        "rnn/lstm_cell_9/bias:0",
        of(8),
        "rnn/lstm_cell_10/kernel:0",
        of(2, 16),
        "rnn/lstm_cell_10/recurrent_kernel:0",
        of(4, 16),
        "rnn/lstm_cell_10/bias:0",
        of(16));
    String cells =
        one(
            "StackedRNNCells",
            "cells",
            "'cells': ["
                + one("LSTMCell", "a", "'units': 2")
                + ", "
                + one("LSTMCell", "b", "'units': 4")
                + "]");
    SequenceModel model =
        load(
            "2.4.0",
            sequential(INPUT, one("RNN", "rnn", "'go_backwards': true, 'cell': " + cells)));

    Layer.Rnn rnn = (Layer.Rnn) model.network().layers().get(0);
    assertThat(rnn.outputSize()).isEqualTo(4);
    assertThat(rnn.loop()).isEqualTo(new Loop.Keras(true, false, false));
  }

  @Test
  void modelsInsideAModelAreTheirLayers() throws IOException {
    layer(
        "body",
        "lstm/kernel:0",
        of(3, 8),
        "lstm/recurrent_kernel:0",
        of(2, 8),
        "lstm/bias:0",
        of(8),
        "lstm_1/kernel:0",
        of(2, 8),
        "lstm_1/recurrent_kernel:0",
        of(2, 8),
        "lstm_1/bias:0",
        of(8));
    dense("head", 2, 5);
    String body =
        "{'class_name': 'Sequential', 'config': {'name': 'body', 'layers': ["
            + one("LSTM", "lstm", "'units': 2, 'return_sequences': true")
            + ", "
            + one("LSTM", "lstm_1", "'units': 2")
            + "]}}";
    SequenceModel model =
        load("2.4.0", sequential(INPUT, body, one("Dense", "head", "'units': 5")));

    assertThat(types(model)).containsExactly("lstm: Rnn", "lstm_1: Rnn", "head: Dense");
  }
}
