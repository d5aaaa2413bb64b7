package org.sparkrnn.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.weights.onnx.OnnxText;

/** Functions, constants, normalisations and shapes behind a recurrent node of an ONNX graph. */
class OnnxElementwiseTest {
  private static final String REFUSED =
      "m.onnx: the graph is no chain of layers that run; these nodes do not:\n  ";

  /** An RNN of two units over {@code X} [rows, 4, 1]; its outputs as {@code s} [rows, 4, 2]. */
  private static OnnxText graph(String... nodes) {
    return new OnnxText(13)
        .input("X", -1, 4, 1)
        .nodes(
            "Transpose X -> x perm=1,0,2",
            "RNN x W R -> Y H hidden_size=2",
            "Squeeze Y one -> sq",
            "Transpose sq -> s perm=1,0,2")
        .nodes(nodes)
        .constant("W", new long[] {1, 2, 1}, 1, -1)
        .constant("R", new long[] {1, 2, 2}, 0, 0, 0, 0)
        .constant("row", new long[] {2}, 3, 4)
        .constant("rows", new long[] {2, 2}, 1, 2, 3, 4)
        .constant("two", new long[0], 2)
        .constant("eps", new long[0], 0.125f)
        .integers("one", 1)
        .integers("back", 4, -1, 2)
        .integers("swapped", -1, 4, 2)
        .integer("middle", 2);
  }

  private static List<Layer> layers(String... nodes) throws IOException {
    SequenceModel model = OnnxNetworkTest.load(graph(nodes).model("out"));
    return model.network().layers().subList(1, model.network().layers().size());
  }

  @Test
  void aNormalisationWrittenOutIsOneLayerWithItsFactorAndAddend() throws IOException {
    List<Layer> layers =
        layers(
            "ReduceMean s -> m axes=-1,",
            "Sub s m -> d",
            "Mul d d -> p",
            "ReduceMean p -> v axes=-1,",
            "Add eps v -> w",
            "Sqrt w -> q",
            "Div d q -> n",
            "Mul n row -> g",
            "Add g row -> out");
    assertThat(layers).hasSize(1);
    Layer.LayerNorm norm = (Layer.LayerNorm) layers.get(0);
    assertThat(norm.epsilon()).isEqualTo(0.125f);
    assertThat(norm.gamma().toArray()).containsExactly(3, 4);
    assertThat(norm.beta().toArray()).containsExactly(3, 4);
  }

  @Test
  void aValueTimesItsOwnSigmoidIsSwish() throws IOException {
    assertThat(layers("Sigmoid s -> g", "Mul s g -> out"))
        .containsExactly(new Layer.Activate("activation", Activation.of(Activation.Kind.SILU)));
    Activation hard = new Activation(Activation.Kind.HARD_SILU, 0.125f, 0.25f);
    assertThat(layers("HardSigmoid s -> g alpha=0.125 beta=0.25", "Mul g s -> out"))
        .containsExactly(new Layer.Activate("activation", hard));
    List<Layer> behind = layers("MatMul s rows -> d", "Sigmoid d -> g", "Mul d g -> out");
    assertThat(behind).hasSize(2);
    assertThat(((Layer.Dense) behind.get(0)).activation()).isEqualTo(Activation.LINEAR);
    assertThat(behind.get(1))
        .isEqualTo(new Layer.Activate("activation", Activation.of(Activation.Kind.SILU)));
  }

  @Test
  void anotherProductOfTwoValuesIsNoSwish() {
    String branches =
        "Mul 'out': it puts two values of the chain together; only a chain runs, without branches";
    assertThatThrownBy(() -> layers("Tanh s -> t", "Sigmoid t -> g", "Mul s g -> out"))
        .hasMessage(REFUSED + branches);
    assertThatThrownBy(() -> layers("Tanh s -> g", "Mul s g -> out"))
        .hasMessage(REFUSED + branches);
    assertThatThrownBy(() -> layers("Sigmoid s -> g", "Mul s g -> p", "Mul p g -> out"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("Mul 'p': it puts two values of the chain together");
  }

  @Test
  void constantsAreOneLayerEach() throws IOException {
    List<Layer> layers = layers("Sub s row -> a", "Mul a two -> out");
    Layer.BatchNorm shift = (Layer.BatchNorm) layers.get(0);
    assertThat(shift.gamma().toArray()).containsExactly(1, 1);
    assertThat(shift.beta().toArray()).containsExactly(-3, -4);
    assertThat(((Layer.Activate) layers.get(1)).activation().alpha()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Add s rows -> out | Add 'out': it takes [2, 2], expected a number, or one row of floats",
        "Div row s -> out | Div 'out': it divides by a value of the chain",
        "Mul s s -> out | Mul 'out': it puts two values of the chain together; only a chain runs,"
            + " without branches",
        "BatchNormalization s row row row row -> out | BatchNormalization 'out': its channels, axis"
            + " 1, are not the features",
        "PRelu s row -> out | PRelu 'out': it has a slope for each float, [2]",
        "Gather s middle -> out axis=1 | Gather 'out': it takes step 2; only the last (-1) and the"
            + " first (0) run",
        "Transpose s -> out perm=1,0 | Transpose 'out': perm [1, 0] is no order of 3 axes",
        "Scan s -> out | Scan 'out': it has a graph of its own inside, as exporters write loops of"
            + " cells; only the nodes LSTM, GRU and RNN are loops that run",
        "Reshape s back -> out | Reshape 'out': it reshapes [?, 4, 2] to [4, -1, 2]; only axes of"
            + " size 1, the directions' floats, rows with steps, and the steps of rows in order can be"
            + " put together or taken apart, each of its own size"
      })
  void whatDoesNotRunSaysWhy(String node, String reason) {
    assertThatThrownBy(() -> layers(node))
        .isInstanceOf(ModelException.class)
        .hasMessage(REFUSED + reason);
  }

  @Test
  void aReshapeToTheSizesThatAreThereIsNone() throws IOException {
    assertThat(layers("Reshape s swapped -> out")).isEmpty();
  }

  @Test
  void dropoutRunsUnlessItTrains() throws IOException {
    assertThat(layers("Dropout s -> out")).isEmpty();
    assertThatThrownBy(() -> layers("Dropout s two middle -> out"))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            REFUSED
                + "Dropout 'out': it is in training mode, where it drops floats at random; export"
                + " the model for inference");
    OnnxText fed = graph("Dropout s two flag -> out").inputOf(9, "flag");
    assertThatThrownBy(() -> OnnxNetworkTest.load(fed.model("out")))
        .isInstanceOf(ModelException.class)
        .hasMessage(REFUSED + "Dropout 'out': 'flag' is no constant");
  }
}
