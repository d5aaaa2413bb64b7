package org.sparkrnn.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.weights.onnx.OnnxText;

/** Each row's last step, which PyTorch's programs gather at {@code lengths - 1}. */
class OnnxLastStepsTest {
  private static OnnxText gathered(String less, String... index) {
    return new OnnxText(13)
        .input("X", -1, 4, 2)
        .inputOf(7, "lengths", -1)
        .nodes(
            "Transpose X -> xt perm=1,0,2",
            "LSTM xt W R B -> Y Yh Yc hidden_size=3",
            "Squeeze Y i1 -> sq",
            "Transpose sq -> s perm=1,0,2",
            "Sub lengths " + less + " -> at")
        .nodes(index)
        .nodes("GatherElements s expanded -> l axis=1", "Squeeze l i1 -> out")
        .floats("W", 1, 12, 2)
        .floats("R", 1, 12, 3)
        .floats("B", 1, 24)
        .integer("one", 1)
        .integer("two", 2)
        .integer("zero", 0)
        .integers("i1", 1)
        .integers("open", -1, 1, 1)
        .integers("floats", -1, 1, 3);
  }

  /** {@code view(-1, 1, 1).expand(-1, 1, out.size(2))}. */
  private static final String[] EXPANDED = {
    "Clip at zero -> at0",
    "Reshape at0 open -> column",
    "Shape s -> sh",
    "Gather sh two -> width axis=0",
    "Unsqueeze width zeroth -> width1",
    "Concat im1 i1 width1 -> size axis=0",
    "Reshape size im1 -> size1",
    "Shape size1 -> rank",
    "ConstantOfShape rank -> ones value=[1]",
    "Mul ones minus -> negative",
    "Equal size1 negative -> is",
    "Where is ones size1 -> wanted",
    "Expand column wanted -> expanded"
  };

  private static OnnxText expanded() {
    return gathered("one", EXPANDED).integers("zeroth", 0).integers("im1", -1).integer("minus", -1);
  }

  @Test
  void elementsAtTheLengthsLessOneAreTheLastSteps() throws IOException {
    List<Layer> layers = OnnxNetworkTest.load(expanded().model("out")).network().layers();
    assertThat(layers).hasSize(2);
    assertThat(layers.get(1)).isEqualTo(new Layer.Reduce("last", Layer.Reduction.LAST));
  }

  @Test
  void otherElementsAreRefused() {
    OnnxText before = gathered("two", "Reshape at open -> expanded");
    assertThatThrownBy(() -> OnnxNetworkTest.load(before.model("out")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("Sub 'at'");
    OnnxText first = gathered("one", "Reshape at open -> expanded");
    assertThatThrownBy(() -> OnnxNetworkTest.load(first.model("out")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(
            "GatherElements 'l': it takes elements that are not at the rows' lengths, less 1, for"
                + " all floats of a step");
    OnnxText states = expanded().nodes("GatherElements Yh expanded -> bad axis=0");
    assertThatThrownBy(() -> OnnxNetworkTest.load(states.model("bad")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("GatherElements 'bad': it reduces an axis that is not the steps");
  }
}
