package org.sparkrnn.model.loading;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.sparkrnn.model.cells.TensorNames;
import org.sparkrnn.model.cells.TrainingState;
import org.sparkrnn.model.spec.ModelSpec;
import org.sparkrnn.model.spec.OpenQuestions;
import org.sparkrnn.model.spec.SpecWriter;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.weights.WeightsFile;

/**
 * A {@code model.json} for a bare weights file, as far as names and shapes tell: a chain of an
 * embedding, recurrent layers and dense ones whose sizes fit each other. What they do not tell is
 * left open, and a spec with an open question is refused until it is answered.
 */
final class ModelDraft {
  /** What stands for which question, with the likely answer. */
  private static final Map<String, String> LIKELY =
      Map.of(
          "activation",
          "\"relu\" between two dense layers; others are \"tanh\", \"sigmoid\" and \"linear\"",
          "forget_bias",
          "1.0, the default of TensorFlow's cells, which add it when they run",
          "nonlinearity",
          "\"tanh\", the default of nn.RNN; the other is \"relu\"",
          "recurrent_activation",
          "\"sigmoid\" of Keras since 2.3 and of TensorFlow 2, \"hard_sigmoid\" of those before",
          "reset_after",
          "true of TensorFlow 2 and Keras 3, false of those before; without a bias nothing tells",
          "return_sequences",
          "false where the network has one answer for a row, true where it has one for each step");

  private ModelDraft() {}

  /** The draft for a file; empty where it has no cells that are known by their names. */
  static Optional<ModelInspection.Draft> of(WeightsFile file, String weights) throws IOException {
    Map<String, Shape> shapes = new TreeMap<>();
    TensorNames.of(file)
        .search()
        .forEach(
            (name, key) -> {
              if (TrainingState.role(key).isEmpty()) {
                shapes.put(name, file.tensors().get(key).shape());
              }
            });
    List<DraftCells.Cell> cells = DraftCells.find(shapes);
    return cells.isEmpty()
        ? Optional.empty()
        : Optional.of(new Chain(shapes, cells).draft(weights));
  }

  /** Puts layers one behind the other by their sizes. */
  private static final class Chain {
    private final Map<String, Shape> shapes;
    private final Map<String, List<DraftCells.Cell>> layersOfCells = new LinkedHashMap<>();
    private final Set<String> used = new HashSet<>();

    /** Of places that are open for a reason of their own, the likely answer. */
    private final Map<String, String> likely = new HashMap<>();

    private final ObjectNode root = JsonNodeFactory.instance.objectNode();
    private final ArrayNode layers;

    Chain(Map<String, Shape> shapes, List<DraftCells.Cell> cells) {
      this.shapes = shapes;
      for (DraftCells.Cell cell : cells) {
        layersOfCells.computeIfAbsent(cell.scope(), scope -> new ArrayList<>()).add(cell);
        used.addAll(cell.names());
      }
      root.put("spark_rnn", ModelSpec.VERSION).put("weights", "");
      root.putObject("input");
      layers = root.putArray("layers");
    }

    ModelInspection.Draft draft(String weights) {
      root.put("weights", weights);
      long width = first();
      while (!layersOfCells.isEmpty()) {
        width = next(width);
      }
      Optional<Long> wider = dense(width);
      while (wider.isPresent()) {
        wider = dense(wider.get());
      }
      List<String> rest = shapes.keySet().stream().filter(name -> !used.contains(name)).toList();
      List<String> questions =
          OpenQuestions.of(layers).stream()
              .map(place -> place + ": likely " + likely(place))
              .toList();
      return new ModelInspection.Draft(SpecWriter.json(root), questions, rest);
    }

    private String likely(String place) {
      return likely.getOrDefault(place, LIKELY.get(place.replaceFirst(".*\\.", "")));
    }

    /** The input: ids where there is a table for the first layer, else steps of its size. */
    private long first() {
      List<Long> inputs =
          layersOfCells.values().stream().map(cells -> cells.get(0).input()).toList();
      ObjectNode input = (ObjectNode) root.get("input");
      for (Map.Entry<String, Shape> entry : shapes.entrySet()) {
        Shape shape = entry.getValue();
        if (shape.rank() == 2
            && entry.getKey().toLowerCase(Locale.ROOT).contains("embedding")
            && !used.contains(entry.getKey())
            && inputs.contains(shape.dim(1))) {
          input.put("type", "tokens").put("size", shape.dim(0));
          layers.addObject().put("type", "embedding").put("variable", entry.getKey());
          used.add(entry.getKey());
          return shape.dim(1);
        }
      }
      input.put("type", "features").put("size", inputs.get(0));
      return inputs.get(0);
    }

    /** The layer that takes this size. Where it is not the only one, its scope is a question. */
    private long next(long width) {
      List<String> fit =
          layersOfCells.entrySet().stream()
              .filter(entry -> entry.getValue().get(0).input() == width)
              .map(Map.Entry::getKey)
              .toList();
      List<String> left = List.copyOf(layersOfCells.keySet());
      String scope = fit.isEmpty() ? left.get(0) : fit.get(0);
      String place = "layers[" + layers.size() + "].scope";
      if (fit.isEmpty()) {
        likely.put(
            place,
            "none: no cells take the "
                + width
                + " floats of the layer before; those left are "
                + String.join(", ", left));
      } else if (fit.size() > 1) {
        likely.put(
            place,
            "\""
                + scope
                + "\", the first by name of those that take "
                + width
                + " floats: "
                + String.join(", ", fit));
      }
      return rnn(layersOfCells.remove(scope), fit.size() == 1);
    }

    private long rnn(List<DraftCells.Cell> cells, boolean certain) {
      DraftCells.Cell one = cells.get(0);
      boolean both = cells.stream().anyMatch(cell -> cell.direction().equals("bw"));
      boolean keras = one.spec().path("type").asText().startsWith("keras.");
      ObjectNode layer = layers.addObject().put("type", "rnn");
      String loop = both ? "bidirectional_dynamic_rnn" : "dynamic_rnn";
      boolean stack = both && one.levelFirst();
      layer.put("loop", keras ? "keras" : stack ? "stack_" + loop : loop);
      if (keras && layersOfCells.isEmpty()) {
        layer.put("return_sequences", OpenQuestions.MARK);
      } else if (keras) {
        layer.put("return_sequences", true);
      }
      layer.put("scope", certain ? one.scope() : OpenQuestions.MARK);
      List<DraftCells.Cell> forward = direction(cells, both ? "fw" : "");
      List<DraftCells.Cell> backward = direction(cells, "bw");
      if (stack) {
        forward.forEach(cell -> layer.withArray("cells_fw").add(cell.spec()));
        backward.forEach(cell -> layer.withArray("cells_bw").add(cell.spec()));
      } else if (both) {
        layer.set("cell_fw", cell(forward));
        layer.set("cell_bw", cell(backward));
      } else {
        layer.set("cell", cell(forward));
      }
      return last(forward) + last(backward);
    }

    private static long last(List<DraftCells.Cell> cells) {
      return cells.isEmpty() ? 0 : cells.get(cells.size() - 1).output();
    }

    private static List<DraftCells.Cell> direction(List<DraftCells.Cell> cells, String which) {
      return cells.stream()
          .filter(cell -> cell.direction().equals(which))
          .sorted(Comparator.comparingInt(DraftCells.Cell::level))
          .toList();
    }

    private static JsonNode cell(List<DraftCells.Cell> cells) {
      if (cells.size() == 1 && !cells.get(0).stacked()) {
        return cells.get(0).spec();
      }
      ObjectNode multi = JsonNodeFactory.instance.objectNode().put("type", "MultiRNNCell");
      cells.forEach(cell -> multi.withArray("cells").add(cell.spec()));
      return multi;
    }

    /** A matrix that takes this size, with the vector beside it that fits; its output's size. */
    private Optional<Long> dense(long width) {
      for (Map.Entry<String, Shape> entry : shapes.entrySet()) {
        String name = entry.getKey();
        boolean turned = name.endsWith(".weight");
        if (used.contains(name)
            || entry.getValue().rank() != 2
            || entry.getValue().dim(turned ? 1 : 0) != width) {
          continue;
        }
        long out = entry.getValue().dim(turned ? 0 : 1);
        if (!layers.isEmpty()
            && layers.get(layers.size() - 1) instanceof ObjectNode before
            && before.path("type").asText().equals("dense")) {
          before.put("activation", OpenQuestions.MARK);
        }
        ObjectNode layer = layers.addObject().put("type", "dense").put("kernel", name);
        used.add(name);
        Optional<String> bias = bias(name, out);
        bias.ifPresent(used::add);
        bias.ifPresentOrElse(found -> layer.put("bias", found), () -> layer.put("use_bias", false));
        return Optional.of(out);
      }
      return Optional.empty();
    }

    /** Of the vectors of this size the one whose name begins most alike. */
    private Optional<String> bias(String kernel, long size) {
      return shapes.entrySet().stream()
          .filter(entry -> entry.getValue().equals(Shape.of(size)))
          .map(Map.Entry::getKey)
          .filter(name -> !used.contains(name))
          .max(Comparator.comparingInt(name -> alike(name, kernel)));
    }

    private static int alike(String a, String b) {
      int at = 0;
      while (at < Math.min(a.length(), b.length()) && a.charAt(at) == b.charAt(at)) {
        at++;
      }
      return at;
    }
  }
}
