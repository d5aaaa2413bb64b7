package org.sparkrnn.weights.tensorflow;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes a {@code GraphDef} from lines of text: {@code "name = Op input input ; setting=1"}; a
 * setting that is a function is {@code "f=@name"}.
 */
public final class GraphBytes {
  private final List<ProtoBytes> nodes = new ArrayList<>();
  private final ProtoBytes functions = new ProtoBytes();

  /** Adds nodes, one a line. */
  public GraphBytes nodes(String lines) {
    for (String line : lines.strip().split("\n")) {
      String[] halves = line.strip().split(" = ", 2);
      String[] settings = halves[1].split(" ; ", 2);
      String[] words = settings[0].strip().split(" +");
      ProtoBytes node = new ProtoBytes().string(1, halves[0]).string(2, words[0]);
      for (int i = 1; i < words.length; i++) {
        node.string(3, words[i]);
      }
      for (String setting : settings.length == 1 ? new String[0] : settings[1].split(" +")) {
        String[] pair = setting.split("=", 2);
        attribute(node, pair[0], setting(pair[0], pair[1]));
      }
      this.nodes.add(node);
    }
    return this;
  }

  private static ProtoBytes setting(String name, String text) {
    if (text.startsWith("@")) {
      return new ProtoBytes().message(10, new ProtoBytes().string(1, text.substring(1)));
    }
    int field = name.equals("dtype") || name.equals("T") ? 6 : 3;
    return new ProtoBytes().varint(field, Long.parseLong(text));
  }

  /**
   * Adds a function that nodes may call.
   *
   * @param name its name
   * @param arguments their names, with blanks between
   * @param results the values that it gives, each {@code "node:output:0"}, with blanks between
   * @param body its nodes
   */
  public GraphBytes function(String name, String arguments, String results, GraphBytes body) {
    ProtoBytes signature = new ProtoBytes().string(1, name);
    for (String argument : arguments.split(" ")) {
      signature.message(2, new ProtoBytes().string(1, argument));
    }
    ProtoBytes function = new ProtoBytes();
    String[] given = results.split(" ");
    for (int i = 0; i < given.length; i++) {
      signature.message(3, new ProtoBytes().string(1, "result_" + i));
      function.message(4, new ProtoBytes().string(1, "result_" + i).string(2, given[i]));
    }
    function.message(1, signature);
    body.nodes.forEach(node -> function.message(3, node));
    functions.message(1, function);
    return this;
  }

  private ProtoBytes graph() {
    ProtoBytes graph = new ProtoBytes();
    nodes.forEach(node -> graph.message(1, node));
    return graph.message(2, functions);
  }

  private static void attribute(ProtoBytes node, String name, ProtoBytes value) {
    node.message(5, new ProtoBytes().string(1, name).message(2, value));
  }

  /** Adds a constant of floats. */
  public GraphBytes floats(String name, List<Integer> dims, float... values) {
    ProtoBytes tensor = new ProtoBytes().varint(1, 1).message(2, shape(dims));
    for (float value : values) {
      tensor.fixed32(5, Float.floatToRawIntBits(value));
    }
    return constant(name, tensor);
  }

  /** Adds a constant of integers: a vector, or a scalar where {@code scalar} is one number. */
  public GraphBytes integers(String name, List<Integer> dims, long... values) {
    ProtoBytes tensor = new ProtoBytes().varint(1, 3).message(2, shape(dims));
    for (long value : values) {
      tensor.varint(7, value);
    }
    return constant(name, tensor);
  }

  private static ProtoBytes shape(List<Integer> dims) {
    ProtoBytes shape = new ProtoBytes();
    dims.forEach(dim -> shape.message(2, new ProtoBytes().varint(1, dim)));
    return shape;
  }

  private GraphBytes constant(String name, ProtoBytes tensor) {
    ProtoBytes node = new ProtoBytes().string(1, name).string(2, "Const");
    attribute(node, "value", new ProtoBytes().message(8, tensor));
    nodes.add(node);
    return this;
  }

  /** A frozen graph. */
  public byte[] toByteArray() {
    return graph().toByteArray();
  }

  /** A meta graph, as it stands beside a checkpoint. */
  public byte[] metaGraph() {
    return new ProtoBytes().message(2, graph()).toByteArray();
  }

  /** The file of a SavedModel that is served from one value to another. */
  public byte[] savedModel(String input, String output) {
    ProtoBytes signature = new ProtoBytes();
    signature.message(1, value("in", input)).message(2, value("out", output));
    ProtoBytes serving = new ProtoBytes().string(1, "serving_default").message(2, signature);
    ProtoBytes meta =
        new ProtoBytes()
            .message(1, new ProtoBytes().string(4, "serve"))
            .message(2, graph())
            .message(5, serving);
    return new ProtoBytes().varint(1, 1).message(2, meta).toByteArray();
  }

  private static ProtoBytes value(String name, String value) {
    return new ProtoBytes().string(1, name).message(2, new ProtoBytes().string(1, value));
  }
}
