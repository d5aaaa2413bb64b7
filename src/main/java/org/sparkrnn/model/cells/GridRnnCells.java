package org.sparkrnn.model.cells;

import static org.sparkrnn.model.cells.CellOption.FORGET_BIAS;
import static org.sparkrnn.model.cells.CellOption.NUM_UNITS;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.GridRnnCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.cells.CellVariable.Condition;
import org.sparkrnn.model.json.ActivationWords;
import org.sparkrnn.tensor.Tensor;

/**
 * The cells of {@code tf.contrib.grid_rnn} that have a name: {@code Grid1LSTMCell} to {@code
 * Grid3LSTMCell} and the others.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/grid_rnn/python/ops/grid_rnn_cell.py">TensorFlow
 *     1.15, contrib/grid_rnn, grid_rnn_cell.py</a>
 */
final class GridRnnCells {
  private static final String NON_RECURRENT = "non_recurrent_fn";
  private static final CellOption<Optional<Activation>> NON_RECURRENT_FN =
      new CellOption<>(
          NON_RECURRENT,
          Optional.empty(),
          "{\"$ref\": \"#/$defs/activation\"}",
          (cell, key) -> Optional.of(cell.activation(key, Activation.RELU)),
          (node, key, value) -> node.set(key, ActivationWords.node(value.orElseThrow())));

  /**
   * A cell of the dimensions.
   *
   * @param scope its scope inside the grid's
   * @param variables its variables' shapes by name, and from where
   */
  private record Inner<C extends RnnCell>(
      Class<C> cells,
      String scope,
      Map<String, String> shapes,
      Map<String, Function<C, Tensor>> from) {}

  private static final String SEEN = "dims * num_units";

  private static final Inner<BasicRnnCell> BASIC_RNN =
      new Inner<>(
          BasicRnnCell.class,
          "basic_rnn_cell",
          Map.of("kernel", "[" + SEEN + ", num_units]", "bias", "[num_units]"),
          Map.of("kernel", BasicRnnCell::kernel, "bias", BasicRnnCell::bias));
  private static final Inner<LstmCell> BASIC_LSTM = lstm("basic_lstm_cell");
  private static final Inner<LstmCell> LSTM = lstm("lstm_cell");
  private static final Inner<GruCell> GRU =
      new Inner<>(
          GruCell.class,
          "gru_cell",
          Map.of(
              "gates/kernel",
              "[" + SEEN + ", 2 * num_units]",
              "gates/bias",
              "[2 * num_units]",
              "candidate/kernel",
              "[" + SEEN + ", num_units]",
              "candidate/bias",
              "[num_units]"),
          Map.of(
              "gates/kernel",
              GruCell::gatesKernel,
              "gates/bias",
              GruCell::gatesBias,
              "candidate/kernel",
              GruCell::candidateKernel,
              "candidate/bias",
              GruCell::candidateBias));

  static final List<CellType<? extends RnnCell>> ALL =
      List.of(
          grid("Grid1BasicRNNCell", 1, BASIC_RNN),
          grid("Grid2BasicRNNCell", 2, BASIC_RNN),
          grid("Grid1LSTMCell", 1, LSTM),
          grid("Grid2LSTMCell", 2, LSTM),
          grid("Grid3LSTMCell", 3, LSTM),
          grid("Grid1BasicLSTMCell", 1, BASIC_LSTM).alias(),
          grid("Grid2BasicLSTMCell", 2, BASIC_LSTM).alias(),
          grid("Grid2GRUCell", 2, GRU));

  private GridRnnCells() {}

  private static Inner<LstmCell> lstm(String scope) {
    return new Inner<>(
        LstmCell.class,
        scope,
        Map.of("kernel", "[" + SEEN + ", 4 * num_units]", "bias", "[4 * num_units]"),
        Map.of("kernel", LstmCell::kernel, "bias", LstmCell::bias));
  }

  private static <C extends RnnCell> CellType<GridRnnCell> grid(
      String word, int dims, Inner<C> inner) {
    CellType<GridRnnCell> type =
        CellType.of(word, GridRnnCell.class)
            .scope(word)
            .only(cell -> cell.count() == dims && inner.cells().isInstance(last(cell)))
            .option(NUM_UNITS, GridRnnCell::numUnits)
            .size("dims", settings -> dims)
            .ignores("output_is_tuple")
            .variable("project_m_0", "[input, num_units]", GridRnnCell::projectM);
    if (dims > 1) {
      type.option(CellOption.flag("tied", false), GridRnnCells::tied)
          .option(NON_RECURRENT_FN, cell -> activation(cell.first()));
      dense(type);
    }
    if (inner.cells() == LstmCell.class) {
      type.option(FORGET_BIAS, cell -> ((LstmCell) last(cell)).forgetBias())
          .variable("project_c_0", "[input, num_units]", GridRnnCell::projectC);
    }
    if (inner == LSTM) {
      type.option(
          CellOption.flag("use_peepholes", false),
          cell -> ((LstmCell) last(cell)).peepholes().present());
    }
    for (int k = -1; k < dims; k++) {
      if (k >= 0 || dims > 1) {
        recurrent(type, dims, inner, k);
      }
    }
    return type.make(parts -> cell(parts, dims, inner));
  }

  private static RnnCell last(GridRnnCell cell) {
    return cell.dimension(cell.count() - 1);
  }

  private static boolean tied(GridRnnCell cell) {
    return cell.dimensions().size() > 1
        && cell.dimensions().stream().allMatch(cell.dimensions().get(0)::equals);
  }

  private static Optional<Activation> activation(GridRnnCell.Dense first) {
    return first.present() ? Optional.of(first.activation()) : Optional.empty();
  }

  private static void dense(CellType<GridRnnCell> type) {
    Condition given = Condition.size(NON_RECURRENT);
    for (boolean tied : new boolean[] {false, true}) {
      Condition condition = given.and(tied ? Condition.flag("tied") : Condition.notFlag("tied"));
      type.variable(
              dense(tied, "weights"),
              "[dims * num_units, num_units]",
              condition,
              cell -> cell.first().weights())
          .variable(dense(tied, "biases"), "[num_units]", condition, cell -> cell.first().biases());
    }
  }

  private static String dense(boolean tied, String name) {
    return "non_recurrent/" + (tied ? "" : "cell_0/") + "fully_connected/" + name;
  }

  /** The variables of dimension {@code k}; of all where it is -1 and weights are tied. */
  private static <C extends RnnCell> void recurrent(
      CellType<GridRnnCell> type, int dims, Inner<C> inner, int k) {
    Condition condition = Condition.ALWAYS;
    if (dims > 1) {
      condition = k < 0 ? Condition.flag("tied") : Condition.notFlag("tied");
      condition = k == 0 ? condition.and(Condition.absent(NON_RECURRENT)) : condition;
    }
    String scope = recurrent(inner, k);
    for (Map.Entry<String, String> shape : new TreeMap<>(inner.shapes()).entrySet()) {
      Function<C, Tensor> from = inner.from().get(shape.getKey());
      type.variable(
          scope + shape.getKey(),
          shape.getValue(),
          condition,
          cell -> from.apply(inner.cells().cast(at(cell, k))));
    }
    if (inner == LSTM) {
      Condition peepholes = Condition.flag("use_peepholes");
      peepholes = dims > 1 ? peepholes.and(condition) : peepholes;
      for (String gate : List.of("i", "f", "o")) {
        type.variable(
            scope + "w_" + gate + "_diag",
            "[num_units]",
            peepholes,
            cell -> diagonal(((LstmCell) at(cell, k)).peepholes(), gate));
      }
    }
  }

  private static RnnCell at(GridRnnCell cell, int k) {
    return k < 0 ? last(cell) : cell.dimension(k);
  }

  private static Tensor diagonal(LstmCell.Peepholes peepholes, String gate) {
    return switch (gate) {
      case "i" -> peepholes.input();
      case "f" -> peepholes.forget();
      default -> peepholes.output();
    };
  }

  private static String recurrent(Inner<?> inner, int k) {
    return "recurrent/" + (k < 0 ? "" : "cell_" + k + "/") + inner.scope() + "/";
  }

  private static GridRnnCell cell(CellParts parts, int dims, Inner<?> inner) {
    boolean tied = dims > 1 && parts.flag("tied");
    Optional<Activation> dense =
        dims > 1 ? parts.settings().get(NON_RECURRENT_FN) : Optional.empty();
    List<RnnCell> cells = new ArrayList<>();
    for (int k = dense.isPresent() ? 1 : 0; k < dims; k++) {
      cells.add(tied && !cells.isEmpty() ? cells.get(0) : inner(parts, inner, tied ? -1 : k));
    }
    return new GridRnnCell(
        cells,
        dense
            .map(
                activation ->
                    new GridRnnCell.Dense(
                        parts.tensor(dense(tied, "weights")),
                        parts.tensor(dense(tied, "biases")),
                        activation))
            .orElse(GridRnnCell.Dense.NONE),
        parts.tensor("project_m_0"),
        inner.cells() == LstmCell.class ? parts.tensor("project_c_0") : Tensor.zeros(0, 0));
  }

  private static RnnCell inner(CellParts parts, Inner<?> inner, int k) {
    Function<String, Tensor> tensor = name -> parts.tensor(recurrent(inner, k) + name);
    if (inner == BASIC_RNN) {
      return new BasicRnnCell(tensor.apply("kernel"), tensor.apply("bias"), Activation.TANH);
    }
    if (inner == GRU) {
      return new GruCell(
          tensor.apply("gates/kernel"),
          tensor.apply("gates/bias"),
          tensor.apply("candidate/kernel"),
          tensor.apply("candidate/bias"),
          Activation.TANH);
    }
    return new LstmCell(
        tensor.apply("kernel"),
        tensor.apply("bias"),
        parts.number("forget_bias"),
        Activation.TANH,
        Activation.SIGMOID,
        inner == LSTM && parts.flag("use_peepholes")
            ? new LstmCell.Peepholes(
                tensor.apply("w_i_diag"), tensor.apply("w_f_diag"), tensor.apply("w_o_diag"))
            : LstmCell.Peepholes.NONE,
        Float.POSITIVE_INFINITY,
        LstmCell.Projection.NONE);
  }
}
