package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.tensorflow.CheckpointBytes;
import org.sparkrnn.weights.tensorflow.python.Era;
import org.sparkrnn.weights.tensorflow.python.PythonGraph;
import org.sparkrnn.weights.tensorflow.python.PythonLstm;
import org.sparkrnn.weights.tensorflow.python.PythonOps;
import org.sparkrnn.weights.tensorflow.python.PythonRnn;
import org.sparkrnn.weights.tensorflow.python.Value;

/** Files with graphs of TensorFlow 1, each a whole model. */
public final class GraphSamples {
  public static final int FLOATS = 3;
  public static final int UNITS = 2;
  static final int CLASSES = 4;

  private GraphSamples() {}

  /** Random numbers. */
  public static Tensor tensor(long... dims) {
    Shape shape = Shape.of(dims);
    int count = Math.toIntExact(shape.elements());
    return Tensor.of(shape, new RandomNetworks(count).floats(count));
  }

  /** An LSTM. */
  public static LstmCell lstm(int floats) {
    return new LstmCell(
        tensor(floats + UNITS, 4 * UNITS),
        tensor(4 * UNITS),
        1,
        Activation.TANH,
        Activation.SIGMOID,
        LstmCell.Peepholes.NONE,
        Float.POSITIVE_INFINITY,
        LstmCell.Projection.NONE);
  }

  /** What a model is served from and to. */
  record Ends(Value from, Value to) {}

  /** A classifier: {@code bidirectional_dynamic_rnn} with lengths, and a dense layer behind it. */
  static Ends classifier(PythonGraph graph) {
    PythonOps tf = new PythonOps(graph);
    Value x = tf.placeholder("x", Value.Type.FLOAT, -1, -1, FLOATS);
    Value lengths = tf.placeholder("lengths", Value.Type.INT32, -1);
    PythonLstm cell = new PythonLstm(lstm(FLOATS), PythonLstm.Form.LSTM_CELL, true);
    PythonRnn.Outputs both =
        new PythonRnn(graph)
            .bidirectional(
                cell,
                cell,
                new PythonRnn.Inputs(x, FLOATS, Optional.of(lengths), false),
                List.of());
    Value h = tf.concat(1, List.of(both.states().get(1), both.states().get(3)));
    Value kernel = graph.variable("dense/kernel", tensor(2 * UNITS, CLASSES));
    Value sum = tf.biasAdd(tf.matMul(h, kernel), graph.variable("dense/bias", tensor(CLASSES)));
    return new Ends(x, tf.unary("Softmax", "out", sum));
  }

  /** A frozen graph. */
  public static void frozen(Path folder) throws IOException {
    PythonGraph graph = new PythonGraph(Era.V1_15);
    classifier(graph);
    Files.write(folder.resolve("m.pb"), graph.toByteArray());
  }

  /** A meta graph with its checkpoint. */
  public static void meta(Path folder) throws IOException {
    PythonGraph graph = new PythonGraph(Era.V1_15, false);
    classifier(graph);
    Files.write(folder.resolve("m.meta"), graph.metaGraph());
    checkpoint(graph, folder.resolve("m"));
  }

  /** A SavedModel with its variables. */
  public static void savedModel(Path folder) throws IOException {
    PythonGraph graph = new PythonGraph(Era.V1_15, false);
    Ends ends = classifier(graph);
    Files.write(folder.resolve("saved_model.pb"), graph.savedModel(ends.from(), ends.to()));
    Files.createDirectories(folder.resolve("variables"));
    checkpoint(graph, folder.resolve("variables/variables"));
  }

  private static void checkpoint(PythonGraph graph, Path prefix) throws IOException {
    for (Map.Entry<String, byte[]> file : CheckpointBytes.v2(graph.variables()).entrySet()) {
      Files.write(Path.of(prefix + file.getKey()), file.getValue());
    }
  }
}
