package org.sparkrnn.cell;

import java.util.List;
import org.sparkrnn.tensor.Tensor;

/** What the formulas of several LSTM cells have in common. */
final class LstmFormula {
  private LstmFormula() {}

  /** {@code LSTMStateTuple}. */
  static StateShape state(int units, int hidden) {
    return StateShape.Struct.of(
        StateShape.Field.leaf("c", units), StateShape.Field.leaf("h", hidden));
  }

  /** {@code sigmoid(f + forgetBias) * c + sigmoid(i) * act(j)} of the gates {@code i, j, f, o}. */
  static Term update(List<Term> gates, float forgetBias, Activation activation, Term c) {
    Term write = gates.get(0).sigmoid().times(gates.get(1).apply(activation));
    return gates.get(2).plus(forgetBias).sigmoid().timesPlus(c, write);
  }

  /** {@code gate + diagonal * c}; the gate itself where the diagonal is empty. */
  static Term peep(Term gate, Tensor diagonal, Term c) {
    return diagonal.shape().elements() == 0 ? gate : c.timesPlus(Term.constant(diagonal), gate);
  }

  /** {@code clip(r * projection)}; {@code r} itself where there is none. */
  static Term project(Term r, LstmCell.Projection projection) {
    return projection.present() ? r.product(projection.kernel()).clip(projection.clip()) : r;
  }
}
