package org.sparkrnn.rnn;

import java.util.List;
import org.sparkrnn.ops.CellStepper;
import org.sparkrnn.ops.PackedCell;

/** A cell of a direction with the state of the rows that it steps. */
final class SteppedCell {
  private final PackedCell packed;
  private final CellStepper stepper;

  /** Steps a few rows; null where the cell is only run in one piece. */
  private final InputAhead ahead;

  /** The pieces that the cell's state is of at the border. */
  private final List<StateOrder.Span> spans;

  /** A row's state as the cell holds it, where that is of several pieces. */
  private final float[] held;

  /**
   * @param rows how many are stepped together at most
   */
  SteppedCell(PackedCell packed, int rows, InputAhead ahead, List<StateOrder.Span> spans) {
    this.packed = packed;
    this.stepper = packed.stepper(rows);
    this.ahead = ahead;
    this.spans = spans;
    this.held = new float[spans.size() == 1 ? 0 : packed.stateSize()];
  }

  PackedCell packed() {
    return packed;
  }

  CellStepper stepper() {
    return stepper;
  }

  InputAhead ahead() {
    return ahead;
  }

  /** Sets the state of a row from a layer's flattened one at {@code states[offset...]}. */
  void set(int row, float[] states, int offset) {
    if (spans.size() == 1) {
      stepper.setState(row, states, offset + spans.get(0).border());
      return;
    }
    for (StateOrder.Span span : spans) {
      System.arraycopy(states, offset + span.border(), held, span.held(), span.size());
    }
    stepper.setState(row, held, 0);
  }

  /**
   * The opposite of {@link #set}.
   *
   * @param from the stepper that has the row: this cell's, or the one of its {@link #ahead}
   */
  void get(CellStepper from, int row, float[] states, int offset) {
    if (spans.size() == 1) {
      from.getState(row, states, offset + spans.get(0).border());
      return;
    }
    from.getState(row, held, 0);
    for (StateOrder.Span span : spans) {
      System.arraycopy(held, span.held(), states, offset + span.border(), span.size());
    }
  }

  /** Copies this cell's part of a layer's flattened state. */
  void copy(float[] source, int from, float[] target, int to) {
    for (StateOrder.Span span : spans) {
      System.arraycopy(source, from + span.border(), target, to + span.border(), span.size());
    }
  }
}
