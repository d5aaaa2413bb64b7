package org.sparkrnn.model.cells;

import static org.sparkrnn.model.cells.CellOption.ACTIVATION;
import static org.sparkrnn.model.cells.CellOption.FORGET_BIAS;
import static org.sparkrnn.model.cells.CellOption.NUM_UNITS;

import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.CfnCell;
import org.sparkrnn.cell.IndRnnCell;
import org.sparkrnn.cell.IndyGruCell;
import org.sparkrnn.cell.IntersectionRnnCell;
import org.sparkrnn.cell.IntersectionRnnCell.InProjection;
import org.sparkrnn.cell.MinimalRnnCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.cell.SruCell;
import org.sparkrnn.cell.UgrnnCell;
import org.sparkrnn.model.cells.CellVariable.Condition;

/**
 * The cells of {@code tf.contrib.rnn} that are no LSTM.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
final class ContribCells {
  static final CellType<MinimalRnnCell> MINIMAL_RNN =
      CellType.of("MinimalRNNCell", MinimalRnnCell.class)
          .option(NUM_UNITS, MinimalRnnCell::numUnits)
          .option(ACTIVATION, MinimalRnnCell::activation)
          .variable("kernel", "[input + 2 * num_units, num_units]", MinimalRnnCell::kernel)
          .variable("bias", "[num_units]", MinimalRnnCell::bias)
          .make(
              parts ->
                  new MinimalRnnCell(
                      parts.tensor("kernel"),
                      parts.tensor("bias"),
                      parts.activation("activation")));

  static final CellType<UgrnnCell> UGRNN =
      CellType.of("UGRNNCell", UgrnnCell.class)
          .option(NUM_UNITS, UgrnnCell::numUnits)
          .option(FORGET_BIAS, UgrnnCell::forgetBias)
          .option(ACTIVATION, UgrnnCell::activation)
          .variable("kernel", "[input + num_units, 2 * num_units]", UgrnnCell::kernel)
          .variable("bias", "[2 * num_units]", UgrnnCell::bias)
          .eraOfWeightsAndBiases()
          .make(
              parts ->
                  new UgrnnCell(
                      parts.tensor("kernel"),
                      parts.tensor("bias"),
                      parts.number("forget_bias"),
                      parts.activation("activation")));

  static final CellType<IntersectionRnnCell> INTERSECTION_RNN =
      CellType.of("IntersectionRNNCell", IntersectionRnnCell.class)
          .option(NUM_UNITS, IntersectionRnnCell::numUnits)
          .option(
              CellOption.optionalSize("num_in_proj"),
              cell -> cell.projection().present() ? cell.numUnits() : 0)
          .option(FORGET_BIAS, IntersectionRnnCell::forgetBias)
          .option(
              CellOption.activation("y_activation", Activation.RELU),
              IntersectionRnnCell::activation)
          .variable("kernel", "[2 * num_units, 4 * num_units]", IntersectionRnnCell::kernel)
          .variable("bias", "[4 * num_units]", IntersectionRnnCell::bias)
          .variable(
              "in_projection/kernel",
              "[input, num_units]",
              Condition.size("num_in_proj"),
              cell -> cell.projection().kernel())
          .variable(
              "in_projection/bias",
              "[num_units]",
              Condition.size("num_in_proj"),
              cell -> cell.projection().bias())
          .eraOfWeightsAndBiases()
          .requires(ContribCells::inputsOfTheStatesWidth)
          .make(
              parts ->
                  new IntersectionRnnCell(
                      parts.integer("num_in_proj") == 0
                          ? InProjection.NONE
                          : new InProjection(
                              parts.tensor("in_projection/kernel"),
                              parts.tensor("in_projection/bias")),
                      parts.tensor("kernel"),
                      parts.tensor("bias"),
                      parts.number("forget_bias"),
                      parts.activation("y_activation")));

  static final CellType<SruCell> SRU =
      CellType.of("SRUCell", SruCell.class)
          .option(NUM_UNITS, SruCell::numUnits)
          .option(ACTIVATION, SruCell::activation)
          .variable("kernel", "[input, 4 * num_units]", SruCell::kernel)
          .variable("bias", "[2 * num_units]", SruCell::bias)
          .make(
              parts ->
                  new SruCell(
                      parts.tensor("kernel"),
                      parts.tensor("bias"),
                      parts.activation("activation")));

  static final CellType<IndRnnCell> IND_RNN =
      CellType.of("IndRNNCell", IndRnnCell.class)
          .option(NUM_UNITS, IndRnnCell::numUnits)
          .option(ACTIVATION, IndRnnCell::activation)
          .variable("kernel_w", "[input, num_units]", IndRnnCell::inputKernel)
          .variable("kernel_u", "[1, num_units]", IndRnnCell::recurrentKernel)
          .variable("bias", "[num_units]", IndRnnCell::bias)
          .make(
              parts ->
                  new IndRnnCell(
                      parts.tensor("kernel_w"),
                      parts.tensor("kernel_u"),
                      parts.tensor("bias"),
                      parts.activation("activation")));

  static final CellType<IndyGruCell> INDY_GRU =
      CellType.of("IndyGRUCell", IndyGruCell.class)
          .option(NUM_UNITS, IndyGruCell::numUnits)
          .option(ACTIVATION, IndyGruCell::activation)
          .variable("gates/kernel_w", "[input, 2 * num_units]", IndyGruCell::gatesKernel)
          .variable("gates/kernel_u", "[1, 2 * num_units]", IndyGruCell::gatesRecurrent)
          .variable("gates/bias", "[2 * num_units]", IndyGruCell::gatesBias)
          .variable("candidate/kernel", "[input, num_units]", IndyGruCell::candidateKernel)
          .variable("candidate/kernel_u", "[1, num_units]", IndyGruCell::candidateRecurrent)
          .variable("candidate/bias", "[num_units]", IndyGruCell::candidateBias)
          .make(
              parts ->
                  new IndyGruCell(
                      parts.tensor("gates/kernel_w"),
                      parts.tensor("gates/kernel_u"),
                      parts.tensor("gates/bias"),
                      parts.tensor("candidate/kernel"),
                      parts.tensor("candidate/kernel_u"),
                      parts.tensor("candidate/bias"),
                      parts.activation("activation")));

  static final CellType<CfnCell> CFN =
      CellType.of("CFNCell", CfnCell.class)
          .option(NUM_UNITS, CfnCell::numUnits)
          .option(ACTIVATION, CfnCell::activation)
          .variable("kernel", "[input, 3 * num_units]", CfnCell::kernel)
          .variable("recurrent_kernel", "[num_units, 2 * num_units]", CfnCell::recurrentKernel)
          .variable("bias", "[2 * num_units]", CfnCell::bias)
          .make(
              parts ->
                  new CfnCell(
                      parts.tensor("kernel"),
                      parts.tensor("recurrent_kernel"),
                      parts.tensor("bias"),
                      parts.activation("activation")));

  static final List<CellType<? extends RnnCell>> ALL =
      List.of(MINIMAL_RNN, UGRNN, INTERSECTION_RNN, SRU, IND_RNN, INDY_GRU, CFN);

  private ContribCells() {}

  private static void inputsOfTheStatesWidth(CellParts parts) {
    int units = parts.integer("num_units");
    if (parts.integer("num_in_proj") == 0 && parts.inputSize() != units) {
      throw new IllegalArgumentException(
          "Must have input size == output size for Intersection RNN, but the inputs have size "
              + parts.inputSize()
              + " and 'num_units' is "
              + units
              + ": a cell over other inputs has an in_projection and 'num_in_proj': "
              + units);
    }
  }
}
