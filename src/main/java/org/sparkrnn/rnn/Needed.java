package org.sparkrnn.rnn;

import java.util.Arrays;
import java.util.List;

/**
 * Which entries of a layer's value anybody reads. Layers that work entry by entry are computed for
 * those only, which changes no bit of them.
 */
enum Needed {
  NONE,
  /** Of each row the one at its first step. */
  FIRST,
  /** Of each row the one at its last step. */
  LAST,
  ALL;

  /** For each of the first {@code layers} layers what the selected outputs need of its value. */
  static List<Needed> plan(Network network, int layers, List<Output> selected) {
    Needed[] needed = new Needed[layers];
    Arrays.fill(needed, NONE);
    for (Output output : selected) {
      if (output instanceof Output.LayerValue value) {
        needed[value.layer()] = ALL;
      } else if (output instanceof Output.LastOutput last) {
        needed[last.layer()] = needed[last.layer()].and(LAST);
      }
    }
    for (int i = layers - 1; i > 0; i--) {
      needed[i - 1] = needed[i - 1].and(ofInput(network.layers().get(i), needed[i]));
    }
    for (int i = 0; i < layers; i++) {
      needed[i] = network.values().get(i).perStep() ? needed[i] : ALL;
    }
    return List.of(needed);
  }

  private static Needed of(Layer.Reduction reduction) {
    return switch (reduction) {
      case FIRST -> FIRST;
      case LAST -> LAST;
      case FINAL_STATE -> NONE;
      case MEAN, MAX, SUM -> ALL;
    };
  }

  /** What a layer needs of its input when this is needed of its value. */
  private static Needed ofInput(Layer layer, Needed value) {
    if (layer instanceof Layer.Rnn || layer instanceof Layer.Flatten) {
      return ALL;
    }
    if (layer instanceof Layer.Reduce reduce) {
      return of(reduce.reduction());
    }
    if (layer instanceof Layer.Pool pool) {
      return pool.reductions().stream().map(Needed::of).reduce(NONE, Needed::and);
    }
    return value;
  }

  /** Whether it is one entry of each row. */
  boolean picked() {
    return this == FIRST || this == LAST;
  }

  private Needed and(Needed other) {
    if (this == NONE || this == other) {
      return other;
    }
    return other == NONE ? this : ALL;
  }
}
