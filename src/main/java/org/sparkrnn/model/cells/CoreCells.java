package org.sparkrnn.model.cells;

import static org.sparkrnn.model.cells.CellOption.ACTIVATION;
import static org.sparkrnn.model.cells.CellOption.FORGET_BIAS;
import static org.sparkrnn.model.cells.CellOption.NUM_UNITS;

import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.cells.CellVariable.Condition;

/**
 * The cells of {@code tf.nn.rnn_cell} and the block and cuDNN-compatible ones with the same
 * arithmetic.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/python/ops/rnn_cell_impl.py">TensorFlow
 *     1.15, rnn_cell_impl.py</a>
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/tools/checkpoint_convert.py">checkpoint_convert.py:
 *     the renames</a>
 */
final class CoreCells {
  private static final String KERNEL = "[input + num_units, num_units]";
  private static final String LSTM_KERNEL = "[input + recurrent, 4 * num_units]";
  private static final String DIAGONAL = "[num_units]";
  private static final CellOption<Activation> GATE =
      CellOption.activation("recurrent_activation", Activation.SIGMOID);
  private static final Condition NO_PEEPHOLES =
      Condition.of("LSTMCell", "use_peepholes", "\"use_peepholes\": true");
  private static final Condition NO_PROJECTION = Condition.of("LSTMCell", "num_proj", "'num_proj'");
  private static final CellOption<Float> CELL_CLIP = CellOption.bound("cell_clip");

  /** A block cell clips only where its clip is above 0. */
  private static final CellOption<Float> BLOCK_CLIP =
      new CellOption<>(
          "cell_clip",
          Float.POSITIVE_INFINITY,
          CellOption.NUMBER,
          (cell, key) -> {
            float clip = cell.number(key, "a number");
            return clip > 0 ? clip : Float.POSITIVE_INFINITY;
          },
          (node, key, value) -> node.put(key, value));

  static final CellType<BasicRnnCell> BASIC_RNN =
      CellType.of("BasicRNNCell", BasicRnnCell.class)
          .option(NUM_UNITS, BasicRnnCell::numUnits)
          .option(ACTIVATION, BasicRnnCell::activation)
          .variable("kernel", KERNEL, BasicRnnCell::kernel)
          .variable("bias", "[num_units]", BasicRnnCell::bias)
          .eraOfWeightsAndBiases()
          .era("kernel", "Linear/Matrix", "bias", "Linear/Bias")
          .make(
              parts ->
                  new BasicRnnCell(
                      parts.tensor("kernel"),
                      parts.tensor("bias"),
                      parts.activation("activation")));

  static final CellType<LstmCell> LSTM =
      lstmVariables(
              CellType.of("LSTMCell", LstmCell.class)
                  .option(NUM_UNITS, LstmCell::numUnits)
                  .option(FORGET_BIAS, LstmCell::forgetBias)
                  .option(ACTIVATION, LstmCell::activation)
                  .option(GATE, LstmCell::gateActivation)
                  .option(
                      CellOption.flag("use_peepholes", false), cell -> cell.peepholes().present())
                  .option(CELL_CLIP, LstmCell::cellClip)
                  .option(
                      CellOption.optionalSize("num_proj"),
                      cell -> cell.projection().present() ? cell.outputSize() : 0)
                  .option(CellOption.bound("proj_clip"), cell -> cell.projection().clip())
                  .size("recurrent", CoreCells::recurrent),
              Condition.flag("use_peepholes"),
              Condition.size("num_proj"))
          .make(
              parts ->
                  new LstmCell(
                      parts.tensor("kernel"),
                      parts.tensor("bias"),
                      parts.number("forget_bias"),
                      parts.activation("activation"),
                      parts.activation("recurrent_activation"),
                      peepholes(parts, parts.flag("use_peepholes")),
                      parts.number("cell_clip"),
                      parts.integer("num_proj") == 0
                          ? LstmCell.Projection.NONE
                          : new LstmCell.Projection(
                              parts.tensor("projection/kernel"), parts.number("proj_clip"))));

  static final CellType<LstmCell> BASIC_LSTM =
      lstmVariables(
              CellType.of("BasicLSTMCell", LstmCell.class)
                  .alias()
                  .option(NUM_UNITS, LstmCell::numUnits)
                  .option(FORGET_BIAS, LstmCell::forgetBias)
                  .option(ACTIVATION, LstmCell::activation)
                  .option(GATE, LstmCell::gateActivation)
                  .size("recurrent", settings -> settings.integer("num_units")),
              NO_PEEPHOLES,
              NO_PROJECTION)
          .make(
              parts ->
                  plainLstm(
                      parts,
                      parts.number("forget_bias"),
                      parts.activation("activation"),
                      parts.activation("recurrent_activation")));

  static final CellType<LstmCell> LSTM_BLOCK = blockLstm("LSTMBlockCell");
  static final CellType<LstmCell> LSTM_BLOCK_FUSED =
      blockLstm("LSTMBlockFusedCell").scope("lstm_fused_cell");

  /** cuDNN has no forget bias beside the one that was trained. */
  static final CellType<LstmCell> CUDNN_LSTM =
      lstmVariables(
              CellType.of("CudnnCompatibleLSTMCell", LstmCell.class)
                  .alias()
                  .option(NUM_UNITS, LstmCell::numUnits)
                  .size("recurrent", settings -> settings.integer("num_units")),
              NO_PEEPHOLES,
              NO_PROJECTION)
          .make(parts -> plainLstm(parts, 0, Activation.TANH, Activation.SIGMOID));

  static final CellType<GruCell> GRU =
      gru("GRUCell").option(ACTIVATION, GruCell::activation).option(GATE, GruCell::gateActivation);
  static final CellType<GruCell> GRU_BLOCK = gru("GRUBlockCell").alias();
  static final CellType<GruCell> GRU_BLOCK_V2 = gru("GRUBlockCellV2").scope("gru_cell").alias();

  static final CellType<ResetAfterGruCell> RESET_AFTER_GRU =
      CellType.of("CudnnCompatibleGRUCell", ResetAfterGruCell.class)
          .option(NUM_UNITS, ResetAfterGruCell::numUnits)
          .option(ACTIVATION, ResetAfterGruCell::activation)
          .option(GATE, ResetAfterGruCell::gateActivation)
          .variable(
              "gates/kernel", "[input + num_units, 2 * num_units]", ResetAfterGruCell::gatesKernel)
          .variable("gates/bias", "[2 * num_units]", ResetAfterGruCell::gatesBias)
          .variable(
              "candidate/input_projection/kernel",
              "[input, num_units]",
              ResetAfterGruCell::inputKernel)
          .variable("candidate/input_projection/bias", "[num_units]", ResetAfterGruCell::inputBias)
          .variable(
              "candidate/hidden_projection/kernel",
              "[num_units, num_units]",
              ResetAfterGruCell::hiddenKernel)
          .variable(
              "candidate/hidden_projection/bias", "[num_units]", ResetAfterGruCell::hiddenBias)
          .make(
              parts ->
                  new ResetAfterGruCell(
                      parts.tensor("gates/kernel"),
                      parts.tensor("gates/bias"),
                      parts.tensor("candidate/input_projection/kernel"),
                      parts.tensor("candidate/input_projection/bias"),
                      parts.tensor("candidate/hidden_projection/kernel"),
                      parts.tensor("candidate/hidden_projection/bias"),
                      parts.activation("activation"),
                      parts.activation("recurrent_activation")));

  static final List<CellType<? extends RnnCell>> ALL =
      List.of(
          BASIC_RNN,
          BASIC_LSTM,
          LSTM,
          GRU,
          RESET_AFTER_GRU,
          LSTM_BLOCK,
          LSTM_BLOCK_FUSED,
          GRU_BLOCK,
          GRU_BLOCK_V2,
          CUDNN_LSTM);

  private CoreCells() {}

  /** Width of {@code h}. */
  static long recurrent(CellSettings settings) {
    int projected = settings.integer("num_proj");
    return projected > 0 ? projected : settings.integer("num_units");
  }

  private static Activation activation(CellParts parts, String key, Activation otherwise) {
    return parts.settings().has(key) ? parts.activation(key) : otherwise;
  }

  /** The variables of all LSTM cells, in all of their eras. */
  private static CellType<LstmCell> lstmVariables(
      CellType<LstmCell> type, Condition peepholes, Condition projection) {
    return type.variable("kernel", LSTM_KERNEL, LstmCell::kernel)
        .variable("bias", "[4 * num_units]", LstmCell::bias)
        .variable("w_i_diag", DIAGONAL, peepholes, cell -> cell.peepholes().input())
        .variable("w_f_diag", DIAGONAL, peepholes, cell -> cell.peepholes().forget())
        .variable("w_o_diag", DIAGONAL, peepholes, cell -> cell.peepholes().output())
        .variable(
            "projection/kernel",
            "[num_units, recurrent]",
            projection,
            cell -> cell.projection().kernel())
        .eraOfWeightsAndBiases()
        .era("kernel", "Linear/Matrix", "bias", "Linear/Bias")
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
            "W_O_diag",
            "projection/kernel",
            "W_P_#")
        .era(
            "kernel",
            "W",
            "bias",
            "b",
            "w_i_diag",
            "wci",
            "w_f_diag",
            "wcf",
            "w_o_diag",
            "wco",
            "projection/kernel",
            "W_P_#");
  }

  /** Without peepholes, clip and projection. */
  private static LstmCell plainLstm(
      CellParts parts, float forgetBias, Activation activation, Activation gate) {
    return new LstmCell(
        parts.tensor("kernel"),
        parts.tensor("bias"),
        forgetBias,
        activation,
        gate,
        LstmCell.Peepholes.NONE,
        Float.POSITIVE_INFINITY,
        LstmCell.Projection.NONE);
  }

  private static LstmCell.Peepholes peepholes(CellParts parts, boolean has) {
    return has
        ? new LstmCell.Peepholes(
            parts.tensor("w_i_diag"), parts.tensor("w_f_diag"), parts.tensor("w_o_diag"))
        : LstmCell.Peepholes.NONE;
  }

  private static CellType<LstmCell> blockLstm(String word) {
    return lstmVariables(
            CellType.of(word, LstmCell.class)
                .alias()
                .option(NUM_UNITS, LstmCell::numUnits)
                .option(FORGET_BIAS, LstmCell::forgetBias)
                .option(BLOCK_CLIP, LstmCell::cellClip)
                .option(CellOption.flag("use_peephole", false), cell -> cell.peepholes().present())
                .size("recurrent", settings -> settings.integer("num_units")),
            Condition.flag("use_peephole"),
            NO_PROJECTION)
        .make(
            parts ->
                new LstmCell(
                    parts.tensor("kernel"),
                    parts.tensor("bias"),
                    parts.number("forget_bias"),
                    Activation.TANH,
                    Activation.SIGMOID,
                    peepholes(parts, parts.flag("use_peephole")),
                    parts.number("cell_clip"),
                    LstmCell.Projection.NONE));
  }

  private static CellType<GruCell> gru(String word) {
    return CellType.of(word, GruCell.class)
        .option(NUM_UNITS, GruCell::numUnits)
        .variable("gates/kernel", "[input + num_units, 2 * num_units]", GruCell::gatesKernel)
        .variable("gates/bias", "[2 * num_units]", GruCell::gatesBias)
        .variable("candidate/kernel", KERNEL, GruCell::candidateKernel)
        .variable("candidate/bias", "[num_units]", GruCell::candidateBias)
        .eraOfWeightsAndBiases()
        .era(
            "gates/kernel",
            "Gates/Linear/Matrix",
            "gates/bias",
            "Gates/Linear/Bias",
            "candidate/kernel",
            "Candidate/Linear/Matrix",
            "candidate/bias",
            "Candidate/Linear/Bias")
        .era(
            "gates/kernel",
            "w_ru",
            "gates/bias",
            "b_ru",
            "candidate/kernel",
            "w_c",
            "candidate/bias",
            "b_c")
        .make(
            parts ->
                new GruCell(
                    parts.tensor("gates/kernel"),
                    parts.tensor("gates/bias"),
                    parts.tensor("candidate/kernel"),
                    parts.tensor("candidate/bias"),
                    activation(parts, "activation", Activation.TANH),
                    activation(parts, "recurrent_activation", Activation.SIGMOID)));
  }
}
