package org.sparkrnn.rnn;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.cell.StateShape;

/**
 * What {@link Layer.Reduction#FINAL_STATE} takes out of an rnn layer's state: the {@code h} of the
 * last cell, forward's then backward's.
 */
final class FinalOutput {
  private final List<StateOrder.Span> spans = new ArrayList<>();

  FinalOutput(Layer.Rnn rnn) {
    StateOrder order = StateOrder.of(rnn);
    int held = 0;
    int last = rnn.levels().size() - 1;
    for (int level = 0; level <= last; level++) {
      for (RnnCell cell : rnn.levels().get(level).directions()) {
        if (level == last) {
          StateShape.Part h = cell.hidden();
          spans.addAll(order.spans(held + h.offset(), h.size()));
        }
        held += cell.stateShape().size();
      }
    }
  }

  /** How many floats it is. */
  static int size(Layer.Rnn rnn) {
    return rnn.levels().get(rnn.levels().size() - 1).directions().stream()
        .mapToInt(cell -> cell.hidden().size())
        .sum();
  }

  /** Copies it from a layer's flattened state at the border, at {@code states[offset...]}. */
  void copy(float[] states, int offset, float[] target, int targetOffset) {
    int to = targetOffset;
    for (StateOrder.Span span : spans) {
      System.arraycopy(states, offset + span.border(), target, to, span.size());
      to += span.size();
    }
  }
}
