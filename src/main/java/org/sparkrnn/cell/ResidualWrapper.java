package org.sparkrnn.cell;

/**
 * TensorFlow's {@code ResidualWrapper}: {@code output = cell(x) + x}; the state is the cell's.
 *
 * @param cell the wrapped cell, whose output is as wide as its input
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/python/ops/rnn_cell_wrapper_impl.py">TensorFlow
 *     1.15, rnn_cell_wrapper_impl.py</a>
 */
public record ResidualWrapper(RnnCell cell) implements FormulaCell {
  /** Checks that input and output can be added. */
  public ResidualWrapper {
    if (cell.inputSize() != cell.outputSize()) {
      throw new IllegalArgumentException(
          "ResidualWrapper adds the cell's input, of size "
              + cell.inputSize()
              + ", to its output, of size "
              + cell.outputSize()
              + "; they must be equal");
    }
  }

  @Override
  public Formula formula() {
    Term x = Term.input(inputSize());
    Formula.Call call = Formula.call(cell, x);
    return new Formula(call.output().plus(x), call.state());
  }

  @Override
  public int inputSize() {
    return cell.inputSize();
  }

  @Override
  public int outputSize() {
    return cell.outputSize();
  }

  @Override
  public StateShape stateShape() {
    return cell.stateShape();
  }

  @Override
  public StateShape.Part hidden() {
    return cell.hidden();
  }
}
