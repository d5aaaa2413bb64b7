package org.sparkrnn.model.cells;

import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.cells.CellVariable.Condition;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/**
 * The cells of Keras' recurrent layers, of all its versions. They are read into TensorFlow's cells:
 * the recurrent kernel's rows below the kernel's, gates in TensorFlow's order, no forget bias
 * beside the stored one.
 *
 * @see <a href="https://github.com/keras-team/keras/blob/2.3.1/keras/layers/recurrent.py">Keras
 *     2.3.1, recurrent.py</a>
 */
final class KerasCells {
  /** {@code i, f, c, o} as {@code i, j, f, o}. */
  private static final int[] LSTM_GATES = {0, 2, 1, 3};

  /** {@code z, r, h}: {@code r, u}. */
  private static final int[] GRU_GATES = {1, 0};

  private static final int[] GRU_CANDIDATE = {2};
  private static final int[] ONE = {0};

  private static final CellOption<Activation> RECURRENT_ACTIVATION =
      CellOption.activation("recurrent_activation", Activation.SIGMOID)
          .required(
              "Keras' versions differ: sigmoid since Keras 2.3 and TensorFlow 2, before that"
                  + " hard_sigmoid; take it from the saved config");
  private static final CellOption<Boolean> RESET_AFTER =
      CellOption.flag("reset_after", true)
          .required(
              "Keras' versions differ: true since TensorFlow 2, before that false; take it from the"
                  + " saved config. With true the bias has two rows");

  /** As the layers of cuDNN store weights: gates transposed, two biases one behind the other. */
  private static final CellOption<Boolean> CUDNN = CellOption.flag("cudnn_layout", false);

  static final CellType<LstmCell> LSTM =
      variables(
              CellType.of("keras.LSTMCell", LstmCell.class)
                  .takes(RECURRENT_ACTIVATION)
                  .takes(CUDNN)
                  .size("biases", s -> s.get(CUDNN) ? 8 : 4),
              4)
          .ignores("unit_forget_bias")
          .reads("bias", "[biases * units]", Condition.flag("use_bias"))
          .make(KerasCells::lstm);

  static final CellType<RnnCell> GRU =
      variables(
              CellType.of("keras.GRUCell", RnnCell.class)
                  .takes(RECURRENT_ACTIVATION)
                  .takes(RESET_AFTER)
                  .takes(CUDNN)
                  .size("two_if_reset_after", s -> s.flag("reset_after") && !s.get(CUDNN) ? 2 : 0)
                  .size("biases", s -> s.get(CUDNN) ? 6 : 3),
              3)
          .reads("bias", "[two_if_reset_after, biases * units]", Condition.flag("use_bias"))
          .requires(KerasCells::cudnnResetsAfter)
          .make(parts -> parts.flag("reset_after") ? resetAfterGru(parts) : gru(parts));

  static final CellType<BasicRnnCell> SIMPLE_RNN =
      variables(CellType.of("keras.SimpleRNNCell", BasicRnnCell.class), 1)
          .reads("bias", "[units]", Condition.flag("use_bias"))
          .make(
              parts ->
                  new BasicRnnCell(
                      stacked(parts, ONE), bias(parts, 0, ONE), parts.activation("activation")));

  static final List<CellType<? extends RnnCell>> ALL = List.of(LSTM, GRU, SIMPLE_RNN);

  private KerasCells() {}

  private static <C extends RnnCell> CellType<C> variables(CellType<C> type, int gates) {
    return type.alias()
        .takes(CellOption.size("units"))
        .takes(CellOption.ACTIVATION)
        .takes(CellOption.flag("use_bias", true))
        .ignores("implementation", "dropout", "recurrent_dropout", "trainable", "dtype")
        .ignores("kernel_initializer", "recurrent_initializer", "bias_initializer")
        .ignores("kernel_regularizer", "recurrent_regularizer", "bias_regularizer")
        .ignores("kernel_constraint", "recurrent_constraint", "bias_constraint")
        .reads("kernel", "[input, " + gates + " * units]", Condition.ALWAYS)
        .reads("recurrent_kernel", "[units, " + gates + " * units]", Condition.ALWAYS);
  }

  private static void cudnnResetsAfter(CellParts parts) {
    if (cudnn(parts) && !parts.flag("reset_after")) {
      throw new IllegalArgumentException(
          "\"cudnn_layout\": true needs \"reset_after\": true, which is what cuDNN computes");
    }
  }

  private static LstmCell lstm(CellParts parts) {
    boolean two = cudnn(parts);
    Tensor bias = bias(parts, 0, LSTM_GATES);
    return new LstmCell(
        stacked(parts, LSTM_GATES),
        two ? sum(bias, bias(parts, 1, LSTM_GATES)) : bias,
        0,
        parts.activation("activation"),
        parts.activation("recurrent_activation"),
        LstmCell.Peepholes.NONE,
        Float.POSITIVE_INFINITY,
        LstmCell.Projection.NONE);
  }

  private static GruCell gru(CellParts parts) {
    return new GruCell(
        stacked(parts, GRU_GATES),
        bias(parts, 0, GRU_GATES),
        stacked(parts, GRU_CANDIDATE),
        bias(parts, 0, GRU_CANDIDATE),
        parts.activation("activation"),
        parts.activation("recurrent_activation"));
  }

  private static ResetAfterGruCell resetAfterGru(CellParts parts) {
    return new ResetAfterGruCell(
        stacked(parts, GRU_GATES),
        sum(bias(parts, 0, GRU_GATES), bias(parts, 1, GRU_GATES)),
        blocks(kernel(parts), units(parts), GRU_CANDIDATE),
        bias(parts, 0, GRU_CANDIDATE),
        blocks(recurrent(parts), units(parts), GRU_CANDIDATE),
        bias(parts, 1, GRU_CANDIDATE),
        parts.activation("activation"),
        parts.activation("recurrent_activation"));
  }

  private static int units(CellParts parts) {
    return parts.integer("units");
  }

  private static boolean cudnn(CellParts parts) {
    return parts.settings().has(CUDNN.key()) && parts.flag(CUDNN.key());
  }

  private static Tensor kernel(CellParts parts) {
    Tensor kernel = parts.tensor("kernel");
    return cudnn(parts) ? kernelOfCudnn(kernel, units(parts)) : kernel;
  }

  private static Tensor recurrent(CellParts parts) {
    Tensor recurrent = parts.tensor("recurrent_kernel");
    return cudnn(parts) ? recurrentOfCudnn(recurrent, units(parts)) : recurrent;
  }

  /**
   * Each gate's numbers, row by row in the file, down the columns.
   *
   * @see <a href="https://github.com/keras-team/keras/blob/2.3.1/keras/engine/saving.py">Keras
   *     2.3.1, saving.py: _convert_rnn_weights</a>
   */
  private static Tensor kernelOfCudnn(Tensor kernel, int units) {
    int rows = Math.toIntExact(kernel.shape().dim(0));
    int columns = Math.toIntExact(kernel.shape().dim(1));
    float[] values = new float[rows * columns];
    for (int at = 0; at < rows * units; at++) {
      for (int gate = 0; gate < columns; gate += units) {
        int from = at / units * columns + gate + at % units;
        values[at % rows * columns + gate + at / rows] = kernel.at(from);
      }
    }
    return Tensor.owning(kernel.shape(), values);
  }

  /** Each gate's matrix transposed. */
  private static Tensor recurrentOfCudnn(Tensor kernel, int units) {
    int columns = Math.toIntExact(kernel.shape().dim(1));
    float[] values = new float[units * columns];
    for (int row = 0; row < units; row++) {
      for (int column = 0; column < columns; column++) {
        int gate = column / units * units;
        values[row * columns + column] = kernel.at((column - gate) * columns + gate + row);
      }
    }
    return Tensor.owning(kernel.shape(), values);
  }

  /** The kernel's rows, then the recurrent kernel's, of these blocks of columns. */
  private static Tensor stacked(CellParts parts, int[] blocks) {
    Tensor kernel = blocks(kernel(parts), units(parts), blocks);
    Tensor recurrent = blocks(recurrent(parts), units(parts), blocks);
    int above = Math.toIntExact(kernel.shape().elements());
    int below = Math.toIntExact(recurrent.shape().elements());
    float[] values = new float[above + below];
    kernel.copyTo(0, values, 0, above);
    recurrent.copyTo(0, values, above, below);
    Shape shape = Shape.of(parts.inputSize() + units(parts), kernel.shape().dim(1));
    return Tensor.owning(shape, values);
  }

  /** Blocks of {@code units} columns, in this order. */
  private static Tensor blocks(Tensor matrix, int units, int[] blocks) {
    int rows = Math.toIntExact(matrix.shape().dim(0));
    int columns = Math.toIntExact(matrix.shape().dim(1));
    int width = blocks.length * units;
    float[] values = new float[rows * width];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < blocks.length; i++) {
        int from = row * columns + blocks[i] * units;
        matrix.copyTo(from, values, row * width + i * units, units);
      }
    }
    return Tensor.owning(Shape.of(rows, width), values);
  }

  /** Blocks of one row of the bias, in this order; zeros where there is none. */
  private static Tensor bias(CellParts parts, int row, int[] blocks) {
    int units = units(parts);
    float[] values = new float[blocks.length * units];
    if (parts.flag("use_bias")) {
      Tensor bias = parts.tensor("bias");
      int width = Math.toIntExact(bias.shape().dim(bias.shape().rank() - 1));
      width = cudnn(parts) ? width / 2 : width;
      for (int i = 0; i < blocks.length; i++) {
        bias.copyTo(row * width + blocks[i] * units, values, i * units, units);
      }
    }
    return Tensor.owning(Shape.of(values.length), values);
  }

  private static Tensor sum(Tensor left, Tensor right) {
    float[] values = left.toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] += right.at(i);
    }
    return Tensor.owning(left.shape(), values);
  }
}
