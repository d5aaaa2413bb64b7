package org.sparkrnn.weights.tensorflow;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkrnn.weights.ProtoReader;

/**
 * An object of a TensorFlow 2 program, as it is saved: the objects it holds, by their attributes'
 * names, and what of it lies in the checkpoint. Objects are named by their places in the list that
 * they come in; the first is the root. They can hold each other in circles.
 *
 * @param children the places of the objects it holds, by name
 * @param values its tensors; only a checkpoint's graph has them
 * @param metadata what a library said about it, JSON of Keras; only a SavedModel's graph has it
 */
public record TrackedObject(Map<String, Integer> children, List<Value> values, String metadata) {
  /** Takes copies. */
  public TrackedObject {
    children = Map.copyOf(children);
    values = List.copyOf(values);
  }

  /**
   * A tensor of an object.
   *
   * @param name which of its tensors, {@code VARIABLE_VALUE} of a variable
   * @param fullName the variable's name in the program, {@code lstm/lstm_cell/kernel}
   * @param key its name in the checkpoint
   */
  public record Value(String name, String fullName, String key) {}

  /** Reads a {@code TrackableObjectGraph.TrackableObject.ObjectReference}. */
  static void reference(ProtoReader reference, Map<String, Integer> children) {
    int node = 0;
    String name = "";
    while (reference.next()) {
      switch (reference.field()) {
        case 1 -> node = reference.int32();
        case 2 -> name = reference.string();
        default -> reference.skip();
      }
    }
    children.put(name, node);
  }

  /** Refuses objects that hold others which are not there. */
  static List<TrackedObject> checked(List<TrackedObject> objects, ProtoReader graph) {
    for (int i = 0; i < objects.size(); i++) {
      for (Map.Entry<String, Integer> child : new TreeMap<>(objects.get(i).children()).entrySet()) {
        if (child.getValue() < 0 || child.getValue() >= objects.size()) {
          throw graph.malformed(
              String.format(
                  "has object %d as '%s' of object %d, but there are %d objects",
                  child.getValue(), child.getKey(), i, objects.size()));
        }
      }
    }
    return List.copyOf(objects);
  }
}
