package org.sparkrnn.cell;

import java.io.Serializable;
import java.util.List;

/**
 * A recurrent cell: {@code (x, state) -> (output, state)}, as {@code tf.nn.rnn_cell.RNNCell}.
 *
 * <p>Every cell is a record of tensors and settings that checks its shapes when it is made and is
 * valid, immutable and safe for use by many threads afterwards. Notation in the cells' formulas:
 * {@code D} input size, {@code n} number of units, {@code m} width of {@code h}, {@code [x, h]} the
 * concatenation with {@code x} first, kernels multiplied from the right ({@code [x, h] * kernel}).
 */
public sealed interface RnnCell extends Serializable
    permits BasicRnnCell,
        FlatStateCell,
        FormulaCell,
        GruCell,
        LstmCell,
        MultiRnnCell,
        ResetAfterGruCell {

  /** Width of one input step, {@code D}. */
  int inputSize();

  /** Width of one output step. */
  int outputSize();

  /** The structure of the state, in TensorFlow's order. */
  StateShape stateShape();

  /**
   * The part of the flattened state that people call the final state's {@code h}: the last one. A
   * wrapper whose own state follows the cell's answers for the cell.
   */
  default StateShape.Part hidden() {
    List<StateShape.Part> parts = stateShape().parts();
    return parts.get(parts.size() - 1);
  }
}
