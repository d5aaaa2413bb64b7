package org.sparkrnn.bench;

import java.util.Arrays;
import java.util.List;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnOutputs;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.rnn.Limits;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.rnn.NetworkRunner;
import org.sparkrnn.rnn.PackedNetwork;
import org.sparkrnn.rnn.Result;
import org.sparkrnn.rnn.Window;

/** This project's two ways to run a cell over sequences in arrays. */
final class Ours {
  private final RnnModel model;
  private final NetworkRunner runner;

  Ours(RnnCell cell) {
    this(cell, "auto");
  }

  /**
   * @param ops the arithmetic of the runner; the model always takes the best
   */
  Ours(RnnCell cell, String ops) {
    model = RnnModel.of(Cells.model(cell));
    Network network = model.definition().network();
    runner =
        PackedNetwork.pack(network, Ops.of(ops))
            .runner(List.of(network.output("outputs")), Limits.DEFAULT);
  }

  /**
   * Runs a cell of the name long enough for the compiler: in every number of rows that the tiles
   * know, through both ways. Sizes that are measured later find it warm.
   */
  static void warmUp(String name) {
    RnnCell cell = Cells.of(name, 64);
    Ours ours = new Ours(cell);
    long millis = Settings.number("jvmWarmUpMillis", 800, 3000);
    Corpus mixed = Corpus.logNormal(256, 16, 0.75, 64, 64);
    Corpus single = Corpus.equal(1, 64, 64);
    for (Corpus corpus : List.of(mixed, single)) {
      Turns.warmUp(() -> ours.model(corpus), millis * 1_000_000);
      Turns.warmUp(() -> ours.runner(corpus), millis * 1_000_000 / 2);
    }
  }

  /** {@code RnnModel.run} on plain arrays; its outputs are not looked at. */
  RnnOutputs model(Corpus corpus) {
    return model.run(corpus.steps());
  }

  /** The answers of {@code RnnModel.run}: {@code [rows][steps * units]}. */
  float[][] modelAnswers(Corpus corpus) {
    RnnOutputs outputs = model(corpus);
    float[][] answers = new float[corpus.rows()][];
    Arrays.setAll(answers, row -> outputs.floats("outputs", row));
    return answers;
  }

  /** The executor of a task, window by window, into an array for each sequence. */
  float[][] runner(Corpus corpus) {
    float[][] answers = new float[corpus.rows()][];
    Window window = runner.window();
    int first = 0;
    for (int row = 0; row < corpus.rows(); row++) {
      int length = corpus.length(row);
      if (!window.hasRoom(length)) {
        first = flush(answers, first);
      }
      window.add(corpus.flat()[row], 0, length);
    }
    flush(answers, first);
    return answers;
  }

  private int flush(float[][] answers, int first) {
    runner.run();
    Result result = runner.result(0);
    int rows = runner.window().rows();
    for (int row = 0; row < rows; row++) {
      int from = result.offset(row);
      answers[first + row] =
          Arrays.copyOfRange(
              result.floats(), from, from + result.size() * result.entries(row));
    }
    runner.window().clear();
    return first + rows;
  }
}
