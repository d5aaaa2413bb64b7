package org.sparkrnn.weights.tensorflow.python;

import java.util.List;

/** A cell that writes its nodes, as an {@code RNNCell} of Python does when it is called. */
public interface PythonCell {

  /** Its class in Python. */
  String type();

  /** Sizes of its state's parts. */
  List<Integer> stateSizes();

  /** Width of its output. */
  int outputSize();

  /** Writes a step. */
  Step call(PythonGraph graph, Value x, List<Value> state);

  /** Writes {@code zero_state}: in scopes of the names of the cells that have it. */
  default List<Value> zeroState(PythonGraph graph, Value rows) {
    return graph.scope(type() + "ZeroState", () -> PythonRnn.zeros(graph, rows, stateSizes()));
  }

  /**
   * What a step gives.
   *
   * @param output the output
   * @param state the parts of the state
   */
  record Step(Value output, List<Value> state) {}
}
