package org.sparkrnn.weights.tensorflow.python;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * TensorFlow 1's loops over sequences.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/python/ops/rnn.py">TensorFlow
 *     1.15, rnn.py</a>
 */
public final class PythonRnn {
  private final PythonGraph graph;
  private final PythonOps tf;

  /** Writes into a graph. */
  public PythonRnn(PythonGraph graph) {
    this.graph = graph;
    this.tf = new PythonOps(graph);
  }

  /**
   * What a loop takes.
   *
   * @param inputs {@code [rows, steps, floats]}, or steps first
   * @param depth floats of a step
   * @param lengths {@code sequence_length}
   * @param timeMajor whether steps are first
   */
  public record Inputs(Value inputs, int depth, Optional<Value> lengths, boolean timeMajor) {
    Inputs with(Value others, int width) {
      return new Inputs(others, width, lengths, timeMajor);
    }

    int time() {
      return timeMajor ? 0 : 1;
    }
  }

  /**
   * What a loop gives.
   *
   * @param outputs as the inputs are
   * @param states the parts of the final state
   */
  public record Outputs(Value outputs, List<Value> states) {}

  /**
   * What an unrolled loop gives.
   *
   * @param outputs one a step
   * @param states the parts of the final state
   */
  public record Steps(List<Value> outputs, List<Value> states) {}

  /** {@code dynamic_rnn}; no initial state for the cell's zeros. */
  public Outputs dynamic(PythonCell cell, Inputs in, List<Value> initial) {
    return graph.variableScope("rnn", () -> new DynamicLoop(graph, cell, in).run(initial));
  }

  /**
   * What both directions give.
   *
   * @param fw outputs of the one from the start
   * @param bw outputs of the one from the end
   * @param states the parts of both final states
   */
  public record BothWays(Value fw, Value bw, List<Value> states) {}

  /** {@code bidirectional_dynamic_rnn}, and {@code concat} of its outputs. */
  public Outputs bidirectional(PythonCell fw, PythonCell bw, Inputs in, List<Value> initial) {
    BothWays found = bothWays(fw, bw, in, initial);
    return new Outputs(tf.concat(2, List.of(found.fw(), found.bw())), found.states());
  }

  /** {@code bidirectional_dynamic_rnn}. */
  public BothWays bothWays(PythonCell fw, PythonCell bw, Inputs in, List<Value> initial) {
    boolean zeros = initial.isEmpty();
    int parts = fw.stateSizes().size();
    List<Value> first = zeros ? initial : initial.subList(0, parts);
    List<Value> second = zeros ? initial : initial.subList(parts, initial.size());
    List<Outputs> both =
        graph.variableScope(
            "bidirectional_rnn",
            () -> {
              Outputs forward = graph.variableScope("fw", () -> inner(fw, in, first));
              Outputs backward =
                  graph.variableScope(
                      "bw",
                      () -> inner(bw, in.with(reversed(in, in.inputs()), in.depth()), second));
              return List.of(forward, backward);
            });
    Value back = reversed(in, both.get(1).outputs());
    List<Value> states = new ArrayList<>(both.get(0).states());
    states.addAll(both.get(1).states());
    return new BothWays(both.get(0).outputs(), back, states);
  }

  private Outputs inner(PythonCell cell, Inputs in, List<Value> initial) {
    return graph.sameVariableScope(() -> new DynamicLoop(graph, cell, in).run(initial));
  }

  private Value reversed(Inputs in, Value of) {
    return in.lengths().isPresent()
        ? tf.reverseSequence(of, in.lengths().get(), in.time(), 1 - in.time())
        : tf.reverse(of, in.time());
  }

  /** {@code stack_bidirectional_dynamic_rnn}: the states level by level. */
  public Outputs stack(List<List<PythonCell>> levels, Inputs in) {
    return graph.variableScope(
        "stack_bidirectional_rnn",
        () -> {
          Inputs next = in;
          List<Value> states = new ArrayList<>();
          for (int i = 0; i < levels.size(); i++) {
            Inputs now = next;
            PythonCell fw = levels.get(i).get(0);
            PythonCell bw = levels.get(i).get(1);
            Outputs level =
                graph.variableScope("cell_" + i, () -> bidirectional(fw, bw, now, List.of()));
            states.addAll(level.states());
            next = in.with(level.outputs(), fw.outputSize() + bw.outputSize());
          }
          return new Outputs(next.inputs(), states);
        });
  }

  /** {@code static_rnn} over the steps that {@code unstack} gives; no lengths. */
  public Steps unrolled(PythonCell cell, List<Value> steps, List<Value> initial) {
    return graph.variableScope("rnn", () -> unrolledHere(cell, steps, initial));
  }

  private Steps unrolledHere(PythonCell cell, List<Value> steps, List<Value> initial) {
    List<Value> state = initial;
    if (initial.isEmpty()) {
      state = cell.zeroState(graph, tf.item(tf.shape(steps.get(0)), 0));
    }
    List<Value> outputs = new ArrayList<>();
    for (Value x : steps) {
      List<Value> now = state;
      PythonCell.Step step = graph.sameVariableScope(() -> cell.call(graph, x, now));
      outputs.add(step.output());
      state = step.state();
    }
    return new Steps(outputs, state);
  }

  /** {@code static_bidirectional_rnn}: the outputs of both ways joined at each step. */
  public Steps unrolledBothWays(PythonCell fw, PythonCell bw, List<Value> steps) {
    return graph.variableScope(
        "bidirectional_rnn",
        () -> {
          Steps forward = graph.variableScope("fw", () -> unrolledInner(fw, steps));
          List<Value> turned = new ArrayList<>(steps);
          Collections.reverse(turned);
          Steps backward = graph.variableScope("bw", () -> unrolledInner(bw, turned));
          List<Value> joined = new ArrayList<>();
          for (int i = 0; i < steps.size(); i++) {
            Value back = backward.outputs().get(steps.size() - 1 - i);
            joined.add(tf.concat(1, List.of(forward.outputs().get(i), back)));
          }
          List<Value> states = new ArrayList<>(forward.states());
          states.addAll(backward.states());
          return new Steps(joined, states);
        });
  }

  private Steps unrolledInner(PythonCell cell, List<Value> steps) {
    return graph.sameVariableScope(() -> unrolledHere(cell, steps, List.of()));
  }

  /** {@code [rows, size]} of zeros for each size. */
  static List<Value> zeros(PythonGraph graph, Value rows, List<Integer> sizes) {
    PythonOps tf = new PythonOps(graph);
    List<Value> all = new ArrayList<>();
    for (int size : sizes) {
      Value shape =
          graph.since(Era.V1_2)
              ? tf.concat(0, List.of(tf.expandDims(rows, 0), tf.vector("Const", size)))
              : tf.stack(0, List.of(rows, tf.integer("pack/1", size)));
      all.add(tf.fill("zeros", shape, 0));
    }
    return all;
  }
}
