package org.sparkrnn.weights.tensorflow;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The nodes of a TensorFlow graph, with those of the functions that they call. Immutable.
 *
 * @param nodes by name, in the file's order
 * @param signatures how the model is served, by name; none of a graph alone
 */
public record TensorFlowGraph(Map<String, GraphNode> nodes, Map<String, Signature> signatures) {
  /** Takes copies of the maps. */
  public TensorFlowGraph {
    nodes = Collections.unmodifiableMap(new LinkedHashMap<>(nodes));
    signatures = Collections.unmodifiableMap(new LinkedHashMap<>(signatures));
  }

  /**
   * A way to use the model ({@code SignatureDef} of {@code core/protobuf/meta_graph.proto}).
   *
   * @param inputs the graph's value for each input: {@code "x" -> "Placeholder:0"}
   * @param outputs the graph's value for each output
   */
  public record Signature(Map<String, String> inputs, Map<String, String> outputs) {
    /** Takes copies of the maps. */
    public Signature {
      inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
      outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    }
  }
}
