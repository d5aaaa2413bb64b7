package org.sparkrnn.bench;

import org.sparkrnn.cell.RnnCell;

/**
 * Refuses wrong answers. Of every answer some sequences are compared with the textbook's in double
 * precision, and all with those of ours, some of which were compared so.
 */
final class Judge {
  /** Far above what any order of summation does, far below what a wrong gate does. */
  private static final double LIMIT = 2e-5;

  /** Less than a second's work in double precision. */
  private static final double BUDGET = 1e9;

  private final Corpus corpus;
  private final int[] sample;
  private final double[][] right;

  Judge(RnnCell cell, Corpus corpus) {
    this.corpus = corpus;
    double mean = Cells.flops(cell) * corpus.tokens() / corpus.rows();
    int count = (int) Math.max(2, Math.min(Math.min(64, corpus.rows()), BUDGET / mean));
    count = Math.min(count, corpus.rows());
    int[] order = corpus.sorted();
    Textbook textbook = new Textbook(cell);
    sample = new int[count];
    right = new double[count][];
    for (int i = 0; i < count; i++) {
      // From the longest to the shortest.
      sample[i] = order[count == 1 ? 0 : (int) ((long) i * (order.length - 1) / (count - 1))];
      right[i] = textbook.run(corpus.flat()[sample[i]]);
    }
  }

  /** The largest difference from the textbook's, of an answer that is not a peer's. */
  double error(String whose, float[][] answers) {
    double worst = 0;
    for (int i = 0; i < sample.length; i++) {
      float[] answer = answers[sample[i]];
      require(whose, answer.length == right[i].length, "has an answer of the wrong size");
      for (int j = 0; j < answer.length; j++) {
        double difference = Math.abs(answer[j] - right[i][j]);
        require(whose, difference <= LIMIT, "is off by " + difference);
        worst = Math.max(worst, difference);
      }
    }
    return worst;
  }

  /** The same, of a peer's, all of whose rows have to be near ours. */
  double error(String whose, float[][] answers, float[][] ours) {
    double worst = error(whose, answers);
    for (int row = 0; row < corpus.rows(); row++) {
      require(whose, answers[row].length == ours[row].length, "has an answer of the wrong size");
      for (int j = 0; j < ours[row].length; j++) {
        double difference = Math.abs(answers[row][j] - ours[row][j]);
        require(whose, difference <= 2 * LIMIT, "is " + difference + " away from ours");
      }
    }
    return worst;
  }

  private static void require(String whose, boolean holds, String what) {
    if (!holds) {
      throw new WrongAnswer(whose + " " + what);
    }
  }

  /** An answer that must not be timed. */
  static final class WrongAnswer extends RuntimeException {
    private static final long serialVersionUID = 1;

    WrongAnswer(String message) {
      super(message);
    }
  }
}
