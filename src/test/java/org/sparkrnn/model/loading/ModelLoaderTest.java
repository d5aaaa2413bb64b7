package org.sparkrnn.model.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.model.Fingerprint;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.Vocabulary;
import org.sparkrnn.model.files.WeightsFiles;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.UnsupportedWeightsException;

/** From a folder to a model: files, vocabularies, layers' variables, default outputs. */
class ModelLoaderTest {
  private static final Configuration CONF = new Configuration(false);
  private static final String FEATURES = "{'type': 'features', 'size': 3}";
  private static final String GRU =
      "{'type': 'rnn', 'scope': 'rnn', 'cell': {'type': 'GRUCell', 'num_units': 2}}";

  @TempDir private Path dir;
  private ModelFolder folder;

  @BeforeEach
  void folderWithAGru() {
    folder = new ModelFolder(dir);
    folder.tensor("rnn/gru_cell/gates/kernel", 5, 4).tensor("rnn/gru_cell/gates/bias", 4);
    folder.tensor("rnn/gru_cell/candidate/kernel", 5, 2).tensor("rnn/gru_cell/candidate/bias", 2);
    folder.tensor("dense/kernel", 2, 4).tensor("dense/bias", 4);
    folder.tensor("head/weights", 2, 4).tensor("head/biases", 4);
    folder.tensor("softmax_w", 2, 4).tensor("softmax_b", 4);
    folder.tensor("embedding", 5, 3);
  }

  @Test
  void aModelIsNamedBySpecOrFolder() throws IOException {
    assertThat(folder.load(FEATURES, GRU).name()).isEqualTo(dir.getFileName().toString());
    String spec =
        "{'spark_rnn': 1, 'name': 'mine', 'weights': 'w.safetensors', 'input': "
            + FEATURES
            + ", 'layers': ["
            + GRU
            + "]}";
    assertThat(folder.loadSpec(spec).name()).isEqualTo("mine");
    assertThat(ModelLoader.load(dir + "/model.json", "", CONF).name()).isEqualTo("mine");
    assertThat(ModelLoader.load(dir.toUri().toString(), "", CONF).name()).isEqualTo("mine");
  }

  @ParameterizedTest
  @CsvSource({
    "'{''type'': ''dense''}', dense/kernel, dense/bias",
    "'{''type'': ''dense'', ''scope'': ''head''}', head/weights, head/biases",
    "'{''type'': ''dense'', ''kernel'': ''softmax_w'', ''bias'': ''softmax_b''}', softmax_w,"
        + " softmax_b"
  })
  void aDenseLayersVariablesAreFound(String layer, String kernel, String bias) throws IOException {
    SequenceModel model = folder.load(FEATURES, GRU + ", " + layer);
    Layer.Dense dense = (Layer.Dense) model.network().layers().get(1);
    assertThat(dense.kernel()).isEqualTo(folder.get(kernel));
    assertThat(dense.bias()).isEqualTo(folder.get(bias));
    assertThat(dense.activation()).isEqualTo(Activation.LINEAR);
  }

  @Test
  void aDenseLayerWithoutBiasHasZeros() throws IOException {
    String layer = "{'type': 'dense', 'kernel': 'softmax_w', 'use_bias': false}";
    Layer.Dense dense =
        (Layer.Dense) folder.load(FEATURES, GRU + ", " + layer).network().layers().get(1);
    assertThat(dense.bias()).isEqualTo(Tensor.zeros(4));
    fails(GRU + ", {'type': 'dense', 'use_bias': false}")
        .hasMessageContaining(
            "holds 'dense/bias', which \"use_bias\": false would leave out; to mean that, name the"
                + " 'kernel' itself");
  }

  @Test
  void aDenseLayerThatDoesNotFitIsToldWithTheTensor() {
    fails(GRU + ", {'type': 'dense', 'units': 5}")
        .hasMessage(
            dir
                + "/w.safetensors: tensor 'dense/kernel' has shape [2, 4], expected [2, units = 5]"
                + " because the layer's input has size 2 ("
                + dir
                + "/model.json: layers[1])");
    fails(GRU + ", {'type': 'dense', 'kernel': 'softmax_W', 'bias': 'softmax_b'}")
        .hasMessageContaining(
            "w.safetensors: no tensor 'softmax_W'; did you mean softmax_w [2, 4], softmax_b [4]? (")
        .hasMessageContaining("model.json: layers[1].kernel)");
    fails(GRU + ", {'type': 'dense', 'scope': 'rnn'}")
        .hasMessageContaining(
            "no kernel + bias or weights + biases in scope 'rnn'; the scope holds");
  }

  @Test
  void layersThatDoNotFitTogetherAreToldWithTheirPlace() {
    fails(GRU + ", {'type': 'argmax'}, {'type': 'softmax'}")
        .hasMessage(
            dir
                + "/model.json: layers[2]: layer 'softmax' takes floats, but layer 'argmax' gives"
                + " integers");
    fails("{'type': 'embedding', 'variable': 'embedding'}")
        .hasMessage(
            dir + "/model.json: layers[0]: takes ids, but the input is \"type\": \"features\"");
    failsOn("{'type': 'tokens', 'size': 5}", GRU)
        .hasMessage(
            dir
                + "/model.json: layers[0]: takes floats, but the input is ids: put an embedding or"
                + " one_hot layer first");
    failsOn("{'type': 'tokens', 'size': 6}", "{'type': 'embedding', 'variable': 'embedding'}")
        .hasMessage(
            dir + "/model.json: layers[0]: layer 'embedding' has 5 rows, but the input has 6 ids");
    failsOn(
            "{'type': 'tokens', 'size': 5}",
            "{'type': 'embedding', 'variable': 'embedding', 'size': 4}")
        .hasMessageContaining("tensor 'embedding' has shape [5, 3], expected [ids, size = 4] (")
        .hasMessageContaining("layers[0].variable)");
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'outputs,final_state'",
    "'{''type'': ''last''}', last",
    "'{''type'': ''last''}, {''type'': ''dense'', ''name'': ''logits'', ''scope'': ''dense''},"
        + " {''type'': ''softmax''}', logits",
    "'{''type'': ''dense''}, {''type'': ''softmax'', ''name'': ''p''}, {''type'': ''argmax'',"
        + " ''name'': ''best''}', 'p,best'"
  })
  void theOutputsWithoutSelectAreTheNamedOnesBehindTheRnn(String layers, String expected)
      throws IOException {
    String all = layers.isEmpty() ? GRU : GRU + ", " + layers;
    assertThat(folder.load(FEATURES, all).select()).isEqualTo(Arrays.asList(expected.split(",")));
  }

  @Test
  void theSpecsSelectDecides() throws IOException {
    String spec =
        "{'spark_rnn': 1, 'weights': 'w.safetensors', 'input': "
            + FEATURES
            + ", 'layers': ["
            + GRU
            + "], 'select': ['SELECTED']}";
    assertThat(folder.loadSpec(spec.replace("SELECTED", "last_output")).select())
        .containsExactly("last_output");
    assertThatThrownBy(() -> folder.loadSpec(spec.replace("SELECTED", "last_outputs")))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            dir
                + "/model.json: select[0]: the model has no output 'last_outputs'; did you mean"
                + " 'last_output'? It has outputs, last_output, final_state, rnn");
  }

  @Test
  void vocabulariesAreReadFromEveryForm() throws IOException {
    String layers = "{'type': 'embedding', 'variable': 'embedding'}";
    folder.file("v.json", "{\"a\": 0, \"b\": 4}");
    folder.file("list.json", "[\"<unk>\", \"a\", \"b\"]");
    folder.file("v.txt", "<unk>\r\na\r\nb\r\n");
    InputSpec.Characters object =
        (InputSpec.Characters)
            folder.load("{'type': 'characters', 'vocabulary': 'v.json'}", layers).input();
    assertThat(object.count()).isEqualTo(5);
    assertThat(object.vocabulary().id("b")).isEqualTo(4);
    assertThat(object.vocabulary().id("c")).isEqualTo(Vocabulary.REFUSE);
    for (String file : List.of("'list.json'", "'v.txt'", "['<unk>', 'a', 'b']")) {
      InputSpec.Tokens tokens =
          (InputSpec.Tokens)
              folder
                  .load(
                      "{'type': 'tokens', 'vocabulary': " + file + ", 'unknown': '<unk>'}", layers)
                  .input();
      assertThat(tokens.count()).as(file).isEqualTo(3);
      assertThat(tokens.vocabulary().id("b")).as(file).isEqualTo(2);
      assertThat(tokens.vocabulary().id("other")).as(file).isEqualTo(0);
    }
    InputSpec.Tokens sized =
        (InputSpec.Tokens)
            folder
                .load("{'type': 'tokens', 'size': 5, 'vocabulary': ['x'], 'unknown': 4}", layers)
                .input();
    assertThat(sized.count()).isEqualTo(5);
    assertThat(sized.vocabulary().id("y")).isEqualTo(4);
  }

  @Test
  void wrongVocabulariesAreRefused() throws IOException {
    String layers = "{'type': 'embedding', 'variable': 'embedding'}";
    folder.file("twice.txt", "a\nb\na\n").file("bad.json", "{\"a\": -1}").file("empty.txt", "");
    failsOn("{'type': 'tokens', 'vocabulary': 'none.txt'}", layers)
        .hasMessage(dir + "/model.json: input.vocabulary: no file 'none.txt' in " + dir);
    failsOn("{'type': 'tokens', 'vocabulary': 'twice.txt'}", layers)
        .hasMessage(dir + "/twice.txt: line 3: the token 'a' stands twice");
    failsOn("{'type': 'tokens', 'vocabulary': 'bad.json'}", layers)
        .hasMessage(dir + "/bad.json: a: expected an integer of at least 0, found -1");
    failsOn("{'type': 'characters', 'vocabulary': {'ab': 0}}", layers)
        .hasMessage(
            dir + "/model.json: input.vocabulary.ab: expected a single character, found \"ab\"");
    failsOn("{'type': 'tokens', 'vocabulary': {'a': 0}, 'unknown': 'b'}", layers)
        .hasMessage(
            dir + "/model.json: input.unknown: the vocabulary has no 'b'; did you mean 'a'?");
    failsOn("{'type': 'tokens', 'vocabulary': {'a': 0}, 'unknown': 1}", layers)
        .hasMessage(dir + "/model.json: input.unknown: expected an id below 1, found 1");
    failsOn("{'type': 'tokens', 'vocabulary': {'a': 7}, 'size': 7}", layers)
        .hasMessage(
            dir + "/model.json: input.size: the vocabulary has ids up to 7, expected at least 8");
  }

  @Test
  void aMissingModelIsToldWithWhatIsThere() throws IOException {
    folder.file("readme.txt", "x");
    assertThatThrownBy(() -> ModelLoader.load(dir.toString(), "", CONF))
        .isInstanceOf(ModelException.class)
        .hasMessage("no model at " + dir + ": the folder has no model.json; it holds readme.txt");
    assertThatThrownBy(() -> ModelLoader.load(dir + "/none", "", CONF))
        .hasMessage("no model at " + dir + "/none: there is no such file or folder");
    assertThatThrownBy(() -> ModelLoader.load(dir + "/readme.txt", "", CONF))
        .hasMessage(
            "no model at "
                + dir
                + "/readme.txt: expected a folder with a model.json, or a .json file; a weights"
                + " file needs a model.json that says which network it is for, and inspect drafts one");
  }

  @Test
  void missingAndForeignWeightsAreToldWithWhatIsThere() throws IOException {
    folder.load(FEATURES, GRU);
    String model = dir.toString();
    assertThatThrownBy(() -> ModelLoader.load(model, dir + "/other.ckpt", CONF))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "no weights 'other.ckpt' in "
                + dir
                + ": looked for other.ckpt and other.ckpt.index; the folder holds model.json,"
                + " w.safetensors");
    assertThatThrownBy(() -> ModelLoader.load(model, dir + "/no/other.ckpt", CONF))
        .hasMessage("no weights at " + dir + "/no/other.ckpt: there is no folder " + dir + "/no");
    Files.write(dir.resolve("k.bin"), new byte[] {1, 2, 3});
    assertThatThrownBy(() -> ModelLoader.load(model, dir + "/k.bin", CONF))
        .isInstanceOf(UnsupportedWeightsException.class)
        .hasMessage(
            dir
                + "/k.bin: is of a format that is not known here; readable are "
                + WeightsFiles.FORMATS);
    byte[] weights = Files.readAllBytes(dir.resolve("w.safetensors"));
    Files.write(dir.resolve("w.safetensors"), Arrays.copyOf(weights, weights.length - 1));
    assertThatThrownBy(() -> ModelLoader.load(model, "", CONF))
        .isInstanceOf(MalformedWeightsException.class);
  }

  @Test
  void weightsCanBeGivenOutsideTheSpec(@TempDir Path elsewhere) throws IOException {
    folder.load(FEATURES, GRU);
    Files.move(dir.resolve("w.safetensors"), elsewhere.resolve("x.bin"));
    SequenceModel model = ModelLoader.load(dir.toString(), elsewhere + "/x.bin", CONF);
    assertThat(model.network().layers()).hasSize(1);
    Files.move(elsewhere.resolve("x.bin"), elsewhere.resolve("x.safetensors"));
    assertThat(ModelLoader.load(dir.toString(), elsewhere.toString(), CONF).fingerprint())
        .isEqualTo(model.fingerprint());
  }

  @Test
  void theFingerprintIsThatOfWhatDecidesResults() throws IOException {
    SequenceModel model = folder.load(FEATURES, GRU);
    assertThat(model.fingerprint()).matches("[0-9a-f]{64}");
    assertThat(folder.load(FEATURES, GRU).fingerprint()).isEqualTo(model.fingerprint());
    SequenceModel other =
        folder.load(
            FEATURES, GRU.replace("'num_units': 2", "'num_units': 2, 'activation': 'relu'"));
    assertThat(other.fingerprint()).isNotEqualTo(model.fingerprint());
    folder.tensor("rnn/gru_cell/candidate/bias", 2);
    assertThat(folder.load(FEATURES, GRU).fingerprint()).isNotEqualTo(model.fingerprint());
    Network network = model.network();
    assertThat(Fingerprint.of(new InputSpec.Features(3), network)).isEqualTo(model.fingerprint());
  }

  private org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> fails(
      String layers) {
    return failsOn(FEATURES, layers);
  }

  private org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> failsOn(
      String input, String layers) {
    return assertThatThrownBy(() -> folder.load(input, layers)).isInstanceOf(ModelException.class);
  }
}
