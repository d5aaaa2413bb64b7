package org.sparkrnn.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.tensorflow.GraphBytes;

/** Whole loops that are one operation of TensorFlow, as {@code LSTMBlockFusedCell} writes them. */
public class GraphBlocksTest {
  private static final float[] KERNEL = {
    0.5f, -1, 0.25f, 0.75f, -0.5f, 1, 0.125f, -0.25f, 0.375f, 0.5f, -0.75f, 1
  };
  private static final float[] BIAS = {0.1f, -0.2f, 0.3f, -0.4f};

  /** The second version has gates {@code i, f, j, o} and adds no forget bias. */
  private static float[] gates(String operation, float[] columns) {
    float[] turned = columns.clone();
    for (int i = 0; operation.equals("BlockLSTMV2") && i < columns.length; i += 4) {
      turned[i + 1] = columns[i + 2];
      turned[i + 2] = columns[i + 1];
    }
    return turned;
  }

  public static GraphBytes loop(String operation) {
    return new GraphBytes()
        .floats("kernel", List.of(3, 4), gates(operation, KERNEL))
        .floats("bias", List.of(4), gates(operation, BIAS))
        .floats("zeros", List.of(1), 0)
        .floats("start", List.of(1, 1), 0)
        .floats("scale", List.of(), 0.5f)
        .integers("none", List.of(), 0)
        .integers("one", List.of(), 1)
        .integers("two", List.of(), 2)
        .integers("turn", List.of(3), 1, 0, 2)
        .integers("turn/mask", List.of(2), 1, 0)
        .nodes(
            """
                x = Placeholder ; dtype=1
                n = Placeholder ; dtype=3
                turned = Transpose x turn
                longest = Max n none
                loop = OP longest turned start start kernel zeros zeros zeros bias
                steps = Range none longest one
                column = ExpandDims n one
                within = Less steps column
                cast = Cast within ; DstT=1
                mask/rows = Transpose cast turn/mask
                mask = ExpandDims mask/rows two
                masked = Mul loop:6 mask
                back = Transpose masked turn
                half = Mul back scale
                logs = LogSoftmax half
                """
                .replace("OP", operation));
  }

  @ParameterizedTest
  @CsvSource({"BlockLSTM, 1, 3", "BlockLSTMV2, 0, Infinity"})
  void aLoopInOneOperationIsAnLstm(String operation, float forgetBias, float clip)
      throws IOException {
    byte[] graph = loop(operation).toByteArray();
    SequenceModel model =
        GraphNetwork.load(new InMemoryStorage().with("m.pb", graph), "m.pb", Cut.NONE).model();
    LstmCell cell =
        new LstmCell(
            Tensor.of(Shape.of(3, 4), KERNEL),
            Tensor.of(Shape.of(4), BIAS),
            forgetBias,
            Activation.TANH,
            Activation.SIGMOID,
            LstmCell.Peepholes.NONE,
            clip,
            LstmCell.Projection.NONE);
    List<Layer> layers = model.network().layers();
    assertThat(layers.get(0)).isEqualTo(new Layer.Rnn("rnn", List.of(cell), Layer.Merge.CONCAT));
    assertThat(layers).hasSize(3);
    assertThat(layers.get(2)).isEqualTo(new Layer.LogSoftmax("log_softmax"));
    assertThat(model.select()).containsExactly("log_softmax");
  }
}
