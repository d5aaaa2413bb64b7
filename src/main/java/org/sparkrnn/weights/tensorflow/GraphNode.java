package org.sparkrnn.weights.tensorflow;

import java.util.List;
import java.util.Map;

/**
 * One operation of a TensorFlow graph ({@code core/framework/node_def.proto}). Immutable.
 *
 * @param name its name, unique in its graph or function
 * @param op which operation: {@code MatMul}
 * @param inputs values by the node that gives them, {@code "split:1"}, {@code "split"} for its
 *     first; {@code "^init"} is one that only runs before
 * @param attributes its settings
 */
public record GraphNode(String name, String op, List<String> inputs, Attributes attributes) {
  /** Takes a copy of the list. */
  public GraphNode {
    inputs = List.copyOf(inputs);
  }

  /** The inputs that are values. */
  public List<String> values() {
    return inputs.stream().filter(input -> !input.startsWith("^")).toList();
  }

  /**
   * A node's settings by name and type; a single one is a list of one. Those that only the runtime
   * reads, whose names start with an underscore, are left out.
   *
   * @param integers whole numbers, element types by number, and true as 1
   * @param floats numbers
   * @param texts words, and names of functions
   * @param shapes sizes, where the rank is known; -1 for a size that is not
   * @param tensors names in the {@link GraphFile}
   */
  public record Attributes(
      Map<String, List<Long>> integers,
      Map<String, List<Float>> floats,
      Map<String, List<String>> texts,
      Map<String, List<Long>> shapes,
      Map<String, String> tensors) {
    /** No settings. */
    public static final Attributes NONE =
        new Attributes(Map.of(), Map.of(), Map.of(), Map.of(), Map.of());

    /** Takes copies of the maps. */
    public Attributes {
      integers = Map.copyOf(integers);
      floats = Map.copyOf(floats);
      texts = Map.copyOf(texts);
      shapes = Map.copyOf(shapes);
      tensors = Map.copyOf(tensors);
    }

    /** The first integer under {@code name}, or {@code otherwise}. */
    public long integer(String name, long otherwise) {
      List<Long> found = integers.getOrDefault(name, List.of());
      return found.isEmpty() ? otherwise : found.get(0);
    }

    /** The first number under {@code name}, or {@code otherwise}. */
    public float number(String name, float otherwise) {
      List<Float> found = floats.getOrDefault(name, List.of());
      return found.isEmpty() ? otherwise : found.get(0);
    }

    /** The first text under {@code name}, or {@code otherwise}. */
    public String text(String name, String otherwise) {
      List<String> found = texts.getOrDefault(name, List.of());
      return found.isEmpty() ? otherwise : found.get(0);
    }
  }
}
