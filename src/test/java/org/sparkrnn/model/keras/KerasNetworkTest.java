package org.sparkrnn.model.keras;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.loading.ModelLoader;
import org.sparkrnn.model.loading.Npy;
import org.sparkrnn.model.loading.RealCheckpointsTest;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.LocalStorage;
import org.sparkrnn.weights.Storage;
import org.sparkrnn.weights.keras.KerasFile;

/** Networks of Keras' own configurations, against what Keras computed. */
class KerasNetworkTest {
  /** Relative beyond 1: Keras' sums of 50 products are in another order. */
  private static final double TOLERANCE = 5e-6;

  private static Path data(String model) {
    Path path = Path.of(System.getProperty("sparkrnn.data", "../shared/data"), "models", model);
    Assumptions.assumeTrue(Files.exists(path), "skipped: no model at " + path);
    return path;
  }

  private static SequenceModel load(Path path) throws IOException {
    return ModelLoader.load(path.toString(), "", new Configuration(false));
  }

  private static void assertClose(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i])
          .as("element %d", i)
          .isCloseTo(expected[i], within((float) TOLERANCE * Math.max(1, Math.abs(expected[i]))));
    }
  }

  private static Tensor only(KerasFile file, String group) throws IOException {
    String name =
        file.tensors().keySet().stream().filter(n -> n.startsWith(group)).findFirst().orElseThrow();
    return file.read(name);
  }

  @ParameterizedTest
  @CsvSource({
    "simple_lstm, simple_lstm_tf_keras_1, model",
    "simple_lstm, simple_lstm_tf_keras_1, weights",
    "simple_lstm, simple_lstm_th_keras_1, model",
    "simple_lstm, simple_lstm_th_keras_1, weights",
    "simple_rnn, simple_rnn_tf_keras_2, model",
    "simple_rnn, simple_rnn_tf_keras_2, weights",
    "simple_flatten_lstm, simple_flatten_lstm_tf_keras_2, model",
    "simple_flatten_lstm, simple_flatten_lstm_tf_keras_2, weights",
    "simple_flatten_rnn, simple_flatten_rnn_tf_keras_2, model",
    "simple_flatten_rnn, simple_flatten_rnn_tf_keras_2, weights",
  })
  void publishedModelsGiveTheirPredictions(String folder, String name, String form)
      throws IOException {
    Path path = data("h5-dl4j-examples/" + folder);
    SequenceModel model = load(path.resolve(name + "_" + form + ".h5"));
    try (KerasFile io =
        KerasFile.open(LocalStorage.of(path).open(name + "_inputs_and_outputs.h5"))) {
      Tensor x = only(io, "inputs/");
      Tensor y = only(io, "predictions/");
      int rows = (int) x.shape().dim(0);
      int steps = (int) x.shape().dim(1);
      int size = (int) x.shape().dim(2);

      float[][] results =
          RealCheckpointsTest.run(
              model.network(),
              new Npy(new int[] {rows, steps, size}, x.toArray(), new int[0]),
              model.select().get(0));

      assertClose(results[0], y.toArray());
    }
  }

  @Test
  void aTrainedModelOfKeras3GivesItsNumbers() throws IOException {
    Path path = data("keras-emg-lstm");
    SequenceModel model = load(path.resolve("model.keras"));
    Npy input = Npy.read(path.resolve("expected/input.npy"));

    float[][] results =
        RealCheckpointsTest.run(
            model.network(),
            new Npy(new int[] {input.shape()[0], 3, 4}, input.floats(), new int[0]),
            "output");

    assertThat(model.select()).containsExactly("output");
    assertClose(results[0], Npy.read(path.resolve("expected/softmax.npy")).floats());
    assertThat(load(path.resolve("model_2state.keras")).select()).containsExactly("output");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "functional_lstm/lstm_functional_tf_keras_2.h5",
        "masking/masking_two_lstm.h5",
        "masking/masking_zero_lstm.h5",
        "simple_lstm/simple_lstm_tf_keras_2_model.h5",
        "simple_lstm/simple_lstm_tf_keras_2_weights.h5"
      })
  void modelsWithoutPredictionsLoad(String name) throws IOException {
    SequenceModel model = load(data("h5-dl4j-examples").resolve(name));

    assertThat(model.network().layers()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bidirectional_lstm_no_return_sequences",
        "bidirectional_lstm",
        "embedding_lstm",
        "lstm",
        "simple_rnn"
      })
  void bothBackendsAndBothVersionsHoldTheSameLayers(String name) throws IOException {
    Path path = data("h5-dl4j-weights");
    for (String form : new String[] {"tensorflow_1", "tensorflow_2", "theano_1", "theano_2"}) {
      SequenceModel model = load(path.resolve(name + "_" + form + ".h5"));

      assertThat(model.network().layers()).hasSize(name.startsWith("embedding") ? 2 : 1);
    }
  }

  /** Small ones of every kind, each byte of which may be wrong. */
  private static final String[] DAMAGED = {
    "{'class_name':'Sequential','config':{'name':'s','layers':[{'class_name':'Embedding','config':"
        + "{'name':'embedding','input_dim':5,'output_dim':3}},{'class_name':'LSTM','config':{"
        + "'name':'lstm_7','units':2,'recurrent_activation':'sigmoid'}},{'class_name':'Dense',"
        + "'config':{'name':'head','units':3,'activation':{'class_name':'ReLU','config':"
        + "{'max_value':6.0}}}}]}}",
    "{'class_name':'Functional','config':{'layers':[{'class_name':'InputLayer','config':{"
        + "'batch_shape':[null,4,3],'name':'in'},'inbound_nodes':[]},{'class_name':'Bidirectional',"
        + "'config':{'name':'lstm_7','merge_mode':'sum','layer':{'class_name':'LSTM','config':{"
        + "'units':2}}},'inbound_nodes':[{'args':[{'class_name':'__keras_tensor__','config':{"
        + "'keras_history':['in',0,0]}}],'kwargs':{}}]},{'class_name':'Flatten','config':{"
        + "'name':'f'},'inbound_nodes':[[['lstm_7',0,0,{}]]]}],'input_layers':[['in',0,0]],"
        + "'output_layers':[['f',0,0]]}}"
  };

  /** A folder that counts how often its files are opened. */
  private record Counted(InMemoryStorage files, List<String> opened) implements Storage {
    @Override
    public String name() {
      return files.name();
    }

    @Override
    public boolean exists(String file) {
      return files.exists(file);
    }

    @Override
    public List<String> list() {
      return files.list();
    }

    @Override
    public ByteSource open(String file) throws FileNotFoundException {
      opened.add(file);
      return files.open(file);
    }
  }

  @Test
  void eachFileIsOpenedOnce() throws IOException {
    InMemoryStorage files =
        new InMemoryStorage().with("m.json", DAMAGED[0].replace('\'', '"').getBytes(UTF_8));
    try (InputStream in = KerasFile.class.getResourceAsStream("model.weights.h5")) {
      files.with("m.h5", in.readAllBytes());
    }
    Counted folder = new Counted(files, new ArrayList<>());

    assertThat(KerasNetwork.load(folder, "m.h5", Cut.NONE)).isPresent();
    assertThat(folder.opened()).containsExactlyInAnyOrder("m.h5", "m.json");
  }

  @Test
  void aDamagedConfigurationIsRefusedOrRead() throws IOException {
    byte[] weights;
    try (InputStream in = KerasFile.class.getResourceAsStream("model.weights.h5")) {
      weights = in.readAllBytes();
    }
    int refused = 0;
    for (String config : DAMAGED) {
      byte[] whole = config.replace('\'', '"').getBytes(UTF_8);
      InMemoryStorage good = new InMemoryStorage().with("m.h5", weights).with("m.json", whole);
      if (config.contains("Sequential")) {
        assertThat(KerasNetwork.load(good, "m.h5", Cut.NONE).orElseThrow().model().select())
            .containsExactly("head");
      }
      for (int at = 0; at < whole.length; at++) {
        for (int mask : new int[] {0x00, 0x01, 0x12, 0x80}) {
          byte[] damaged = mask == 0 ? Arrays.copyOf(whole, at) : whole.clone();
          if (mask != 0) {
            damaged[at] ^= (byte) mask;
          }
          InMemoryStorage storage =
              new InMemoryStorage().with("m.h5", weights).with("m.json", damaged);
          try {
            KerasNetwork.load(storage, "m.h5", Cut.NONE);
          } catch (ModelException e) {
            refused++;
            assertThat(e).hasMessageContaining("m.");
          } catch (RuntimeException e) {
            fail("byte " + at + ", mask " + mask + ": " + new String(damaged, UTF_8), e);
          }
        }
      }
    }
    assertThat(refused).isPositive();
  }
}
