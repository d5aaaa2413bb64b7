package org.sparkrnn.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.tensorflow.python.Era;
import org.sparkrnn.weights.tensorflow.python.PythonCell;
import org.sparkrnn.weights.tensorflow.python.PythonCells;
import org.sparkrnn.weights.tensorflow.python.PythonGraph;
import org.sparkrnn.weights.tensorflow.python.PythonOps;
import org.sparkrnn.weights.tensorflow.python.PythonRnn;
import org.sparkrnn.weights.tensorflow.python.Value;

/** Of a graph that does not run, the message says which part of it does. */
class GraphCutsTest {
  private static final Pattern PART =
      Pattern.compile("This part of it runs:(?: from '([^']*)')?(?: to '([^']*)')?, ");

  /** Square roots, which no layer computes, before the loops or behind them. */
  private static byte[] graph(boolean before, boolean behind, boolean unrolled, boolean both) {
    PythonGraph graph = new PythonGraph(Era.V1_15);
    PythonOps tf = new PythonOps(graph);
    Value x = tf.placeholder("x", Value.Type.FLOAT, -1, 4, GraphSamples.FLOATS);
    Value in = before ? tf.unary("Sqrt", "root", x) : x;
    PythonCell cell = PythonCells.of(GraphSamples.lstm(GraphSamples.FLOATS));
    PythonRnn rnn = new PythonRnn(graph);
    PythonRnn.Inputs inputs =
        new PythonRnn.Inputs(in, GraphSamples.FLOATS, Optional.empty(), false);
    Value out;
    if (unrolled) {
      out = tf.stack(1, rnn.unrolled(cell, tf.unstack(1, in, 4), List.of()).outputs());
    } else {
      out =
          both
              ? rnn.bidirectional(cell, cell, inputs, List.of()).outputs()
              : rnn.dynamic(cell, inputs, List.of()).outputs();
    }
    int width = both ? 2 * GraphSamples.UNITS : GraphSamples.UNITS;
    Value flat = tf.reshape(out, tf.vector("flat", -1, width));
    Value sum = tf.matMul(flat, graph.variable("w", GraphSamples.tensor(width, 4)));
    tf.unary(behind ? "Sqrt" : "Softmax", "end", sum);
    return graph.toByteArray();
  }

  private static SequenceModel load(byte[] graph, Cut cut) throws IOException {
    return GraphNetwork.load(new InMemoryStorage().with("m.pb", graph), "m.pb", cut).model();
  }

  @ParameterizedTest
  @CsvSource({
    "true, false, false, false, root, '', softmax",
    "true, false, true, false, root, '', softmax",
    "true, false, false, true, root, '', softmax",
    "false, true, false, false, '', rnn/transpose_1, outputs",
    "false, true, true, false, '', stack, outputs",
    "false, true, false, true, '', concat, outputs",
    "true, true, false, false, root, rnn/transpose_1, outputs"
  })
  void thePartThatRunsIsNamed(
      boolean before,
      boolean behind,
      boolean unrolled,
      boolean both,
      String from,
      String to,
      String select)
      throws IOException {
    byte[] graph = graph(before, behind, unrolled, both);
    ModelException refused =
        catchThrowableOfType(ModelException.class, () -> load(graph, Cut.NONE));
    Matcher part = PART.matcher(refused.getMessage());
    assertThat(part.find()).as(refused.getMessage()).isTrue();
    Cut cut =
        new Cut(
            Optional.ofNullable(part.group(1)).orElse(""),
            Optional.ofNullable(part.group(2)).orElse(""));
    assertThat(cut).isEqualTo(new Cut(from, to));
    SequenceModel model = load(graph, cut);
    assertThat(model.select()).containsExactly(select);
    assertThat(model.network().layers()).hasAtLeastOneElementOfType(Layer.Rnn.class);
  }
}
