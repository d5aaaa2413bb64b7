package org.sparkrnn.weights.tensorflow.python;

/**
 * A value of a graph that is being written.
 *
 * @param node the node that gives it
 * @param index which of the node's values
 * @param type its elements
 */
public record Value(String node, int index, Type type) {

  /** Element types by their number in {@code types.proto}. */
  public enum Type {
    /** {@code float32}. */
    FLOAT(1),
    /** {@code int32}. */
    INT32(3),
    /** Text. */
    STRING(7),
    /** {@code int64}. */
    INT64(9),
    /** True and false. */
    BOOL(10),
    /** A handle. */
    RESOURCE(20);

    private final int number;

    Type(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  /** As a cut or a feed names it: {@code "split:1"}, {@code "split"} for the first. */
  public String name() {
    return index == 0 ? node : node + ":" + index;
  }
}
