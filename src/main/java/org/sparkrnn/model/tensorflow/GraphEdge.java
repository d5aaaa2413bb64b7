package org.sparkrnn.model.tensorflow;

/**
 * One of the values that a node of a TensorFlow graph gives.
 *
 * @param node the node's name
 * @param index which of its values
 */
record GraphEdge(String node, int index) {

  /** {@code "split:1"}; {@code "split"} is the node's first value. */
  static GraphEdge of(String text) {
    int colon = text.lastIndexOf(':');
    if (colon > 0 && text.substring(colon + 1).matches("\\d{1,9}")) {
      return new GraphEdge(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }
    return new GraphEdge(text, 0);
  }

  @Override
  public String toString() {
    return index == 0 ? node : node + ":" + index;
  }
}
