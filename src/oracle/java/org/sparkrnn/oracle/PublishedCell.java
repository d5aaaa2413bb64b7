package org.sparkrnn.oracle;

import java.util.List;

/**
 * A cell as TensorFlow publishes it: a formula over {@link Arithmetic}, written from TensorFlow's
 * Python sources and never from our main code.
 */
interface PublishedCell {

  /** The sizes of the state's parts, in TensorFlow's order. */
  List<Integer> stateSizes();

  /**
   * One step.
   *
   * @param x {@code [rows, inputSize]}
   * @param state {@code [rows, size]} for each part
   */
  <V> Step<V> step(Arithmetic<V> a, V x, List<V> state);

  /**
   * What a step gives.
   *
   * @param output {@code [rows, outputSize]}
   * @param state the new state's parts
   */
  record Step<V>(V output, List<V> state) {}

  /** Floats in the whole state. */
  default int stateSize() {
    return stateSizes().stream().mapToInt(Integer::intValue).sum();
  }
}
