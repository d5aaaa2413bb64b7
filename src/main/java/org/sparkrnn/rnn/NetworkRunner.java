package org.sparkrnn.rnn;

import java.util.List;

/**
 * Runs a network over windows of rows, for one thread.
 *
 * <pre>{@code
 * NetworkRunner runner = packed.runner(outputs, Limits.DEFAULT);
 * Window window = runner.window();
 * window.add(...);                 // row after row, while window.hasRoom(length)
 * runner.run();                    // computes all of them
 * runner.result(0).floats() ...    // in the order the rows were added
 * window.clear();
 * }</pre>
 *
 * <p>The rows are sorted by length and cut into groups of at most {@link Limits#groupRows()}; a
 * group steps all its rows together and drops each row at its end, so the steps computed are the
 * sum of the lengths. A row's results have the same bits whichever rows are with it.
 *
 * <p>Rows of ids that begin alike, or end alike where the network reads them backwards, share
 * steps: those are computed once, and rows that are the same altogether are computed once, where
 * {@link Limits#sharing()} finds it worth while.
 *
 * <p>Only the layers that the selected outputs need are run.
 */
public final class NetworkRunner {
  private final WindowRunner runner;

  NetworkRunner(PackedNetwork packed, List<Output> selected, Limits limits) {
    this.runner =
        packed.network().generate().isPresent()
            ? new GeneratingRunner(packed, selected, limits)
            : new ChainRunner(packed, selected, limits, 0);
  }

  /** The window that {@link #run} computes. */
  public Window window() {
    return runner.window();
  }

  /** Computes all rows of the window. */
  public void run() {
    runner.run();
  }

  /** The results for the {@code index}th selected output. */
  public Result result(int index) {
    return runner.result(index);
  }

  /** Time steps computed so far: the sum of the lengths of all rows, and of what they generated. */
  public long steps() {
    return runner.steps();
  }

  /**
   * Steps of cells computed so far: one for each step of each row under each cell of each
   * direction, but for those that were another row's already.
   */
  public long cellSteps() {
    return runner.cellSteps();
  }

  /** Floating-point operations so far: two for each weight used; activations not counted. */
  public long flops() {
    return runner.flops();
  }
}
