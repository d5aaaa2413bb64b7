package org.sparkrnn.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.tensorflow.python.Era;
import org.sparkrnn.weights.tensorflow.python.PythonCells;
import org.sparkrnn.weights.tensorflow.python.PythonGraph;
import org.sparkrnn.weights.tensorflow.python.PythonOps;
import org.sparkrnn.weights.tensorflow.python.PythonRnn;
import org.sparkrnn.weights.tensorflow.python.Value;

/** What is taken for the outputs of a graph that trains, where nobody says what they are. */
class GraphOutputsTest {
  private static final Tensor KERNEL = Tensor.of(Shape.of(3, 2), 1, 2, 3, 4, 5, 6);
  private static final Tensor BIAS = Tensor.of(Shape.of(2), 0.5f, -0.5f);

  private final PythonGraph graph = new PythonGraph(Era.V0_11);
  private final PythonOps tf = new PythonOps(graph);

  /** Of sequences whose placeholder has no shape, as none has in these versions. */
  private PythonRnn.Outputs loop(Value x) {
    BasicRnnCell cell = new BasicRnnCell(KERNEL, BIAS, Activation.TANH);
    return new PythonRnn(graph)
        .dynamic(
            PythonCells.of(cell), new PythonRnn.Inputs(x, 1, Optional.empty(), false), List.of());
  }

  private Value scores(PythonRnn.Outputs rnn) {
    Value kernel = graph.variable("fully_connected/weights", Tensor.of(Shape.of(2, 1), 1, -1));
    Value sum = tf.matMul(rnn.states().get(0), kernel);
    return tf.unary(
        "Sigmoid",
        "Sigmoid",
        tf.biasAdd(sum, graph.variable("fully_connected/biases", Tensor.of(Shape.of(1), 0.25f))));
  }

  private List<String> select() throws IOException {
    // What is written makes it a graph that trains.
    tf.binary("Assign", "Assign", tf.number("count", 0), tf.number("more", 1));
    SequenceModel model =
        GraphNetwork.load(new InMemoryStorage().with("m.pb", graph.toByteArray()), "m.pb", Cut.NONE)
            .model();
    assertThat(model.network().layers().get(model.network().layers().size() - 1))
        .isInstanceOf(Layer.Dense.class);
    return model.select();
  }

  @Test
  void lossesOfLabelsWithoutAShapeAreNone() throws IOException {
    Value scores = scores(loop(tf.placeholder("inputs", Value.Type.FLOAT)));
    Value labels = tf.placeholder("labels", Value.Type.FLOAT);
    tf.reduce("Mean", tf.binary("Sub", "loss", scores, labels), 0, false);
    assertThat(select()).containsExactly("dense");
  }

  @Test
  void whatIsRoundedForAMetricIsTheOutput() throws IOException {
    Value scores = scores(loop(tf.placeholder("inputs", Value.Type.FLOAT)));
    Value labels = tf.placeholder("labels", Value.Type.INT32);
    Value guessed = tf.cast(tf.unary("Round", "Round", scores), Value.Type.INT32);
    tf.compare("Equal", guessed, labels);
    assertThat(select()).containsExactly("dense");
  }

  @Test
  void whatIsComputedOfTheInputAloneIsNone() throws IOException {
    Value x = tf.placeholder("inputs", Value.Type.FLOAT);
    scores(loop(x));
    tf.stridedSlice(x, new int[] {0, 5}, new int[] {0, 6}, new int[] {1, 1}, 1, 1, 2);
    assertThat(select()).containsExactly("dense");
  }

  @Test
  void finalStatesWithANameAreNoneBesideAHead() throws IOException {
    PythonRnn.Outputs rnn = loop(tf.placeholder("inputs", Value.Type.FLOAT));
    tf.identity("final_state", tf.stack(0, rnn.states()));
    scores(rnn);
    assertThat(select()).containsExactly("dense");
  }
}
