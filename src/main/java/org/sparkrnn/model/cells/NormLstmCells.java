package org.sparkrnn.model.cells;

import static org.sparkrnn.model.cells.CellOption.ACTIVATION;
import static org.sparkrnn.model.cells.CellOption.FORGET_BIAS;
import static org.sparkrnn.model.cells.CellOption.NUM_UNITS;

import java.util.List;
import java.util.function.Function;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.CoupledGateLstmCell;
import org.sparkrnn.cell.GateNorms;
import org.sparkrnn.cell.LayerNormLstmCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.Norm;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.cell.WeightNormLstmCell;
import org.sparkrnn.model.cells.CellVariable.Condition;
import org.sparkrnn.tensor.Tensor;

/**
 * The LSTM cells of {@code tf.contrib.rnn} that can normalise layers or weights.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
final class NormLstmCells {
  private static final String KERNEL = "[input + recurrent, 4 * num_units]";
  private static final String DIAGONAL = "[num_units]";
  private static final Condition PEEPHOLES = Condition.flag("use_peepholes");
  private static final Condition NORM = Condition.flag("norm");
  private static final Condition LAYER_NORM = Condition.flag("layer_norm");
  private static final Condition PROJECTION = Condition.size("num_proj");

  static final CellType<CoupledGateLstmCell> COUPLED =
      norms(
              CellType.of("CoupledInputForgetGateLSTMCell", CoupledGateLstmCell.class)
                  .option(NUM_UNITS, CoupledGateLstmCell::numUnits)
                  .option(FORGET_BIAS, CoupledGateLstmCell::forgetBias)
                  .option(ACTIVATION, CoupledGateLstmCell::activation)
                  .option(
                      CellOption.flag("use_peepholes", false), CoupledGateLstmCell::usesPeepholes)
                  .option(
                      CellOption.optionalSize("num_proj"),
                      cell -> cell.projection().present() ? cell.outputSize() : 0)
                  .option(CellOption.bound("proj_clip"), cell -> cell.projection().clip())
                  .option(CellOption.flag("layer_norm", false), cell -> cell.norms().present())
                  .size("recurrent", CoreCells::recurrent)
                  .variable(
                      "kernel", "[input + recurrent, 3 * num_units]", CoupledGateLstmCell::kernel)
                  .variable("bias", "[3 * num_units]", CoupledGateLstmCell::bias)
                  .variable("w_f_diag", DIAGONAL, PEEPHOLES, cell -> cell.peepholes().forget())
                  .variable("w_o_diag", DIAGONAL, PEEPHOLES, cell -> cell.peepholes().output())
                  .variable(
                      "projection/kernel",
                      "[num_units, recurrent]",
                      PROJECTION,
                      cell -> cell.projection().kernel()),
              List.of("transform", "forget", "output", "state"),
              CoupledGateLstmCell::norms)
          .eraOfWeightsAndBiases()
          .era(
              "kernel",
              "W_#",
              "bias",
              "B",
              "w_f_diag",
              "W_F_diag",
              "w_o_diag",
              "W_O_diag",
              "projection/kernel",
              "W_P_#")
          .make(
              parts ->
                  new CoupledGateLstmCell(
                      parts.tensor("kernel"),
                      parts.tensor("bias"),
                      parts.number("forget_bias"),
                      parts.activation("activation"),
                      parts.flag("use_peepholes")
                          ? new LstmCell.Peepholes(
                              Tensor.zeros(0), parts.tensor("w_f_diag"), parts.tensor("w_o_diag"))
                          : LstmCell.Peepholes.NONE,
                      projection(parts),
                      parts.flag("layer_norm") ? norms(parts) : GateNorms.NONE));

  static final CellType<LayerNormLstmCell> LAYER_NORM_LSTM =
      norms(
              CellType.of("LayerNormLSTMCell", LayerNormLstmCell.class)
                  .option(NUM_UNITS, LayerNormLstmCell::numUnits)
                  .option(FORGET_BIAS, LayerNormLstmCell::forgetBias)
                  .option(ACTIVATION, LayerNormLstmCell::activation)
                  .option(
                      CellOption.flag("use_peepholes", false), cell -> cell.peepholes().present())
                  .option(CellOption.bound("cell_clip"), LayerNormLstmCell::cellClip)
                  .option(
                      CellOption.optionalSize("num_proj"),
                      cell -> cell.projection().present() ? cell.outputSize() : 0)
                  .option(CellOption.bound("proj_clip"), cell -> cell.projection().clip())
                  .option(CellOption.flag("layer_norm", false), cell -> true)
                  .size("recurrent", CoreCells::recurrent)
                  .variable("kernel", KERNEL, LayerNormLstmCell::kernel)
                  .variable("bias", "[4 * num_units]", cell -> Tensor.zeros(4L * cell.numUnits()))
                  .variable("w_i_diag", DIAGONAL, PEEPHOLES, cell -> cell.peepholes().input())
                  .variable("w_f_diag", DIAGONAL, PEEPHOLES, cell -> cell.peepholes().forget())
                  .variable("w_o_diag", DIAGONAL, PEEPHOLES, cell -> cell.peepholes().output())
                  .variable(
                      "projection/kernel",
                      "[num_units, recurrent]",
                      PROJECTION,
                      cell -> cell.projection().kernel()),
              List.of("input", "transform", "forget", "output", "state"),
              LayerNormLstmCell::norms)
          .make(
              parts ->
                  parts.flag("layer_norm")
                      ? new LayerNormLstmCell(
                          parts.tensor("kernel"),
                          norms(parts),
                          parts.number("forget_bias"),
                          parts.activation("activation"),
                          peepholes(parts),
                          parts.number("cell_clip"),
                          projection(parts))
                      : lstm(parts));

  static final CellType<LayerNormLstmCell> LAYER_NORM_BASIC_LSTM =
      norms(
              CellType.of("LayerNormBasicLSTMCell", LayerNormLstmCell.class)
                  .alias()
                  .option(NUM_UNITS, LayerNormLstmCell::numUnits)
                  .option(FORGET_BIAS, LayerNormLstmCell::forgetBias)
                  .option(ACTIVATION, LayerNormLstmCell::activation)
                  .option(CellOption.flag("layer_norm", true), cell -> true)
                  .option(CellOption.number("dropout_keep_prob", 1), cell -> 1f)
                  .size("recurrent", settings -> settings.integer("num_units"))
                  .variable("kernel", KERNEL, LayerNormLstmCell::kernel)
                  .variable(
                      "bias",
                      "[4 * num_units]",
                      Condition.notFlag("layer_norm"),
                      cell -> Tensor.zeros(4L * cell.numUnits())),
              List.of("input", "transform", "forget", "output", "state"),
              LayerNormLstmCell::norms)
          .eraOfWeightsAndBiases()
          .make(
              parts ->
                  parts.flag("layer_norm")
                      ? new LayerNormLstmCell(
                          parts.tensor("kernel"),
                          norms(parts),
                          parts.number("forget_bias"),
                          parts.activation("activation"),
                          LstmCell.Peepholes.NONE,
                          Float.POSITIVE_INFINITY,
                          LstmCell.Projection.NONE)
                      : new LstmCell(
                          parts.tensor("kernel"),
                          parts.tensor("bias"),
                          parts.number("forget_bias"),
                          parts.activation("activation"),
                          Activation.SIGMOID,
                          LstmCell.Peepholes.NONE,
                          Float.POSITIVE_INFINITY,
                          LstmCell.Projection.NONE));

  static final CellType<WeightNormLstmCell> WEIGHT_NORM_LSTM =
      CellType.of("WeightNormLSTMCell", WeightNormLstmCell.class)
          .scope("wn_lstm_cell")
          .option(NUM_UNITS, cell -> cell.cell().numUnits())
          .option(FORGET_BIAS, cell -> cell.cell().forgetBias())
          .option(ACTIVATION, cell -> cell.cell().activation())
          .option(CellOption.flag("norm", true), cell -> true)
          .option(
              CellOption.flag("use_peepholes", false), cell -> cell.cell().peepholes().present())
          .option(CellOption.bound("cell_clip"), cell -> cell.cell().cellClip())
          .option(
              CellOption.optionalSize("num_proj"),
              cell -> cell.cell().projection().present() ? cell.outputSize() : 0)
          .option(CellOption.bound("proj_clip"), cell -> cell.cell().projection().clip())
          .size("recurrent", CoreCells::recurrent)
          .variable("kernel", KERNEL, cell -> cell.cell().kernel())
          .variable("bias", "[4 * num_units]", cell -> cell.cell().bias())
          .variable("norm_0", "[4 * num_units]", NORM, WeightNormLstmCell::inputNorm)
          .variable("norm_1", "[4 * num_units]", NORM, WeightNormLstmCell::hiddenNorm)
          .variable("w_i_diag", DIAGONAL, PEEPHOLES, cell -> cell.cell().peepholes().input())
          .variable("w_f_diag", DIAGONAL, PEEPHOLES, cell -> cell.cell().peepholes().forget())
          .variable("w_o_diag", DIAGONAL, PEEPHOLES, cell -> cell.cell().peepholes().output())
          .variable(
              "projection/kernel",
              "[num_units, recurrent]",
              PROJECTION,
              cell -> cell.cell().projection().kernel())
          .variable(
              "projection/norm_0",
              "[num_proj]",
              NORM.and(PROJECTION),
              WeightNormLstmCell::projectionNorm)
          .make(
              parts -> {
                LstmCell cell = lstm(parts);
                return parts.flag("norm")
                    ? new WeightNormLstmCell(
                        cell,
                        parts.tensor("norm_0"),
                        parts.tensor("norm_1"),
                        cell.projection().present()
                            ? parts.tensor("projection/norm_0")
                            : Tensor.zeros(0))
                    : cell;
              });

  static final List<CellType<? extends RnnCell>> ALL =
      List.of(COUPLED, LAYER_NORM_LSTM, LAYER_NORM_BASIC_LSTM, WEIGHT_NORM_LSTM);

  private NormLstmCells() {}

  /** The variables of layer normalisation. */
  private static <C extends RnnCell> CellType<C> norms(
      CellType<C> type, List<String> scopes, Function<C, GateNorms> from) {
    for (String scope : scopes) {
      type.variable(
          scope + "/gamma", DIAGONAL, LAYER_NORM, cell -> norm(from.apply(cell), scope).gamma());
      type.variable(
          scope + "/beta", DIAGONAL, LAYER_NORM, cell -> norm(from.apply(cell), scope).beta());
    }
    return type;
  }

  private static Norm norm(GateNorms norms, String scope) {
    return switch (scope) {
      case "input" -> norms.input();
      case "transform" -> norms.transform();
      case "forget" -> norms.forget();
      case "output" -> norms.output();
      default -> norms.state();
    };
  }

  private static GateNorms norms(CellParts parts) {
    return new GateNorms(
        norm(parts, "input"),
        norm(parts, "transform"),
        norm(parts, "forget"),
        norm(parts, "output"),
        norm(parts, "state"));
  }

  private static Norm norm(CellParts parts, String scope) {
    return parts.tensors().containsKey(scope + "/gamma")
        ? new Norm(parts.tensor(scope + "/gamma"), parts.tensor(scope + "/beta"))
        : Norm.NONE;
  }

  /** What is left of a cell that normalises when it does not. */
  private static LstmCell lstm(CellParts parts) {
    return new LstmCell(
        parts.tensor("kernel"),
        parts.tensor("bias"),
        parts.number("forget_bias"),
        parts.activation("activation"),
        Activation.SIGMOID,
        peepholes(parts),
        parts.number("cell_clip"),
        projection(parts));
  }

  private static LstmCell.Peepholes peepholes(CellParts parts) {
    return parts.flag("use_peepholes")
        ? new LstmCell.Peepholes(
            parts.tensor("w_i_diag"), parts.tensor("w_f_diag"), parts.tensor("w_o_diag"))
        : LstmCell.Peepholes.NONE;
  }

  private static LstmCell.Projection projection(CellParts parts) {
    return parts.integer("num_proj") == 0
        ? LstmCell.Projection.NONE
        : new LstmCell.Projection(parts.tensor("projection/kernel"), parts.number("proj_clip"));
  }
}
