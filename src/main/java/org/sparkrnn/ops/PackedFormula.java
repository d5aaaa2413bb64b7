package org.sparkrnn.ops;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.Formula;
import org.sparkrnn.cell.FormulaCell;
import org.sparkrnn.cell.Term;
import org.sparkrnn.cell.Terms;
import org.sparkrnn.tensor.Tensor;

/**
 * A cell that is run from its {@link Formula}. Products, activations and inner cells are those of
 * one implementation of {@link Ops}; everything between is {@link Elementwise} for all, so the bits
 * are the same.
 */
final class PackedFormula implements PackedCell {
  private final int inputSize;
  private final Formula formula;
  private final Ops ops;
  private final Activate activate;

  // Asked for at every step, so known and not worked out from the terms.
  private final int outputSize;
  private final long flopsPerStep;

  /** Every term once, each behind its operands. */
  private final List<Term> terms = new ArrayList<>();

  private final Map<Terms.Product, PackedProduct> products = new IdentityHashMap<>();
  private final Map<Terms.Inner, PackedCell> cells = new IdentityHashMap<>();

  /** Replaces a range of an array by its activations. */
  interface Activate {
    void apply(Activation activation, float[] v, int from, int to);
  }

  /**
   * @param product packs a kernel and its bias
   * @param ops packs inner cells
   */
  PackedFormula(
      FormulaCell cell,
      BiFunction<Tensor, Tensor, PackedProduct> product,
      Activate activate,
      Ops ops) {
    this.ops = ops;
    this.activate = activate;
    inputSize = cell.inputSize();
    formula = cell.formula();
    if (formula.stateSize() != cell.stateShape().size()) {
      throw new IllegalArgumentException(
          cell.getClass().getSimpleName()
              + "'s formula has a state of "
              + formula.stateSize()
              + " floats, but its stateShape of "
              + cell.stateShape().size());
    }
    outputSize = formula.output().size();
    Map<Term, Boolean> seen = new IdentityHashMap<>();
    collect(formula.output(), seen);
    formula.state().forEach(term -> collect(term, seen));
    for (Term term : terms) {
      if (term instanceof Terms.Product given) {
        products.put(given, packed(given, product));
      } else if (term instanceof Terms.Inner inner) {
        cells.put(inner, ops.pack(inner.cell()));
      }
    }
    flopsPerStep = countFlops();
  }

  /** Weights that several products have in common are packed once. */
  private PackedProduct packed(
      Terms.Product given, BiFunction<Tensor, Tensor, PackedProduct> product) {
    for (Map.Entry<Terms.Product, PackedProduct> entry : products.entrySet()) {
      Terms.Product other = entry.getKey();
      if (other.kernel() == given.kernel() && other.bias() == given.bias()) {
        return entry.getValue();
      }
    }
    return product.apply(given.kernel(), given.bias());
  }

  private void collect(Term term, Map<Term, Boolean> seen) {
    if (seen.put(term, true) == null) {
      term.operands().forEach(operand -> collect(operand, seen));
      terms.add(term);
    }
  }

  @Override
  public int inputSize() {
    return inputSize;
  }

  @Override
  public int outputSize() {
    return outputSize;
  }

  @Override
  public int stateSize() {
    return formula.stateSize();
  }

  @Override
  public long flopsPerStep() {
    return flopsPerStep;
  }

  private long countFlops() {
    long flops = 0;
    for (Map.Entry<Terms.Product, PackedProduct> entry : products.entrySet()) {
      PackedProduct product = entry.getValue();
      flops += 2L * product.inputs() * product.outputs() * entry.getKey().times();
    }
    return flops + cells.values().stream().mapToLong(PackedCell::flopsPerStep).sum();
  }

  @Override
  public long bytes() {
    return products.values().stream().distinct().mapToLong(PackedProduct::bytes).sum()
        + cells.values().stream().mapToLong(PackedCell::bytes).sum();
  }

  @Override
  public long stepperBytes(int rows) {
    long bytes = 0;
    for (Term term : terms) {
      bytes += Footprint.floats(1, rows * term.size());
    }
    for (Term next : formula.state()) {
      bytes += Footprint.floats(1, rows * next.size());
    }
    for (Map.Entry<Terms.Product, PackedProduct> entry : products.entrySet()) {
      bytes += entry.getValue().runnerBytes(rows * entry.getKey().times());
    }
    return bytes + cells.values().stream().mapToLong(cell -> cell.stepperBytes(rows)).sum();
  }

  @Override
  public CellStepper stepper(int rows) {
    return new FormulaStepper(this, rows);
  }

  Ops ops() {
    return ops;
  }

  Activate activate() {
    return activate;
  }

  Formula formula() {
    return formula;
  }

  List<Term> terms() {
    return terms;
  }

  PackedProduct product(Terms.Product term) {
    return products.get(term);
  }

  PackedCell cell(Terms.Inner term) {
    return cells.get(term);
  }
}
