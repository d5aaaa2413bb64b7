package org.sparkrnn.model.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;
import static org.sparkrnn.model.keras.KerasH5.functional;
import static org.sparkrnn.model.keras.KerasH5.node;
import static org.sparkrnn.model.keras.KerasH5.one;
import static org.sparkrnn.model.keras.KerasH5.sequential;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.loading.ModelInspection;
import org.sparkrnn.model.loading.ModelLoader;
import org.sparkrnn.model.loading.ModelWriter;
import org.sparkrnn.model.loading.Npy;
import org.sparkrnn.model.loading.RealCheckpointsTest;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.WeightsException;
import org.sparkrnn.weights.tensorflow.SavedModelBytes;

/** SavedModels of Keras: trained ones, and small ones against the same network in HDF5. */
class SavedKerasTest {
  private static final Configuration CONF = new Configuration(false);
  private static final String INPUT =
      one(
          "InputLayer",
          "in",
          "'batch_input_shape': {'class_name': '__tuple__', 'items': [null, 7, 3]}");
  private static final String LSTM = "'units': 2, 'recurrent_activation': 'sigmoid'";

  private final RandomNetworks random = new RandomNetworks(20261125);

  @TempDir private Path dir;

  private static Path data(String model) {
    Path path = Path.of(System.getProperty("sparkrnn.data", "../shared/data"), "models", model);
    Assumptions.assumeTrue(Files.exists(path), "skipped: no model at " + path);
    return path;
  }

  private static SequenceModel load(Path path) throws IOException {
    return ModelLoader.load(path.toString(), "", CONF);
  }

  /** Prices near 200; TensorFlow's sums of 64 products are in another order. */
  @ParameterizedTest
  @CsvSource({"lstm_model, lstm_output, dense_17", "gru_model, gru_output, dense_29"})
  void trainedModelsGiveTheirPredictions(String folder, String output, String select)
      throws IOException {
    Path path = data("savedmodel-msft-lstm-gru");
    Npy expected = Npy.read(path.resolve("expected").resolve(output + ".npy"));
    for (String file : new String[] {"", "saved_model.pb"}) {
      SequenceModel model = load(path.resolve(folder).resolve(file));
      assertThat(model.name()).isEqualTo(folder);
      assertThat(model.select()).containsExactly(select);

      float[] actual =
          RealCheckpointsTest.run(
              model.network(), Npy.read(path.resolve("expected/input.npy")), select)[0];

      assertThat(actual).hasSameSizeAs(expected.floats());
      for (int i = 0; i < actual.length; i++) {
        float exact = expected.floats()[i];
        assertThat(actual[i]).isCloseTo(exact, within(1e-6f * Math.abs(exact)));
      }
    }
  }

  @Test
  void whatOnlyTrainingNeedsIsListedAsThat() throws IOException {
    Path path = data("savedmodel-msft-lstm-gru");
    ModelInspection inspection =
        ModelInspection.of(path.resolve("lstm_model").toString(), "", CONF);

    assertThat(inspection.format()).isEqualTo("TensorFlow SavedModel of Keras");
    assertThat(inspection.tensors())
        .filteredOn(line -> !line.role().startsWith("used by "))
        .allMatch(
            line ->
                line.role()
                    .equals(
                        line.name().equals("_CHECKPOINTABLE_OBJECT_GRAPH")
                            ? "bookkeeping"
                            : "training only"))
        .hasSize(28);
    assertThat(inspection.tensors())
        .filteredOn(line -> line.role().equals("used by lstm_5"))
        .extracting(ModelInspection.TensorLine::name)
        .allMatch(name -> name.startsWith("trainable_variables/"))
        .hasSize(3);
  }

  @Test
  void aTrainedModelIsImported() throws IOException {
    SequenceModel model = load(data("savedmodel-msft-lstm-gru").resolve("gru_model"));
    ModelWriter.write(model, dir.resolve("copy").toString(), CONF);

    assertThat(load(dir.resolve("copy")).network()).isEqualTo(model.network());
  }

  /** Makes the same layers in a SavedModel and in HDF5, in the order of their weights. */
  private final class Twins {
    private final SavedModelBytes saved;
    private final String config;
    private final RandomNetworks weights = new RandomNetworks(5);
    private final Map<String, Map<String, int[]>> layers = new LinkedHashMap<>();

    Twins(String config) {
      this.config = config.replace("'", "\"");
      this.saved = new SavedModelBytes(this.config);
    }

    /** A layer of the model with number {@code parent}; single quotes stand for double. */
    int layer(int parent, String edge, String type, String name) {
      return saved.object(
          parent,
          edge,
          one(type, name, "")
              .replace('\'', '"')
              .replaceFirst("\\{", "{\"name\": \"" + name + "\", "));
    }

    void kernels(int cell, String layer, String path, int... sizes) {
      int gates = sizes[2];
      variable(cell, layer, path + "/kernel", sizes[0], gates * sizes[1]);
      variable(cell, layer, path + "/recurrent_kernel", sizes[1], gates * sizes[1]);
      if (gates == 3) {
        variable(cell, layer, path + "/bias", 2, gates * sizes[1]);
      } else {
        variable(cell, layer, path + "/bias", gates * sizes[1]);
      }
    }

    void variable(int parent, String layer, String path, int... sizes) {
      layers.computeIfAbsent(layer, l -> new LinkedHashMap<>()).put(path + ":0", sizes);
      long[] dims = Arrays.stream(sizes).asLongStream().toArray();
      saved.variable(parent, path.substring(path.lastIndexOf('/') + 1), weights.tensor(dims));
    }

    SequenceModel saved(boolean old) throws IOException {
      Path folder = dir.resolve(old ? "old" : "new");
      Files.createDirectories(folder.resolve("variables"));
      Map<String, byte[]> files = old ? saved.oldFiles() : saved.files(new byte[100]);
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Files.write(folder.resolve(file.getKey()), file.getValue());
      }
      return load(folder);
    }

    SequenceModel hdf5() throws IOException {
      String plain =
          config.replaceAll("\\{\"class_name\": \"__tuple__\", \"items\": (\\[[^]]*])}", "$1");
      new KerasH5(new RandomNetworks(5)).write(dir.resolve("m.h5"), "2.9.0", plain, layers);
      return load(dir.resolve("m.h5"));
    }

    void assertEqual() throws IOException {
      SequenceModel expected = hdf5();
      for (boolean old : new boolean[] {false, true}) {
        SequenceModel actual = saved(old);
        assertThat(actual.network()).isEqualTo(expected.network());
        assertThat(actual.select()).isEqualTo(expected.select());
        assertThat(actual.fingerprint()).isEqualTo(expected.fingerprint());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyKindOfLayerHasTheWeightsOfItsTwin(boolean listed) throws IOException {
    String gru =
        one(
            "GRU",
            "gru",
            "'units': 2, 'reset_after': true, 'return_sequences': true, 'recurrent_activation': 'sigmoid'");
    String cells =
        one(
            "StackedRNNCells",
            "cells",
            "'cells': [" + one("LSTMCell", "a", LSTM) + ", " + one("LSTMCell", "b", LSTM) + "]");
    Twins twins =
        new Twins(
            sequential(
                one("Embedding", "ids", "'input_dim': 9, 'output_dim': 3"),
                one("Dropout", "off", ""),
                one("Bidirectional", "bi", "'merge_mode': 'concat', 'layer': " + gru),
                one("TimeDistributed", "each", "'layer': " + one("Dense", "d", "'units': 5")),
                one("RNN", "deep", "'cell': " + cells),
                one("Dense", "head", "'units': 2")));
    int ids = twins.layer(0, "layer_with_weights-0", "Embedding", "ids");
    twins.variable(ids, "ids", "ids/embeddings", 9, 3);
    twins.layer(0, "layer-1", "Dropout", "off");
    int bi = twins.layer(0, "layer_with_weights-1", "Bidirectional", "bi");
    for (String way : new String[] {"forward", "backward"}) {
      int layer = twins.layer(bi, way + "_layer", "GRU", way + "_gru");
      int cell = twins.layer(layer, "cell", "GRUCell", "gru_cell");
      twins.kernels(cell, "bi", "bi/" + way + "_gru", 3, 2, 3);
    }
    int each = twins.layer(0, "layer_with_weights-2", "TimeDistributed", "each");
    int inner = twins.layer(each, "layer", "Dense", "d");
    twins.variable(inner, "each", "each/kernel", 4, 5);
    twins.variable(inner, "each", "each/bias", 5);
    int deep = twins.layer(0, "layer_with_weights-3", "RNN", "deep");
    int list = twins.saved.object(twins.layer(deep, "cell", "StackedRNNCells", "s"), "cells", "");
    for (int i = 0; i < 2; i++) {
      int cell = twins.layer(list, Integer.toString(i), "LSTMCell", "ab".substring(i, i + 1));
      twins.kernels(cell, "deep", "deep/lstm_cell_" + i, i == 0 ? 5 : 2, 2, 4);
    }
    int head = twins.layer(0, "layer_with_weights-4", "Dense", "head");
    twins.variable(head, "head", "head/kernel", 2, 2);
    twins.variable(head, "head", "head/bias", 2);
    // Objects know each other both ways.
    twins.saved.hold(head, "model", 0);
    twins.saved.hold(list, "layer", deep);
    if (listed) {
      twins.saved.listVariables();
    }

    twins.assertEqual();
  }

  @Test
  void layersThatNormaliseHaveTheWeightsOfTheirTwins() throws IOException {
    Twins twins =
        new Twins(
            sequential(
                INPUT,
                one("Normalization", "scaled", "'axis': [-1]"),
                one("LSTM", "lstm", LSTM + ", 'return_sequences': true"),
                one("LayerNormalization", "ln", "'axis': [2], 'epsilon': 0.01"),
                one("GlobalMaxPooling1D", "max", ""),
                one("BatchNormalization", "bn", "'axis': [1], 'center': false")));
    int scaled = twins.layer(0, "layer_with_weights-0", "Normalization", "scaled");
    twins.variable(scaled, "scaled", "mean", 3);
    twins.variable(scaled, "scaled", "variance", 3);
    int lstm = twins.layer(0, "layer_with_weights-1", "LSTM", "lstm");
    twins.kernels(twins.layer(lstm, "cell", "LSTMCell", "c"), "lstm", "lstm/c", 3, 2, 4);
    int ln = twins.layer(0, "layer_with_weights-2", "LayerNormalization", "ln");
    twins.variable(ln, "ln", "ln/gamma", 2);
    twins.variable(ln, "ln", "ln/beta", 2);
    int bn = twins.layer(0, "layer_with_weights-3", "BatchNormalization", "bn");
    for (String role : new String[] {"gamma", "moving_mean", "moving_variance"}) {
      twins.variable(bn, "bn", "bn/" + role, 2);
    }

    twins.assertEqual();
  }

  @Test
  void aModelInsideAFunctionalModelIsItsLayers() throws IOException {
    String body =
        sequential(
                one("LSTM", "head", LSTM + ", 'return_sequences': true"), one("LSTM", "lstm", LSTM))
            .replace("'name': 's'", "'name': 'body'");
    String config =
        functional(
            node(INPUT, "[]")
                + ", "
                + node(
                    body,
                    "[[{'class_name': '__tuple__', 'items': ['in', 0, 0, {}]}]]".replace("''", "'"))
                + ", "
                + node(one("Dense", "head", "'units': 1"), "[[['body', 0, 0, {}]]]"),
            "[['head', 0, 0]]");
    Twins twins = new Twins(config);
    int inner =
        twins.saved.object(
            0,
            "layer_with_weights-0",
            "{\"name\": \"body\", " + body.replace('\'', '"').substring(1));
    for (int i = 0; i < 2; i++) {
      String name = i == 0 ? "head" : "lstm";
      int lstm = twins.layer(inner, "layer_with_weights-" + i, "LSTM", name);
      int cell = twins.layer(lstm, "cell", "LSTMCell", name);
      twins.kernels(cell, "body", name, i == 0 ? 3 : 2, 2, 4);
    }
    int head = twins.layer(0, "layer_with_weights-1", "Dense", "head");
    twins.saved.hold(0, "layer-2", head);
    twins.variable(head, "head", "head/kernel", 2, 1);
    twins.variable(head, "head", "head/bias", 1);
    SequenceModel model = twins.saved(false);

    assertThat(model.network().layers())
        .extracting(Layer::name)
        .containsExactly("head", "lstm", "head_1");
    assertThat(model.select()).containsExactly("head_1");
    assertThat(model.network().layers().get(2)).isInstanceOf(Layer.Dense.class);
  }

  private InMemoryStorage storage(SavedModelBytes saved) {
    InMemoryStorage storage = new InMemoryStorage();
    saved.files(new byte[300]).forEach(storage::with);
    return storage;
  }

  private SavedModelBytes small(String layers) {
    SavedModelBytes saved = new SavedModelBytes(sequential(INPUT, layers).replace('\'', '"'));
    int lstm = saved.object(0, "layer_with_weights-0", "{\"name\": \"lstm\"}");
    int cell = saved.object(lstm, "cell", "{\"name\": \"cell\"}");
    saved.variable(cell, "kernel", random.tensor(3, 8));
    saved.variable(cell, "recurrent_kernel", random.tensor(2, 8));
    saved.variable(cell, "bias", random.tensor(8));
    return saved;
  }

  @Test
  void allThatDoesNotRunIsListedAtOnce() {
    InMemoryStorage storage =
        storage(
            small(
                one("Custom>Attention", "mine", "'size': 3")
                    + ", "
                    + one("LSTM", "lstm", LSTM)
                    + ", "
                    + one("Lambda", "f", "")));

    assertThatThrownBy(() -> SavedKeras.load(storage))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "keras_metadata.pb: the model has layers that do not run here: 'mine'"
                + " (Custom>Attention), 'f' (Lambda: it is a function of Python); a model.json can"
                + " name the part that does");
  }

  @Test
  void aModelThatIsAPythonClassHasNoConfiguration() throws IOException {
    SavedModelBytes saved =
        new SavedModelBytes("{\"class_name\": \"Mine\", \"config\": {\"a\": 1}}");
    saved.variable(0, "v", random.tensor(1));

    assertThat(SavedKeras.load(storage(saved))).isEmpty();
    assertThat(SavedKeras.load(new InMemoryStorage().with("saved_model.pb", new byte[0])))
        .isEmpty();
  }

  @Test
  void everyCutAndEveryChangedByteIsReported() throws IOException {
    SavedModelBytes saved = small(one("LSTM", "lstm", LSTM));
    assertThat(SavedKeras.load(storage(saved))).isPresent();
    int refused = 0;
    for (Map.Entry<String, byte[]> file : saved.files(new byte[10]).entrySet()) {
      byte[] whole = file.getValue();
      for (int at = 0; at < whole.length; at++) {
        for (int mask : new int[] {0x00, 0x01, 0x12, 0x80, 0xff}) {
          byte[] damaged = mask == 0 ? Arrays.copyOf(whole, at) : whole.clone();
          if (mask != 0) {
            damaged[at] ^= (byte) mask;
          }
          refused +=
              refused(
                  storage(saved).with(file.getKey(), damaged),
                  file.getKey() + ", byte " + at + ", mask " + mask);
        }
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }

  private static int refused(InMemoryStorage storage, String what) {
    try {
      SavedKeras.load(storage);
      return 0;
    } catch (WeightsException | ModelException e) {
      assertThat(e)
          .as(what)
          .message()
          .matches("(?s)(saved_model|keras_metadata|variables/variables).*");
      return 1;
    } catch (RuntimeException | IOException | StackOverflowError | OutOfMemoryError e) {
      return fail(what, e);
    }
  }
}
