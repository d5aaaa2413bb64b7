package org.sparkrnn.weights.tensorflow.python;

import java.util.ArrayList;
import java.util.List;

/**
 * {@code MultiRNNCell}.
 *
 * @param cells first to last
 * @param tuple {@code state_is_tuple}; else all states are one tensor
 */
public record PythonMulti(List<PythonCell> cells, boolean tuple) implements PythonCell {
  @Override
  public String type() {
    return "MultiRNNCell";
  }

  @Override
  public List<Integer> stateSizes() {
    List<Integer> sizes = cells.stream().flatMap(cell -> cell.stateSizes().stream()).toList();
    return tuple ? sizes : List.of(sizes.stream().mapToInt(Integer::intValue).sum());
  }

  @Override
  public int outputSize() {
    return cells.get(cells.size() - 1).outputSize();
  }

  @Override
  public List<Value> zeroState(PythonGraph graph, Value rows) {
    if (!tuple) {
      return PythonCell.super.zeroState(graph, rows);
    }
    return graph.scope(
        "MultiRNNCellZeroState",
        () -> {
          List<Value> all = new ArrayList<>();
          cells.forEach(cell -> all.addAll(cell.zeroState(graph, rows)));
          return all;
        });
  }

  @Override
  public Step call(PythonGraph graph, Value x, List<Value> state) {
    return graph.variableScope("multi_rnn_cell", () -> step(graph, x, state));
  }

  private Step step(PythonGraph graph, Value x, List<Value> state) {
    PythonOps tf = new PythonOps(graph);
    List<Value> next = new ArrayList<>();
    Value output = x;
    int at = 0;
    for (int i = 0; i < cells.size(); i++) {
      PythonCell cell = cells.get(i);
      Value in = output;
      List<Value> own;
      if (tuple) {
        own = state.subList(at, at + cell.stateSizes().size());
        at += cell.stateSizes().size();
      } else {
        int size = cell.stateSizes().get(0);
        own = List.of(tf.slice(state.get(0), new int[] {0, at}, -1, size));
        at += size;
      }
      Step step = graph.variableScope("cell_" + i, () -> cell.call(graph, in, own));
      output = step.output();
      next.addAll(step.state());
    }
    return new Step(output, tuple ? next : List.of(tf.concat(1, next)));
  }
}
