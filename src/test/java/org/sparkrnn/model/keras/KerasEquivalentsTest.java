package org.sparkrnn.model.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkrnn.model.keras.KerasH5.functional;
import static org.sparkrnn.model.keras.KerasH5.node;
import static org.sparkrnn.model.keras.KerasH5.one;
import static org.sparkrnn.model.keras.KerasH5.sequential;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.loading.ModelLoader;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.tensor.Tensor;

/** What configurations of Keras describe is the network that a spec of the same weights does. */
class KerasEquivalentsTest {
  private static final Configuration CONF = new Configuration(false);
  private static final String INPUT = one("InputLayer", "in", "'batch_input_shape': [null, 7, 3]");
  private static final String SIGMOID = "'units': 2, 'recurrent_activation': 'sigmoid'";
  private static final String STEPS = SIGMOID + ", 'return_sequences': true";
  private static final String LSTM = one("LSTM", "lstm", STEPS);
  private static final String RNN = rnn("lstm", "LSTM", true);

  @TempDir private Path dir;

  private final Map<String, Map<String, int[]>> weights = new LinkedHashMap<>();

  /** A layer's datasets: a name and its sizes by turns. */
  private void layer(String name, String... namesAndSizes) {
    Map<String, int[]> datasets = new LinkedHashMap<>();
    for (int i = 0; i < namesAndSizes.length; i += 2) {
      String[] sizes = namesAndSizes[i + 1].split(" ", -1);
      int[] dims = new int[sizes.length];
      for (int axis = 0; axis < dims.length; axis++) {
        dims[axis] = Integer.parseInt(sizes[axis]);
      }
      datasets.put(namesAndSizes[i], dims);
    }
    weights.put(name, datasets);
  }

  private void cell(String name, int input, int gates) {
    layer(
        name,
        name + "/kernel:0",
        input + " " + 2 * gates,
        name + "/recurrent_kernel:0",
        "2 " + 2 * gates,
        name + "/bias:0",
        "" + 2 * gates);
  }

  private static String rnn(String name, String type, boolean sequences) {
    return "{'type': 'rnn', 'name': '"
        + name
        + "', 'loop': 'keras', 'scope': '"
        + name
        + "', 'return_sequences': "
        + sequences
        + ", 'cell': {'type': 'keras."
        + type
        + "Cell', 'units': 2, 'recurrent_activation': 'sigmoid'"
        + (type.equals("GRU") ? ", 'reset_after': false" : "")
        + "}}";
  }

  private SequenceModel load(String version, String config) throws IOException {
    Path path = dir.resolve("m.h5");
    new KerasH5(new RandomNetworks(20261130)).write(path, version, config, weights);
    return ModelLoader.load(path.toString(), "", CONF);
  }

  /** A part of the file written last. */
  private SequenceModel load(Cut cut) throws IOException {
    return ModelLoader.load(dir.resolve("m.h5").toString(), "", cut, CONF);
  }

  private SequenceModel spec(String layers) throws IOException {
    Path path = dir.resolve("spec.json");
    String input = "'input': {'type': 'features', 'size': 3}";
    String text = "{'spark_rnn': 1, 'weights': 'm.h5', " + input + ", 'layers': [" + layers + "]}";
    Files.writeString(path, text.replace('\'', '"'));
    return ModelLoader.load(path.toString(), "", CONF);
  }

  private void same(String version, String config, String layers) throws IOException {
    SequenceModel keras = load(version, config);
    SequenceModel written = spec(layers);
    assertThat(keras.network().layers()).isEqualTo(written.network().layers());
    assertThat(keras.input()).isEqualTo(written.input());
  }

  private void norm(String name, int size) {
    layer(
        name,
        name + "/gamma:0",
        "" + size,
        name + "/beta:0",
        "" + size,
        name + "/moving_mean:0",
        "" + size,
        name + "/moving_variance:0",
        "" + size);
  }

  @Test
  void batchNormalisationIsByTheStatisticsOfTraining() throws IOException {
    norm("bn", 3);
    cell("lstm", 3, 4);
    norm("bn_1", 2);
    layer("bn_2", "bn_2/moving_mean:0", "2", "bn_2/moving_variance:0", "2");
    same(
        "2.9.0",
        sequential(
            INPUT,
            one("BatchNormalization", "bn", "'axis': [2], 'epsilon': 0.001, 'momentum': 0.99"),
            LSTM,
            one(
                "TimeDistributed",
                "bn_1",
                "'layer': " + one("BatchNormalization", "x", "'axis': -1, 'epsilon': 1e-05")),
            one("GlobalMaxPooling1D", "max", ""),
            one(
                "BatchNormalization",
                "bn_2",
                "'axis': [1], 'epsilon': 0.1, 'scale': false, 'center': false"),
            one("Activation", "relu", "'activation': 'relu'")),
        "{'type': 'batch_norm', 'name': 'bn'}, "
            + RNN
            + ", {'type': 'batch_norm', 'name': 'bn_1', 'epsilon': 1e-5},"
            + " {'type': 'max', 'name': 'max'}, {'type': 'batch_norm', 'name': 'bn_2', 'epsilon':"
            + " 0.1, 'use_gamma': false, 'use_beta': false}, {'type': 'activation', 'name': 'relu',"
            + " 'activation': 'relu'}");
  }

  @Test
  void batchNormalisationOfKeras1CallsTheVarianceAnotherName() throws IOException {
    cell("lstm", 3, 4);
    layer("n", "n_gamma", "2", "n_beta", "2", "n_running_mean", "2", "n_running_std", "2");
    same(
        "1.2.2",
        sequential(
            INPUT, LSTM, one("BatchNormalization", "n", "'mode': 0, 'axis': -1, 'epsilon': 1e-3")),
        RNN
            + ", {'type': 'batch_norm', 'name': 'n', 'gamma': 'model_weights/n/n_gamma', 'beta':"
            + " 'model_weights/n/n_beta', 'moving_mean': 'model_weights/n/n_running_mean',"
            + " 'moving_variance': 'model_weights/n/n_running_std'}");
  }

  @Test
  void weightsOfKeras3AreThoseThatTheLayerMakes() throws IOException {
    Path path = dir.resolve("m.h5");
    RandomNetworks random = new RandomNetworks(20261130);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int i = 0; i < 3; i++) {
      tensors.put("layers/batch_normalization/vars/" + i, random.tensor(3));
    }
    tensors.put("layers/layer_normalization/vars/0", random.tensor(3));
    tensors.put("layers/layer_normalization/vars/1", random.tensor(3));
    tensors.put("layers/lstm/cell/vars/0", random.tensor(3, 8));
    tensors.put("layers/lstm/cell/vars/1", random.tensor(2, 8));
    tensors.put("layers/lstm/cell/vars/2", random.tensor(8));
    try (WritableHdfFile file = HdfFile.write(path)) {
      KerasH5.put(file, tensors);
    }
    String config =
        sequential(
            INPUT,
            one("BatchNormalization", "bn", "'axis': -1, 'scale': false"),
            one("LayerNormalization", "ln", "'axis': -1, 'epsilon': 0.01"),
            one("LSTM", "rnn", "'units': 2"));
    Files.writeString(dir.resolve("m.json"), config.replace('\'', '"'));

    SequenceModel keras = ModelLoader.load(path.toString(), "", CONF);
    SequenceModel written =
        spec(
            "{'type': 'batch_norm', 'name': 'bn', 'use_gamma': false, 'beta':"
                + " 'layers/batch_normalization/vars/0', 'moving_mean':"
                + " 'layers/batch_normalization/vars/1', 'moving_variance':"
                + " 'layers/batch_normalization/vars/2'}, {'type': 'layer_norm', 'name': 'ln',"
                + " 'epsilon': 0.01, 'gamma': 'layers/layer_normalization/vars/0', 'beta':"
                + " 'layers/layer_normalization/vars/1'}, "
                + rnn("rnn", "LSTM", false).replace("'scope': 'rnn'", "'scope': 'lstm'"));
    assertThat(keras.network().layers()).isEqualTo(written.network().layers());
  }

  /** TensorFlow 2.12 to 2.15 count a layer with weights twice; Windows' names have backslashes. */
  @ParameterizedTest
  @ValueSource(strings = {"/", "\\"})
  void archivesOfKeras2CountLayersTwice(String slash) throws IOException {
    RandomNetworks random = new RandomNetworks(20261130);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    String layers = "_layer_checkpoint_dependencies";
    for (String lstm : new String[] {"lstm", "lstm_2"}) {
      String group = String.join(slash, layers, lstm, "cell") + "/vars/";
      tensors.put(group + 0, random.tensor(lstm.equals("lstm") ? 3 : 2, 8));
      tensors.put(group + 1, random.tensor(2, 8));
      tensors.put(group + 2, random.tensor(8));
    }
    String out = String.join(slash, layers, "time_distributed_1", "layer") + "/vars/";
    tensors.put(out + 0, random.tensor(2, 4));
    tensors.put(out + 1, random.tensor(4));
    Path path = dir.resolve("m.h5");
    try (WritableHdfFile file = HdfFile.write(path)) {
      KerasH5.put(file, tensors);
      file.putAttribute("keras_version", "2.13.1");
    }
    String config =
        sequential(
            INPUT,
            one("LSTM", "first", STEPS),
            one("TimeDistributed", "dropout", "'layer': " + one("Dropout", "x", "'rate': 0.5")),
            one("LSTM", "second", STEPS),
            one("TimeDistributed", "out", "'layer': " + one("Dense", "d", "'units': 4")));
    Files.writeString(dir.resolve("m.json"), config.replace('\'', '"'));

    SequenceModel keras = ModelLoader.load(path.toString(), "", CONF);
    SequenceModel written =
        spec(
            rnn("first", "LSTM", true).replace("'scope': 'first'", "'scope': 'lstm'")
                + ", "
                + rnn("second", "LSTM", true).replace("'scope': 'second'", "'scope': 'lstm_2'")
                + ", {'type': 'dense', 'name': 'out', 'scope': 'time_distributed_1/layer'}");
    assertThat(keras.network().layers()).isEqualTo(written.network().layers());
  }

  @Test
  void inputsAreScaledAndLayersNormalised() throws IOException {
    layer("scaled", "mean:0", "3", "variance:0", "3");
    cell("lstm", 3, 4);
    layer("ln", "ln/gamma:0", "2");
    same(
        "2.9.0",
        sequential(
            INPUT,
            one("Rescaling", "rescaling", "'scale': 0.5, 'offset': -1"),
            one("Normalization", "scaled", "'axis': [-1]"),
            LSTM,
            one("LayerNormalization", "ln", "'axis': [2], 'epsilon': 0.01, 'center': false")),
        "{'type': 'activation', 'name': 'rescaling', 'activation': {'type': 'affine', 'alpha': 0.5,"
            + " 'beta': -1}}, {'type': 'batch_norm', 'name': 'scaled', 'moving_mean':"
            + " 'scaled/mean', 'moving_variance': 'scaled/variance', 'use_gamma': false,"
            + " 'use_beta': false, 'epsilon': 1e-14}, "
            + RNN
            + ", {'type': 'layer_norm', 'name': 'ln', 'epsilon': 0.01, 'use_beta': false}");
  }

  @Test
  void anAutoencoderRepeatsWhatItsFirstHalfMade() throws IOException {
    cell("lstm", 3, 4);
    cell("gru", 2, 3);
    layer("out", "out/kernel:0", "2 3", "out/bias:0", "3");
    String gru = STEPS + ", 'reset_after': false";
    String config =
        sequential(
            INPUT,
            one("LSTM", "lstm", SIGMOID),
            one("RepeatVector", "again", "'n': 7"),
            one("GRU", "gru", gru),
            one("TimeDistributed", "out", "'layer': " + one("Dense", "d", "'units': 3")));
    same(
        "2.9.0",
        config,
        rnn("lstm", "LSTM", false)
            + ", {'type': 'repeat', 'name': 'again'}, "
            + rnn("gru", "GRU", true)
            + ", {'type': 'dense', 'name': 'out', 'scope': 'out'}");
    assertThatThrownBy(() -> load("2.9.0", config.replace("'n': 7", "'n': 5")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(
            "'again' (RepeatVector: it makes 5 steps, but the input has 7), 'gru' (GRU: the layer"
                + " before it gives one value per row)");
  }

  @Test
  void allStepsOfARowAreOneValueWhereTheirNumberIsStated() throws IOException {
    cell("lstm", 3, 4);
    layer("out", "out/kernel:0", "14 3", "out/bias:0", "3");
    String config =
        sequential(INPUT, LSTM, one("Flatten", "all", ""), one("Dense", "out", "'units': 3"));
    same(
        "2.9.0",
        config,
        RNN
            + ", {'type': 'flatten', 'name': 'all', 'steps': 7},"
            + " {'type': 'dense', 'name': 'out', 'scope': 'out'}");
    assertThatThrownBy(() -> load("2.9.0", config.replace("[null, 7, 3]", "[null, null, 3]")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(
            "'all' (Flatten: it joins the steps of a row, whose number the model does not say)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "Activation; 'activation': 'swish'; 'silu'",
        "Activation; 'activation': 'gelu'; 'gelu'",
        "Activation; 'activation': 'mish'; 'mish'",
        "Activation; 'activation': 'exponential'; 'exponential'",
        "Activation; 'activation': 'selu'; 'selu'",
        "Activation; 'activation': 'hard_sigmoid'; 'hard_sigmoid'",
        "LeakyReLU; 'alpha': 0.125; {'type': 'leaky_relu', 'alpha': 0.125}",
        "ELU; 'alpha': 0.5; {'type': 'elu', 'alpha': 0.5}",
        "ReLU; 'max_value': 6.0; 'relu6'",
        "ReLU; 'max_value': Infinity; 'relu'",
        "ThresholdedReLU; 'theta': 0.5; {'type': 'thresholded_relu', 'alpha': 0.5}"
      })
  void anActivationRunsBehindAnyLayer(String type, String options, String activation)
      throws IOException {
    cell("lstm", 3, 4);
    same(
        "2.9.0",
        sequential(INPUT, LSTM, one(type, "a", options)),
        RNN + ", {'type': 'activation', 'name': 'a', 'activation': " + activation + "}");
  }

  @Test
  void theLogarithmsOfASoftmaxAreALayerOfTheirOwn() throws IOException {
    cell("lstm", 3, 4);
    layer("out", "out/kernel:0", "2 4", "out/bias:0", "4");
    String dense = one("Dense", "out", "'units': 4, 'activation': 'log_softmax'");
    String again = one("Activation", "again", "'activation': 'log_softmax'");
    SequenceModel model = load("3.5.0", sequential(INPUT, LSTM, dense, again));
    assertThat(model.network().layers())
        .isEqualTo(
            spec(RNN
                    + ", {'type': 'dense', 'name': 'out', 'scope': 'out'}, {'type':"
                    + " 'log_softmax', 'name': 'out_1'}, {'type': 'log_softmax', 'name':"
                    + " 'again'}")
                .network()
                .layers());
    assertThat(load("3.5.0", sequential(INPUT, LSTM, dense)).select()).containsExactly("out_1");
  }

  @Test
  void cellsOfAStackMayBeUnlike() throws IOException {
    layer(
        "r",
        "r/gru_cell/kernel:0",
        "2 6",
        "r/gru_cell/recurrent_kernel:0",
        "2 6",
        "r/gru_cell/bias:0",
        "6",
        "r/lstm_cell/kernel:0",
        "3 8",
        "r/lstm_cell/recurrent_kernel:0",
        "2 8",
        "r/lstm_cell/bias:0",
        "8",
        "r/lstm_cell_1/kernel:0",
        "2 8",
        "r/lstm_cell_1/recurrent_kernel:0",
        "2 8",
        "r/lstm_cell_1/bias:0",
        "8");
    String cells =
        String.join(
            ", ",
            one("LSTMCell", "a", SIGMOID),
            one("GRUCell", "b", SIGMOID + ", 'reset_after': false"),
            one("LSTMCell", "c", SIGMOID));
    String own = "'units': 2, 'recurrent_activation': 'sigmoid', 'scope': 'r/";
    same(
        "2.9.0",
        sequential(
            INPUT,
            one("RNN", "r", "'cell': " + one("StackedRNNCells", "s", "'cells': [" + cells + "]"))),
        "{'type': 'rnn', 'name': 'r', 'loop': 'keras', 'cell': {'type': 'MultiRNNCell', 'cells':"
            + " [{'type': 'keras.LSTMCell', "
            + own
            + "lstm_cell'}, {'type': 'keras.GRUCell', 'reset_after': false, "
            + own
            + "gru_cell'}, {'type': 'keras.LSTMCell', "
            + own
            + "lstm_cell_1'}]}}");
  }

  @Test
  void theStateThatALayerReturnsIsReadInPlaceOfItsOutputs() throws IOException {
    cell("lstm", 3, 4);
    String one =
        String.join(
            ", ",
            node(INPUT, "[]"),
            node(LSTM, "[[['in', 0, 0, {}]]]"),
            node(one("Dropout", "d", "'rate': 0.5"), "[[['lstm', 0, 1, {}]]]"));
    same(
        "2.9.0",
        functional(one, "[['d', 0, 0]]"),
        RNN + ", {'type': 'final_state', 'name': 'lstm_state'}");

    String cell = "'units': 2, 'recurrent_activation': 'sigmoid', 'reset_after': false";
    layer(
        "b",
        "b/forward_gru/kernel:0",
        "3 6",
        "b/forward_gru/recurrent_kernel:0",
        "2 6",
        "b/forward_gru/bias:0",
        "6",
        "b/backward_gru/kernel:0",
        "3 6",
        "b/backward_gru/recurrent_kernel:0",
        "2 6",
        "b/backward_gru/bias:0",
        "6");
    String both =
        String.join(
            ", ",
            node(INPUT, "[]"),
            node(
                one("Bidirectional", "b", "'layer': " + one("GRU", "gru", cell)),
                "[[['in', 0, 0, {}]]]"),
            node(
                one("Concatenate", "states", "'axis': -1"),
                "[[['b', 0, 1, {}], ['b', 0, 2, {}]]]"));
    String gru = "{'type': 'keras.GRUCell', " + cell + "}";
    same(
        "2.9.0",
        functional(both, "[['states', 0, 0]]"),
        "{'type': 'rnn', 'name': 'b', 'loop': 'keras', 'scope': 'b', 'cell_fw': "
            + gru
            + ", 'cell_bw': "
            + gru
            + "}, {'type': 'final_state', 'name': 'states'}");
  }

  @Test
  void poolingsOfTheSameStepsAreJoined() throws IOException {
    cell("gru", 3, 3);
    layer("out", "out/kernel:0", "6 4", "out/bias:0", "4");
    String gru = one("GRU", "gru", STEPS + ", 'reset_after': false");
    String layers =
        String.join(
            ", ",
            node(INPUT, "[]"),
            node(gru, "[[['in', 0, 0, {}]]]"),
            node(one("GlobalAveragePooling1D", "mean", ""), "[[['gru', 0, 0, {}]]]"),
            node(one("GlobalMaxPooling1D", "max", ""), "[[['gru', 0, 0, {}]]]"),
            node(
                one("Concatenate", "both", "'axis': -1"),
                "[[['mean', 0, 0, {}], ['gru', 0, 1, {}], ['max', 0, 0, {}]]]"),
            node(one("Dense", "out", "'units': 4"), "[[['both', 0, 0, {}]]]"));
    same(
        "2.9.0",
        functional(layers, "[['out', 0, 0]]"),
        rnn("gru", "GRU", true)
            + ", {'type': 'pool', 'name': 'both', 'reductions': ['mean', 'final_state', 'max']},"
            + " {'type': 'dense', 'name': 'out', 'scope': 'out'}");
    assertThatThrownBy(
            () ->
                load(
                    "2.9.0",
                    functional(
                        layers
                            .replace("[[['gru', 0, 0, {}]]]", "[[['in', 0, 0, {}]]]")
                            .replace("[['mean', 0, 0, {}], ", "[['gru', 0, 0, {}], "),
                        "[['out', 0, 0]]")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("the layer 'both' reads 'gru', value 1 of 'gru', 'max'");
  }

  /** Keras 3 puts the model's name before the layer's. */
  @Test
  void legacyFilesOfKeras3HoldBothDirections() throws IOException {
    String both = "sequential/b/";
    layer(
        "b",
        both + "forward_lstm/lstm_cell/kernel",
        "3 8",
        both + "forward_lstm/lstm_cell/recurrent_kernel",
        "2 8",
        both + "forward_lstm/lstm_cell/bias",
        "8",
        both + "backward_lstm/lstm_cell/kernel",
        "3 8",
        both + "backward_lstm/lstm_cell/recurrent_kernel",
        "2 8",
        both + "backward_lstm/lstm_cell/bias",
        "8");
    String cell = "{'type': 'keras.LSTMCell', " + SIGMOID + ", 'scope': 'b/sequential/b/";
    same(
        "3.5.0",
        sequential(INPUT, one("Bidirectional", "b", "'layer': " + one("LSTM", "lstm", SIGMOID))),
        "{'type': 'rnn', 'name': 'b', 'loop': 'keras', 'cell_fw': "
            + cell
            + "forward_lstm'}, 'cell_bw': "
            + cell
            + "backward_lstm'}}");
  }

  @Test
  void masksThatKeras3ComputesBesideTheLayersAreTheLayers() throws IOException {
    cell("lstm", 3, 4);
    String tensor = "{'class_name': '__keras_tensor__', 'config': {'keras_history': ['%s', 0, 0]}}";
    String call = "[{'args': [" + tensor + "], 'kwargs': {%s}}]";
    String layers =
        String.join(
            ", ",
            node(INPUT, "[]"),
            node(one("NotEqual", "not_equal", ""), String.format(call, "in", "")),
            node(one("Any", "any", ""), String.format(call, "not_equal", "")),
            node(one("Masking", "m", "'mask_value': 0.0"), String.format(call, "in", "")),
            node(LSTM, String.format(call, "m", "'mask': " + String.format(tensor, "any"))));
    same(
        "3.5.0",
        functional(layers, "[['lstm', 0, 0]]"),
        "{'type': 'masking', 'name': 'm', 'mask_value': 0}, " + RNN);
  }

  @Test
  void whatIsNoChainIsListedWithTheLayersThatDoNotRun() {
    cell("lstm", 3, 4);
    String layers =
        String.join(
            ", ",
            node(INPUT, "[]"),
            node(one("Conv1D", "conv", ""), "[[['in', 0, 0, {}]]]"),
            node(LSTM, "[[['conv', 0, 0, {}], ['in', 0, 0, {}], ['conv', 0, 2, {}]]]"),
            node(one("Mine", "mine", ""), "[[['in', 0, 0, {}]]]"),
            node(one("Add", "add", ""), "[[['lstm', 0, 0, {}], ['mine', 0, 0, {}]]]"));
    assertThatThrownBy(
            () ->
                load(
                    "2.9.0",
                    functional(layers, "[['add', 0, 0], ['mine', 0, 0]]")
                        .replace("[['in', 0, 0]]", "[['in', 0, 0], ['conv', 0, 0]]")))
        .isInstanceOf(ModelException.class)
        .hasMessageEndingWith(
            ": model_config: a chain of layers runs here, from one input, each of which reads one"
                + " value; but the model has the inputs 'in', 'conv'; the layer 'add' reads 'lstm',"
                + " 'mine'; the layer 'lstm' reads 'conv', 'in', value 2 of 'conv'; the outputs"
                + " 'add', 'mine' are not on one chain: choose one by to; and these layers do not run here: 'conv'"
                + " (Conv1D), 'mine' (Mine), 'add' (Add)");
  }

  @Test
  void oneOfSeveralHeadsIsChosenByItsName() throws IOException {
    cell("lstm", 3, 4);
    layer("tag", "tag/kernel:0", "2 4", "tag/bias:0", "4");
    layer("mood", "mood/kernel:0", "2 3", "mood/bias:0", "3");
    String layers =
        String.join(
            ", ",
            node(INPUT, "[]"),
            node(one("InputLayer", "age", "'batch_input_shape': [null, 1]"), "[]"),
            node(LSTM, "[[['in', 0, 0, {}]]]"),
            node(one("GlobalMaxPooling1D", "max", ""), "[[['lstm', 0, 0, {}]]]"),
            node(one("Dense", "mood", "'units': 3"), "[[['max', 0, 0, {}]]]"),
            node(one("Dense", "tag", "'units': 4"), "[[['lstm', 0, 0, {}]]]"),
            node(one("Concatenate", "join", ""), "[[['mood', 0, 0, {}], ['age', 0, 0, {}]]]"));
    String config =
        functional(layers, "[['join', 0, 0], ['tag', 0, 0], ['mood', 0, 0]]")
            .replace("[['in', 0, 0]]", "[['in', 0, 0], ['age', 0, 0]]");
    assertThatThrownBy(() -> load("2.9.0", config))
        .hasMessageContaining("the model has the inputs 'in', 'age'")
        .hasMessageContaining("the layer 'join' reads 'mood', 'age'")
        .hasMessageContaining("'join', 'tag', 'mood' are not on one chain: choose one by to");

    SequenceModel tag = load(new Cut("", "tag"));
    assertThat(tag.select()).containsExactly("tag");
    assertThat(tag.network().layers())
        .isEqualTo(spec(RNN + ", {'type': 'dense', 'name': 'tag'}").network().layers());
    SequenceModel mood = load(new Cut("", "mood"));
    assertThat(mood.select()).containsExactly("mood");
    assertThat(mood.network().layers())
        .isEqualTo(
            spec(RNN + ", {'type': 'max', 'name': 'max'}, {'type': 'dense', 'name': 'mood'}")
                .network()
                .layers());

    assertThatThrownBy(() -> load(new Cut("", "join")))
        .hasMessageContaining("the layer 'join' reads 'mood', 'age'");
    assertThatThrownBy(() -> load(new Cut("", "moood")))
        .hasMessageEndingWith("the model has no layer 'moood'; did you mean 'mood'?");
    assertThatThrownBy(() -> load(new Cut("lstm", "mood")))
        .hasMessageEndingWith(
            "m.h5: a model of Keras is cut behind a layer only, which to names; leave out from"
                + " 'lstm'");
  }

  @Test
  void aSequentialModelIsCutBehindALayer() throws IOException {
    cell("lstm", 3, 4);
    layer("out", "out/kernel:0", "2 3", "out/bias:0", "3");
    String config =
        sequential(INPUT, LSTM, one("Dense", "out", "'units': 3"), one("Mine", "mine", ""));
    assertThatThrownBy(() -> load("2.9.0", config)).hasMessageContaining("'mine' (Mine)");
    SequenceModel cut = load(new Cut("", "out"));
    assertThat(cut.network().layers())
        .isEqualTo(spec(RNN + ", {'type': 'dense', 'name': 'out'}").network().layers());
  }

  @Test
  void aFolderWithOneFileIsThatModel() throws IOException {
    cell("lstm", 3, 4);
    for (String name : new String[] {"m.h5", "m.hdf5"}) {
      Path folder = Files.createDirectories(dir.resolve(name + "-alone"));
      new KerasH5(new RandomNetworks(20261130))
          .write(folder.resolve(name), "2.9.0", sequential(INPUT, LSTM), weights);

      SequenceModel model = ModelLoader.load(folder.toString(), "", CONF);

      assertThat(model.name()).isEqualTo("m");
      assertThat(model.network()).isEqualTo(load("2.9.0", sequential(INPUT, LSTM)).network());
    }
    Path folder = Files.createDirectories(dir.resolve("with-json"));
    new KerasH5(new RandomNetworks(20261130)).write(folder.resolve("w.h5"), "2.9.0", null, weights);
    Path json = folder.resolve("model.json");
    Files.writeString(json, sequential(INPUT, LSTM).replace('\'', '"'));
    assertThat(ModelLoader.load(folder.toString(), "", CONF).network().layers()).hasSize(1);
  }
}
