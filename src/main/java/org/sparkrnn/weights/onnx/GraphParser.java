package org.sparkrnn.weights.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkrnn.weights.Cursor;
import org.sparkrnn.weights.ProtoReader;

/**
 * Reads a {@code ModelProto} ({@code onnx.proto}). Graphs within nodes, such as the branches of an
 * {@code If}, are passed over, so nothing here goes deep.
 */
final class GraphParser {
  private final List<OnnxNode> nodes = new ArrayList<>();
  private final List<OnnxGraph.Value> inputs = new ArrayList<>();
  private final List<OnnxGraph.Value> outputs = new ArrayList<>();
  private final List<OnnxGraph.Value> between = new ArrayList<>();
  private final SortedMap<String, OnnxTensor> tensors = new TreeMap<>();
  private String name = "";
  private String producer = "";
  private long opset;
  private boolean graphFound;

  private GraphParser() {}

  /**
   * What a file holds.
   *
   * @param graph the graph
   * @param tensors its constants by name
   */
  record Parsed(OnnxGraph graph, SortedMap<String, OnnxTensor> tensors) {}

  static Parsed parse(Cursor file) {
    GraphParser parser = new GraphParser();
    ProtoReader in = new ProtoReader("the model", file);
    while (in.next()) {
      switch (in.field()) {
        case 2 -> parser.producer = in.string();
        case 7 -> parser.graph(in.message());
        case 8 -> parser.opset(in.message());
        default -> in.skip();
      }
    }
    if (!parser.graphFound || parser.nodes.isEmpty()) {
      throw file.malformed("has no graph with nodes, so it is no ONNX model or cut short");
    }
    List<OnnxGraph.Value> fed =
        parser.inputs.stream().filter(v -> !parser.tensors.containsKey(v.name())).toList();
    OnnxGraph graph =
        new OnnxGraph(
            parser.name,
            parser.producer,
            parser.opset,
            parser.nodes,
            fed,
            parser.outputs,
            parser.between);
    return new Parsed(graph, Collections.unmodifiableSortedMap(parser.tensors));
  }

  private void opset(ProtoReader in) {
    String domain = "";
    long version = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> domain = in.string();
        case 2 -> version = in.int64();
        default -> in.skip();
      }
    }
    if (domain.isEmpty() || domain.equals("ai.onnx")) {
      opset = version;
    }
  }

  private void graph(ProtoReader in) {
    graphFound = true;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> nodes.add(node(in.message()));
        case 2 -> name = in.string();
        case 5 -> {
          OnnxTensor tensor = OnnxTensor.parse(in.range());
          add(in, tensor.name(), tensor);
        }
        case 11 -> inputs.add(value(in.message()));
        case 12 -> outputs.add(value(in.message()));
        case 13 -> between.add(value(in.message()));
        default -> in.skip();
      }
    }
  }

  private void add(ProtoReader in, String key, OnnxTensor tensor) {
    if (key.isEmpty()) {
      throw in.malformed("has a constant without a name");
    }
    if (tensors.put(key, tensor) != null) {
      throw in.malformed("has two constants named '" + key + "'");
    }
  }

  private OnnxNode node(ProtoReader in) {
    List<String> taken = new ArrayList<>();
    List<String> given = new ArrayList<>();
    String label = "";
    String opType = "";
    String domain = "";
    Settings settings = new Settings();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> taken.add(in.string());
        case 2 -> given.add(in.string());
        case 3 -> label = in.string();
        case 4 -> opType = in.string();
        case 5 -> settings.read(in.message());
        case 7 -> domain = in.string();
        default -> in.skip();
      }
    }
    String owner = given.isEmpty() ? label : given.get(0);
    boolean constant = opType.equals("Constant");
    Map<String, String> keys = new HashMap<>();
    settings.tensors.forEach(
        (attribute, tensor) -> {
          String key = constant ? owner : owner + "/" + attribute;
          add(in, key, tensor);
          keys.put(attribute, key);
        });
    return new OnnxNode(
        label,
        domain.equals("ai.onnx") ? "" : domain,
        opType,
        taken,
        given,
        new OnnxNode.Attributes(
            settings.integers, settings.floats, settings.texts, keys, settings.others));
  }

  /** The attributes of one node, as they are read. */
  private static final class Settings {
    private final Map<String, List<Long>> integers = new HashMap<>();
    private final Map<String, List<Float>> floats = new HashMap<>();
    private final Map<String, List<String>> texts = new HashMap<>();
    private final SortedMap<String, OnnxTensor> tensors = new TreeMap<>();
    private final Set<String> others = new HashSet<>();

    /** {@code AttributeProto}. Its type, which files of version 1 lack, is told by what it has. */
    void read(ProtoReader in) {
      String key = "";
      List<Long> ints = new ArrayList<>();
      List<Float> numbers = new ArrayList<>();
      List<String> strings = new ArrayList<>();
      OnnxTensor tensor = null;
      int type = 0;
      while (in.next()) {
        switch (in.field()) {
          case 1 -> key = in.string();
          case 2 -> numbers.add(in.float32());
          case 3 -> ints.add(in.int64());
          case 4, 9 -> strings.add(in.string());
          case 5 -> tensor = OnnxTensor.parse(in.range());
          case 7 -> in.floats(numbers::add);
          case 8 -> in.int64s(ints::add);
          case 20 -> type = in.int32();
          default -> in.skip();
        }
      }
      if (tensor != null) {
        tensors.put(key, tensor);
      } else if (type == 2 || type == 7 || (type == 0 && !ints.isEmpty())) {
        // A single 0 is not written by every writer, as it is what is read without it.
        integers.put(key, type == 2 && ints.isEmpty() ? List.of(0L) : List.copyOf(ints));
      } else if (type == 1 || type == 6 || (type == 0 && !numbers.isEmpty())) {
        floats.put(key, type == 1 && numbers.isEmpty() ? List.of(0f) : List.copyOf(numbers));
      } else if (type == 3 || type == 8 || (type == 0 && !strings.isEmpty())) {
        texts.put(key, List.copyOf(strings));
      } else {
        others.add(key);
      }
    }
  }

  /** {@code ValueInfoProto}. */
  private static OnnxGraph.Value value(ProtoReader in) {
    String name = "";
    ValueType type = new ValueType();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.string();
        case 2 -> type.read(in.message());
        default -> in.skip();
      }
    }
    return new OnnxGraph.Value(name, type.dtype, type.dims, type.ranked);
  }

  /** {@code TypeProto} of a tensor. */
  private static final class ValueType {
    private String dtype = "";
    private final List<Long> dims = new ArrayList<>();
    private boolean ranked;

    void read(ProtoReader in) {
      while (in.next()) {
        if (in.field() == 1) {
          readTensor(in.message());
        } else {
          in.skip();
        }
      }
    }

    private void readTensor(ProtoReader in) {
      while (in.next()) {
        switch (in.field()) {
          case 1 -> dtype = OnnxType.name(in.int32());
          case 2 -> {
            ranked = true;
            readShape(in.message());
          }
          default -> in.skip();
        }
      }
    }

    private void readShape(ProtoReader in) {
      while (in.next()) {
        if (in.field() == 1) {
          dims.add(readDim(in.message()));
        } else {
          in.skip();
        }
      }
    }

    private static long readDim(ProtoReader in) {
      long size = -1;
      while (in.next()) {
        if (in.field() == 1) {
          size = Math.max(-1, in.int64());
        } else {
          in.skip();
        }
      }
      return size;
    }
  }
}
