package org.sparkrnn.cell;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.tensor.Tensor;

/**
 * {@code tf.contrib.grid_rnn}'s cells of one to three dimensions, {@code Grid2LSTMCell} and its
 * like: a step's input enters the first dimension in place of its state, the other dimensions are
 * stepped before the first, and the first one's output is the cell's.
 *
 * <pre>{@code
 * c_0, h_0 = x * projectC, x * projectM
 * for the dimensions k from 1 on: c_k', h_k' = cell k of [h_0, ..., without the last] from (c_k, h_last)
 * then, with the new h': c_0', h_0' = cell 0 of [h_0, h_1', ..., without the last] from (c_0, h_last')
 * output = h_0'
 * }</pre>
 *
 * <p>The state has the recurrent dimensions; what a recurrent first dimension keeps is never read.
 *
 * @param dimensions cells over {@code [(dimensions - 1) * n]} inputs with {@code n} units; the same
 *     where weights are tied. The first has no cell of its own where it is not recurrent
 * @param first the fully connected layer that stands in for the first cell, or {@link Dense#NONE}
 * @param projectM {@code project_m_0}, {@code [D, n]}
 * @param projectC {@code project_c_0}, {@code [D, n]}; empty where cells have no {@code c}
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/grid_rnn/python/ops/grid_rnn_cell.py">TensorFlow
 *     1.15, contrib/grid_rnn, grid_rnn_cell.py</a>
 */
public record GridRnnCell(List<RnnCell> dimensions, Dense first, Tensor projectM, Tensor projectC)
    implements FormulaCell {
  /** Checks the shapes; takes a copy of the list. */
  public GridRnnCell {
    dimensions = List.copyOf(dimensions);
    int n = dimensions.get(0).outputSize();
    int count = dimensions.size() + (first.present() ? 1 : 0);
    for (RnnCell cell : dimensions) {
      if (!(cell instanceof BasicRnnCell || cell instanceof GruCell || isPlain(cell))
          || cell.outputSize() != n
          || cell.inputSize() != (count - 1) * n) {
        throw new IllegalArgumentException(
            "a grid of "
                + count
                + " dimensions has cells BasicRNNCell, GRUCell or LSTMCell without projection, of "
                + n
                + " units over "
                + (count - 1) * n
                + " inputs");
      }
    }
    Shapes.require("project_m_0", projectM, "[input, units]", projectM.shape().dim(0), n);
    if (dimensions.get(0) instanceof LstmCell) {
      Shapes.require("project_c_0", projectC, "[input, units]", projectM.shape().dim(0), n);
    }
    if (first.present()) {
      Shapes.require("weights", first.weights(), "[dims * units, units]", (long) count * n, n);
      Shapes.require("biases", first.biases(), "[units]", n);
    }
  }

  private static boolean isPlain(RnnCell cell) {
    return cell instanceof LstmCell lstm && !lstm.projection().present();
  }

  /** {@code n}. */
  public int numUnits() {
    return dimensions.get(0).outputSize();
  }

  /** How many dimensions there are, recurrent or not. */
  public int count() {
    return dimensions.size() + (first.present() ? 1 : 0);
  }

  /** The cell of a recurrent dimension. */
  public RnnCell dimension(int index) {
    return dimensions.get(first.present() ? index - 1 : index);
  }

  @Override
  public int inputSize() {
    return Shapes.inputSize("project_m_0", projectM, 0);
  }

  @Override
  public int outputSize() {
    return numUnits();
  }

  @Override
  public StateShape stateShape() {
    List<StateShape.Field> fields = new ArrayList<>();
    for (int k = first.present() ? 1 : 0; k < count(); k++) {
      fields.add(new StateShape.Field("dim_" + k, dimension(k).stateShape()));
    }
    return new StateShape.Struct(fields);
  }

  @Override
  public Formula formula() {
    int n = numUnits();
    int parts = dimension(count() - 1).stateShape().parts().size();
    int from = first.present() ? 1 : 0;
    Term x = Term.input(inputSize());
    Term[] c = new Term[count()];
    Term[] h = new Term[count()];
    for (int k = from; k < count(); k++) {
      c[k] = Term.state(parts * (k - from), n);
      h[k] = Term.state(parts * (k - from) + parts - 1, n);
    }
    h[0] = x.product(projectM);
    c[0] = parts == 2 ? x.product(projectC) : h[0];
    List<List<Term>> next = new ArrayList<>();
    Term[] fresh = h.clone();
    for (int k = 1; k < count(); k++) {
      GridStep step = GridStep.of(dimension(k), seen(h), c[k], h[count() - 1]);
      next.add(step.state());
      fresh[k] = step.output();
    }
    if (first.present()) {
      Term all = Term.concat(fresh).product(first.weights(), first.biases());
      return new Formula(
          all.apply(first.activation()), next.stream().flatMap(List::stream).toList());
    }
    GridStep step = GridStep.of(dimension(0), seen(fresh), c[0], fresh[count() - 1]);
    next.add(0, step.state());
    return new Formula(step.output(), next.stream().flatMap(List::stream).toList());
  }

  /** All but the last. */
  private static List<Term> seen(Term[] h) {
    return List.of(h).subList(0, h.length - 1);
  }

  /**
   * A fully connected layer.
   *
   * @param weights {@code [dims * n, n]}
   * @param biases {@code [n]}
   * @param activation TensorFlow's {@code non_recurrent_fn}
   */
  public record Dense(Tensor weights, Tensor biases, Activation activation)
      implements Serializable {
    /** No such layer: the first dimension is recurrent. */
    public static final Dense NONE =
        new Dense(Tensor.zeros(0, 0), Tensor.zeros(0), Activation.LINEAR);

    /** Whether there is one. */
    public boolean present() {
      return weights.shape().elements() > 0;
    }
  }
}
