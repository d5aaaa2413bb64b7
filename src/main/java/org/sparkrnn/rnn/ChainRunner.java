package org.sparkrnn.rnn;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs a chain of layers over a window: sorts the rows by length and cuts them into groups of at
 * most {@link Limits#groupRows()}; a group steps all its rows together and drops each row at its
 * end, so the steps computed are the sum of the lengths. Runs only the layers that the selected
 * outputs need.
 */
final class ChainRunner implements WindowRunner {
  private final Limits limits;
  private final Footprint footprint;
  private final Window window;
  private final LayerChain chain;
  private final List<ResultBuffer> results = new ArrayList<>();
  private final Group group = new Group();
  private final LengthOrder order = new LengthOrder();
  private long steps;

  /**
   * @param more bytes that each row of the window takes elsewhere
   */
  ChainRunner(PackedNetwork packed, List<Output> selected, Limits limits, long more) {
    this.limits = limits;
    int layers = layersNeeded(packed.chain(), selected);
    this.footprint = LayerChain.footprint(packed, layers, selected, limits).withRowBytes(more);
    this.window = new Window(packed.chain(), footprint);
    for (Output output : selected) {
      results.add(new ResultBuffer(output, window));
    }
    this.chain = new LayerChain(packed, layers, selected, limits.groupRows());
  }

  /** What the rows of its window take. */
  Footprint footprint() {
    return footprint;
  }

  @Override
  public Window window() {
    return window;
  }

  @Override
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

  @Override
  public ResultBuffer result(int index) {
    return results.get(index);
  }

  @Override
  public long steps() {
    return steps;
  }

  @Override
  public long cellSteps() {
    return chain.cellSteps();
  }

  @Override
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
