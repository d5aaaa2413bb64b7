package org.sparkrnn.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.loading.ModelInspection;
import org.sparkrnn.model.loading.ModelLoader;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.onnx.OnnxWriter;

/** Parts of ONNX graphs. */
class OnnxCutTest {
  private static final float[][] ROWS = {{1, -2, 3, 0.5f}, {4, 0, -1, 2}};

  private static OnnxWriter node(String type, String inputs, String output) {
    return OnnxWriter.node(type, List.of(inputs.split(" ")), List.of(output));
  }

  /** A convolution, two recurrent layers, a dense layer and something that does not run. */
  private static byte[] graph() {
    OnnxWriter graph = new OnnxWriter();
    graph.message(1, node("Conv", "X k", "x").text(3, "filter"));
    graph.message(1, node("RNN", "x w w", "y1").text(3, "lower").texts("activations", "Relu"));
    graph.message(1, node("Squeeze", "y1", "s1").ints("axes", 1));
    graph.message(1, node("RNN", "s1 w w", "y2").text(3, "upper").texts("activations", "Relu"));
    graph.message(1, node("Squeeze", "y2", "s2").ints("axes", 1).text(3, "twin"));
    graph.message(1, node("MatMul", "s2 two", "m").text(3, "twin"));
    graph.message(1, node("Einsum", "m m", "out").text(3, "square"));
    graph.message(5, OnnxWriter.tensor("w", List.of(1L, 1L, 1L), 1));
    graph.message(5, OnnxWriter.tensor("two", List.of(1L, 1L), 2));
    graph.message(5, OnnxWriter.tensor("k", List.of(1L, 1L, 1L), 1));
    graph.message(11, OnnxWriter.value("X", 1, 3, -1, 1));
    graph.message(12, OnnxWriter.value("out", 1));
    return OnnxWriter.model(graph);
  }

  private static SequenceModel load(String from, String to) throws IOException {
    InMemoryStorage storage = new InMemoryStorage().with("m.onnx", graph());
    return OnnxNetwork.load(storage, "m.onnx", new Cut(from, to)).model();
  }

  private static float[][] run(String from, String to) throws IOException {
    SequenceModel model = load(from, to);
    assertThat(model.select()).hasSize(1);
    return OnnxNetworkTest.run(model, ROWS, model.select().get(0))[0];
  }

  @ParameterizedTest
  @CsvSource({"x, m", "filter, m", "filter, s2", "filter, upper", "x, lower", "s1, y2"})
  void aPartRunsAsTheGraphAroundItWould(String from, String to) throws IOException {
    float[][] found = run(from, to);
    int sums = from.equals("s1") || to.equals("lower") ? 1 : 2;
    float factor = to.equals("m") ? 2 : 1;
    for (int row = 0; row < ROWS.length; row++) {
      float[] expected = ROWS[row];
      for (int i = 0; i < sums; i++) {
        expected = summed(expected);
      }
      for (int t = 0; t < expected.length; t++) {
        assertThat(found[row][t]).isEqualTo(factor * expected[t]);
      }
    }
  }

  /** Running sums that are never below zero. */
  private static float[] summed(float[] row) {
    float[] sums = row.clone();
    float at = 0;
    for (int t = 0; t < row.length; t++) {
      at = Math.max(0, at + row[t]);
      sums[t] = at;
    }
    return sums;
  }

  @Test
  void oneEndAloneIsEnoughWhereTheOtherRuns() throws IOException {
    OnnxWriter graph = new OnnxWriter();
    graph.message(1, node("Gather", "table ids", "e"));
    graph.message(1, node("RNN", "e w w", "y"));
    graph.message(5, OnnxWriter.tensor("table", List.of(3L, 1L), 1, 2, 3));
    graph.message(5, OnnxWriter.tensor("w", List.of(1L, 1L, 1L), 1));
    graph.message(11, OnnxWriter.value("ids", 7, -1, -1));
    graph.message(12, OnnxWriter.value("y", 1));
    byte[] bytes = OnnxWriter.model(graph);
    InMemoryStorage storage = new InMemoryStorage().with("m.onnx", bytes);
    SequenceModel behind = OnnxNetwork.load(storage, "m.onnx", new Cut("e", "")).model();
    assertThat(behind.input()).isEqualTo(new InputSpec.Features(1));
    assertThat(behind.network().layers()).extracting(Layer::name).containsExactly("rnn");
    assertThat(OnnxNetwork.load(storage, "m.onnx", new Cut("", "y")).model())
        .isEqualTo(OnnxNetwork.load(storage, "m.onnx", Cut.NONE).model());
    assertThat(OnnxNetwork.load(storage, "m.onnx", new Cut("ids", "")).model().input())
        .isInstanceOf(InputSpec.Tokens.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "filtre | m | the graph has no node and no value 'filtre'; did you mean 'filter'?",
        "x | n0 | the graph has no node and no value 'n0'",
        "x | twin | 2 nodes are named 'twin'; name the value that one gives",
        "s2 | m | the outputs [m] from 's2' on need no LSTM, GRU or RNN node, so there is nothing"
            + " to run"
      })
  void anEndThatIsNoneIsRefused(String from, String to, String message) {
    assertThatThrownBy(() -> load(from, to))
        .isInstanceOf(ModelException.class)
        .hasMessage("m.onnx: " + message);
  }

  @Test
  void aPartThatDoesNotRunIsRefusedWithItsNodes() {
    assertThatThrownBy(() -> load("", "m"))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(
            "m.onnx: the graph is no chain of layers that run; these nodes do not:\n"
                + "  Conv 'filter': no layer computes it\n");
    assertThatThrownBy(() -> load("filter", "square"))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "m.onnx: the graph is no chain of layers that run; these nodes do not:\n"
                + "  Einsum 'square': no layer computes it");
  }

  @Test
  void whatIsNoGraphIsNotCut(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("model.json"), "{}");
    Cut cut = new Cut("a", "b");
    Configuration conf = new Configuration(false);
    assertThatThrownBy(() -> ModelLoader.load(folder.toString(), "", cut, conf))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            folder
                + " is no graph that a part could be cut out of from 'a' to 'b'; say neither from"
                + " nor to, or name an .onnx file, a frozen graph of TensorFlow or a model of Keras");
    Path weights = folder.resolve("w.npy");
    assertThatThrownBy(() -> ModelInspection.of(weights.toString(), "", cut, conf))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            weights
                + " is no graph that a part could be cut out of from 'a' to 'b'; say neither from"
                + " nor to, or name an .onnx file, a frozen graph of TensorFlow or a model of Keras");
  }
}
