package org.sparkrnn.model.tensorflow;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Cells over the steps of a sequence, found in a TensorFlow graph: a loop, or the steps of an
 * unrolled one.
 *
 * @param name what it is called in messages
 * @param cells first to last
 * @param sequence {@code [steps, rows, floats]}, which a loop takes
 * @param rowsFirst whether the sequence is {@code [rows, steps, floats]}
 * @param steps one value a step, which an unrolled loop takes; none of a loop
 * @param lengths what tells where rows end; empty where all have all steps
 * @param initial what its states start from, in any order
 * @param parts what the graph's values are of it
 */
record Recurrence(
    String name,
    List<StepCell> cells,
    Optional<GraphEdge> sequence,
    boolean rowsFirst,
    List<GraphEdge> steps,
    Optional<GraphEdge> lengths,
    List<Start> initial,
    Map<GraphEdge, Part> parts) {
  /** Takes copies. */
  public Recurrence {
    cells = List.copyOf(cells);
    steps = List.copyOf(steps);
    initial = List.copyOf(initial);
    parts = Map.copyOf(parts);
  }

  /**
   * What a state starts from.
   *
   * @param edge the value
   * @param of which state
   */
  record Start(GraphEdge edge, Part of) {}

  /** One of its results. */
  sealed interface Part {
    /** All outputs: a {@code TensorArray}, or {@code [steps, rows, floats]}. */
    record Outputs() implements Part {}

    /** The output at the last step, where a loop keeps no other: {@code [1, rows, floats]}. */
    record Last() implements Part {}

    /** The output at one step. */
    record Output(int step) implements Part {}

    /** A final state of a cell: its {@code c} or {@code h}. */
    record State(int cell, boolean isH) implements Part {}

    /** The final states of one cell or several, in one piece. */
    record States() implements Part {}
  }
}
