package org.sparkrnn.cell;

import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code WeightNormLSTMCell} with {@code norm=True}: an {@link LstmCell} whose kernels
 * are normalised column by column, the rows of the inputs, those of {@code h} and those of the
 * projection each on their own. The normalised kernels are made in double precision when the cell
 * is packed; a step is that of an {@code LSTMCell}.
 *
 * <pre>{@code
 * normalised(w, g)[k, j] = w[k, j] / sqrt(max(sum over k of w[k, j]^2, 1e-12)) * g[j]
 * }</pre>
 *
 * @param cell the cell before its kernels are normalised
 * @param inputNorm {@code norm_0}, {@code [4n]}: {@code g} of the kernel's first {@code D} rows
 * @param hiddenNorm {@code norm_1}, {@code [4n]}: {@code g} of its other rows
 * @param projectionNorm {@code projection/norm_0}, {@code [p]}; empty without projection
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
public record WeightNormLstmCell(
    LstmCell cell, Tensor inputNorm, Tensor hiddenNorm, Tensor projectionNorm)
    implements FormulaCell {
  private static final double LEAST = 1e-12;

  /** Checks the shapes. */
  public WeightNormLstmCell {
    long gates = 4L * cell.numUnits();
    Shapes.require("norm_0", inputNorm, "[4 * units]", gates);
    Shapes.require("norm_1", hiddenNorm, "[4 * units]", gates);
    if (cell.projection().present()) {
      Shapes.require("projection/norm_0", projectionNorm, "[num_proj]", cell.outputSize());
    }
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
  public Formula formula() {
    Formula.Call call = Formula.call(normalised(), Term.input(inputSize()));
    return new Formula(call.output(), call.state());
  }

  private LstmCell normalised() {
    float[] kernel = cell.kernel().toArray();
    int hidden = inputSize() * 4 * cell.numUnits();
    normalise(kernel, 0, hidden, inputNorm);
    normalise(kernel, hidden, kernel.length, hiddenNorm);
    LstmCell.Projection projection = cell.projection();
    if (projection.present()) {
      float[] values = projection.kernel().toArray();
      normalise(values, 0, values.length, projectionNorm);
      Tensor normal = Tensor.owning(projection.kernel().shape(), values);
      projection = new LstmCell.Projection(normal, projection.clip());
    }
    return new LstmCell(
        Tensor.owning(cell.kernel().shape(), kernel),
        cell.bias(),
        cell.forgetBias(),
        cell.activation(),
        cell.gateActivation(),
        cell.peepholes(),
        cell.cellClip(),
        projection);
  }

  /** Normalises the columns of the rows that stand in {@code values} between two places. */
  private static void normalise(float[] values, int from, int to, Tensor norm) {
    int columns = Math.toIntExact(norm.shape().dim(0));
    for (int j = 0; j < columns; j++) {
      double squares = 0;
      for (int at = from + j; at < to; at += columns) {
        squares += (double) values[at] * values[at];
      }
      double factor = norm.at(j) / Math.sqrt(Math.max(squares, LEAST));
      for (int at = from + j; at < to; at += columns) {
        values[at] = (float) (values[at] * factor);
      }
    }
  }
}
