package org.sparkrnn.cell;

import java.util.ArrayList;
import java.util.List;

/**
 * TensorFlow's {@code BidirectionalGridLSTMCell}: two {@link GridLstmCell}s, one up and one down
 * the frequencies; both go forward in time. The outputs are concatenated, those of the way up
 * first.
 *
 * @param forward up the frequencies
 * @param backward down the frequencies
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
public record BidirectionalGridLstmCell(GridLstmCell forward, GridLstmCell backward)
    implements FormulaCell {
  /** Checks that both see the same inputs. */
  public BidirectionalGridLstmCell {
    if (!forward.frequencies().equals(backward.frequencies())) {
      throw new IllegalArgumentException("the two directions have different windows");
    }
  }

  @Override
  public int inputSize() {
    return forward.inputSize();
  }

  @Override
  public int outputSize() {
    return forward.outputSize() + backward.outputSize();
  }

  @Override
  public StateShape stateShape() {
    List<StateShape.Field> fields = new ArrayList<>();
    for (StateShape.Part part : forward.stateShape().parts()) {
      fields.add(StateShape.Field.leaf("fwd_" + part.path(), part.size()));
    }
    for (StateShape.Part part : backward.stateShape().parts()) {
      fields.add(StateShape.Field.leaf("bwd_" + part.path(), part.size()));
    }
    return new StateShape.Struct(fields);
  }

  @Override
  public Formula formula() {
    Term x = Term.input(inputSize());
    Formula.Call up = Formula.call(forward, x);
    Formula.Call down = Formula.call(backward, x);
    List<Term> state = new ArrayList<>(up.state());
    state.addAll(down.state());
    return new Formula(Term.concat(up.output(), down.output()), state);
  }
}
