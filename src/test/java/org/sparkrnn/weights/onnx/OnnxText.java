package org.sparkrnn.weights.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** An ONNX graph written line by line, as {@code Gather s last -> g axis=1}. */
public final class OnnxText {
  private final OnnxWriter graph = new OnnxWriter();
  private final Map<String, OnnxWriter> constants = new LinkedHashMap<>();
  private final Set<String> used = new HashSet<>();
  private final int opset;

  /** A graph of this version of the operators. */
  public OnnxText(int opset) {
    this.opset = opset;
  }

  /**
   * Adds nodes: operator, inputs, an arrow, outputs, attributes. An input or output {@code _} is
   * left out; a value with a comma is a list, one with a dot a float, one in brackets a tensor.
   */
  public OnnxText nodes(String... lines) {
    for (String line : lines) {
      String[] sides = line.split(" -> ", -1);
      String[] left = sides[0].split(" ", -1);
      List<String> inputs = new ArrayList<>();
      for (String input : List.of(left).subList(1, left.length)) {
        inputs.add(input.equals("_") ? "" : input);
        used.add(input);
      }
      List<String> outputs = new ArrayList<>();
      List<String> attributes = new ArrayList<>();
      for (String word : sides[1].split(" ", -1)) {
        (word.contains("=") ? attributes : outputs).add(word.equals("_") ? "" : word);
      }
      OnnxWriter node = OnnxWriter.node(left[0], inputs, outputs);
      attributes.forEach(word -> attribute(node, word.split("=", -1)));
      graph.message(1, node);
    }
    return this;
  }

  private static void attribute(OnnxWriter node, String... nameAndValue) {
    String name = nameAndValue[0];
    String value = nameAndValue[1];
    if (value.matches("-?\\d+")) {
      node.integer(name, Long.parseLong(value));
    } else if (value.matches("\\[-?\\d+]")) {
      long one = Long.parseLong(value.substring(1, value.length() - 1));
      node.constant(name, OnnxWriter.integers("", List.of(1L), one));
    } else if (value.matches("-?[\\d.]+")) {
      node.real(name, Float.parseFloat(value));
    } else if (value.matches("[-\\d,]+")) {
      String[] numbers = value.replaceFirst(",$", "").split(",", -1);
      node.ints(name, Arrays.stream(numbers).mapToLong(Long::parseLong).toArray());
    } else {
      node.string(name, value);
    }
  }

  /** Adds random floats between -0.5 and 0.5, the same for the same name. */
  public OnnxText floats(String name, long... dims) {
    Random random = new Random(name.hashCode());
    int count = 1;
    for (long dim : dims) {
      count *= (int) dim;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return constant(name, dims, values);
  }

  /** Adds floats. */
  public OnnxText constant(String name, long[] dims, float... values) {
    constants.put(name, OnnxWriter.tensor(name, Arrays.stream(dims).boxed().toList(), values));
    return this;
  }

  /** Adds a list of integers. */
  public OnnxText integers(String name, long... values) {
    constants.put(name, OnnxWriter.integers(name, List.of((long) values.length), values));
    return this;
  }

  /** Adds one integer. */
  public OnnxText integer(String name, long value) {
    constants.put(name, OnnxWriter.integers(name, List.of(), value));
    return this;
  }

  /** Adds an input of floats; sizes of -1 are free, each by itself. */
  public OnnxText input(String name, long... dims) {
    return inputOf(1, name, dims);
  }

  /** Adds an input of any type. */
  public OnnxText inputOf(int type, String name, long... dims) {
    OnnxWriter shape = new OnnxWriter();
    for (int i = 0; i < dims.length; i++) {
      OnnxWriter dim = new OnnxWriter();
      shape.message(1, dims[i] < 0 ? dim.text(2, name + i) : dim.number(1, dims[i]));
    }
    graph.message(11, OnnxWriter.value(name, type, shape));
    return this;
  }

  /** The model, whose output this is; constants that no node reads are left out. */
  public byte[] model(String output) {
    constants.keySet().retainAll(used);
    constants.values().forEach(constant -> graph.message(5, constant));
    graph.text(2, "text").message(12, new OnnxWriter().text(1, output));
    return OnnxWriter.model(graph, opset);
  }
}
