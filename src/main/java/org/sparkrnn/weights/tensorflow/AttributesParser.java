package org.sparkrnn.weights.tensorflow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.sparkrnn.weights.ProtoReader;

/** Reads the settings of one node ({@code core/framework/attr_value.proto}). */
final class AttributesParser {
  private final Map<String, List<Long>> integers = new HashMap<>();
  private final Map<String, List<Float>> floats = new HashMap<>();
  private final Map<String, List<String>> texts = new HashMap<>();
  private final Map<String, List<Long>> shapes = new HashMap<>();
  private final Map<String, TensorValue> tensors = new HashMap<>();

  /** Reads an entry of {@code map<string, AttrValue>}. */
  void entry(ProtoReader in) {
    String name = "";
    Optional<ProtoReader> value = Optional.empty();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.string();
        case 2 -> value = Optional.of(in.message());
        default -> in.skip();
      }
    }
    if (value.isPresent() && !name.startsWith("_")) {
      value(name, value.get());
    }
  }

  private void value(String name, ProtoReader in) {
    while (in.next()) {
      switch (in.field()) {
        case 1 -> list(name, in.message());
        case 8 -> tensors.put(name, TensorValue.parse(in.range()));
        case 10 -> add(texts, name, function(in.message()));
        default -> single(name, in);
      }
    }
  }

  private void list(String name, ProtoReader in) {
    while (in.next()) {
      switch (in.field()) {
        case 3, 5, 6 -> in.int64s(each -> add(integers, name, each));
        case 4 -> in.floats(each -> add(floats, name, each));
        case 9 -> add(texts, name, function(in.message()));
        // Lists of shapes and tensors say nothing that is read here.
        case 7, 8 -> in.skip();
        default -> single(name, in);
      }
    }
  }

  /** The fields that mean the same in {@code AttrValue} and in its {@code ListValue}. */
  private void single(String name, ProtoReader in) {
    switch (in.field()) {
      case 2 -> add(texts, name, new String(in.bytes(), java.nio.charset.StandardCharsets.UTF_8));
      case 3, 5, 6 -> add(integers, name, in.int64());
      case 4 -> add(floats, name, in.float32());
      case 7 -> shape(in.message()).ifPresent(shape -> shapes.put(name, shape));
      default -> in.skip();
    }
  }

  private static String function(ProtoReader in) {
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

  private static Optional<List<Long>> shape(ProtoReader in) {
    List<Long> dims = new ArrayList<>();
    boolean ranked = true;
    while (in.next()) {
      switch (in.field()) {
        case 2 -> {
          long size = 0;
          ProtoReader dim = in.message();
          while (dim.next()) {
            if (dim.field() == 1) {
              size = dim.int64();
            } else {
              dim.skip();
            }
          }
          dims.add(size);
        }
        case 3 -> ranked = in.int64() == 0;
        default -> in.skip();
      }
    }
    return ranked ? Optional.of(List.copyOf(dims)) : Optional.empty();
  }

  private static <T> void add(Map<String, List<T>> map, String name, T value) {
    map.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
  }

  /**
   * The settings.
   *
   * @param node the node's full name
   * @param all takes its tensors: a setting called {@code value} by the node's name, others by that
   *     name, a slash and the setting's
   */
  GraphNode.Attributes finish(String node, SortedMap<String, TensorValue> all) {
    Map<String, String> names = new HashMap<>();
    tensors.forEach(
        (setting, tensor) -> {
          String name = setting.equals("value") ? node : node + "/" + setting;
          all.put(name, tensor);
          names.put(setting, name);
        });
    return new GraphNode.Attributes(integers, floats, texts, shapes, names);
  }
}
