package org.sparkrnn.model.cells;

import static org.sparkrnn.model.cells.CellOption.ACTIVATION;
import static org.sparkrnn.model.cells.CellOption.FORGET_BIAS;
import static org.sparkrnn.model.cells.CellOption.NUM_UNITS;

import java.util.List;
import org.sparkrnn.cell.GlstmCell;
import org.sparkrnn.cell.IndyLstmCell;
import org.sparkrnn.cell.NasCell;
import org.sparkrnn.cell.PhasedLstmCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.cells.CellVariable.Condition;
import org.sparkrnn.tensor.Tensor;

/**
 * The LSTM cells of {@code tf.contrib.rnn} that normalise nothing, and other cells with a state of
 * two parts.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
final class ContribLstmCells {
  static final CellType<NasCell> NAS =
      CellType.of("NASCell", NasCell.class)
          .option(NUM_UNITS, NasCell::numUnits)
          .option(
              CellOption.optionalSize("num_proj"), cell -> cell.projects() ? cell.outputSize() : 0)
          .option(CellOption.flag("use_bias", false), NasCell::usesBias)
          .size("recurrent", CoreCells::recurrent)
          .variable("kernel", "[input, 8 * num_units]", NasCell::kernel)
          .variable("recurrent_kernel", "[recurrent, 8 * num_units]", NasCell::recurrentKernel)
          .variable("bias", "[8 * num_units]", Condition.flag("use_bias"), NasCell::bias)
          .variable(
              "projection_weights",
              "[num_units, num_proj]",
              Condition.size("num_proj"),
              NasCell::projection)
          .make(
              parts ->
                  new NasCell(
                      parts.tensor("kernel"),
                      parts.tensor("recurrent_kernel"),
                      parts.flag("use_bias") ? parts.tensor("bias") : Tensor.zeros(0),
                      parts.integer("num_proj") > 0
                          ? parts.tensor("projection_weights")
                          : Tensor.zeros(0, 0)));

  static final CellType<IndyLstmCell> INDY_LSTM =
      CellType.of("IndyLSTMCell", IndyLstmCell.class)
          .option(NUM_UNITS, IndyLstmCell::numUnits)
          .option(FORGET_BIAS, IndyLstmCell::forgetBias)
          .option(ACTIVATION, IndyLstmCell::activation)
          .variable("kernel_w", "[input, 4 * num_units]", IndyLstmCell::inputKernel)
          .variable("kernel_u", "[1, 4 * num_units]", IndyLstmCell::recurrentKernel)
          .variable("bias", "[4 * num_units]", IndyLstmCell::bias)
          .make(
              parts ->
                  new IndyLstmCell(
                      parts.tensor("kernel_w"),
                      parts.tensor("kernel_u"),
                      parts.tensor("bias"),
                      parts.number("forget_bias"),
                      parts.activation("activation")));

  static final CellType<PhasedLstmCell> PHASED_LSTM =
      CellType.of("PhasedLSTMCell", PhasedLstmCell.class)
          .option(NUM_UNITS, PhasedLstmCell::numUnits)
          .option(CellOption.flag("use_peepholes", false), PhasedLstmCell::usesPeepholes)
          .option(CellOption.number("leak", 0.001f), PhasedLstmCell::leak)
          .size(
              "peepholes",
              settings -> settings.flag("use_peepholes") ? settings.integer("num_units") : 0)
          .variable(
              "mask_gates/kernel",
              "[input - 1 + num_units + peepholes, 2 * num_units]",
              cell -> cell.maskGates().kernel())
          .variable("mask_gates/bias", "[2 * num_units]", cell -> cell.maskGates().bias())
          .variable(
              "new_input/kernel",
              "[input - 1 + num_units, num_units]",
              cell -> cell.newInput().kernel())
          .variable("new_input/bias", "[num_units]", cell -> cell.newInput().bias())
          .variable(
              "output_gate/kernel",
              "[input - 1 + num_units + peepholes, num_units]",
              cell -> cell.outputGate().kernel())
          .variable("output_gate/bias", "[num_units]", cell -> cell.outputGate().bias())
          .variable("period", "[num_units]", cell -> cell.rhythm().period())
          .variable("phase", "[num_units]", cell -> cell.rhythm().phase())
          .variable("ratio_on", "[num_units]", cell -> cell.rhythm().ratioOn())
          .eraOfWeightsAndBiases()
          .requires(ContribLstmCells::timeAndFeatures)
          .make(
              parts ->
                  new PhasedLstmCell(
                      linear(parts, "mask_gates"),
                      linear(parts, "new_input"),
                      linear(parts, "output_gate"),
                      new PhasedLstmCell.Rhythm(
                          parts.tensor("period"), parts.tensor("phase"), parts.tensor("ratio_on")),
                      parts.number("leak")));

  static final CellType<GlstmCell> GLSTM =
      CellType.of("GLSTMCell", GlstmCell.class)
          .option(NUM_UNITS, GlstmCell::numUnits)
          .option(CellOption.size("number_of_groups", 1), cell -> cell.kernels().size())
          .option(
              CellOption.optionalSize("num_proj"), cell -> cell.projects() ? cell.outputSize() : 0)
          .option(FORGET_BIAS, GlstmCell::forgetBias)
          .option(ACTIVATION, GlstmCell::activation)
          .size("recurrent", CoreCells::recurrent)
          .variables(
              "group%d/kernel",
              "[input / number_of_groups + recurrent / number_of_groups,"
                  + " 4 * num_units / number_of_groups]",
              Condition.ALWAYS,
              settings -> settings.integer("number_of_groups"),
              (cell, group) -> cell.kernels().get(group))
          .variable("bias_i", "[num_units]", cell -> cell.biases().get(0))
          .variable("bias_j", "[num_units]", cell -> cell.biases().get(1))
          .variable("bias_f", "[num_units]", cell -> cell.biases().get(2))
          .variable("bias_o", "[num_units]", cell -> cell.biases().get(3))
          .variable(
              "projection/kernel",
              "[num_units, num_proj]",
              Condition.size("num_proj"),
              GlstmCell::projection)
          .requires(ContribLstmCells::equalGroups)
          .make(
              parts ->
                  new GlstmCell(
                      parts.tensors("group%d/kernel"),
                      List.of(
                          parts.tensor("bias_i"),
                          parts.tensor("bias_j"),
                          parts.tensor("bias_f"),
                          parts.tensor("bias_o")),
                      parts.number("forget_bias"),
                      parts.activation("activation"),
                      parts.integer("num_proj") > 0
                          ? parts.tensor("projection/kernel")
                          : Tensor.zeros(0, 0)));

  static final List<CellType<? extends RnnCell>> ALL = List.of(NAS, INDY_LSTM, PHASED_LSTM, GLSTM);

  private ContribLstmCells() {}

  private static PhasedLstmCell.Linear linear(CellParts parts, String scope) {
    return new PhasedLstmCell.Linear(
        parts.tensor(scope + "/kernel"), parts.tensor(scope + "/bias"));
  }

  private static void equalGroups(CellParts parts) {
    int groups = parts.integer("number_of_groups");
    if (parts.integer("num_units") % groups != 0) {
      throw notDivisible("num_units must be divisible by number_of_groups", parts);
    }
    if (parts.integer("num_proj") % groups != 0) {
      throw notDivisible("num_proj must be divisible by number_of_groups", parts);
    }
    if (parts.inputSize() % groups != 0) {
      throw notDivisible(
          "input size ("
              + parts.inputSize()
              + ") must be divisible by number_of_groups ("
              + groups
              + ")",
          parts);
    }
  }

  private static IllegalArgumentException notDivisible(String rule, CellParts parts) {
    return new IllegalArgumentException(
        rule
            + ", but 'num_units' is "
            + parts.integer("num_units")
            + (parts.integer("num_proj") > 0 ? ", 'num_proj' " + parts.integer("num_proj") : "")
            + ", 'number_of_groups' "
            + parts.integer("number_of_groups")
            + " and the inputs have size "
            + parts.inputSize()
            + ": give the numbers that the cell was built with");
  }

  private static void timeAndFeatures(CellParts parts) {
    if (parts.inputSize() < 2) {
      throw new IllegalArgumentException(
          "a PhasedLSTMCell takes the time and features, but the inputs have size "
              + parts.inputSize()
              + ": put the time in front of the features of each step");
    }
  }
}
