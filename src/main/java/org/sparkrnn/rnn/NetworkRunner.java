package org.sparkrnn.rnn;

import java.util.ArrayList;
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
 * <p>Only the layers that the selected outputs need are run.
 */
public final class NetworkRunner {
  private final Limits limits;
  private final Footprint footprint;
  private final Window window;
  private final LayerChain chain;
  private final List<ResultBuffer> results = new ArrayList<>();
  private final Group group = new Group();
  private final LengthOrder order = new LengthOrder();
  private long steps;

  NetworkRunner(PackedNetwork packed, List<Output> selected, Limits limits) {
    this.limits = limits;
    int layers = layersNeeded(packed.network(), selected);
    this.footprint = LayerChain.footprint(packed, layers, selected, limits);
    this.window = new Window(packed.network(), footprint);
    for (Output output : selected) {
      results.add(new ResultBuffer(output, window));
    }
    this.chain = new LayerChain(packed, layers, limits.groupRows());
  }

  /** The window that {@link #run} computes. */
  public Window window() {
    return window;
  }

  /** Computes all rows of the window. */
  public void run() {
    results.forEach(ResultBuffer::prepare);
    chain.prepare(window);
    int[] rows = order.longestFirst(window);
    int from = 0;
    while (from < window.rows()) {
      int to = from;
      long groupSteps = 0;
      while (to < window.rows() && to - from < limits.groupRows()) {
        groupSteps += window.length(rows[to]);
        if (to > from && !footprint.groupFits(groupSteps)) {
          break;
        }
        to++;
      }
      group.set(window, rows, from, to);
      chain.run(group, window, results);
      steps += group.steps();
      from = to;
    }
    for (ResultBuffer result : results) {
      if (result.output() instanceof Output.FinalState) {
        result.share(chain.finalStates());
      }
    }
  }

  /** The results for the {@code index}th selected output. */
  public Result result(int index) {
    return results.get(index);
  }

  /** Time steps computed so far: the sum of the lengths of all rows. */
  public long steps() {
    return steps;
  }

  /**
   * Steps of cells computed so far: one for each step of each row under each cell of each
   * direction.
   */
  public long cellSteps() {
    return chain.cellSteps();
  }

  /** Floating-point operations so far: two for each weight used; activations not counted. */
  public long flops() {
    return chain.flops();
  }

  private static int layersNeeded(Network network, List<Output> selected) {
    int needed = 0;
    for (Output output : selected) {
      needed = Math.max(needed, LayerChain.lastLayer(network, output) + 1);
    }
    return needed;
  }
}
