package org.sparkrnn.weights.tensorflow.python;

import java.util.List;
import org.sparkrnn.cell.InputProjectionWrapper;
import org.sparkrnn.cell.OutputProjectionWrapper;

/**
 * The wrappers of {@code tf.nn.rnn_cell} and {@code tf.contrib.rnn}.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/core_rnn_cell.py">TensorFlow
 *     1.15, core_rnn_cell.py</a>
 */
sealed interface PythonWrapper extends PythonCell {

  /** The cell inside. */
  PythonCell cell();

  @Override
  default List<Integer> stateSizes() {
    return cell().stateSizes();
  }

  @Override
  default List<Value> zeroState(PythonGraph graph, Value rows) {
    return graph.scope(type() + "ZeroState", () -> cell().zeroState(graph, rows));
  }

  /** {@code DropoutWrapper} of inputs, outputs and state, which spares {@code c}. */
  record Dropout(PythonLstm cell, Value keep) implements PythonWrapper {
    @Override
    public String type() {
      return "DropoutWrapper";
    }

    @Override
    public int outputSize() {
      return cell.outputSize();
    }

    @Override
    public Step call(PythonGraph graph, Value x, List<Value> state) {
      PythonOps tf = new PythonOps(graph);
      Step step = cell.call(graph, tf.dropout(x, keep), state);
      Value h = tf.dropout(step.state().get(1), keep);
      return new Step(tf.dropout(step.output(), keep), List.of(step.state().get(0), h));
    }
  }

  /** {@code ResidualWrapper}. */
  record Residual(PythonCell cell) implements PythonWrapper {
    @Override
    public String type() {
      return "ResidualWrapper";
    }

    @Override
    public int outputSize() {
      return cell.outputSize();
    }

    @Override
    public Step call(PythonGraph graph, Value x, List<Value> state) {
      Step step = cell.call(graph, x, state);
      return new Step(new PythonOps(graph).plus(x, step.output()), step.state());
    }
  }

  /** {@code OutputProjectionWrapper}. */
  record OutputProjection(PythonCell cell, OutputProjectionWrapper weights)
      implements PythonWrapper {
    @Override
    public String type() {
      return "OutputProjectionWrapper";
    }

    @Override
    public int outputSize() {
      return weights.outputSize();
    }

    @Override
    public Step call(PythonGraph graph, Value x, List<Value> state) {
      return graph.variableScope(
          "output_projection_wrapper",
          () -> {
            Step step = cell.call(graph, x, state);
            Value z =
                PythonCells.linear(
                    graph,
                    List.of(step.output()),
                    graph.variable("kernel", weights.kernel()),
                    graph.variable("bias", weights.bias()));
            Value y = new PythonOps(graph).activation(weights.activation(), z);
            return new Step(y, step.state());
          });
    }
  }

  /** {@code InputProjectionWrapper}. */
  record InputProjection(PythonCell cell, InputProjectionWrapper weights) implements PythonWrapper {
    @Override
    public String type() {
      return "InputProjectionWrapper";
    }

    @Override
    public int outputSize() {
      return cell.outputSize();
    }

    @Override
    public Step call(PythonGraph graph, Value x, List<Value> state) {
      return graph.variableScope(
          "input_projection_wrapper",
          () -> {
            Value z =
                PythonCells.linear(
                    graph,
                    List.of(x),
                    graph.variable("kernel", weights.kernel()),
                    graph.variable("bias", weights.bias()));
            return cell.call(
                graph, new PythonOps(graph).activation(weights.activation(), z), state);
          });
    }
  }
}
