package org.sparkrnn.model.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Limits;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.rnn.NetworkRunner;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.rnn.PackedNetwork;

/** Trained checkpoints that others published, against what TensorFlow computed from them. */
public class RealCheckpointsTest {
  private static final double TOLERANCE = 1e-5;

  private static Path data(String model) {
    Path path = Path.of(System.getProperty("sparkrnn.data", "../shared/data"), "models", model);
    Assumptions.assumeTrue(Files.isDirectory(path), "skipped: no model at " + path);
    return path;
  }

  private static SequenceModel load(String model, String weights) throws IOException {
    Path checkpoint = data(model).resolve(weights);
    String spec = Path.of("src/test/resources/models", model).toString();
    return ModelLoader.load(spec, checkpoint.toString(), new Configuration(false));
  }

  private static Npy expected(String model, String file) throws IOException {
    return Npy.read(data(model).resolve("expected").resolve(file + ".npy"));
  }

  /** Runs every row of {@code input} and returns the outputs, one row's behind the other's. */
  public static float[][] run(Network network, Npy input, String... selected) {
    List<Output> outputs = Arrays.stream(selected).map(network::output).toList();
    NetworkRunner runner =
        PackedNetwork.pack(network, Ops.of("scalar")).runner(outputs, Limits.DEFAULT);
    int rows = input.shape()[0];
    int steps = input.shape()[1];
    for (int row = 0; row < rows; row++) {
      if (input.ints().length > 0) {
        runner.window().add(input.ints(), row * steps, steps);
      } else {
        runner.window().add(input.floats(), row * steps * input.shape()[2], steps);
      }
    }
    runner.run();
    float[][] results = new float[selected.length][];
    for (int i = 0; i < selected.length; i++) {
      int each = runner.result(i).size() * (runner.result(i).perStep() ? steps : 1);
      results[i] = new float[rows * each];
      for (int row = 0; row < rows; row++) {
        int offset = runner.result(i).offset(row);
        System.arraycopy(runner.result(i).floats(), offset, results[i], row * each, each);
      }
    }
    return results;
  }

  private static void assertClose(String what, float[] actual, Npy expected) {
    assertThat(actual).as(what).hasSameSizeAs(expected.floats());
    double worst = 0;
    for (int i = 0; i < actual.length; i++) {
      double error = Math.abs((double) actual[i] - expected.floats()[i]);
      worst = Double.isNaN(error) ? Double.POSITIVE_INFINITY : Math.max(worst, error);
    }
    assertThat(worst).as("largest error of " + what).isLessThanOrEqualTo(TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource({
    "tf2ckpt-charrnn-retdop, model.ckpt-1099, 1099",
    "tf2ckpt-charrnn-gita, model.ckpt-899, 899",
    "tf2ckpt-charrnn-calebfoss, model.ckpt-500, 500",
    "tf1ckpt-charrnn-poembot, model.ckpt-360000, 360000"
  })
  void characterNetworksOfThreeErasGiveTensorFlowsSoftmax(String model, String weights, String n)
      throws IOException {
    SequenceModel loaded = load(model, weights);
    assertThat(loaded.select()).containsExactly("probabilities");
    Npy input = expected(model, n + ".input_ids");
    float[][] results = run(loaded.network(), input, "probabilities");
    assertClose(model, results[0], expected(model, n + ".softmax"));
  }

  @Test
  void aFolderOfCheckpointsIsOpenedAtItsLatest() throws IOException {
    String model = "tf2ckpt-charrnn-gita";
    assertThat(load(model, "").fingerprint())
        .isEqualTo(load(model, "model.ckpt-899").fingerprint())
        .isEqualTo(load(model, "model.ckpt-899.index").fingerprint())
        .isEqualTo(load(model, "model.ckpt-899.data-00000-of-00001").fingerprint());
  }

  @Test
  void aLatestCheckpointThatIsNotThereIsNotReplacedByAnother() {
    String model = "tf2ckpt-charrnn-calebfoss";
    assertThatThrownBy(() -> load(model, ""))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(
            data(model)
                + "/checkpoint names the checkpoint 'model.ckpt-0', but there is no"
                + " model.ckpt-0.index; name the one to read itself: the folder holds LICENSE.md,");
  }

  @Test
  void theBidirectionalNetworkGivesTensorFlowsOutputsAndLogits() throws IOException {
    String model = "tf2ckpt-bilstm-sentiment";
    Network network = load(model, "model.ckpt").network();
    float[][] results = run(network, expected(model, "inputs"), "logits", "outputs");
    assertClose("logits", results[0], expected(model, "logits"));
    int steps = results[1].length / 128;
    float[] forward = new float[steps * 64];
    float[] backward = new float[steps * 64];
    for (int step = 0; step < steps; step++) {
      System.arraycopy(results[1], step * 128, forward, step * 64, 64);
      System.arraycopy(results[1], step * 128 + 64, backward, step * 64, 64);
    }
    assertClose("forward outputs", forward, expected(model, "fw_outputs"));
    assertClose("backward outputs", backward, expected(model, "bw_outputs"));
  }

  @Test
  void theSmallestNetworkGivesTensorFlowsSigmoidAndLogits() throws IOException {
    String model = "tf2ckpt-btc-lstm2";
    Network network = load(model, "forcaster").network();
    Npy input = expected(model, "input");
    assertClose("sigmoid", run(network, input, "probabilities")[0], expected(model, "sigmoid"));
    Layer.Dense dense = (Layer.Dense) network.layers().get(2);
    Layer.Dense linear = new Layer.Dense("logits", dense.kernel(), dense.bias(), Activation.LINEAR);
    Network logits =
        new Network(
            network.input(), List.of(network.layers().get(0), network.layers().get(1), linear));
    assertClose("logits", run(logits, input, "logits")[0], expected(model, "add"));
  }

  @ParameterizedTest
  @CsvSource({
    "tf2ckpt-charrnn-retdop, model.ckpt-1099",
    "tf2ckpt-bilstm-sentiment, model.ckpt",
    "tf2ckpt-btc-lstm2, forcaster"
  })
  void aCheckpointIsTheSameModelInTheCanonicalForm(
      String model, String weights, @TempDir Path folder) throws IOException {
    SequenceModel loaded = load(model, weights);
    ModelWriter.write(loaded, folder + "/out", new Configuration(false));
    assertThat(ModelLoader.load(folder + "/out", "", new Configuration(false))).isEqualTo(loaded);
  }
}
