package org.sparkrnn.weights.tensorflow;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.sparkrnn.tensor.Tensor;

/**
 * Builds SavedModels as Keras has TensorFlow write them: objects with their metadata, and a
 * checkpoint whose keys are the shortest paths. The numbers of objects in the two differ.
 */
public final class SavedModelBytes {
  private static final String SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE";
  private final List<Node> nodes = new ArrayList<>();

  private record Node(Map<String, Integer> children, String metadata, Tensor value) {}

  /** With this metadata of the model itself. */
  public SavedModelBytes(String metadata) {
    nodes.add(new Node(new LinkedHashMap<>(), metadata, null));
  }

  /** Adds an object to another; returns its number. */
  public int object(int parent, String name, String metadata) {
    return add(parent, name, new Node(new LinkedHashMap<>(), metadata, null));
  }

  /** Adds a variable to an object. */
  public int variable(int parent, String name, Tensor value) {
    return add(parent, name, new Node(new LinkedHashMap<>(), "", value));
  }

  /** Has an object hold another one too. */
  public void hold(int parent, String name, int child) {
    nodes.get(parent).children().put(name, child);
  }

  private int add(int parent, String name, Node node) {
    nodes.add(node);
    hold(parent, name, nodes.size() - 1);
    return nodes.size() - 1;
  }

  /** Has the model hold a list of all variables, as Keras' models do. */
  public void listVariables() {
    int list = object(0, "variables", "");
    int count = 0;
    for (int i = 0; i < list; i++) {
      if (nodes.get(i).value() != null) {
        hold(list, Integer.toString(count++), i);
      }
    }
  }

  /**
   * The files by name.
   *
   * @param graph bytes of the graph, which nobody is to read
   */
  public Map<String, byte[]> files(byte[] graph) {
    ProtoBytes metadata = new ProtoBytes();
    for (int i = 0; i < nodes.size(); i++) {
      if (!nodes.get(i).metadata().isEmpty()) {
        metadata.message(
            1,
            new ProtoBytes()
                .varint(2, 2L * i)
                .string(3, "root")
                .string(4, "_tf_keras_layer")
                .string(5, nodes.get(i).metadata()));
      }
    }
    Map<String, byte[]> files = checkpoint();
    files.put("saved_model.pb", savedModel(graph, false));
    files.put("keras_metadata.pb", metadata.toByteArray());
    return files;
  }

  /** The same as TensorFlow 2.0 to 2.4 wrote it, without a file for the metadata. */
  public Map<String, byte[]> oldFiles() {
    Map<String, byte[]> files = checkpoint();
    files.put("saved_model.pb", savedModel(new byte[0], true));
    return files;
  }

  private byte[] savedModel(byte[] graph, boolean withMetadata) {
    ProtoBytes objects = new ProtoBytes();
    for (Node node : nodes) {
      ProtoBytes object = new ProtoBytes();
      node.children().forEach((name, child) -> object.message(1, reference(name, 2 * child)));
      if (node.value() == null) {
        ProtoBytes user = new ProtoBytes().string(1, "_tf_keras_layer");
        object.message(4, withMetadata ? user.string(3, node.metadata()) : user);
      } else {
        object.message(7, new ProtoBytes().varint(1, 1));
      }
      objects.message(1, object);
      objects.message(1, new ProtoBytes().message(6, new ProtoBytes().string(1, "a function")));
    }
    ProtoBytes meta = new ProtoBytes().bytes(2, graph).message(7, objects);
    return new ProtoBytes().varint(1, 1).message(2, meta).toByteArray();
  }

  private static ProtoBytes reference(String name, int node) {
    return new ProtoBytes().varint(1, node).string(2, name);
  }

  private Map<String, byte[]> checkpoint() {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    SortedMap<String, byte[]> entries = new TreeMap<>();
    Map<Integer, String> keys = keys();
    ProtoBytes graph = new ProtoBytes();
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      ProtoBytes object = new ProtoBytes();
      node.children().forEach((name, child) -> object.message(1, reference(name, child)));
      if (node.value() != null) {
        object.message(
            2, new ProtoBytes().string(1, "VARIABLE_VALUE").string(2, "v").string(3, keys.get(i)));
        entries.put(keys.get(i), floats(node.value(), data));
      }
      graph.message(1, object);
    }
    entries.put(ObjectGraph.KEY, text(graph.toByteArray(), data));
    List<Block.Entry> table = new ArrayList<>();
    byte[] header =
        new ProtoBytes().varint(1, 1).message(3, new ProtoBytes().varint(1, 1)).toByteArray();
    table.add(new Block.Entry(new byte[0], header));
    entries.forEach((key, value) -> table.add(new Block.Entry(key.getBytes(UTF_8), value)));
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("variables/variables.index", TableBytes.table(table, 99, 0));
    files.put("variables/variables.data-00000-of-00001", data.toByteArray());
    return files;
  }

  /** The shortest path to each variable. */
  private Map<Integer, String> keys() {
    Map<Integer, String> paths = new TreeMap<>(Map.of(0, ""));
    Deque<Integer> queue = new ArrayDeque<>(List.of(0));
    while (!queue.isEmpty()) {
      int at = queue.remove();
      nodes
          .get(at)
          .children()
          .forEach(
              (name, child) -> {
                if (paths.putIfAbsent(child, paths.get(at) + "/" + name) == null) {
                  queue.add(child);
                }
              });
    }
    paths.replaceAll((node, path) -> path.isEmpty() ? path : path.substring(1) + SUFFIX);
    return paths;
  }

  private static byte[] floats(Tensor value, ByteArrayOutputStream data) {
    ByteBuffer bytes =
        ByteBuffer.allocate(4 * (int) value.shape().elements()).order(ByteOrder.LITTLE_ENDIAN);
    for (float each : value.toArray()) {
      bytes.putFloat(each);
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes.array());
    ProtoBytes shape = new ProtoBytes();
    value.shape().dims().forEach(size -> shape.message(2, new ProtoBytes().varint(1, size)));
    return entry(1, shape, bytes.array(), MaskedCrc.mask(crc), data);
  }

  private static byte[] text(byte[] text, ByteArrayOutputStream data) {
    CRC32C lengths = new CRC32C();
    lengths.update(TableBytes.u32(text.length));
    byte[] checksum = TableBytes.u32(MaskedCrc.mask(lengths));
    CRC32C crc = new CRC32C();
    crc.update(TableBytes.u32(text.length));
    crc.update(checksum);
    crc.update(text);
    byte[] bytes = TableBytes.concat(TableBytes.varint(text.length), checksum, text);
    return entry(7, new ProtoBytes(), bytes, MaskedCrc.mask(crc), data);
  }

  private static byte[] entry(
      int type, ProtoBytes shape, byte[] bytes, int crc, ByteArrayOutputStream data) {
    int offset = data.size();
    data.writeBytes(bytes);
    return new ProtoBytes()
        .varint(1, type)
        .message(2, shape)
        .varint(4, offset)
        .varint(5, bytes.length)
        .fixed32(6, crc)
        .toByteArray();
  }
}
