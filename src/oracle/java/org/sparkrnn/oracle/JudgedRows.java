package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Rows of different lengths with initial states, for us as they are and for others as a padded
 * batch.
 *
 * @param steps {@code [rows][length][inputSize]}
 * @param states {@code [rows][stateSize]}
 */
@SuppressWarnings("ArrayRecordComponent")
record JudgedRows(float[][][] steps, float[][] states) {

  /**
   * Five rows: two of {@code maxTime} steps, one of none, one of one, one of some between; each
   * with its own initial state, one of them zero.
   */
  static JudgedRows of(RandomWeights random, int inputSize, int stateSize, int maxTime) {
    int[] lengths = {1, maxTime, 0, (maxTime + 1) / 2, maxTime};
    float[][][] steps = new float[lengths.length][][];
    float[][] states = new float[lengths.length][];
    for (int row = 0; row < lengths.length; row++) {
      steps[row] = new float[lengths[row]][];
      for (int t = 0; t < lengths[row]; t++) {
        steps[row][t] = random.floats(inputSize, 1);
      }
      states[row] = row == 1 ? new float[stateSize] : random.floats(stateSize, 1);
    }
    return new JudgedRows(steps, states);
  }

  int rows() {
    return steps.length;
  }

  int length(int row) {
    return steps[row].length;
  }

  int[] lengths() {
    return Arrays.stream(steps).mapToInt(row -> row.length).toArray();
  }

  int maxTime() {
    return Arrays.stream(lengths()).max().orElseThrow();
  }

  int inputSize() {
    return steps[1][0].length;
  }

  /** A row without error. */
  List<Bounded> exact(int row) {
    List<Bounded> exact = new ArrayList<>();
    for (float[] step : steps[row]) {
      exact.add(Bounded.exact(step));
    }
    return exact;
  }

  /** {@code [rows, maxTime, inputSize]}, {@code filler} behind each row's length. */
  float[] padded(float filler) {
    int width = maxTime() * inputSize();
    float[] padded = new float[rows() * width];
    Arrays.fill(padded, filler);
    for (int row = 0; row < rows(); row++) {
      for (int t = 0; t < length(row); t++) {
        System.arraycopy(
            steps[row][t], 0, padded, row * width + t * inputSize(), inputSize());
      }
    }
    return padded;
  }

  /** {@link #padded}, for TensorFlow. */
  Operand<TFloat32> batch(Ops tf, float filler) {
    return tf.constant(
        Shape.of(rows(), maxTime(), inputSize()), DataBuffers.of(padded(filler)));
  }

  /** The states' floats {@code from .. from + size - 1}, {@code [rows, size]}. */
  float[] state(int from, int size) {
    float[] flat = new float[rows() * size];
    for (int row = 0; row < rows(); row++) {
      System.arraycopy(states[row], from, flat, row * size, size);
    }
    return flat;
  }
}
