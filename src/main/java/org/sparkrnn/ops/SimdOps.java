package org.sparkrnn.ops;

import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.FlatStateCell;
import org.sparkrnn.cell.FormulaCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.tensor.Tensor;

/**
 * The arithmetic in vector code; the same bits as {@link ScalarOps}.
 *
 * <p>Products run in register tiles over packed panels; the gates of cells with tanh and sigmoid
 * follow each panel while its sums are in the cache. Cells with other activations, peepholes or a
 * clip compute all sums first, gate by gate.
 */
final class SimdOps implements Ops {
  static final SimdOps INSTANCE = new SimdOps();

  private static final Softmax.Exponential EXPONENTIAL =
      (v, from, to) -> SimdActivations.apply(Activation.EXPONENTIAL, v, from, to);

  private SimdOps() {
    SimdFirstRun.run();
  }

  @Override
  public String name() {
    return "simd-" + Panels.LANES * Float.SIZE;
  }

  @Override
  public PackedCell pack(RnnCell cell) {
    if (cell instanceof LstmCell lstm) {
      return new SimdLstm(lstm);
    }
    if (cell instanceof GruCell gru) {
      return new SimdGru(gru);
    }
    if (cell instanceof ResetAfterGruCell gru) {
      return new SimdResetAfterGru(gru);
    }
    if (cell instanceof BasicRnnCell basic) {
      return new SimdBasicRnn(basic);
    }
    if (cell instanceof FormulaCell formula) {
      return new PackedFormula(formula, SimdProduct::new, SimdActivations::apply, this);
    }
    if (cell instanceof FlatStateCell flat) {
      return pack(flat.cell());
    }
    if (cell instanceof MultiRnnCell) {
      throw new IllegalArgumentException("a MultiRNNCell is not packed as one: pack its cells");
    }
    throw new IllegalArgumentException("unknown cell " + cell.getClass().getName());
  }

  @Override
  public PackedDense pack(Tensor kernel, Tensor bias, Activation activation) {
    return new SimdDense(kernel, bias, activation);
  }

  @Override
  public void activate(Activation activation, float[] x, int n) {
    SimdActivations.apply(activation, x, 0, n);
  }

  @Override
  public void softmax(float[] x, int offset, int rows, int size) {
    Softmax.apply(x, offset, rows, size, EXPONENTIAL);
  }
}
