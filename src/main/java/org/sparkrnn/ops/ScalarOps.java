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

/** The arithmetic in plain Java, written so that C2 vectorises its inner loops. */
final class ScalarOps implements Ops {
  static final ScalarOps INSTANCE = new ScalarOps();

  private static final Softmax.Exponential EXPONENTIAL =
      (v, from, to) -> Activations.apply(Activation.EXPONENTIAL, v, from, to);

  private ScalarOps() {}

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public PackedCell pack(RnnCell cell) {
    if (cell instanceof LstmCell lstm) {
      return new ScalarLstm(lstm);
    }
    if (cell instanceof GruCell gru) {
      return new ScalarGru(gru);
    }
    if (cell instanceof ResetAfterGruCell gru) {
      return new ScalarResetAfterGru(gru);
    }
    if (cell instanceof BasicRnnCell basic) {
      return new ScalarBasicRnn(basic);
    }
    if (cell instanceof FormulaCell formula) {
      return new PackedFormula(formula, ScalarProduct::new, Activations::apply, this);
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
    return new ScalarDense(kernel, bias, activation);
  }

  @Override
  public void activate(Activation activation, float[] x, int n) {
    Activations.apply(activation, x, 0, n);
  }

  @Override
  public void softmax(float[] x, int offset, int rows, int size) {
    Softmax.apply(x, offset, rows, size, EXPONENTIAL);
  }
}
