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
 */
public final class NetworkRunner {

  NetworkRunner(PackedNetwork network, List<Output> selected, Limits limits) {
    throw new IllegalStateException("not yet");
  }

  /** The window that {@link #run} computes. */
  public Window window() {
    throw new IllegalStateException("not yet");
  }

  /** Computes all rows of the window. */
  public void run() {
    throw new IllegalStateException("not yet");
  }

  /** The results for the {@code index}th selected output. */
  public Result result(int index) {
    throw new IllegalStateException("not yet " + index);
  }

  /**
   * Steps computed so far, over all windows: one for each step of each row under each cell of the
   * first rnn layer's forward direction.
   */
  public long steps() {
    return 0;
  }

  /** Floating-point operations so far: two for each weight used; activations not counted. */
  public long flops() {
    return 0;
  }
}
