package org.sparkrnn.cell;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.tensor.Tensor;

/**
 * A step of one of the basic cells as terms, for a formula that gives it states of its own making.
 *
 * @param output what the cell gives
 * @param state the next state, part by part
 */
record GridStep(Term output, List<Term> state) {

  /**
   * The step of a cell.
   *
   * @param x the parts of the input
   * @param c the cell state; not read where the cell has none
   * @param h the state that is the last output
   */
  static GridStep of(RnnCell cell, List<Term> x, Term c, Term h) {
    if (cell instanceof BasicRnnCell basic) {
      Term next = with(x, h).product(basic.kernel(), basic.bias()).apply(basic.activation());
      return new GridStep(next, List.of(next));
    }
    if (cell instanceof GruCell gru) {
      Term gates = with(x, h).product(gru.gatesKernel(), gru.gatesBias());
      List<Term> parts = gates.apply(gru.gateActivation()).split(2);
      Tensor kernel = gru.candidateKernel();
      Term candidate = with(x, parts.get(0).times(h)).product(kernel, gru.candidateBias());
      Term next = parts.get(1).blend(h, candidate.apply(gru.activation()));
      return new GridStep(next, List.of(next));
    }
    LstmCell lstm = (LstmCell) cell;
    List<Term> z = with(x, h).product(lstm.kernel(), lstm.bias()).split(4);
    Activation gate = lstm.gateActivation();
    Term i = LstmFormula.peep(z.get(0), lstm.peepholes().input(), c).apply(gate);
    Term f = LstmFormula.peep(z.get(2).plus(lstm.forgetBias()), lstm.peepholes().forget(), c);
    Term written = i.times(z.get(1).apply(lstm.activation()));
    Term next = f.apply(gate).timesPlus(c, written).clip(lstm.cellClip());
    Term o = LstmFormula.peep(z.get(3), lstm.peepholes().output(), next).apply(gate);
    Term output = o.times(next.apply(lstm.activation()));
    return new GridStep(output, List.of(next, output));
  }

  private static Term with(List<Term> x, Term h) {
    List<Term> all = new ArrayList<>(x);
    all.add(h);
    return all.size() == 1 ? h : Term.concat(all.toArray(Term[]::new));
  }
}
