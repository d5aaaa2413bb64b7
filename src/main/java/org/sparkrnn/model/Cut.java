package org.sparkrnn.model;

import java.io.Serializable;

/**
 * Which part of a graph is the model. Both ends name a value of the graph, or a node, which stands
 * for its first result. Of a TensorFlow graph, {@code from} and {@code to} may name several with
 * commas between: the first of {@code from} is the sequence, the others are fed beside it. Of a
 * model of Keras {@code to} names a layer, and there is no {@code from}.
 *
 * @param from the value whose place the rows' sequences take; empty for the graph's own input
 * @param to the value that is the output; empty for the graph's own outputs
 */
public record Cut(String from, String to) implements Serializable {
  /** The graph as it is. */
  public static final Cut NONE = new Cut("", "");

  /**
   * Says that {@code path} holds no graph.
   *
   * @throws ModelException if something is to be cut out of it nevertheless
   */
  public void requireNone(String path) {
    if (!equals(NONE)) {
      throw new ModelException(
          path
              + " is no graph that a part could be cut out of"
              + (from.isEmpty() ? "" : " from '" + from + "'")
              + (to.isEmpty() ? "" : " to '" + to + "'")
              + "; say neither from nor to, or name an .onnx file, a frozen graph of TensorFlow or a"
              + " model of Keras");
    }
  }
}
