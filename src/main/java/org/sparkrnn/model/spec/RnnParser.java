package org.sparkrnn.model.spec;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.sparkrnn.model.json.SpecObject;
import org.sparkrnn.model.spec.LoopWord.Cells;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Loop;

/** Reads the rnn layers of a spec. */
final class RnnParser {
  private static final List<String> MERGES =
      Arrays.stream(Layer.Merge.values()).map(Layer.Merge::word).toList();
  private static final List<String> DIRECTIONS = List.of("unidirectional", "bidirectional");

  /** The keys of an rnn layer, of every loop together. */
  static final Set<String> KEYS = keys();

  private RnnParser() {}

  private static Set<String> keys() {
    Set<String> keys = new HashSet<>(Set.of("type", "name", "loop", "scope", "initial_state"));
    for (LoopWord word : LoopWord.values()) {
      keys.addAll(word.cells().keys());
      keys.addAll(word.own());
    }
    return Set.copyOf(keys);
  }

  static LayerSpec.Rnn parse(String name, SpecObject layer) {
    LoopWord word = LoopWord.of(layer);
    for (String key : KEYS.stream().sorted().toList()) {
      List<String> others =
          Arrays.stream(LoopWord.values())
              .filter(other -> other.has(key))
              .map(LoopWord::word)
              .toList();
      if (!others.isEmpty() && !word.has(key)) {
        layer.refuse(key, "no key of \"loop\": \"" + word.word() + "\", but of " + list(others));
      }
    }
    for (String key : List.of("time_major", "stateful")) {
      layer.bool(key, false);
    }
    if (word.cells() == Cells.ONE_OR_PAIR && layer.has("cell")) {
      layer.refuse("merge", "has no meaning without 'cell_fw' and 'cell_bw'");
    }
    String merge = layer.word("merge", MERGES, Layer.Merge.CONCAT.word());
    return new LayerSpec.Rnn(
        layer.place(),
        name,
        LayerParser.scope(layer).orElse(""),
        word.loop(layer),
        levels(word, layer),
        Layer.Merge.valueOf(merge.toUpperCase(Locale.ROOT)),
        layer.text("initial_state").orElse(""));
  }

  private static String list(List<String> words) {
    return words.size() == 1
        ? words.get(0)
        : String.join(", ", words.subList(0, words.size() - 1))
            + " and "
            + words.get(words.size() - 1);
  }

  private static List<List<CellSpec>> levels(LoopWord word, SpecObject layer) {
    if (word.cells() == Cells.STACK) {
      return stack(layer);
    }
    if (word.cells() == Cells.COUNTED) {
      return cudnn((Loop.Cudnn) word.loop(layer), layer);
    }
    if (word.cells() == Cells.ONE) {
      return List.of(List.of(CellParser.parse(layer.object("cell"))));
    }
    boolean pair = word.cells() == Cells.PAIR || layer.has("cell_fw") || layer.has("cell_bw");
    if (pair && !layer.has("cell")) {
      return List.of(
          List.of(
              CellParser.parse(layer.object("cell_fw")),
              CellParser.parse(layer.object("cell_bw"))));
    }
    for (String key : List.of("cell_fw", "cell_bw")) {
      layer.refuse(
          key,
          word.cells() == Cells.PAIR
              ? "give 'cell' for both directions, or 'cell_fw' and 'cell_bw', not both"
              : "give 'cell' for one direction, or 'cell_fw' and 'cell_bw' for two, not both");
    }
    if (word.cells() == Cells.ONE_OR_PAIR) {
      return List.of(List.of(CellParser.parse(layer.object("cell"))));
    }
    CellSpec both = CellParser.parse(layer.object("cell"));
    return List.of(List.of(both, both));
  }

  private static List<List<CellSpec>> stack(SpecObject layer) {
    List<CellSpec> forward = cells(layer, "cells_fw");
    List<CellSpec> backward = cells(layer, "cells_bw");
    if (forward.size() != backward.size()) {
      throw layer
          .place()
          .error(
              "forward and backward cells must have the same depth: 'cells_fw' lists "
                  + forward.size()
                  + ", 'cells_bw' "
                  + backward.size());
    }
    List<List<CellSpec>> levels = new ArrayList<>();
    for (int i = 0; i < forward.size(); i++) {
      levels.add(List.of(forward.get(i), backward.get(i)));
    }
    return List.copyOf(levels);
  }

  private static List<CellSpec> cells(SpecObject layer, String key) {
    return layer.entries(key, "a list of at least one cell").stream()
        .map(entry -> CellParser.parse(entry.object()))
        .toList();
  }

  /**
   * The cells that cuDNN's layers are saved as: a stack of them in one direction, or levels of
   * both.
   */
  private static List<List<CellSpec>> cudnn(Loop.Cudnn loop, SpecObject layer) {
    int count = layer.integer("num_layers", 1);
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    switch (loop) {
      case LSTM -> node.put("type", "CudnnCompatibleLSTMCell");
      case GRU -> node.put("type", "CudnnCompatibleGRUCell");
      case RNN_TANH -> node.put("type", "BasicRNNCell").put("activation", "tanh");
      case RNN_RELU -> node.put("type", "BasicRNNCell").put("activation", "relu");
    }
    node.put("num_units", layer.integer("num_units", 1));
    CellSpec cell = CellParser.parse(SpecObject.of(node, layer.place()));
    return layer.word("direction", DIRECTIONS, DIRECTIONS.get(0)).equals(DIRECTIONS.get(0))
        ? List.of(
            List.of(new CellSpec.Multi(layer.place(), Collections.nCopies(count, cell), false)))
        : Collections.nCopies(count, List.of(cell, cell));
  }
}
