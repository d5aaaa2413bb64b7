package org.sparkrnn.cell;

import java.util.ArrayList;
import java.util.List;

/**
 * One step of a cell as data: from the input and the state to the output and the next state.
 *
 * <pre>{@code
 * Term x = Term.input(d);
 * Term h = Term.state(0, n);
 * Term next = Term.concat(x, h).product(kernel, bias).tanh();
 * return new Formula(next, next);
 * }</pre>
 *
 * <p>A term that is used twice is computed once. Every operation rounds once, in the order written,
 * so a formula has the same bits wherever it runs. Immutable.
 *
 * @param output what the cell gives
 * @param state the next state, part by part in the order of {@link RnnCell#stateShape()}; part
 *     {@code i} is what {@link Term#state} {@code (i, size)} reads in the next step
 */
public record Formula(Term output, List<Term> state) {
  /** Takes a copy of the list. */
  public Formula {
    state = List.copyOf(state);
  }

  /** A formula with these parts of the state. */
  public Formula(Term output, Term... state) {
    this(output, List.of(state));
  }

  /** Floats in the flattened state. */
  public int stateSize() {
    return state.stream().mapToInt(Term::size).sum();
  }

  /**
   * A cell used by a formula: its output, and its next state.
   *
   * @param output the cell's output
   * @param state parts to put into the formula's own state, in order: one for each cell of a stack
   */
  public record Call(Term output, List<Term> state) {}

  /** How many parts of the formula's state a call of {@code cell} takes. */
  public static int parts(RnnCell cell) {
    if (cell instanceof MultiRnnCell multi) {
      return multi.cells().stream().mapToInt(Formula::parts).sum();
    }
    return cell instanceof FlatStateCell flat ? parts(flat.cell()) : 1;
  }

  /**
   * Steps another cell on {@code input}. A stack's cells are stepped one after the other.
   *
   * @param cell the inner cell; its state is the part of the formula's state where the call's
   *     {@code state} is put
   */
  public static Call call(RnnCell cell, Term input) {
    if (cell instanceof MultiRnnCell multi) {
      List<Term> state = new ArrayList<>();
      Term value = input;
      for (RnnCell inner : multi.cells()) {
        Call call = call(inner, value);
        value = call.output();
        state.addAll(call.state());
      }
      return new Call(value, List.copyOf(state));
    }
    if (cell instanceof FlatStateCell flat) {
      return call(flat.cell(), input);
    }
    Terms.Inner inner = new Terms.Inner(cell, input);
    return new Call(inner, List.of(new Terms.InnerState(inner)));
  }
}
