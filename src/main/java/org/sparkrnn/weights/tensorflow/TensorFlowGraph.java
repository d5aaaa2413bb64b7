package org.sparkrnn.weights.tensorflow;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The nodes of a TensorFlow graph. Immutable.
 *
 * @param nodes by name, in the file's order
 * @param functions what nodes may call, by name
 * @param signatures how the model is served, by name; none of a graph alone
 */
public record TensorFlowGraph(
    Map<String, GraphNode> nodes,
    Map<String, Function> functions,
    Map<String, Signature> signatures) {
  /** Takes copies of the maps. */
  public TensorFlowGraph {
    nodes = Collections.unmodifiableMap(new LinkedHashMap<>(nodes));
    functions = Collections.unmodifiableMap(new LinkedHashMap<>(functions));
    signatures = Collections.unmodifiableMap(new LinkedHashMap<>(signatures));
  }

  /**
   * A graph that nodes call by name ({@code core/framework/function.proto}).
   *
   * @param name its name
   * @param arguments what it takes
   * @param results the names of what it gives, each with the value of it within: {@code
   *     "lstm:output:0"}
   * @param nodes its nodes by name
   */
  public record Function(
      String name,
      List<String> arguments,
      Map<String, String> results,
      Map<String, GraphNode> nodes) {
    /** Takes copies. */
    public Function {
      arguments = List.copyOf(arguments);
      results = Collections.unmodifiableMap(new LinkedHashMap<>(results));
      nodes = Collections.unmodifiableMap(new LinkedHashMap<>(nodes));
    }
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
