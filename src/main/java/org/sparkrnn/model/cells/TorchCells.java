package org.sparkrnn.model.cells;

import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.cells.CellVariable.Condition;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/**
 * The cells of PyTorch's {@code nn.LSTM}, {@code nn.GRU} and {@code nn.RNN}, and of their {@code
 * Cell}s. They are read into TensorFlow's: matrices transposed, the recurrent one below the
 * input's, gates in TensorFlow's order, the two biases summed, no forget bias beside the stored
 * one.
 *
 * @see <a href="https://github.com/pytorch/pytorch/blob/v2.7.1/torch/nn/modules/rnn.py">PyTorch
 *     2.7, rnn.py</a>
 */
public final class TorchCells {
  /** {@code i, f, g, o} as {@code i, j, f, o}. */
  private static final int[] LSTM_GATES = {0, 2, 1, 3};

  /** {@code r, z, n}: {@code r, u}. */
  private static final int[] GRU_GATES = {0, 1};

  private static final int[] GRU_CANDIDATE = {2};
  private static final int[] ONE = {0};

  static final CellType<LstmCell> LSTM =
      variables(
              CellType.of("torch.LSTMCell", LstmCell.class)
                  .takes(CellOption.optionalSize("proj_size"))
                  .sizeOr("proj_size", "hidden_size"),
              4,
              "proj_size")
          .reads("weight_hr", "[proj_size, hidden_size]", Condition.size("proj_size"))
          .make(TorchCells::lstm);

  static final CellType<RnnCell> GRU =
      variables(CellType.of("torch.GRUCell", RnnCell.class), 3, "hidden_size")
          .make(TorchCells::gru);

  static final CellType<BasicRnnCell> RNN =
      variables(
              CellType.of("torch.RNNCell", BasicRnnCell.class)
                  .takes(CellOption.activation("nonlinearity", Activation.TANH)),
              1,
              "hidden_size")
          .make(
              parts ->
                  new BasicRnnCell(
                      stacked(parts, ONE), biases(parts, ONE), parts.activation("nonlinearity")));

  static final List<CellType<? extends RnnCell>> ALL = List.of(LSTM, GRU, RNN);

  private TorchCells() {}

  private static <C extends RnnCell> CellType<C> variables(
      CellType<C> type, int gates, String recurrent) {
    String rows = gates + " * hidden_size";
    return type.alias()
        .takes(CellOption.size("hidden_size"))
        .takes(CellOption.flag("bias", true))
        .ignores("batch_first", "dropout", "device", "dtype")
        .reads("weight_ih", "[" + rows + ", input]", Condition.ALWAYS)
        .reads("weight_hh", "[" + rows + ", " + recurrent + "]", Condition.ALWAYS)
        .reads("bias_ih", "[" + rows + "]", Condition.flag("bias"))
        .reads("bias_hh", "[" + rows + "]", Condition.flag("bias"));
  }

  private static LstmCell lstm(CellParts parts) {
    LstmCell.Projection projection =
        parts.integer("proj_size") == 0
            ? LstmCell.Projection.NONE
            : new LstmCell.Projection(
                transposed(parts.tensor("weight_hr")), Float.POSITIVE_INFINITY);
    return new LstmCell(
        stacked(parts, LSTM_GATES),
        biases(parts, LSTM_GATES),
        0,
        Activation.TANH,
        Activation.SIGMOID,
        LstmCell.Peepholes.NONE,
        Float.POSITIVE_INFINITY,
        projection);
  }

  private static RnnCell gru(CellParts parts) {
    return new ResetAfterGruCell(
        stacked(parts, GRU_GATES),
        biases(parts, GRU_GATES),
        transposed(rows(parts, "weight_ih", GRU_CANDIDATE)),
        bias(parts, "bias_ih", GRU_CANDIDATE),
        transposed(rows(parts, "weight_hh", GRU_CANDIDATE)),
        bias(parts, "bias_hh", GRU_CANDIDATE),
        Activation.TANH,
        Activation.SIGMOID);
  }

  /** The input's matrix over the recurrent one, both transposed, of these gates. */
  private static Tensor stacked(CellParts parts, int[] gates) {
    Tensor input = transposed(rows(parts, "weight_ih", gates));
    Tensor recurrent = transposed(rows(parts, "weight_hh", gates));
    int above = Math.toIntExact(input.shape().elements());
    int below = Math.toIntExact(recurrent.shape().elements());
    float[] values = new float[above + below];
    input.copyTo(0, values, 0, above);
    recurrent.copyTo(0, values, above, below);
    return Tensor.owning(
        Shape.of(input.shape().dim(0) + recurrent.shape().dim(0), input.shape().dim(1)), values);
  }

  /** Blocks of {@code hidden_size} rows, in this order. */
  private static Tensor rows(CellParts parts, String role, int[] gates) {
    Tensor matrix = parts.tensor(role);
    int width = Math.toIntExact(matrix.shape().dim(1));
    int block = parts.integer("hidden_size") * width;
    float[] values = new float[gates.length * block];
    for (int i = 0; i < gates.length; i++) {
      matrix.copyTo(gates[i] * block, values, i * block, block);
    }
    return Tensor.owning(
        Shape.of((long) gates.length * parts.integer("hidden_size"), width), values);
  }

  /** A matrix with rows and columns exchanged. */
  public static Tensor transposed(Tensor matrix) {
    int rows = Math.toIntExact(matrix.shape().dim(0));
    int columns = Math.toIntExact(matrix.shape().dim(1));
    float[] values = new float[rows * columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        values[column * rows + row] = matrix.at(row, column);
      }
    }
    return Tensor.owning(Shape.of(columns, rows), values);
  }

  private static Tensor biases(CellParts parts, int[] gates) {
    float[] sum = bias(parts, "bias_ih", gates).toArray();
    Tensor recurrent = bias(parts, "bias_hh", gates);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += recurrent.at(i);
    }
    return Tensor.owning(Shape.of(sum.length), sum);
  }

  /** Blocks of a bias, in this order; zeros where there is none. */
  private static Tensor bias(CellParts parts, String role, int[] gates) {
    int units = parts.integer("hidden_size");
    float[] values = new float[gates.length * units];
    if (parts.flag("bias")) {
      for (int i = 0; i < gates.length; i++) {
        parts.tensor(role).copyTo(gates[i] * units, values, i * units, units);
      }
    }
    return Tensor.owning(Shape.of(values.length), values);
  }
}
