package org.sparkrnn.model.cells;

import static org.sparkrnn.model.cells.CellOption.FORGET_BIAS;
import static org.sparkrnn.model.cells.CellOption.NUM_UNITS;

import java.util.List;
import org.sparkrnn.cell.ConvLstmCell;
import org.sparkrnn.cell.FrequencyWindows;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.cell.TimeFreqLstmCell;
import org.sparkrnn.model.cells.CellVariable.Condition;
import org.sparkrnn.tensor.Tensor;

/**
 * The cells of {@code tf.contrib.rnn} that know that a step's features have a place: in a picture,
 * or on the axis of frequencies.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
final class SpatialCells {
  private static final String DIAGONAL = "[num_units]";
  private static final Condition PEEPHOLES = Condition.flag("use_peepholes");

  static final CellType<ConvLstmCell> CONV_LSTM =
      conv(
          CellType.of("ConvLSTMCell", ConvLstmCell.class)
              .option(CellOption.size("conv_ndims"), cell -> cell.kernelShape().size())
              .requires(parts -> checkGrid(parts, parts.integer("conv_ndims"))));

  static final CellType<ConvLstmCell> CONV_1D_LSTM = conv(1);
  static final CellType<ConvLstmCell> CONV_2D_LSTM = conv(2);
  static final CellType<ConvLstmCell> CONV_3D_LSTM = conv(3);

  static final CellType<TimeFreqLstmCell> TIME_FREQ_LSTM =
      CellType.of("TimeFreqLSTMCell", TimeFreqLstmCell.class)
          .option(NUM_UNITS, TimeFreqLstmCell::numUnits)
          .option(FORGET_BIAS, TimeFreqLstmCell::forgetBias)
          .option(CellOption.flag("use_peepholes", false), cell -> cell.peepholes().present())
          .option(CellOption.bound("cell_clip"), TimeFreqLstmCell::cellClip)
          .option(CellOption.size("feature_size"), cell -> cell.windows().size())
          .option(CellOption.size("frequency_skip", 1), cell -> cell.windows().skip())
          .variable(
              "kernel", "[feature_size + 2 * num_units, 4 * num_units]", TimeFreqLstmCell::kernel)
          .variable("bias", "[4 * num_units]", TimeFreqLstmCell::bias)
          .variable("w_i_diag", DIAGONAL, PEEPHOLES, cell -> cell.peepholes().input())
          .variable("w_f_diag", DIAGONAL, PEEPHOLES, cell -> cell.peepholes().forget())
          .variable("w_o_diag", DIAGONAL, PEEPHOLES, cell -> cell.peepholes().output())
          .era(
              "kernel",
              "W_#",
              "bias",
              "B",
              "w_i_diag",
              "W_I_diag",
              "w_f_diag",
              "W_F_diag",
              "w_o_diag",
              "W_O_diag")
          .make(
              parts ->
                  new TimeFreqLstmCell(
                      parts.tensor("kernel"),
                      parts.tensor("bias"),
                      parts.number("forget_bias"),
                      parts.flag("use_peepholes")
                          ? new LstmCell.Peepholes(
                              parts.tensor("w_i_diag"),
                              parts.tensor("w_f_diag"),
                              parts.tensor("w_o_diag"))
                          : LstmCell.Peepholes.NONE,
                      parts.number("cell_clip"),
                      new FrequencyWindows(
                          parts.inputSize(),
                          parts.integer("feature_size"),
                          parts.integer("frequency_skip"))));

  static final List<CellType<? extends RnnCell>> ALL =
      List.of(CONV_LSTM, CONV_1D_LSTM, CONV_2D_LSTM, CONV_3D_LSTM, TIME_FREQ_LSTM);

  private SpatialCells() {}

  private static CellType<ConvLstmCell> conv(int dimensions) {
    return conv(
        CellType.of("Conv" + dimensions + "DLSTMCell", ConvLstmCell.class)
            .alias()
            .scope("conv_" + dimensions + "d_lstm_cell")
            .requires(parts -> checkGrid(parts, dimensions)));
  }

  private static CellType<ConvLstmCell> conv(CellType<ConvLstmCell> type) {
    return type.option(CellOption.sizes("input_shape"), ConvLstmCell::inputShape)
        .option(CellOption.size("output_channels"), ConvLstmCell::outputChannels)
        .option(CellOption.sizes("kernel_shape"), ConvLstmCell::kernelShape)
        .option(CellOption.flag("use_bias", true), ConvLstmCell::usesBias)
        .option(CellOption.flag("skip_connection", false), ConvLstmCell::skipConnection)
        .option(FORGET_BIAS, ConvLstmCell::forgetBias)
        .size("channels", settings -> last(settings.integers("input_shape")))
        .variable(
            "kernel",
            "[kernel_shape, channels + output_channels, 4 * output_channels]",
            ConvLstmCell::kernel)
        .variable("biases", "[4 * output_channels]", Condition.flag("use_bias"), ConvLstmCell::bias)
        .make(
            parts ->
                new ConvLstmCell(
                    parts.integers("input_shape"),
                    parts.tensor("kernel"),
                    parts.flag("use_bias") ? parts.tensor("biases") : Tensor.zeros(0),
                    parts.number("forget_bias"),
                    parts.flag("skip_connection")));
  }

  private static int last(List<Integer> sizes) {
    return sizes.get(sizes.size() - 1);
  }

  private static void checkGrid(CellParts parts, int dimensions) {
    List<Integer> input = parts.integers("input_shape");
    List<Integer> kernel = parts.integers("kernel_shape");
    if (input.size() - 1 != dimensions || kernel.size() != dimensions) {
      throw new IllegalArgumentException(
          "Invalid input_shape "
              + input
              + " for conv_ndims="
              + dimensions
              + ": expected as many sizes as dimensions and the number of channels, and a"
              + " 'kernel_shape' of as many sizes as dimensions; that is "
              + kernel);
    }
    int elements = input.stream().reduce(1, Math::multiplyExact);
    if (parts.inputSize() != elements) {
      throw new IllegalArgumentException(
          "'input_shape' "
              + input
              + " has "
              + elements
              + " elements, but the inputs have size "
              + parts.inputSize()
              + ": a step's features are the whole grid, place by place");
    }
  }
}
