package org.sparkrnn.model.cells;

import static org.sparkrnn.model.cells.CellOption.FORGET_BIAS;
import static org.sparkrnn.model.cells.CellOption.NUM_UNITS;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.sparkrnn.cell.BidirectionalGridLstmCell;
import org.sparkrnn.cell.FrequencyBlocks;
import org.sparkrnn.cell.GridLstmCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.cells.CellVariable.Condition;
import org.sparkrnn.tensor.Tensor;

/**
 * {@code GridLSTMCell} and {@code BidirectionalGridLSTMCell} of {@code tf.contrib.rnn}.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
final class GridLstmCells {
  private static final String KERNEL = "[feature_size + 2 * num_units, gates * num_units]";
  private static final String BIAS = "[gates * num_units]";
  private static final String DIAGONAL = "[num_units]";
  private static final Condition PEEPHOLES = Condition.flag("use_peepholes");
  private static final Condition OWN_TIME = Condition.notFlag("share_time_frequency_weights");
  private static final Condition OWN_FORGET = Condition.notFlag("couple_input_forget_gates");
  private static final ToIntFunction<CellSettings> BLOCKS =
      settings -> settings.integers("num_frequency_blocks").size();

  static final CellType<GridLstmCell> GRID_LSTM =
      weights(
              options(CellType.of("GridLSTMCell", GridLstmCell.class), cell -> cell),
              "",
              cell -> cell)
          .make(parts -> cell(parts, "", GridLstmCell.Backward.NO));

  static final CellType<BidirectionalGridLstmCell> BIDIRECTIONAL_GRID_LSTM =
      weights(
              weights(
                  options(
                          CellType.of("BidirectionalGridLSTMCell", BidirectionalGridLstmCell.class),
                          BidirectionalGridLstmCell::forward)
                      .option(
                          CellOption.integer("backward_slice_offset", 0),
                          cell -> cell.backward().backward().offset()),
                  "fwd/",
                  BidirectionalGridLstmCell::forward),
              "bwd/",
              BidirectionalGridLstmCell::backward)
          .make(
              parts ->
                  new BidirectionalGridLstmCell(
                      cell(parts, "fwd/", GridLstmCell.Backward.NO),
                      cell(
                          parts,
                          "bwd/",
                          new GridLstmCell.Backward(
                              true, parts.integer("backward_slice_offset")))));

  static final List<CellType<? extends RnnCell>> ALL = List.of(GRID_LSTM, BIDIRECTIONAL_GRID_LSTM);

  private GridLstmCells() {}

  private static <C extends RnnCell> CellType<C> options(
      CellType<C> type, Function<C, GridLstmCell> grid) {
    return type.option(NUM_UNITS, cell -> grid.apply(cell).numUnits())
        .option(FORGET_BIAS, cell -> grid.apply(cell).forgetBias())
        .option(CellOption.flag("use_peepholes", false), cell -> grid.apply(cell).usesPeepholes())
        .option(
            CellOption.flag("share_time_frequency_weights", false),
            cell -> grid.apply(cell).sharesWeights())
        .option(
            CellOption.flag("couple_input_forget_gates", false),
            cell -> grid.apply(cell).couplesGates())
        .option(CellOption.bound("cell_clip"), cell -> grid.apply(cell).cellClip())
        .option(CellOption.size("feature_size"), cell -> grid.apply(cell).frequencies().size())
        .option(CellOption.size("frequency_skip"), cell -> grid.apply(cell).frequencies().skip())
        .option(
            CellOption.sizes("num_frequency_blocks"),
            cell -> grid.apply(cell).frequencies().counts())
        .option(
            CellOption.optionalIntegers("start_freqindex_list", 0),
            cell -> grid.apply(cell).frequencies().starts())
        .option(
            CellOption.optionalIntegers("end_freqindex_list", 1),
            cell -> grid.apply(cell).frequencies().ends())
        .size("gates", settings -> settings.flag("couple_input_forget_gates") ? 3 : 4)
        .requires(GridLstmCells::frequencies);
  }

  /** The variables of one direction. */
  private static <C extends RnnCell> CellType<C> weights(
      CellType<C> type, String scope, Function<C, GridLstmCell> grid) {
    for (String lstm : List.of("f", "t")) {
      Condition condition = lstm.equals("f") ? Condition.ALWAYS : OWN_TIME;
      String kernel = scope + "W_" + lstm + "_%d";
      type.variables(
              kernel,
              KERNEL,
              condition,
              BLOCKS,
              (cell, block) -> gates(grid.apply(cell), block, lstm).kernel())
          .spelled(kernel, kernel + "_#")
          .variables(
              scope + "B_" + lstm + "_%d",
              BIAS,
              condition,
              BLOCKS,
              (cell, block) -> gates(grid.apply(cell), block, lstm).bias());
    }
    for (String lstm : List.of("f", "t")) {
      for (String gate : List.of("I", "F", "O")) {
        Condition own = gate.equals("F") ? PEEPHOLES.and(OWN_FORGET) : PEEPHOLES;
        Condition condition = lstm.equals("f") ? own : OWN_TIME.and(own);
        for (String from : List.of("f", "t")) {
          type.variables(
              scope + diagonal(gate, lstm, from) + "_%d",
              DIAGONAL,
              condition,
              BLOCKS,
              (cell, block) -> diagonal(gates(grid.apply(cell), block, lstm), gate, from));
        }
      }
    }
    return type;
  }

  private static String diagonal(String gate, String lstm, String from) {
    return "W_" + gate + "_diag_" + (lstm.equals("f") ? "freq" : "time") + from;
  }

  private static GridLstmCell.Gates gates(GridLstmCell grid, int block, String lstm) {
    return lstm.equals("f")
        ? grid.blocks().get(block).frequency()
        : grid.blocks().get(block).time();
  }

  private static Tensor diagonal(GridLstmCell.Gates gates, String gate, String from) {
    LstmCell.Peepholes peepholes = from.equals("f") ? gates.fromFrequency() : gates.fromTime();
    return switch (gate) {
      case "I" -> peepholes.input();
      case "F" -> peepholes.forget();
      default -> peepholes.output();
    };
  }

  private static FrequencyBlocks frequencies(CellParts parts) {
    return new FrequencyBlocks(
        parts.inputSize(),
        parts.integer("feature_size"),
        parts.integer("frequency_skip"),
        parts.integers("num_frequency_blocks"),
        parts.integers("start_freqindex_list"),
        parts.integers("end_freqindex_list"));
  }

  private static GridLstmCell cell(CellParts parts, String scope, GridLstmCell.Backward backward) {
    List<GridLstmCell.Block> blocks = new ArrayList<>();
    for (int block = 0; block < BLOCKS.applyAsInt(parts.settings()); block++) {
      GridLstmCell.Gates frequency = gates(parts, scope, "f", block);
      boolean shared = parts.flag("share_time_frequency_weights");
      blocks.add(
          new GridLstmCell.Block(frequency, shared ? frequency : gates(parts, scope, "t", block)));
    }
    return new GridLstmCell(
        parts.integer("num_units"),
        blocks,
        parts.number("forget_bias"),
        parts.number("cell_clip"),
        frequencies(parts),
        backward);
  }

  private static GridLstmCell.Gates gates(CellParts parts, String scope, String lstm, int block) {
    return new GridLstmCell.Gates(
        parts.tensor(scope + "W_" + lstm + "_" + block),
        parts.tensor(scope + "B_" + lstm + "_" + block),
        peepholes(parts, scope, gate -> diagonal(gate, lstm, "f") + "_" + block),
        peepholes(parts, scope, gate -> diagonal(gate, lstm, "t") + "_" + block));
  }

  private static LstmCell.Peepholes peepholes(
      CellParts parts, String scope, Function<String, String> name) {
    Function<String, Tensor> diagonal =
        gate -> parts.tensors().getOrDefault(scope + name.apply(gate), Tensor.zeros(0));
    return new LstmCell.Peepholes(diagonal.apply("I"), diagonal.apply("F"), diagonal.apply("O"));
  }
}
