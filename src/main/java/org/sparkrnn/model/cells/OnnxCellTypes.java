package org.sparkrnn.model.cells;

import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.OnnxGruCell;
import org.sparkrnn.cell.OnnxLstmCell;
import org.sparkrnn.cell.OnnxRnnCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.cells.CellVariable.Condition;
import org.sparkrnn.tensor.Tensor;

/**
 * ONNX' operators {@code LSTM}, {@code GRU} and {@code RNN} with those options that no cell of
 * TensorFlow has. Options have the names of ONNX' attributes, the activations those of its
 * formulas; matrices are laid out as in TensorFlow.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/v1.17.0/docs/Operators.md#LSTM">ONNX operators,
 *     1.17</a>
 */
final class OnnxCellTypes {
  private static final String UNITS = "[hidden_size]";
  private static final String KERNEL = "[input + hidden_size, hidden_size]";
  private static final CellOption<Integer> HIDDEN_SIZE = CellOption.size("hidden_size");
  private static final CellOption<Float> CLIP = CellOption.bound("clip");
  private static final Condition PEEPHOLES = Condition.flag("peepholes");
  private static final Condition COUPLED = Condition.flag("input_forget");

  static final CellType<OnnxLstmCell> LSTM =
      CellType.of("onnx.LSTM", OnnxLstmCell.class)
          .scope("onnx_lstm")
          .option(HIDDEN_SIZE, OnnxLstmCell::numUnits)
          .option(CellOption.activation("f", Activation.SIGMOID), cell -> cell.functions().f())
          .option(CellOption.activation("g", Activation.TANH), cell -> cell.functions().g())
          .option(CellOption.activation("h", Activation.TANH), cell -> cell.functions().h())
          .option(CellOption.flag("peepholes", false), cell -> cell.peepholes().present())
          .option(CLIP, OnnxLstmCell::clip)
          .option(CellOption.flag("input_forget", false), OnnxLstmCell::coupled)
          .size("gates", cell -> COUPLED.holds(cell) ? 3 : 4)
          .variable("kernel", "[input + hidden_size, gates * hidden_size]", OnnxLstmCell::kernel)
          .variable("bias", "[gates * hidden_size]", OnnxLstmCell::bias)
          .variable("w_i", UNITS, PEEPHOLES, cell -> cell.peepholes().input())
          .variable(
              "w_f",
              UNITS,
              PEEPHOLES.and(Condition.notFlag("input_forget")),
              cell -> cell.peepholes().forget())
          .variable("w_o", UNITS, PEEPHOLES, cell -> cell.peepholes().output())
          .make(
              parts ->
                  new OnnxLstmCell(
                      parts.tensor("kernel"),
                      parts.tensor("bias"),
                      new OnnxLstmCell.Functions(
                          parts.activation("f"), parts.activation("g"), parts.activation("h")),
                      peepholes(parts),
                      parts.number("clip"),
                      parts.flag("input_forget")));

  static final CellType<OnnxGruCell> GRU =
      CellType.of("onnx.GRU", OnnxGruCell.class)
          .scope("onnx_gru")
          .option(HIDDEN_SIZE, OnnxGruCell::numUnits)
          .option(CellOption.activation("f", Activation.SIGMOID), OnnxGruCell::gateActivation)
          .option(CellOption.activation("g", Activation.TANH), OnnxGruCell::activation)
          .option(CLIP, OnnxGruCell::clip)
          .option(CellOption.flag("linear_before_reset", false), OnnxGruCell::linearBeforeReset)
          .variable(
              "gates/kernel", "[input + hidden_size, 2 * hidden_size]", OnnxGruCell::gatesKernel)
          .variable("gates/bias", "[2 * hidden_size]", OnnxGruCell::gatesBias)
          .variable("candidate/kernel", KERNEL, OnnxGruCell::candidateKernel)
          .variable("candidate/bias", UNITS, OnnxGruCell::candidateBias)
          .variable(
              "candidate/hidden_bias",
              UNITS,
              Condition.flag("linear_before_reset"),
              OnnxGruCell::hiddenBias)
          .make(
              parts ->
                  new OnnxGruCell(
                      parts.tensor("gates/kernel"),
                      parts.tensor("gates/bias"),
                      parts.tensor("candidate/kernel"),
                      parts.tensor("candidate/bias"),
                      parts.flag("linear_before_reset")
                          ? parts.tensor("candidate/hidden_bias")
                          : Tensor.zeros(0),
                      parts.activation("f"),
                      parts.activation("g"),
                      parts.number("clip")));

  static final CellType<OnnxRnnCell> RNN =
      CellType.of("onnx.RNN", OnnxRnnCell.class)
          .scope("onnx_rnn")
          .option(HIDDEN_SIZE, OnnxRnnCell::numUnits)
          .option(CellOption.activation("f", Activation.TANH), OnnxRnnCell::activation)
          .option(CLIP, OnnxRnnCell::clip)
          .variable("kernel", KERNEL, OnnxRnnCell::kernel)
          .variable("bias", UNITS, OnnxRnnCell::bias)
          .make(
              parts ->
                  new OnnxRnnCell(
                      parts.tensor("kernel"),
                      parts.tensor("bias"),
                      parts.activation("f"),
                      parts.number("clip")));

  static final List<CellType<? extends RnnCell>> ALL = List.of(LSTM, GRU, RNN);

  private OnnxCellTypes() {}

  private static LstmCell.Peepholes peepholes(CellParts parts) {
    return parts.flag("peepholes")
        ? new LstmCell.Peepholes(
            parts.tensor("w_i"),
            parts.flag("input_forget") ? Tensor.zeros(0) : parts.tensor("w_f"),
            parts.tensor("w_o"))
        : LstmCell.Peepholes.NONE;
  }
}
