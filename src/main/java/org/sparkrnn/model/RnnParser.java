package org.sparkrnn.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Loop;

/** Reads the rnn layers of a spec. */
final class RnnParser {
  private static final List<String> MERGES =
      Arrays.stream(Layer.Merge.values()).map(Layer.Merge::word).toList();
  private static final List<String> WORDS =
      Arrays.stream(LoopWord.values()).map(LoopWord::word).toList();

  /** The keys of an rnn layer, of every loop together. */
  static final Set<String> KEYS = keys();

  private RnnParser() {}

  /** How a loop's cells are given. */
  private enum Cells {
    /** {@code cell}. */
    ONE(Set.of("cell")),
    /** {@code cell}, or {@code cell_fw} and {@code cell_bw}. */
    PAIR(Set.of("cell", "cell_fw", "cell_bw")),
    /** {@code cell} for one direction, {@code cell_fw} and {@code cell_bw} for two. */
    ONE_OR_PAIR(Set.of("cell", "cell_fw", "cell_bw")),
    /** {@code cells_fw} and {@code cells_bw}. */
    STACK(Set.of("cells_fw", "cells_bw"));

    private final Set<String> keys;

    Cells(Set<String> keys) {
      this.keys = keys;
    }
  }

  /** The loops as a spec spells them, with the keys that only some of them have. */
  private enum LoopWord {
    DYNAMIC_RNN(Cells.ONE, "time_major"),
    STATIC_RNN(Cells.ONE),
    BIDIRECTIONAL_DYNAMIC_RNN(Cells.PAIR, "merge", "time_major"),
    STATIC_BIDIRECTIONAL_RNN(Cells.PAIR),
    STACK_BIDIRECTIONAL_DYNAMIC_RNN(Cells.STACK, "time_major"),
    STACK_BIDIRECTIONAL_RNN(Cells.STACK),
    KERAS(
        Cells.ONE_OR_PAIR,
        "merge",
        "time_major",
        "go_backwards",
        "return_sequences",
        "zero_output_for_mask",
        "stateful"),
    GENERATE(Cells.ONE, "max_steps", "stop");

    private final Cells cells;
    private final Set<String> own;

    LoopWord(Cells cells, String... own) {
      this.cells = cells;
      this.own = Set.of(own);
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    boolean has(String key) {
      return cells.keys.contains(key) || own.contains(key);
    }

    Loop loop(SpecObject layer) {
      if (this == KERAS) {
        return new Loop.Keras(
            layer.bool("go_backwards", false),
            layer.bool("return_sequences", false),
            layer.bool("zero_output_for_mask", false));
      }
      if (this == GENERATE) {
        return new Loop.Generate(
            layer.integer("max_steps", 1),
            layer.optionalInteger("stop", 0).orElse(Loop.Generate.NO_STOP));
      }
      return cells == Cells.STACK
          ? Loop.TensorFlow.STACK_BIDIRECTIONAL_DYNAMIC_RNN
          : Loop.TensorFlow.DYNAMIC_RNN;
    }
  }

  private static Set<String> keys() {
    Set<String> keys = new HashSet<>(Set.of("type", "name", "loop", "scope"));
    for (LoopWord word : LoopWord.values()) {
      keys.addAll(word.cells.keys);
      keys.addAll(word.own);
    }
    return Set.copyOf(keys);
  }

  /** TensorFlow's default scope, which is the layer's default name. */
  static String defaultName(SpecObject layer) {
    return switch (word(layer).cells) {
      case ONE -> "rnn";
      case PAIR -> "bidirectional_rnn";
      case ONE_OR_PAIR -> layer.has("cell") ? "rnn" : "bidirectional";
      case STACK -> "stack_bidirectional_rnn";
    };
  }

  static LayerSpec.Rnn parse(String name, SpecObject layer) {
    LoopWord word = word(layer);
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
    if (word.cells == Cells.ONE_OR_PAIR && layer.has("cell")) {
      layer.refuse("merge", "has no meaning without 'cell_fw' and 'cell_bw'");
    }
    String merge = layer.word("merge", MERGES, Layer.Merge.CONCAT.word());
    return new LayerSpec.Rnn(
        layer.place(),
        name,
        LayerParser.scope(layer).orElse(""),
        word.loop(layer),
        levels(word, layer),
        Layer.Merge.valueOf(merge.toUpperCase(Locale.ROOT)));
  }

  /** The word for a layer's loop. */
  static String loop(Layer.Rnn rnn) {
    if (rnn.loop() instanceof Loop.Keras) {
      return LoopWord.KERAS.word();
    }
    if (rnn.loop() instanceof Loop.Generate) {
      return LoopWord.GENERATE.word();
    }
    LoopWord word =
        rnn.loop() == Loop.TensorFlow.STACK_BIDIRECTIONAL_DYNAMIC_RNN
            ? LoopWord.STACK_BIDIRECTIONAL_DYNAMIC_RNN
            : rnn.bidirectional() ? LoopWord.BIDIRECTIONAL_DYNAMIC_RNN : LoopWord.DYNAMIC_RNN;
    return word.word();
  }

  private static String list(List<String> words) {
    return words.size() == 1
        ? words.get(0)
        : String.join(", ", words.subList(0, words.size() - 1))
            + " and "
            + words.get(words.size() - 1);
  }

  /** The loop that is named, or the dynamic one that has the cells' keys. */
  private static LoopWord word(SpecObject layer) {
    LoopWord otherwise = LoopWord.DYNAMIC_RNN;
    if (layer.has("cells_fw") || layer.has("cells_bw")) {
      otherwise = LoopWord.STACK_BIDIRECTIONAL_DYNAMIC_RNN;
    } else if (layer.has("cell_fw") || layer.has("cell_bw")) {
      otherwise = LoopWord.BIDIRECTIONAL_DYNAMIC_RNN;
    }
    String word = layer.word("loop", WORDS, otherwise.word());
    return LoopWord.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private static List<List<CellSpec>> levels(LoopWord word, SpecObject layer) {
    if (word.cells == Cells.STACK) {
      return stack(layer);
    }
    if (word.cells == Cells.ONE) {
      return List.of(List.of(CellParser.parse(layer.object("cell"))));
    }
    boolean pair = word.cells == Cells.PAIR || layer.has("cell_fw") || layer.has("cell_bw");
    if (pair && !layer.has("cell")) {
      return List.of(
          List.of(
              CellParser.parse(layer.object("cell_fw")),
              CellParser.parse(layer.object("cell_bw"))));
    }
    for (String key : List.of("cell_fw", "cell_bw")) {
      layer.refuse(
          key,
          word.cells == Cells.PAIR
              ? "give 'cell' for both directions, or 'cell_fw' and 'cell_bw', not both"
              : "give 'cell' for one direction, or 'cell_fw' and 'cell_bw' for two, not both");
    }
    if (word.cells == Cells.ONE_OR_PAIR) {
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
}
