package org.sparkrnn.model.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.sparkrnn.model.json.SpecObject;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Loop;

/** The loops as a spec spells them, with the keys that only some of them have. */
public enum LoopWord {
  DYNAMIC_RNN(Cells.ONE, "time_major"),
  STATIC_RNN(Cells.ONE),
  REVERSED_DYNAMIC_RNN(Loop.TensorFlow.REVERSED_DYNAMIC_RNN, Cells.ONE, "time_major"),
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
  GENERATE(Cells.ONE, "max_steps", "stop"),
  CUDNN_LSTM("CudnnLSTM", Loop.Cudnn.LSTM),
  CUDNN_GRU("CudnnGRU", Loop.Cudnn.GRU),
  CUDNN_RNN_TANH("CudnnRNNTanh", Loop.Cudnn.RNN_TANH),
  CUDNN_RNN_RELU("CudnnRNNRelu", Loop.Cudnn.RNN_RELU);

  /** How a loop's cells are given. */
  enum Cells {
    /** {@code cell}. */
    ONE(Set.of("cell")),
    /** {@code cell}, or {@code cell_fw} and {@code cell_bw}. */
    PAIR(Set.of("cell", "cell_fw", "cell_bw")),
    /** {@code cell} for one direction, {@code cell_fw} and {@code cell_bw} for two. */
    ONE_OR_PAIR(Set.of("cell", "cell_fw", "cell_bw")),
    /** {@code cells_fw} and {@code cells_bw}. */
    STACK(Set.of("cells_fw", "cells_bw")),
    /** As many as there are layers and directions, all of one size. */
    COUNTED(Set.of("num_layers", "num_units", "direction"));

    private final Set<String> keys;

    Cells(Set<String> keys) {
      this.keys = keys;
    }

    Set<String> keys() {
      return keys;
    }
  }

  /** As a spec spells them. */
  static final List<String> WORDS = Arrays.stream(values()).map(LoopWord::word).toList();

  private final String word;
  private final Cells cells;
  private final Set<String> own;
  private final Loop fixed;

  LoopWord(Cells cells, String... own) {
    this(
        cells == Cells.STACK
            ? Loop.TensorFlow.STACK_BIDIRECTIONAL_DYNAMIC_RNN
            : Loop.TensorFlow.DYNAMIC_RNN,
        cells,
        own);
  }

  LoopWord(Loop.TensorFlow fixed, Cells cells, String... own) {
    this.word = name().toLowerCase(Locale.ROOT);
    this.cells = cells;
    this.own = Set.of(own);
    this.fixed = fixed;
  }

  LoopWord(String word, Loop.Cudnn fixed) {
    this.word = word;
    this.cells = Cells.COUNTED;
    this.own = Set.of("time_major");
    this.fixed = fixed;
  }

  /** The loop that is named, or the dynamic one that has the cells' keys. */
  public static LoopWord of(SpecObject layer) {
    LoopWord otherwise = DYNAMIC_RNN;
    if (layer.has("cells_fw") || layer.has("cells_bw")) {
      otherwise = STACK_BIDIRECTIONAL_DYNAMIC_RNN;
    } else if (layer.has("cell_fw") || layer.has("cell_bw")) {
      otherwise = BIDIRECTIONAL_DYNAMIC_RNN;
    }
    return values()[WORDS.indexOf(layer.word("loop", WORDS, otherwise.word))];
  }

  /** The word for a layer's loop. */
  public static LoopWord of(Layer.Rnn rnn) {
    if (rnn.loop() instanceof Loop.Keras) {
      return KERAS;
    }
    if (rnn.loop() instanceof Loop.Generate) {
      return GENERATE;
    }
    return rnn.loop() == Loop.TensorFlow.DYNAMIC_RNN && rnn.bidirectional()
        ? BIDIRECTIONAL_DYNAMIC_RNN
        : Arrays.stream(values())
            .filter(word -> word.fixed == rnn.loop())
            .filter(word -> word != STACK_BIDIRECTIONAL_RNN)
            .findFirst()
            .orElseThrow();
  }

  public String word() {
    return word;
  }

  Cells cells() {
    return cells;
  }

  /** The keys of this loop that not every rnn layer has. */
  boolean has(String key) {
    return cells.keys.contains(key) || own.contains(key);
  }

  /** The keys that belong to this loop besides its cells'. */
  Set<String> own() {
    return own;
  }

  /** The loop that a layer's keys describe. */
  Loop loop(SpecObject layer) {
    return switch (this) {
      case KERAS ->
          new Loop.Keras(
              layer.bool("go_backwards", false),
              layer.bool("return_sequences", false),
              layer.bool("zero_output_for_mask", false));
      case GENERATE ->
          new Loop.Generate(
              layer.integer("max_steps", 1),
              layer.optionalInteger("stop", 0).orElse(Loop.Generate.NO_STOP));
      default -> fixed;
    };
  }

  /** TensorFlow's default scope, which is the layer's default name. */
  String defaultName(SpecObject layer) {
    return switch (cells) {
      case ONE -> "rnn";
      case PAIR -> "bidirectional_rnn";
      case ONE_OR_PAIR -> layer.has("cell") ? "rnn" : "bidirectional";
      case STACK -> "stack_bidirectional_rnn";
      case COUNTED -> name().toLowerCase(Locale.ROOT);
    };
  }
}
