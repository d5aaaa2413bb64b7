package org.sparkrnn.rnn;

import java.io.Serializable;

/**
 * Steps that only fill a row up. Where they are counted, a row ends behind as many steps as it has
 * others: its first ones, wherever the padding stands. So graphs of TensorFlow compute a {@code
 * sequence_length} of their input.
 *
 * @param counted whether any step is padding
 * @param value the id of such a step, or each of its floats
 */
public record Padding(boolean counted, double value) implements Serializable {
  /** All steps count. */
  public static final Padding NONE = new Padding(false, 0);

  /** Steps that are nothing but {@code value}. */
  public static Padding of(double value) {
    return new Padding(true, value);
  }

  /** How many steps a row of ids has. */
  int length(int[] ids, int offset, int length) {
    if (!counted) {
      return length;
    }
    int found = 0;
    for (int i = offset; i < offset + length; i++) {
      found += ids[i] == value ? 0 : 1;
    }
    return found;
  }

  /** How many steps a row of floats has that stand one behind the other. */
  int length(float[] steps, int offset, int length, int size) {
    if (!counted) {
      return length;
    }
    int found = 0;
    for (int t = 0; t < length; t++) {
      found += fills(steps, offset + t * size, size) ? 0 : 1;
    }
    return found;
  }

  /** How many steps a row of floats has. */
  int length(float[][] steps, int length, int size) {
    if (!counted) {
      return length;
    }
    int found = 0;
    for (int t = 0; t < length; t++) {
      found += fills(steps[t], 0, size) ? 0 : 1;
    }
    return found;
  }

  private boolean fills(float[] floats, int from, int size) {
    int at = from;
    while (at < from + size && floats[at] == value) {
      at++;
    }
    return at == from + size;
  }
}
