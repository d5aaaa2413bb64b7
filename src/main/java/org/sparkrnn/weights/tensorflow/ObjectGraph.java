package org.sparkrnn.weights.tensorflow;

import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkrnn.weights.ProtoReader;

/**
 * What TensorFlow 2 writes beside the tensors: which object of the program each belongs to ({@code
 * core/protobuf/trackable_object_graph.proto}). We take from it the names that the variables had in
 * the program, {@code "lstm/lstm_cell/kernel"}, because the tensors are stored under paths through
 * the objects, {@code "variables/2/.ATTRIBUTES/VARIABLE_VALUE"}.
 */
final class ObjectGraph {
  /** The entry that holds the graph, a string scalar. */
  static final String KEY = "_CHECKPOINTABLE_OBJECT_GRAPH";

  private ObjectGraph() {}

  /**
   * The keys of the tensors by the variables' full names; without names that two variables share,
   * because they do not say which is meant.
   *
   * @param graph a {@code TrackableObjectGraph}
   */
  static SortedMap<String, String> keysByFullName(ProtoReader graph) {
    SortedMap<String, String> keys = new TreeMap<>();
    Set<String> ambiguous = new HashSet<>();
    while (graph.next()) {
      if (graph.field() == 1) {
        parseObject(graph.message(), keys, ambiguous);
      } else {
        graph.skip();
      }
    }
    keys.keySet().removeAll(ambiguous);
    return Collections.unmodifiableSortedMap(keys);
  }

  private static void parseObject(
      ProtoReader object, SortedMap<String, String> keys, Set<String> ambiguous) {
    while (object.next()) {
      if (object.field() != 2) {
        object.skip();
        continue;
      }
      ProtoReader attribute = object.message();
      String fullName = "";
      String key = "";
      while (attribute.next()) {
        switch (attribute.field()) {
          case 2 -> fullName = attribute.string();
          case 3 -> key = attribute.string();
          default -> attribute.skip();
        }
      }
      String other = fullName.isEmpty() ? null : keys.put(fullName, key);
      if (other != null && !other.equals(key)) {
        ambiguous.add(fullName);
      }
    }
  }
}
