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
      return new PackedFormula(formula, ScalarProduct::new, this::pack);
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
  public void softmax(float[] x, int offset, int rows, int size) {
    for (int r = 0; r < rows; r++) {
      softmax(x, offset + r * size, size);
    }
  }

  private static void softmax(float[] x, int from, int size) {
    float max = Float.NEGATIVE_INFINITY;
    for (int j = from; j < from + size; j++) {
      max = Math.max(max, x[j]);
    }
    float sum = 0;
    for (int j = from; j < from + size; j++) {
      x[j] = Elementary.exp(x[j] - max);
      sum += x[j];
    }
    for (int j = from; j < from + size; j++) {
      x[j] /= sum;
    }
  }
}
