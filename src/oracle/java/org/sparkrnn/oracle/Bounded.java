package org.sparkrnn.oracle;

import java.util.Arrays;

/**
 * Exact numbers, each with a bound on the distance of any {@code float32} evaluation from it.
 *
 * @param value the numbers, in double precision
 * @param error the bounds, none negative
 */
@SuppressWarnings("ArrayRecordComponent")
record Bounded(double[] value, double[] error) {

  /** Numbers without error. */
  static Bounded exact(double[] value) {
    return new Bounded(value, new double[value.length]);
  }

  /** Floats without error. */
  static Bounded exact(float[] value) {
    return exact(RandomNetworks.widen(value));
  }

  int size() {
    return value.length;
  }

  /** The numbers {@code from .. from + size - 1}. */
  Bounded slice(int from, int size) {
    return new Bounded(
        Arrays.copyOfRange(value, from, from + size), Arrays.copyOfRange(error, from, from + size));
  }

  /** All numbers, one behind the other. */
  static Bounded concat(Iterable<Bounded> parts) {
    int size = 0;
    for (Bounded part : parts) {
      size += part.size();
    }
    Bounded all = exact(new double[size]);
    int offset = 0;
    for (Bounded part : parts) {
      System.arraycopy(part.value, 0, all.value, offset, part.size());
      System.arraycopy(part.error, 0, all.error, offset, part.size());
      offset += part.size();
    }
    return all;
  }
}
