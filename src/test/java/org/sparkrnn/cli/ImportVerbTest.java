package org.sparkrnn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnOutputs;
import org.sparkrnn.RnnSequences;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.loading.Encoding;
import org.sparkrnn.model.loading.ModelLoader;
import org.sparkrnn.model.loading.ModelWriter;
import org.sparkrnn.spark.TestModels;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.LocalStorage;
import org.sparkrnn.weights.numpy.NpzBytes;
import org.sparkrnn.weights.pytorch.PyTorchFile;
import org.sparkrnn.weights.safetensors.SafetensorsFile;

class ImportVerbTest {
  private static final Configuration CONF = new Configuration(false);

  @TempDir private Path temp;

  private static SequenceModel load(String path, String weights) throws IOException {
    return ModelLoader.load(path, weights, CONF);
  }

  /** Imports and reads back: the network, every weight of it, must be equal. */
  private void assertComesBack(String from, String weights) throws IOException {
    String to = Files.createTempDirectory(temp, "imported").resolve("model").toString();
    Command done =
        weights.isEmpty()
            ? Command.withoutSpark("import", from, to)
            : Command.withoutSpark("import", "--weights", weights, from, to);
    assertThat(done.code()).as(done.toString()).isEqualTo(ExitCode.DONE);
    assertThat(done.out()).startsWith("wrote " + to + ": model '");
    SequenceModel given = load(from, weights);
    SequenceModel back = load(to, "");
    assertThat(back.network()).isEqualTo(given.network());
    assertThat(back.fingerprint()).isEqualTo(given.fingerprint());
    assertThat(back.select()).isEqualTo(given.select());
    assertThat(Command.withoutSpark("inspect", to).code()).isEqualTo(ExitCode.DONE);
  }

  private Path characters() throws IOException {
    Path model = temp.resolve("characters");
    ModelWriter.write(TestModels.characters(), model.toString(), CONF);
    return model;
  }

  @Test
  void aModelWithASpecComesBack() throws IOException {
    assertComesBack(characters().toString(), "");
  }

  /** Names and numbers of a safetensors file, as NumPy's archive. */
  @Test
  void theSameWeightsFromNumPyComeBack() throws IOException {
    Path model = characters();
    Path archive = temp.resolve("weights.npz");
    try (SafetensorsFile file =
        SafetensorsFile.open(LocalStorage.of(model).open("weights.safetensors"))) {
      Map<String, Tensor> tensors = new TreeMap<>();
      for (String name : file.tensors().keySet()) {
        tensors.put(name, file.read(name));
      }
      Files.write(archive, NpzBytes.archive(tensors));
    }
    assertComesBack(model.toString(), archive.toString());
    assertThat(load(model.toString(), archive.toString()).network())
        .isEqualTo(load(model.toString(), "").network());
  }

  @Test
  void aStateDictOfPyTorchComesBackWithTheSameBits() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("torch"));
    try (InputStream in = PyTorchFile.class.getResourceAsStream("gru.pth")) {
      Files.write(folder.resolve("gru.pth"), in.readAllBytes());
    }
    String spec =
        "{'spark_rnn': 1, 'weights': 'gru.pth', 'input': {'type': 'features', 'size': 3},"
            + " 'layers': [{'type': 'rnn', 'cell': {'type': 'torch.GRUCell', 'hidden_size': 2}}]}";
    Files.writeString(folder.resolve("model.json"), spec.replace('\'', '"'));
    assertComesBack(folder.toString(), "");
    assertRunsAlike(folder.toString());
  }

  @ParameterizedTest
  @EnumSource(Encoding.class)
  void everyFormatComesBackWithTheSameBits(Encoding encoding) throws IOException {
    Path folder = Files.createDirectory(temp.resolve("given"));
    String model = encoding.write(20261124, folder).toString();
    assertComesBack(model, "");
    assertRunsAlike(model);
  }

  /** Imports and runs both: every bit of every output must be equal. */
  private void assertRunsAlike(String model) throws IOException {
    String to = temp.resolve("ours").toString();
    assertThat(Command.withoutSpark("import", model, to).code()).isEqualTo(ExitCode.DONE);
    RnnSequences rows =
        RnnSequences.of(new float[][][] {{{0.5f, -1, 2}, {1, 0, -0.25f}}, {{3, 2, 1}}, {}});
    RnnModel given = RnnModel.load(model, CONF);
    RnnModel imported = RnnModel.load(to, CONF);
    assertThat(imported.defaultOutputs()).isEqualTo(given.defaultOutputs()).isNotEmpty();
    RnnOutputs expected = given.run(rows);
    RnnOutputs found = imported.run(rows);
    for (String output : given.defaultOutputs()) {
      for (int row = 0; row < 3; row++) {
        assertThat(found.floats(output, row)).isEqualTo(expected.floats(output, row));
      }
    }
  }

  @Test
  void aModelIsNeverWrittenOver() throws IOException {
    String model = characters().toString();
    Command again = Command.withoutSpark("import", model, model);
    assertThat(again.code()).isEqualTo(ExitCode.MODEL);
    assertThat(again.err())
        .isEqualTo(
            "spark-rnn import: "
                + model
                + " already holds model.json; name a new folder, or delete that file"
                + System.lineSeparator());
  }

  @Test
  void whatIsNoModelIsRefused() {
    Command wrong = Command.withoutSpark("import", temp + "/nowhere", temp + "/to");
    assertThat(wrong.code()).isEqualTo(ExitCode.MODEL);
    assertThat(temp.resolve("to")).doesNotExist();
    assertThat(Command.withoutSpark("import", temp + "/nowhere").code()).isEqualTo(ExitCode.USAGE);
  }
}
