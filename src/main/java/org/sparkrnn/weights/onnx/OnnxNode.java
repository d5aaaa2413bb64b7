package org.sparkrnn.weights.onnx;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One operation of an ONNX graph. Immutable.
 *
 * @param name its name, often empty
 * @param domain whose operator it is; empty for the standard's
 * @param opType which one: {@code LSTM}
 * @param inputs names of values; an empty name is an input left out
 * @param outputs names of values; an empty name is an output not wanted
 * @param attributes its settings
 */
public record OnnxNode(
    String name,
    String domain,
    String opType,
    List<String> inputs,
    List<String> outputs,
    Attributes attributes) {
  /** Takes copies of the lists. */
  public OnnxNode {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** The name for messages: its own, or its first output's. */
  public String label() {
    if (!name.isEmpty()) {
      return name;
    }
    return outputs.isEmpty() ? "" : outputs.get(0);
  }

  /** Input {@code index}, empty where it is left out. */
  public String input(int index) {
    return index < inputs.size() ? inputs.get(index) : "";
  }

  /** Output {@code index}, empty where it is not wanted. */
  public String output(int index) {
    return index < outputs.size() ? outputs.get(index) : "";
  }

  /**
   * A node's settings by name and type; a single number or text is a list of one.
   *
   * @param integers of type {@code INT} and {@code INTS}
   * @param floats of type {@code FLOAT} and {@code FLOATS}
   * @param texts of type {@code STRING} and {@code STRINGS}
   * @param tensors of type {@code TENSOR}: their names in the {@link OnnxFile}
   * @param others names of those of any other type
   */
  public record Attributes(
      Map<String, List<Long>> integers,
      Map<String, List<Float>> floats,
      Map<String, List<String>> texts,
      Map<String, String> tensors,
      Set<String> others) {
    /** Takes copies of the maps. */
    public Attributes {
      integers = Map.copyOf(integers);
      floats = Map.copyOf(floats);
      texts = Map.copyOf(texts);
      tensors = Map.copyOf(tensors);
      others = Set.copyOf(others);
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
