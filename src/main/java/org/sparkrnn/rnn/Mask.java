package org.sparkrnn.rnn;

import java.util.Arrays;

/** Which of a group's packed steps are masked. Its array is kept and reused. */
final class Mask {
  private boolean[] masked = new boolean[0];

  /** Whether the step at this packed index is masked. */
  boolean at(int packed) {
    return masked[packed];
  }

  /** Masks the steps with id 0. */
  void ofIds(int[] ids, int steps) {
    grow(steps);
    for (int s = 0; s < steps; s++) {
      masked[s] = ids[s] == 0;
    }
  }

  /** Masks the steps all of whose floats are {@code value}, and makes those floats zeros. */
  void ofFeatures(float[] x, int steps, int size, float value) {
    grow(steps);
    for (int s = 0; s < steps; s++) {
      int i = s * size;
      while (i < (s + 1) * size && x[i] == value) {
        i++;
      }
      masked[s] = i == (s + 1) * size;
      if (masked[s]) {
        Arrays.fill(x, s * size, (s + 1) * size, 0f);
      }
    }
  }

  private void grow(int steps) {
    if (masked.length < steps) {
      masked = new boolean[Math.max(steps, masked.length + (masked.length >> 1))];
    }
  }
}
