package org.sparkrnn.weights.tensorflow;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkrnn.weights.ProtoReader;

/**
 * What TensorFlow 2 writes beside the tensors: which object of the program each belongs to ({@code
 * core/protobuf/trackable_object_graph.proto}). We take from it the objects, and the names that the
 * variables had in the program, {@code "lstm/lstm_cell/kernel"}, because the tensors are stored
 * under paths through the objects, {@code "variables/2/.ATTRIBUTES/VARIABLE_VALUE"}.
 */
final class ObjectGraph {
  /** The entry that holds the graph, a string scalar. */
  static final String KEY = "_CHECKPOINTABLE_OBJECT_GRAPH";

  private ObjectGraph() {}

  /**
   * The objects.
   *
   * @param graph a {@code TrackableObjectGraph}
   */
  static List<TrackedObject> objects(ProtoReader graph) {
    List<TrackedObject> objects = new ArrayList<>();
    while (graph.next()) {
      if (graph.field() == 1) {
        objects.add(object(graph.message()));
      } else {
        graph.skip();
      }
    }
    return TrackedObject.checked(objects, graph);
  }

  private static TrackedObject object(ProtoReader object) {
    Map<String, Integer> children = new TreeMap<>();
    List<TrackedObject.Value> values = new ArrayList<>();
    while (object.next()) {
      switch (object.field()) {
        case 1 -> TrackedObject.reference(object.message(), children);
        case 2 -> values.add(value(object.message()));
        default -> object.skip();
      }
    }
    return new TrackedObject(children, values, "");
  }

  private static TrackedObject.Value value(ProtoReader value) {
    String name = "";
    String fullName = "";
    String key = "";
    while (value.next()) {
      switch (value.field()) {
        case 1 -> name = value.string();
        case 2 -> fullName = value.string();
        case 3 -> key = value.string();
        default -> value.skip();
      }
    }
    return new TrackedObject.Value(name, fullName, key);
  }

  /**
   * The keys of the tensors by the variables' full names; without names that two variables share,
   * because they do not say which is meant.
   */
  static SortedMap<String, String> keysByFullName(List<TrackedObject> objects) {
    SortedMap<String, String> keys = new TreeMap<>();
    Set<String> ambiguous = new HashSet<>();
    for (TrackedObject object : objects) {
      for (TrackedObject.Value value : object.values()) {
        String name = value.fullName();
        String other = name.isEmpty() ? null : keys.put(name, value.key());
        if (other != null && !other.equals(value.key())) {
          ambiguous.add(name);
        }
      }
    }
    keys.keySet().removeAll(ambiguous);
    return Collections.unmodifiableSortedMap(keys);
  }
}
