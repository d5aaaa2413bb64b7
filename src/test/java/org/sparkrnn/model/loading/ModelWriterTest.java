package org.sparkrnn.model.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.Fingerprint;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.Vocabulary;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Loop;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.rnn.Padding;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/** What is written is read back the same, bit by bit. */
class ModelWriterTest {
  private static final Configuration CONF = new Configuration(false);
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  @TempDir private Path dir;
  private final Random random = new Random(11);

  private Tensor tensor(long... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.owning(shape, values);
  }

  private LstmCell plainLstm(int input, int units) {
    return new LstmCell(
        tensor(input + units, 4L * units),
        tensor(4L * units),
        0.1f,
        Activation.TANH,
        Activation.SIGMOID,
        LstmCell.Peepholes.NONE,
        INFINITY,
        LstmCell.Projection.NONE);
  }

  private LstmCell fullLstm(int input, int units, int projected) {
    return new LstmCell(
        tensor(input + projected, 4L * units),
        tensor(4L * units),
        1f,
        Activation.SOFTSIGN,
        Activation.HARD_SIGMOID,
        new LstmCell.Peepholes(tensor(units), tensor(units), tensor(units)),
        0f,
        new LstmCell.Projection(tensor(units, projected), 0.3f));
  }

  private GruCell gru(int input, int units) {
    return new GruCell(
        tensor(input + units, 2L * units),
        tensor(2L * units),
        tensor(input + units, units),
        tensor(units),
        Activation.RELU);
  }

  private ResetAfterGruCell resetAfter(int input, int units) {
    return new ResetAfterGruCell(
        tensor(input + units, 2L * units),
        tensor(2L * units),
        tensor(input, units),
        tensor(units),
        tensor(units, units),
        tensor(units),
        Activation.TANH);
  }

  private static SequenceModel model(InputSpec input, Network network, String... select) {
    return new SequenceModel(
        "mine", input, network, List.of(select), Fingerprint.of(input, network));
  }

  private void comesBack(SequenceModel model) throws IOException {
    Path folder = Files.createTempDirectory(dir, "model");
    ModelWriter.write(model, folder.toString(), CONF);
    SequenceModel read = ModelLoader.load(folder.toString(), "", CONF);
    assertThat(read).isEqualTo(model);
    Path again = Files.createTempDirectory(dir, "again");
    ModelWriter.write(read, again.toUri().toString(), CONF);
    for (String file : List.of("model.json", "weights.safetensors")) {
      assertThat(again.resolve(file)).hasSameBinaryContentAs(folder.resolve(file));
    }
  }

  @Test
  void everyCellComesBack() throws IOException {
    BasicRnnCell basic = new BasicRnnCell(tensor(7, 4), tensor(4), Activation.ELU);
    RnnCell inner = new MultiRnnCell(List.of(gru(4, 3), plainLstm(3, 2)));
    RnnCell stack =
        new MultiRnnCell(
            List.of(basic, inner, fullLstm(2, 5, 3), resetAfter(3, 4), plainLstm(4, 2)));
    Network network =
        new Network(
            new Network.Input.Features(3),
            List.of(
                new Layer.Rnn("rnn", List.of(stack), Layer.Merge.CONCAT),
                new Layer.Rnn("second", List.of(plainLstm(2, 3), gru(2, 3)), Layer.Merge.AVE),
                RandomNetworks.reversed("turned", gru(3, 3)),
                new Layer.Rnn("third", List.of(gru(3, 2), gru(3, 2)), Layer.Merge.CONCAT),
                RandomNetworks.stack(
                    "fourth",
                    List.of(gru(4, 2), plainLstm(4, 3)),
                    List.of(new MultiRnnCell(List.of(gru(5, 1), gru(1, 2))), gru(5, 2)))));
    comesBack(model(new InputSpec.Features(3), network, "outputs", "final_state", "second"));
  }

  @Test
  void everyFormulaCellComesBack() throws IOException {
    for (RnnCell cell : new RandomNetworks(12).cells(3, 4)) {
      Network network =
          new Network(
              new Network.Input.Features(3),
              List.of(new Layer.Rnn("rnn", List.of(cell), Layer.Merge.CONCAT)));
      comesBack(model(new InputSpec.Features(3), network, "outputs"));
    }
  }

  @Test
  void everyLayerComesBack() throws IOException {
    for (Layer.Reduction reduction : Layer.Reduction.values()) {
      Network network =
          new Network(
              new Network.Input.Ids(3),
              List.of(
                  new Layer.Embedding("embedding", tensor(3, 4)),
                  new Layer.Dense("dense", tensor(4, 3), tensor(3), Activation.RELU),
                  new Layer.Dense("even", tensor(3, 3), tensor(3), Activation.SOFTMAX),
                  new Layer.Dense(
                      "leaky",
                      tensor(3, 3),
                      tensor(3),
                      new Activation(Activation.Kind.LEAKY_RELU, 0.01f, 0)),
                  new Layer.Rnn("rnn", List.of(gru(3, 2)), Layer.Merge.CONCAT),
                  new Layer.Reduce("reduced", reduction),
                  new Layer.Dense("logits", tensor(2, 5), tensor(5), Activation.LINEAR),
                  new Layer.LogSoftmax("logarithms"),
                  new Layer.Softmax("softmax"),
                  new Layer.ArgMax("best")));
      Vocabulary vocabulary = new Vocabulary(Map.of("a", 0, "b", 2), 1);
      comesBack(model(new InputSpec.Characters(3, vocabulary), network, "softmax", "best"));
    }
  }

  @Test
  void layersThatNormaliseComeBack() throws IOException {
    Network network =
        new Network(
            new Network.Input.Features(3),
            List.of(
                new Layer.Activate("activation", new Activation(Activation.Kind.ELU, 0.5f, 1)),
                new Layer.Rnn("rnn", List.of(gru(3, 2)), Layer.Merge.CONCAT),
                new Layer.LayerNorm("layer_norm", tensor(2), tensor(2), 1e-5f),
                new Layer.Pool("pool", List.of(Layer.Reduction.MAX)),
                new Layer.BatchNorm("norm", tensor(2), tensor(2), tensor(2), tensor(2), 0.01f),
                new Layer.Repeat("repeat"),
                new Layer.Rnn("decoder", List.of(gru(2, 4)), Layer.Merge.CONCAT),
                new Layer.Flatten("flatten", 5)));
    comesBack(model(new InputSpec.Features(3), network, "outputs"));
  }

  @Test
  void anInitialStateComesBack() throws IOException {
    Layer.Rnn rnn =
        new Layer.Rnn(
            "rnn",
            Loop.TensorFlow.DYNAMIC_RNN,
            List.of(new Layer.Level(List.of(plainLstm(3, 2), plainLstm(3, 2)))),
            Layer.Merge.CONCAT,
            tensor(8));
    comesBack(
        model(
            new InputSpec.Features(3),
            new Network(new Network.Input.Features(3), List.of(rnn)),
            "outputs"));
  }

  @Test
  void paddingThatIsCountedComesBack() throws IOException {
    Layer.Rnn rnn = new Layer.Rnn("rnn", List.of(plainLstm(3, 2)), Layer.Merge.CONCAT);
    Network.Input floats = new Network.Input.Features(3, Padding.of(0.1f));
    comesBack(model(new InputSpec.Features(3), new Network(floats, List.of(rnn)), "outputs"));
    Network.Input ids = new Network.Input.Ids(3, Padding.of(2));
    Vocabulary none = new Vocabulary(Map.of(), Vocabulary.REFUSE);
    comesBack(
        model(
            new InputSpec.Tokens(3, none),
            new Network(ids, List.of(new Layer.OneHot("one_hot", 3), rnn)),
            "outputs"));
  }

  @Test
  void masksAndKerasLoopsComeBack() throws IOException {
    Layer.Level two = new Layer.Level(List.of(gru(4, 2), plainLstm(4, 2)));
    Layer.Level one = new Layer.Level(List.of(gru(2, 3)));
    Network network =
        new Network(
            new Network.Input.Ids(3),
            List.of(
                new Layer.Embedding("embedding", tensor(3, 4), true),
                new Layer.Masking("masking", -1.5f),
                new Layer.Rnn(
                    "both", new Loop.Keras(true, true, false), List.of(two), Layer.Merge.MUL),
                new Layer.Rnn(
                    "one", new Loop.Keras(false, false, true), List.of(one), Layer.Merge.CONCAT)));
    Vocabulary none = new Vocabulary(Map.of(), Vocabulary.REFUSE);
    comesBack(model(new InputSpec.Tokens(3, none), network, "outputs", "last_output"));
  }

  @Test
  void cudnnsLayersComeBack() throws IOException {
    RandomNetworks random = new RandomNetworks(9);
    RnnCell relu = new BasicRnnCell(tensor(7, 4), tensor(4), Activation.RELU);
    Network network =
        new Network(
            new Network.Input.Features(3),
            List.of(
                RandomNetworks.cudnn(
                    "gru", Loop.Cudnn.GRU, random.resetAfterGru(3, 2), random.resetAfterGru(2, 2)),
                RandomNetworks.cudnn(
                    "tanh",
                    Loop.Cudnn.RNN_TANH,
                    List.of(random.basicRnn(2, 2), random.basicRnn(2, 2)),
                    List.of(random.basicRnn(4, 2), random.basicRnn(4, 2))),
                new Layer.Dense("dense", tensor(4, 3), tensor(3), Activation.LINEAR),
                RandomNetworks.cudnn("relu", Loop.Cudnn.RNN_RELU, List.of(relu, relu))));
    comesBack(model(new InputSpec.Features(3), network, "outputs"));
  }

  @Test
  void loopsThatGenerateComeBack() throws IOException {
    for (int stop : new int[] {Loop.Generate.NO_STOP, 0, 2}) {
      Network network =
          new Network(
              new Network.Input.Ids(3),
              List.of(
                  new Layer.OneHot("one_hot", 3),
                  new Layer.Rnn("lower", List.of(gru(3, 2)), Layer.Merge.CONCAT),
                  new Layer.Rnn(
                      "upper",
                      new Loop.Generate(7, stop),
                      List.of(new Layer.Level(List.of(plainLstm(2, 3)))),
                      Layer.Merge.CONCAT),
                  new Layer.Softmax("softmax")));
      Vocabulary none = new Vocabulary(Map.of(), Vocabulary.REFUSE);
      comesBack(model(new InputSpec.Tokens(3, none), network, "generated", "final_state"));
    }
  }

  @Test
  void vocabulariesComeBack() throws IOException {
    Map<String, Integer> many = new LinkedHashMap<>();
    for (int i = 0; i < 300; i++) {
      many.put("token " + i, 299 - i);
    }
    Network network =
        new Network(new Network.Input.Ids(300), List.of(new Layer.OneHot("one_hot", 301)));
    Vocabulary large = new Vocabulary(many, Vocabulary.REFUSE);
    SequenceModel model = model(new InputSpec.Tokens(300, large), network, "one_hot");
    comesBack(model);
    ModelWriter.write(model, dir + "/m", CONF);
    assertThat(dir.resolve("m/vocabulary.json")).isRegularFile();
    comesBack(
        model(
            new InputSpec.Tokens(300, new Vocabulary(Map.of(), Vocabulary.REFUSE)),
            network,
            "one_hot"));
  }

  @Test
  void anExistingModelIsNotOverwritten() throws IOException {
    Network network =
        new Network(
            new Network.Input.Features(2),
            List.of(new Layer.Rnn("rnn", List.of(gru(2, 2)), Layer.Merge.CONCAT)));
    SequenceModel model = model(new InputSpec.Features(2), network, "outputs");
    ModelWriter.write(model, dir + "/m", CONF);
    assertThatThrownBy(() -> ModelWriter.write(model, dir + "/m", CONF))
        .isInstanceOf(ModelException.class)
        .hasMessage(dir + "/m already holds model.json; name a new folder, or delete that file");
    assertThat(dir.resolve("m"))
        .isDirectoryNotContaining(file -> file.getFileName().toString().endsWith(".crc"));
  }
}
