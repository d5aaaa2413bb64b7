package org.sparkrnn.weights.tensorflow.python;

import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.InputProjectionWrapper;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.OutputProjectionWrapper;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.ResidualWrapper;
import org.sparkrnn.cell.RnnCell;

/**
 * The cells of {@code tf.nn.rnn_cell} and {@code tf.contrib} with the nodes that they write.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/python/ops/rnn_cell_impl.py">TensorFlow
 *     1.15, rnn_cell_impl.py</a>
 */
public final class PythonCells {
  private PythonCells() {}

  /** The cell of Python that has the weights of ours; an LSTM's is {@code LSTMCell}. */
  public static PythonCell of(RnnCell cell) {
    if (cell instanceof BasicRnnCell basic) {
      return new BasicRnn(basic);
    }
    if (cell instanceof LstmCell lstm) {
      return new PythonLstm(lstm, PythonLstm.Form.LSTM_CELL, true);
    }
    if (cell instanceof GruCell gru) {
      return new Gru(gru);
    }
    if (cell instanceof ResetAfterGruCell gru) {
      return new CudnnCompatibleGru(gru);
    }
    if (cell instanceof MultiRnnCell multi) {
      return new PythonMulti(multi.cells().stream().map(PythonCells::of).toList(), true);
    }
    if (cell instanceof ResidualWrapper residual) {
      return new PythonWrapper.Residual(of(residual.cell()));
    }
    if (cell instanceof OutputProjectionWrapper projection) {
      return new PythonWrapper.OutputProjection(of(projection.cell()), projection);
    }
    if (cell instanceof InputProjectionWrapper projection) {
      return new PythonWrapper.InputProjection(of(projection.cell()), projection);
    }
    throw new IllegalArgumentException("Python has no " + cell.getClass());
  }

  /** {@code GRUBlockCell}: one operation. */
  public static PythonCell block(GruCell cell) {
    return new GruBlock(cell);
  }

  /** {@code DropoutWrapper} with one probability to keep inputs, outputs and {@code h}. */
  public static PythonCell dropout(PythonLstm cell, Value keep) {
    return new PythonWrapper.Dropout(cell, keep);
  }

  /** {@code x * kernel + bias}, of {@code [x, h]}. */
  static Value linear(PythonGraph graph, List<Value> parts, Value kernel, Value bias) {
    PythonOps tf = new PythonOps(graph);
    Value in = parts.size() == 1 ? parts.get(0) : tf.concat(1, parts);
    return tf.biasAdd(tf.matMul(in, kernel), bias);
  }

  private record BasicRnn(BasicRnnCell weights) implements PythonCell {
    @Override
    public String type() {
      return "BasicRNNCell";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(weights.numUnits());
    }

    @Override
    public int outputSize() {
      return weights.numUnits();
    }

    @Override
    public Step call(PythonGraph graph, Value x, List<Value> state) {
      return graph.variableScope(
          "basic_rnn_cell",
          () -> {
            Value z =
                linear(
                    graph,
                    List.of(x, state.get(0)),
                    graph.variable("kernel", weights.kernel()),
                    graph.variable("bias", weights.bias()));
            Value h = new PythonOps(graph).activation(weights.activation(), z);
            return new Step(h, List.of(h));
          });
    }
  }

  private record Gru(GruCell weights) implements PythonCell {
    @Override
    public String type() {
      return "GRUCell";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(weights.numUnits());
    }

    @Override
    public int outputSize() {
      return weights.numUnits();
    }

    @Override
    public Step call(PythonGraph graph, Value x, List<Value> state) {
      return graph.variableScope("gru_cell", () -> step(graph, x, state.get(0)));
    }

    private Step step(PythonGraph graph, Value x, Value h) {
      PythonOps tf = new PythonOps(graph);
      Value z =
          linear(
              graph,
              List.of(x, h),
              graph.variable("gates/kernel", weights.gatesKernel()),
              graph.variable("gates/bias", weights.gatesBias()));
      List<Value> gates;
      if (graph.since(Era.V1_2)) {
        gates = tf.split(1, tf.unary("Sigmoid", "Sigmoid", z), 2);
      } else {
        gates = tf.split(1, z, 2).stream().map(g -> tf.unary("Sigmoid", "Sigmoid", g)).toList();
      }
      Value reset = tf.binary("Mul", "mul", gates.get(0), h);
      Value candidate =
          linear(
              graph,
              List.of(x, reset),
              graph.variable("candidate/kernel", weights.candidateKernel()),
              graph.variable("candidate/bias", weights.candidateBias()));
      Value c = tf.activation(weights.activation(), candidate);
      Value kept = tf.binary("Mul", "mul", gates.get(1), h);
      Value rest = tf.binary("Sub", "sub", tf.number("sub/x", 1), gates.get(1));
      Value next = tf.plus(kept, tf.binary("Mul", "mul", rest, c));
      return new Step(next, List.of(next));
    }
  }

  private record CudnnCompatibleGru(ResetAfterGruCell weights) implements PythonCell {
    @Override
    public String type() {
      return "CudnnCompatibleGRUCell";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(weights.numUnits());
    }

    @Override
    public int outputSize() {
      return weights.numUnits();
    }

    @Override
    public Step call(PythonGraph graph, Value x, List<Value> state) {
      return graph.variableScope("cudnn_compatible_gru_cell", () -> step(graph, x, state.get(0)));
    }

    private Step step(PythonGraph graph, Value x, Value h) {
      PythonOps tf = new PythonOps(graph);
      Value z =
          linear(
              graph,
              List.of(x, h),
              graph.variable("gates/kernel", weights.gatesKernel()),
              graph.variable("gates/bias", weights.gatesBias()));
      List<Value> gates = tf.split(1, tf.unary("Sigmoid", "Sigmoid", z), 2);
      Value hidden =
          linear(
              graph,
              List.of(h),
              graph.variable("candidate/hidden_projection/kernel", weights.hiddenKernel()),
              graph.variable("candidate/hidden_projection/bias", weights.hiddenBias()));
      Value reset = tf.binary("Mul", "mul", hidden, gates.get(0));
      Value input =
          linear(
              graph,
              List.of(x),
              graph.variable("candidate/input_projection/kernel", weights.inputKernel()),
              graph.variable("candidate/input_projection/bias", weights.inputBias()));
      Value c = tf.activation(weights.activation(), tf.plus(reset, input));
      Value rest = tf.binary("Sub", "sub", tf.number("sub/x", 1), gates.get(1));
      Value next =
          tf.plus(tf.binary("Mul", "mul", rest, c), tf.binary("Mul", "mul", gates.get(1), h));
      return new Step(next, List.of(next));
    }
  }

  private record GruBlock(GruCell weights) implements PythonCell {
    GruBlock {
      if (!weights.activation().equals(Activation.TANH)) {
        throw new IllegalArgumentException("GRUBlockCell has no activation but tanh");
      }
    }

    @Override
    public String type() {
      return "GRUBlockCellV2";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(weights.numUnits());
    }

    @Override
    public int outputSize() {
      return weights.numUnits();
    }

    @Override
    public Step call(PythonGraph graph, Value x, List<Value> state) {
      return graph.variableScope(
          "gru_cell",
          () -> {
            Value h =
                graph
                    .node(
                        "GRUBlockCell",
                        "GRUBlockCell",
                        List.of(
                            x,
                            state.get(0),
                            graph.variable("gates/kernel", weights.gatesKernel()),
                            graph.variable("candidate/kernel", weights.candidateKernel()),
                            graph.variable("gates/bias", weights.gatesBias()),
                            graph.variable("candidate/bias", weights.candidateBias())),
                        java.util.Collections.nCopies(4, Value.Type.FLOAT),
                        Attribute.type("T", Value.Type.FLOAT))
                    .value(3);
            return new Step(h, List.of(h));
          });
    }
  }
}
