package org.sparkrnn.weights.tensorflow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkrnn.weights.Cursor;
import org.sparkrnn.weights.ProtoReader;

/**
 * Reads a graph out of a {@code GraphDef}, a {@code MetaGraphDef} or a {@code SavedModel} ({@code
 * core/framework/graph.proto}, {@code core/protobuf/meta_graph.proto}, {@code saved_model.proto}).
 */
final class GraphParser {
  /** The tag of the graph that is for inference. */
  private static final String SERVE = "serve";

  private final Map<String, GraphNode> nodes = new LinkedHashMap<>();
  private final Map<String, Function> functions = new LinkedHashMap<>();
  private final Map<String, TensorFlowGraph.Signature> signatures = new LinkedHashMap<>();
  private final SortedMap<String, TensorValue> tensors = new TreeMap<>();
  private final List<String> tags = new ArrayList<>();

  private GraphParser() {}

  /** What a file is. */
  enum Kind {
    /** A graph alone. */
    GRAPH,
    /** A graph with what belongs to it, as {@code tf.train.Saver} writes it. */
    META_GRAPH,
    /** Graphs of a folder with variables. */
    SAVED_MODEL
  }

  /**
   * What a file holds.
   *
   * @param graph the graph
   * @param tensors its constants by name
   */
  record Parsed(TensorFlowGraph graph, SortedMap<String, TensorValue> tensors) {}

  static Parsed parse(Cursor file, Kind kind) {
    GraphParser parser = new GraphParser();
    ProtoReader in = new ProtoReader("the graph", file);
    switch (kind) {
      case GRAPH -> parser.graph(in);
      case META_GRAPH -> parser.metaGraph(in);
      case SAVED_MODEL -> parser = savedModel(in);
    }
    if (parser.nodes.isEmpty()) {
      throw file.malformed("has no graph with nodes, so it is no TensorFlow graph or cut short");
    }
    try {
      Map<String, GraphNode> all = Inlining.of(parser.nodes, parser.functions);
      return new Parsed(new TensorFlowGraph(all, parser.signatures), parser.tensors);
    } catch (IllegalArgumentException e) {
      throw file.malformed(e.getMessage());
    }
  }

  private static GraphParser savedModel(ProtoReader in) {
    GraphParser chosen = new GraphParser();
    while (in.next()) {
      if (in.field() == 2) {
        GraphParser each = new GraphParser();
        each.metaGraph(in.message());
        boolean serves = each.tags.contains(SERVE) && !chosen.tags.contains(SERVE);
        chosen = chosen.nodes.isEmpty() || serves ? each : chosen;
      } else {
        in.skip();
      }
    }
    return chosen;
  }

  private void metaGraph(ProtoReader in) {
    while (in.next()) {
      switch (in.field()) {
        case 1 -> info(in.message());
        case 2 -> graph(in.message());
        case 5 -> signature(in.message());
        default -> in.skip();
      }
    }
  }

  private void info(ProtoReader in) {
    while (in.next()) {
      if (in.field() == 4) {
        tags.add(in.string());
      } else {
        in.skip();
      }
    }
  }

  private void signature(ProtoReader entry) {
    String name = "";
    Map<String, String> inputs = new LinkedHashMap<>();
    Map<String, String> outputs = new LinkedHashMap<>();
    while (entry.next()) {
      switch (entry.field()) {
        case 1 -> name = entry.string();
        case 2 -> {
          ProtoReader in = entry.message();
          while (in.next()) {
            switch (in.field()) {
              case 1 -> tensorInfo(in.message(), inputs);
              case 2 -> tensorInfo(in.message(), outputs);
              default -> in.skip();
            }
          }
        }
        default -> entry.skip();
      }
    }
    signatures.put(name, new TensorFlowGraph.Signature(inputs, outputs));
  }

  /** An entry of {@code map<string, TensorInfo>}; sparse tensors have no name and are left out. */
  private static void tensorInfo(ProtoReader entry, Map<String, String> target) {
    String key = "";
    String tensor = "";
    while (entry.next()) {
      switch (entry.field()) {
        case 1 -> key = entry.string();
        case 2 -> {
          ProtoReader in = entry.message();
          while (in.next()) {
            if (in.field() == 1) {
              tensor = in.string();
            } else {
              in.skip();
            }
          }
        }
        default -> entry.skip();
      }
    }
    if (!tensor.isEmpty()) {
      target.put(key, tensor);
    }
  }

  private void graph(ProtoReader in) {
    while (in.next()) {
      switch (in.field()) {
        case 1 -> node(in.message(), "", nodes);
        case 2 -> library(in.message());
        default -> in.skip();
      }
    }
  }

  private void node(ProtoReader in, String prefix, Map<String, GraphNode> target) {
    String name = "";
    String op = "";
    List<String> inputs = new ArrayList<>();
    AttributesParser attributes = new AttributesParser();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.string();
        case 2 -> op = in.string();
        case 3 -> inputs.add(in.string());
        case 5 -> attributes.entry(in.message());
        default -> in.skip();
      }
    }
    if (name.isEmpty() || op.isEmpty()) {
      throw in.malformed("has a node without a name or an operation");
    }
    GraphNode.Attributes settings = attributes.finish(prefix + name, tensors);
    if (target.put(name, new GraphNode(name, op, inputs, settings)) != null) {
      throw in.malformed("has two nodes called '" + name + "'");
    }
  }

  private void library(ProtoReader in) {
    while (in.next()) {
      if (in.field() == 1) {
        function(in.message());
      } else {
        in.skip();
      }
    }
  }

  private void function(ProtoReader in) {
    List<String> arguments = new ArrayList<>();
    Map<String, String> results = new LinkedHashMap<>();
    Map<String, String> returned = new LinkedHashMap<>();
    Map<String, GraphNode> body = new LinkedHashMap<>();
    String[] name = {""};
    while (in.next()) {
      switch (in.field()) {
        case 1 -> opDef(in.message(), name, arguments, results);
        case 3 -> node(in.message(), name[0] + "/", body);
        case 4 -> text(in.message(), returned);
        default -> in.skip();
      }
    }
    results.replaceAll((result, none) -> returned.getOrDefault(result, ""));
    functions.put(name[0], new Function(name[0], arguments, results, body));
  }

  private static void opDef(
      ProtoReader in, String[] name, List<String> arguments, Map<String, String> results) {
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name[0] = in.string();
        case 2 -> arguments.add(argument(in.message()));
        case 3 -> results.put(argument(in.message()), "");
        default -> in.skip();
      }
    }
  }

  private static String argument(ProtoReader in) {
    String name = "";
    while (in.next()) {
      if (in.field() == 1) {
        name = in.string();
      } else {
        in.skip();
      }
    }
    return name;
  }

  /** An entry of {@code map<string, string>}. */
  private static void text(ProtoReader in, Map<String, String> target) {
    String key = "";
    String value = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> key = in.string();
        case 2 -> value = in.string();
        default -> in.skip();
      }
    }
    target.put(key, value);
  }
}
