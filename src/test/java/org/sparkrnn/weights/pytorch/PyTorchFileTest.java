package org.sparkrnn.weights.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.Damage;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.LocalStorage;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.UnsupportedWeightsException;

/** The fixtures are PyTorch's own: {@code src/test/python/make_pytorch_fixtures.py}. */
class PyTorchFileTest {

  @ParameterizedTest
  @ValueSource(strings = {"types.pt", "types_stream.pt"})
  void everyFloatTypeAndViewIsRead(String fixture) throws IOException {
    PyTorchFile file = open(fixture);
    float[] base = new float[24];
    for (int i = 0; i < 24; i++) {
      base[i] = i / 4f;
    }

    for (String name : new String[] {"plain", "half", "bfloat16", "double"}) {
      assertThat(file.read(name)).as(name).isEqualTo(Tensor.of(Shape.of(4, 6), base));
    }
    assertThat(file.read("rows").toArray()).startsWith(1.5f).hasSize(12).endsWith(4.25f);
    assertThat(file.read("columns"))
        .isEqualTo(Tensor.of(Shape.of(4, 2), .25f, .5f, 1.75f, 2f, 3.25f, 3.5f, 4.75f, 5f));
    assertThat(file.read("transposed").shape()).isEqualTo(Shape.of(6, 4));
    assertThat(file.read("transposed").toArray()).startsWith(0, 1.5f, 3, 4.5f, .25f);
    assertThat(file.read("every_other")).isEqualTo(Tensor.of(Shape.of(2, 2), 0, .75f, 3, 3.75f));
    assertThat(file.read("scalar")).isEqualTo(Tensor.of(Shape.of(), .5f));
    assertThat(file.read("empty")).isEqualTo(Tensor.of(Shape.of(0, 3)));
    assertThat(file.read("parameter").toArray()).containsExactly(0, .25f, .5f, .75f, 1, 1.25f);
    assertThat(file.read("list.1.deep").toArray()).startsWith(1.5f);
    assertThat(file.tensors().get("bfloat16"))
        .isEqualTo(new TensorInfo("bfloat16", "bfloat16", Shape.of(4, 6), 48));
    assertThat(file.unknown()).isEmpty();
    assertThatThrownBy(() -> file.read("long"))
        .isInstanceOf(UnsupportedWeightsException.class)
        .hasMessage(
            fixture
                + ": tensor 'long' is int64; readable are float32, float16, bfloat16 and float64");
    assertThatThrownBy(() -> file.read("expanded"))
        .isInstanceOf(UnsupportedWeightsException.class)
        .hasMessageEndingWith(
            "shows elements of its storage more than once; save a contiguous copy");
  }

  @Test
  void oneNetworkIsReadFromEveryForm() throws IOException {
    PyTorchFile plain = open("lstm2bi.pth");
    assertThat(plain.tensors()).hasSize(16).containsKey("bias_hh_l1_reverse");
    for (String fixture : new String[] {"stream.pth", "module.pt", "script.pt"}) {
      PyTorchFile file = open(fixture);
      for (String name : plain.tensors().keySet()) {
        assertThat(file.read(name)).as(fixture + " " + name).isEqualTo(plain.read(name));
      }
    }
    assertThat(open("stream.pth").format()).isEqualTo("PyTorch stream");
    assertThat(open("script.pt").format()).isEqualTo("TorchScript archive");
    assertThat(open("module.pt").unknown()).contains("torch.nn.modules.rnn.LSTM");
  }

  @Test
  void aCheckpointsNetworkHasShortNamesToo() throws IOException {
    PyTorchFile file = open("checkpoint.pt");

    assertThat(file.tensors())
        .containsKeys("model_state_dict.module.weight_ih_l0", "optimizer.state.0.exp_avg");
    assertThat(file.aliases())
        .containsEntry("weight_ih_l0", "model_state_dict.module.weight_ih_l0")
        .containsEntry("module.weight_ih_l0", "model_state_dict.module.weight_ih_l0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.pt", "evil_stream.pt"})
  void whatAPickleWouldCallIsListedAndNotCalled(String fixture) throws IOException {
    Path trace = Path.of("/tmp/spark-rnn-was-here");
    Files.deleteIfExists(trace);

    PyTorchFile file = open(fixture);

    assertThat(file.unknown()).containsExactly("posix.system");
    assertThat(file.tensors()).containsOnlyKeys("good");
    assertThat(file.read("good").shape()).isEqualTo(Shape.of(4, 6));
    assertThat(trace).doesNotExist();
  }

  @Test
  void everyCutIsReported() throws IOException {
    for (String fixture : new String[] {"gru.pth", "stream.pth", "evil_stream.pt", "script.pt"}) {
      byte[] whole = fixture(fixture);
      int cuts = whole.length > 6000 ? (whole.length + 96) / 97 : whole.length;
      assertThat(Damage.cuts(fixture, whole, source -> Damage.readAll(PyTorchFile.open(source))))
          .as(fixture)
          .isEqualTo(cuts);
    }
  }

  @Test
  void everyChangedByteIsReadOrReported() throws IOException {
    for (String fixture : new String[] {"gru.pth", "evil_stream.pt", "module.pt", "script.pt"}) {
      Damage.flips(fixture, fixture(fixture), source -> Damage.readAll(PyTorchFile.open(source)));
    }
  }

  @Test
  void aCheckpointThatOthersTrainedIsRead() throws IOException {
    Path data = Path.of(System.getProperty("sparkrnn.data", "../shared/data"));
    Path folder = data.resolve("models/pth-onnx-gtcrn");
    Assumptions.assumeTrue(Files.isDirectory(folder), "skipped: no data found at " + folder);
    try (PyTorchFile file =
        PyTorchFile.open(LocalStorage.of(folder).open("model_trained_on_dns3.tar"))) {
      assertThat(file.unknown()).isEmpty();
      assertThat(file.aliases())
          .containsEntry(
              "encoder.en_convs.2.tra.att_gru.weight_ih_l0",
              "model.encoder.en_convs.2.tra.att_gru.weight_ih_l0");
      Tensor kernel = file.read("model.encoder.en_convs.2.tra.att_gru.weight_ih_l0");
      assertThat(kernel.shape()).isEqualTo(Shape.of(48, 8));
      for (String name : file.tensors().keySet()) {
        if (file.tensors().get(name).dtype().equals("float32")) {
          file.read(name);
        }
      }
    }
  }

  private static byte[] fixture(String name) throws IOException {
    try (InputStream in = PyTorchFileTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static PyTorchFile open(String name) throws IOException {
    return PyTorchFile.open(InMemoryStorage.source(name, fixture(name)));
  }
}
