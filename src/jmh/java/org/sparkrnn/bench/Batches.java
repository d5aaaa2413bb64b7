package org.sparkrnn.bench;

import java.nio.FloatBuffer;
import java.util.Arrays;

/** How users of a peer run sequences of different lengths: in batches, padded or packed. */
final class Batches {
  /** How many sequences make a batch. */
  static final int ROWS = 64;

  private Batches() {}

  /**
   * Pads each batch to its longest sequence. What stands in the padding is whatever was there: the
   * peer is spared the zeros.
   *
   * @param order the rows, batch by batch
   * @return {@code [rows][steps * units]}
   */
  static float[][] padded(Peer.Loaded peer, Corpus corpus, int[] order, int inputs, int units) {
    float[][] answers = new float[corpus.rows()][];
    for (int from = 0; from < order.length; from += ROWS) {
      int rows = Math.min(ROWS, order.length - from);
      int steps = 0;
      for (int r = 0; r < rows; r++) {
        steps = Math.max(steps, corpus.length(order[from + r]));
      }
      peer.shape(steps, rows);
      FloatBuffer x = peer.input();
      for (int r = 0; r < rows; r++) {
        float[] row = corpus.flat()[order[from + r]];
        for (int t = 0; t * inputs < row.length; t++) {
          x.put((t * rows + r) * inputs, row, t * inputs, inputs);
        }
      }
      peer.run();
      FloatBuffer y = peer.output();
      for (int r = 0; r < rows; r++) {
        int length = corpus.length(order[from + r]);
        float[] answer = new float[length * units];
        for (int t = 0; t < length; t++) {
          y.get((t * rows + r) * units, answer, t * units, units);
        }
        answers[order[from + r]] = answer;
      }
    }
    return answers;
  }

  /** Sorts each batch by length and packs it: {@code pack_padded_sequence} without the padding. */
  static float[][] packed(Peer.Packed peer, Corpus corpus, int[] order, int inputs, int units) {
    float[][] answers = new float[corpus.rows()][];
    for (int from = 0; from < order.length; from += ROWS) {
      int[] batch =
          Arrays.stream(order, from, Math.min(from + ROWS, order.length))
              .boxed()
              .sorted((a, b) -> corpus.length(b) - corpus.length(a))
              .mapToInt(Integer::intValue)
              .toArray();
      int[] rowsAtStep = new int[corpus.length(batch[0])];
      int[] starts = new int[rowsAtStep.length];
      int sum = 0;
      for (int t = 0; t < rowsAtStep.length; t++) {
        while (rowsAtStep[t] < batch.length && corpus.length(batch[rowsAtStep[t]]) > t) {
          rowsAtStep[t]++;
        }
        starts[t] = sum;
        sum += rowsAtStep[t];
      }
      peer.shape(rowsAtStep);
      FloatBuffer x = peer.input();
      for (int r = 0; r < batch.length; r++) {
        float[] row = corpus.flat()[batch[r]];
        for (int t = 0; t * inputs < row.length; t++) {
          x.put((starts[t] + r) * inputs, row, t * inputs, inputs);
        }
      }
      peer.run();
      FloatBuffer y = peer.output();
      for (int r = 0; r < batch.length; r++) {
        float[] answer = new float[corpus.length(batch[r]) * units];
        for (int t = 0; t * units < answer.length; t++) {
          y.get((starts[t] + r) * units, answer, t * units, units);
        }
        answers[batch[r]] = answer;
      }
    }
    return answers;
  }
}
