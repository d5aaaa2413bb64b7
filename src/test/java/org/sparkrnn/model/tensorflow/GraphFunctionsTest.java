package org.sparkrnn.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.LoadedModel;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.loading.ModelLoader;
import org.sparkrnn.model.onnx.OnnxNetworkTest;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.LocalStorage;
import org.sparkrnn.weights.tensorflow.GraphBytes;
import org.sparkrnn.weights.tensorflow.GraphFile;

/** TensorFlow 2's graphs, whose loops and layers are functions. */
public class GraphFunctionsTest {
  private static final float[][] ROWS = {{1, -2, 3, 0.5f}, {4, 0, -1, 2}};

  /** {@code BasicRNNCell} over {@code x}, in a function that calls another. */
  public static GraphBytes called(String loop) {
    GraphBytes body =
        new GraphBytes()
            .integers("one", List.of(), 1)
            .nodes(
                """
                read = TensorListGetItem filled time one:output:0
                in = MatMul read:item:0 w
                state = MatMul h u
                sum = AddV2 in:product:0 state:product:0
                now = Tanh sum:z:0
                written = TensorListSetItem outputs time now:y:0
                next = AddV2 time one:output:0 ; T=3
                kept = Identity w
                """);
    GraphBytes condition = new GraphBytes().nodes("goes = Less time steps");
    GraphBytes layer =
        new GraphBytes()
            .integers("turn", List.of(3), 1, 0, 2)
            .integers("zero", List.of(), 0)
            .integers("from", List.of(1), 0)
            .integers("to", List.of(1), 1)
            .nodes(
                """
                turned = Transpose x turn:output:0
                shape = Shape turned:y:0
                steps = StridedSlice shape:output:0 from:output:0 to:output:0 to:output:0 ; shrink_axis_mask=1
                filled = TensorListFromTensor turned:y:0 zero:output:0
                made = TensorListReserve zero:output:0 steps:output:0
                """)
            .nodes(
                "loop = "
                    + loop
                    + " zero:output:0 steps:output:0 made:handle:0 h0 filled:output_handle:0 w u"
                    + " ; cond=@goes body=@step")
            .nodes(
                """
                stacked = TensorListStack loop:output:2 zero:output:0
                back = Transpose stacked:tensor:0 turn:output:0
                """);
    GraphBytes outer =
        new GraphBytes()
            .nodes("layer = StatefulPartitionedCall x h0 w u ; f=@layer")
            .nodes("given = Identity layer:output:0");
    String loopArguments = "time steps outputs h filled w u";
    return new GraphBytes()
        .floats("kernel", List.of(2, 1), 0.5f, -0.25f)
        .floats("recurrent", List.of(1, 1), 0.75f)
        .floats("start", List.of(1, 1), 0)
        .nodes(
            """
            x = Placeholder ; dtype=1
            model = PartitionedCall x start kernel recurrent ; f=@outer
            back = Identity model
            """)
        .function("goes", loopArguments, "goes:z:0", condition)
        .function(
            "step",
            loopArguments,
            "next:z:0 steps written:output_handle:0 now:y:0 filled kept:output:0 u",
            body)
        .function("layer", "x h0 w u", "back:y:0 loop:output:3", layer)
        .function("outer", "x h0 w u", "given:output:0 layer:output:1", outer);
  }

  private static LoadedModel load(GraphBytes graph, String to) throws IOException {
    InMemoryStorage storage = new InMemoryStorage().with("m.pb", graph.toByteArray());
    return GraphNetwork.load(storage, "m.pb", new Cut("", to));
  }

  @ParameterizedTest
  @ValueSource(strings = {"While", "StatelessWhile"})
  void functionsAreTheNodesThatTheyHold(String loop) throws IOException {
    SequenceModel model = load(called(loop), "back").model();
    float[][] found = OnnxNetworkTest.run(model, ROWS, model.select().get(0))[0];
    for (int row = 0; row < ROWS.length; row++) {
      float h = 0;
      for (int step = 0; step < 2; step++) {
        float[] x = ROWS[row];
        h = (float) Math.tanh(0.5 * x[2 * step] - 0.25 * x[2 * step + 1] + 0.75 * h);
        // Three roundings and the error of tanh, each half a unit of 2^-24 or less.
        assertThat(Math.abs(found[row][step] - h)).isLessThan(4 * 0x1p-24f);
      }
    }
    assertThat(load(called(loop), "model:1").model().select()).containsExactly("final_state");
  }

  @Test
  void aFunctionThatIsNotThereOrCallsItselfIsANodeThatDoesNotRun() {
    GraphBytes missing = new GraphBytes().nodes("x = Placeholder ; dtype=1");
    missing.nodes("y = PartitionedCall x ; f=@none");
    GraphBytes circle = new GraphBytes().nodes("x = Placeholder ; dtype=1");
    circle.nodes("y = PartitionedCall x ; f=@again");
    circle.function(
        "again", "x", "z:output:0", new GraphBytes().nodes("z = PartitionedCall x ; f=@again"));
    assertThatThrownBy(() -> load(missing, "y"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("PartitionedCall 'y': no layer computes it");
    assertThatThrownBy(() -> load(circle, "y"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("PartitionedCall 'y/z': no layer computes it");
  }

  @Test
  void aFewFunctionsThatCallForMoreNodesThanThereIsMemoryAreRefused() {
    GraphBytes graph = new GraphBytes().nodes("x = Placeholder ; dtype=1");
    graph.nodes("y = PartitionedCall x ; f=@f0");
    for (int i = 0; i < 40; i++) {
      String twice = "a = PartitionedCall x ; f=@f%1$d\nb = PartitionedCall a:output:0 ; f=@f%1$d";
      graph.function(
          "f" + i, "x", "b:output:0", new GraphBytes().nodes(String.format(twice, i + 1)));
    }
    graph.function("f40", "x", "a:y:0", new GraphBytes().nodes("a = Tanh x"));
    assertThatThrownBy(() -> load(graph, "y"))
        .hasMessageContaining("m.pb")
        .hasMessageContaining("more than 262144 nodes, or 67108864 letters of names");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lstm_model", "gru_model"})
  void aSavedModelHasTheSameBitsByItsGraphAsByItsConfiguration(String name) throws IOException {
    Path folder =
        Path.of(System.getProperty("sparkrnn.data", "../shared/data"))
            .resolve("models/savedmodel-msft-lstm-gru")
            .resolve(name);
    Assumptions.assumeTrue(Files.exists(folder), "skipped: no model at " + folder);
    Configuration conf = new Configuration(false);
    SequenceModel configured = ModelLoader.load(folder.toString(), "", conf);
    SequenceModel read =
        GraphNetwork.load(LocalStorage.of(folder), GraphFile.SAVED_MODEL, Cut.NONE).model();
    Random random = new Random(20261130);
    float[][] rows = new float[3][24];
    for (float[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        row[i] = random.nextFloat();
      }
    }
    assertThat(OnnxNetworkTest.run(read, rows, read.select().get(0)))
        .isDeepEqualTo(OnnxNetworkTest.run(configured, rows, configured.select().get(0)));
  }
}
