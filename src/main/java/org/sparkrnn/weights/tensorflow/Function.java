package org.sparkrnn.weights.tensorflow;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph that nodes call by name ({@code core/framework/function.proto}).
 *
 * @param name its name
 * @param arguments what it takes
 * @param results the names of what it gives, each with the value of it within: {@code
 *     "lstm:output:0"}
 * @param nodes its nodes by name
 */
record Function(
    String name,
    List<String> arguments,
    Map<String, String> results,
    Map<String, GraphNode> nodes) {
  /** Takes copies. */
  Function {
    arguments = List.copyOf(arguments);
    results = Collections.unmodifiableMap(new LinkedHashMap<>(results));
    nodes = Collections.unmodifiableMap(new LinkedHashMap<>(nodes));
  }
}
