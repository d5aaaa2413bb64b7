package org.sparkrnn.cell;

import java.io.Serializable;

/**
 * Windows over the features of a step.
 *
 * @param inputSize how many features there are
 * @param size features of a window, TensorFlow's {@code feature_size}
 * @param skip from one window's start to the next one's, TensorFlow's {@code frequency_skip}
 */
public record FrequencyWindows(int inputSize, int size, int skip) implements Serializable {
  /** Checks that there is a window. */
  public FrequencyWindows {
    if (size < 1 || skip < 1 || inputSize < size) {
      throw new IllegalArgumentException(
          "no window of feature_size "
              + size
              + " with frequency_skip "
              + skip
              + " fits into inputs of size "
              + inputSize);
    }
  }

  /** How many windows there are. */
  public int count() {
    return (inputSize - size) / skip + 1;
  }

  /** The features of window {@code index}. */
  Term of(Term x, int index) {
    return x.slice(index * skip, size);
  }
}
