package org.sparkrnn.conformance;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnOutputs;
import org.sparkrnn.RnnSequences;

/**
 * The sequences of a case, padded as the case gives them.
 *
 * @param features {@code [rows][steps][size]}; empty where steps are ids
 * @param ids {@code [rows][steps]}; empty where steps are floats
 * @param lengths how many steps of each row count; empty where all do
 * @param states for each row the flattened initial state; empty for zeros
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
record Rows(float[][][] features, int[][] ids, int[] lengths, float[][] states) {

  /** Rows of floats: {@code [rows][steps]...}, what is behind the steps flattened. */
  static Rows features(Numbers x, int[] lengths, float[][] states) {
    float[][][] features = new float[x.axis(0)][][];
    for (int row = 0; row < features.length; row++) {
      Numbers steps = x.at(row);
      features[row] = new float[steps.axis(0)][];
      for (int step = 0; step < features[row].length; step++) {
        features[row][step] = steps.at(step).floats();
      }
    }
    return new Rows(features, new int[0][], lengths, states);
  }

  /** Rows of ids: {@code [rows][steps]}. */
  static Rows ids(Numbers x, float[][] states) {
    int[][] ids =
        IntStream.range(0, x.axis(0)).mapToObj(row -> x.at(row).ints()).toArray(int[][]::new);
    return new Rows(new float[0][][], ids, new int[0], states);
  }

  int count() {
    return features.length + ids.length;
  }

  int steps() {
    return features.length > 0 ? features[0].length : ids[0].length;
  }

  /** The same sequences from other states. */
  Rows from(float[][] others) {
    return new Rows(features, ids, lengths, others);
  }

  /** Only one step of every row, from other states. */
  Rows step(int step, float[][] others) {
    float[][][] one =
        Arrays.stream(features)
            .map(row -> Arrays.copyOfRange(row, step, step + 1))
            .toArray(float[][][]::new);
    return new Rows(one, ids, lengths, others);
  }

  /**
   * What the model gives for them here, without Spark; zeros behind the lengths, as TensorFlow
   * pads.
   */
  RnnCase.Results through(RnnModel model) {
    RnnSequences sequences = features.length > 0 ? RnnSequences.of(features) : RnnSequences.of(ids);
    if (lengths.length > 0) {
      sequences = sequences.lengths(lengths);
    }
    if (states.length > 0) {
      sequences = sequences.initialStates(states);
    }
    RnnOutputs found = model.run(sequences);
    return (output, row) -> {
      float[] values = found.floats(output, row);
      return lengths.length > 0 && output.equals("outputs")
          ? Arrays.copyOf(values, values.length / lengths[row] * steps())
          : values;
    };
  }
}
