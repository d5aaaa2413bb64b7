package org.sparkrnn.weights.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.LocalStorage;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.TensorInfo;

/** Checkpoints that strangers trained; their shapes are from the README beside each. */
class RealCheckpointsTest {
  private static final int STRIDE = 97;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          charrnn-calebfoss | model.ckpt-500  | rnnlm/MultiRNNCell/Cell1/BasicLSTMCell/Linear/Matrix | [256, 512]
          charrnn-calebfoss | model.ckpt-500  | rnnlm/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Bias | [512]
          charrnn-calebfoss | model.ckpt-500  | rnnlm/softmax_w | [128, 65]
          charrnn-calebfoss | model.ckpt-500  | Variable | []
          charrnn-gita      | model.ckpt-899  | rnnlm/multi_rnn_cell/cell_0/lstm_cell/kernel | [256, 512]
          charrnn-gita      | model.ckpt-899  | embedding | [82, 128]
          charrnn-retdop    | model.ckpt-1099 | rnnlm/multi_rnn_cell/cell_1/basic_lstm_cell/weights | [256, 512]
          charrnn-retdop    | model.ckpt-1099 | rnnlm/softmax_b | [56]
          btc-lstm2         | forcaster       | rnn/basic_lstm_cell/kernel | [4, 8]
          btc-lstm2         | forcaster       | Variable_1 | [2]
          bilstm-sentiment  | model.ckpt      | bidirectional_rnn/bw/lstm_cell/kernel | [114, 256]
          bilstm-sentiment  | model.ckpt      | Variable | [1778, 50]
          """)
  void variablesHaveTheShapesTheyWereTrainedWith(
      String model, String prefix, String name, String shape) throws IOException {
    try (TensorFlowCheckpoint file = TensorFlowCheckpoint.open(local(model), prefix)) {
      assertThat(file.tensors().get(name).shape()).hasToString(shape);
      assertThat(file.tensors().get(name).dtype()).isEqualTo("DT_FLOAT");
      assertThat(file.read(name).shape()).hasToString(shape);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "charrnn-calebfoss,model.ckpt-500,24",
    "charrnn-gita,model.ckpt-899,24",
    "charrnn-retdop,model.ckpt-1099,24",
    "btc-lstm2,forcaster,14",
    "bilstm-sentiment,model.ckpt,23"
  })
  void everyFloatIsReadAndIsANumber(String model, String prefix, int tensors) throws IOException {
    try (TensorFlowCheckpoint file = TensorFlowCheckpoint.open(local(model), prefix)) {
      assertThat(file.tensors()).hasSize(tensors);
      for (TensorInfo info : file.tensors().values()) {
        if (info.dtype().equals("DT_FLOAT")) {
          int finite = 0;
          float[] values = file.read(info.name()).toArray();
          for (float value : values) {
            finite += Float.isFinite(value) ? 1 : 0;
          }
          assertThat(finite).as(info.name()).isEqualTo(values.length);
        }
      }
    }
  }

  @Test
  void aKerasModelsVariablesHaveTheirNames() throws IOException {
    try (TensorFlowCheckpoint file =
        TensorFlowCheckpoint.open(
            storage("savedmodel-msft-lstm-gru/lstm_model/variables"), "variables")) {
      assertThat(file.aliases()).containsKeys("dense_15/kernel", "lstm_5/lstm_cell_5/bias");
      String key = file.aliases().get("lstm_5/lstm_cell_5/recurrent_kernel");
      assertThat(key).endsWith("/.ATTRIBUTES/VARIABLE_VALUE");
      assertThat(file.read(key).shape()).hasToString("[64, 256]");
    }
  }

  @Test
  void theLatestCheckpointIsKnown() throws IOException {
    assertThat(TensorFlowCheckpoint.latest(local("charrnn-gita"))).hasValue("model.ckpt-899");
    assertThat(TensorFlowCheckpoint.latest(local("btc-lstm2"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "charrnn-calebfoss,model.ckpt-500",
    "charrnn-gita,model.ckpt-899",
    "charrnn-retdop,model.ckpt-1099",
    "btc-lstm2,forcaster",
    "bilstm-sentiment,model.ckpt"
  })
  void damageToAnIndexIsReported(String model, String prefix) throws IOException {
    String file = prefix + ".index";
    byte[] whole = Files.readAllBytes(folder(model).resolve(file));
    InMemoryStorage storage = new InMemoryStorage();
    for (int at = 0; at < whole.length; at++) {
      storage.with(file, Arrays.copyOf(whole, at));
      assertThatThrownBy(() -> TensorFlowCheckpoint.open(storage, prefix))
          .as("cut to %d bytes", at)
          .isInstanceOf(MalformedWeightsException.class)
          .hasMessageStartingWith(file + ": ");
      if (at < whole.length - 48) {
        byte[] flipped = whole.clone();
        flipped[at] ^= 0x10;
        storage.with(file, flipped);
        assertThatThrownBy(() -> TensorFlowCheckpoint.open(storage, prefix))
            .as("byte %d flipped", at)
            .isInstanceOf(MalformedWeightsException.class)
            .hasMessageStartingWith(file + ": ");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "charrnn-calebfoss,model.ckpt-500",
    "charrnn-gita,model.ckpt-899",
    "charrnn-retdop,model.ckpt-1099",
    "btc-lstm2,forcaster",
    "bilstm-sentiment,model.ckpt"
  })
  void damageToTheDataIsReported(String model, String prefix) throws IOException {
    String file = prefix + ".data-00000-of-00001";
    byte[] index = Files.readAllBytes(folder(model).resolve(prefix + ".index"));
    byte[] data = Files.readAllBytes(folder(model).resolve(file));
    SortedMap<String, BundleEntry> entries =
        BundleIndex.read(InMemoryStorage.source(prefix + ".index", index)).tensors();
    InMemoryStorage storage = new InMemoryStorage().with(prefix + ".index", index).with(file, data);
    // Every byte of a small file, fewer of the three large ones that are alike.
    int stride = data.length < 10_000 ? 1 : data.length < 2_000_000 ? STRIDE : 7 * STRIDE;
    // Stays open, and sees the array change.
    TensorFlowCheckpoint flipped = TensorFlowCheckpoint.open(storage, prefix);
    for (int at = 0; at < data.length; at += stride) {
      Map.Entry<String, BundleEntry> hit = tensorAt(entries, at);
      if (DataType.floatType(hit.getValue().dtype()).isEmpty()) {
        continue;
      }
      String tensor = file + ": tensor '" + hit.getKey() + "' ";
      data[at] ^= 0x10;
      assertRefused(flipped, hit.getKey(), tensor + "has checksum");
      data[at] ^= 0x10;
      // A cut takes a copy of the file, so fewer of them.
      if (at / stride % 16 == 0) {
        storage.with(file, Arrays.copyOf(data, at));
        TensorFlowCheckpoint cut = TensorFlowCheckpoint.open(storage, prefix);
        assertRefused(cut, hit.getKey(), tensor + "needs");
      }
    }
  }

  /** By hand, because AssertJ's stack traces would take most of the time of so many. */
  private static void assertRefused(TensorFlowCheckpoint file, String name, String message)
      throws IOException {
    try {
      throw new AssertionError("damaged, but read: " + name + " " + file.read(name));
    } catch (MalformedWeightsException e) {
      if (!e.getMessage().startsWith(message)) {
        throw new AssertionError("expected " + message + ", found " + e.getMessage(), e);
      }
    }
  }

  private static Map.Entry<String, BundleEntry> tensorAt(
      SortedMap<String, BundleEntry> entries, int at) {
    return entries.entrySet().stream()
        .filter(e -> at >= e.getValue().offset())
        .filter(e -> at < e.getValue().offset() + e.getValue().size())
        .findFirst()
        .orElseThrow(() -> new AssertionError("byte " + at + " belongs to no tensor"));
  }

  private static LocalStorage local(String model) {
    return LocalStorage.of(folder(model));
  }

  private static LocalStorage storage(String folder) {
    return LocalStorage.of(data("models/" + folder));
  }

  private static Path folder(String model) {
    return data("models/tf2ckpt-" + model);
  }

  private static Path data(String path) {
    Path found = Path.of(System.getProperty("sparkrnn.data", "../shared/data")).resolve(path);
    Assumptions.assumeTrue(
        Files.exists(found), () -> "skipped: " + path + " not found at " + found.toAbsolutePath());
    return found;
  }
}
