package org.sparkrnn.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.tensorflow.python.Era;
import org.sparkrnn.weights.tensorflow.python.PythonCells;
import org.sparkrnn.weights.tensorflow.python.PythonGraph;
import org.sparkrnn.weights.tensorflow.python.PythonOps;
import org.sparkrnn.weights.tensorflow.python.PythonRnn;
import org.sparkrnn.weights.tensorflow.python.Value;

/** What loops start from: pieces of an input, as people feed all states in one. */
class GraphStatesTest {
  private interface Start {
    Value of(PythonOps tf, Value x);
  }

  private static Network network(Start start) throws IOException {
    PythonGraph graph = new PythonGraph(Era.V1_2);
    PythonOps tf = new PythonOps(graph);
    Value x = tf.placeholder("x", Value.Type.FLOAT, -1, 4, 1);
    BasicRnnCell cell =
        new BasicRnnCell(
            Tensor.of(Shape.of(3, 2), 1, 2, 3, 4, 5, 6),
            Tensor.of(Shape.of(2), 0.5f, -0.5f),
            Activation.TANH);
    PythonRnn.Outputs rnn =
        new PythonRnn(graph)
            .dynamic(
                PythonCells.of(cell),
                new PythonRnn.Inputs(x, 1, Optional.empty(), false),
                List.of(start.of(tf, x)));
    InMemoryStorage storage = new InMemoryStorage().with("m.pb", graph.toByteArray());
    return GraphNetwork.load(storage, "m.pb", new Cut("", rnn.outputs().name())).model().network();
  }

  private static Value states(PythonOps tf) {
    return tf.placeholder("states", Value.Type.FLOAT, -1, 4);
  }

  @Test
  void aPieceOfAnInputIsAnInput() throws IOException {
    Network whole = network((tf, x) -> tf.placeholder("state", Value.Type.FLOAT, -1, 2));
    assertThat(network((tf, x) -> tf.slice(states(tf), new int[] {0, 2}, -1, 2))).isEqualTo(whole);
    assertThat(
            network(
                (tf, x) ->
                    tf.unstack(0, tf.placeholder("states", Value.Type.FLOAT, 2, -1, 2), 2).get(1)))
        .isEqualTo(whole);
  }

  @Test
  void aPieceOfTheSequenceIsNone() {
    assertThatThrownBy(() -> network((tf, x) -> tf.slice(x, new int[] {0, 0, 0}, -1, 2, 1)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("is neither zeros, nor constants that all rows have, nor an input");
  }
}
