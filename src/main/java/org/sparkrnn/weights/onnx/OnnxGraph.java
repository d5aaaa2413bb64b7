package org.sparkrnn.weights.onnx;

import java.util.List;

/**
 * The nodes of an ONNX model. Immutable.
 *
 * @param name the graph's name
 * @param producer the program that wrote it, empty where it does not say
 * @param opset the version of the standard operators
 * @param nodes in the file's order
 * @param inputs what is fed at run time; constants that old files list among them left out
 * @param outputs what the model gives
 * @param between what the file says of values that nodes hand on
 */
public record OnnxGraph(
    String name,
    String producer,
    long opset,
    List<OnnxNode> nodes,
    List<Value> inputs,
    List<Value> outputs,
    List<Value> between) {
  /** Takes copies of the lists. */
  public OnnxGraph {
    nodes = List.copyOf(nodes);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    between = List.copyOf(between);
  }

  /**
   * An input, an output or a value between nodes.
   *
   * @param name its name
   * @param dtype its element type in ONNX' word, {@code FLOAT}; empty where the file does not say
   * @param dims its sizes, -1 for one that is free
   * @param ranked whether the file gives a shape at all
   */
  public record Value(String name, String dtype, List<Long> dims, boolean ranked) {
    /** Takes a copy of the list. */
    public Value {
      dims = List.copyOf(dims);
    }
  }
}
