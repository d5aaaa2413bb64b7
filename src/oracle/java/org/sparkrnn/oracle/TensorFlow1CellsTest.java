package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.InputProjectionWrapper;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.OutputProjectionWrapper;
import org.sparkrnn.cell.ResidualWrapper;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.weights.tensorflow.python.Era;
import org.sparkrnn.weights.tensorflow.python.PythonCell;
import org.sparkrnn.weights.tensorflow.python.PythonCells;
import org.sparkrnn.weights.tensorflow.python.PythonGraph;
import org.sparkrnn.weights.tensorflow.python.PythonLstm;
import org.sparkrnn.weights.tensorflow.python.PythonMulti;
import org.sparkrnn.weights.tensorflow.python.PythonOps;
import org.sparkrnn.weights.tensorflow.python.PythonRnn;
import org.sparkrnn.weights.tensorflow.python.Value;

/**
 * Cells in graphs of TensorFlow 1: the bytes that its Python library writes for {@code
 * dynamic_rnn}, with lengths and initial states fed, run by TensorFlow and read by us.
 */
class TensorFlow1CellsTest {

  /**
   * A cell in a graph.
   *
   * @param judged the cell
   * @param python how Python writes it
   */
  record Case(String name, JudgedCell judged, Function<RnnCell, PythonCell> python) {
    @Override
    public String toString() {
      return name + ", " + judged.options();
    }
  }

  static Stream<Case> cells() {
    List<Case> all = new ArrayList<>();
    for (Activation activation :
        List.of(
            Activation.TANH,
            Activation.RELU,
            Activation.RELU6,
            Activation.SIGMOID,
            Activation.ELU,
            Activation.SOFTSIGN,
            Activation.of(Activation.Kind.SOFTPLUS),
            Activation.LINEAR)) {
      all.add(new Case("BasicRNNCell", JudgedCell.basicRnn(activation), PythonCells::of));
    }
    for (float bias : new float[] {0, 1, 2}) {
      for (boolean tuple : new boolean[] {true, false}) {
        all.add(lstm("BasicLSTMCell", PythonLstm.Form.BASIC, tuple, plain(bias, Activation.TANH)));
      }
    }
    all.add(lstm("BasicLSTMCell", PythonLstm.Form.BASIC, true, plain(1, Activation.RELU)));
    all.add(lstm("BasicLSTMCell", PythonLstm.Form.BASIC, true, plain(1, Activation.SOFTSIGN)));
    for (boolean tuple : new boolean[] {true, false}) {
      PythonLstm.Form form = PythonLstm.Form.LSTM_CELL;
      all.add(lstm("LSTMCell", form, tuple, plain(0.5f, Activation.TANH)));
      all.add(lstm("LSTMCell", form, tuple, plain(1, Activation.ELU)));
      all.add(lstm("LSTMCell use_peepholes", form, tuple, JudgedCell::peepholeLstm));
      all.add(lstm("LSTMCell cell_clip", form, tuple, JudgedCell::clippedPeepholeLstm));
      all.add(lstm("LSTMCell num_proj", form, tuple, projected(false, Float.POSITIVE_INFINITY)));
      all.add(lstm("LSTMCell proj_clip", form, tuple, projected(true, 0.3f)));
    }
    all.add(lstm("hard gates", PythonLstm.Form.LSTM_CELL, true, TensorFlow1CellsTest::hard));
    PythonLstm.Form block = PythonLstm.Form.BLOCK;
    all.add(lstm("LSTMBlockCell", block, true, JudgedCell::lstm));
    all.add(lstm("LSTMBlockCell use_peephole", block, true, JudgedCell::clippedPeepholeLstm));
    for (Activation activation : List.of(Activation.TANH, Activation.RELU)) {
      all.add(
          new Case(
              "GRUCell " + activation.kind(),
              new JudgedCell("GRUCell", "", (r, d, n) -> JudgedCell.gru(r, d, n, activation)),
              PythonCells::of));
    }
    all.add(
        new Case(
            "GRUBlockCellV2",
            new JudgedCell("GRUCell", "", (r, d, n) -> JudgedCell.gru(r, d, n, Activation.TANH)),
            cell -> PythonCells.block((GruCell) cell)));
    all.add(
        new Case(
            "CudnnCompatibleGRUCell",
            new JudgedCell("CudnnCompatibleGRUCell", "", JudgedCell::resetAfter),
            PythonCells::of));
    for (int layers = 1; layers < 4; layers++) {
      for (boolean tuple : new boolean[] {true, false}) {
        all.add(stack(layers, tuple));
      }
    }
    all.add(
        new Case(
            "MultiRNNCell of all kinds",
            JudgedCell.all().stream()
                .filter(cell -> cell.name().equals("MultiRNNCell"))
                .findFirst()
                .orElseThrow(),
            PythonCells::of));
    all.addAll(wrapped());
    return all.stream();
  }

  private static List<Case> wrapped() {
    return List.of(
        wrapped(
            "ResidualWrapper",
            JudgedCell.EQUAL,
            (random, d, n) -> new ResidualWrapper(JudgedCell.lstm(random, d, n))),
        wrapped(
            "MultiRNNCell of ResidualWrapper",
            JudgedCell.EQUAL,
            (random, d, n) ->
                new MultiRnnCell(
                    List.of(
                        new ResidualWrapper(JudgedCell.lstm(random, d, n)),
                        new ResidualWrapper(JudgedCell.gru(random, n, n, Activation.TANH)),
                        JudgedCell.lstm(random, n, n)))),
        wrapped(
            "MultiRNNCell, ResidualWrapper last",
            JudgedCell.SIZES,
            (random, d, n) ->
                new MultiRnnCell(
                    List.of(
                        JudgedCell.lstm(random, d, n),
                        new ResidualWrapper(JudgedCell.lstm(random, n, n))))),
        wrapped(
            "OutputProjectionWrapper",
            JudgedCell.SIZES,
            (random, d, n) -> projectedOutput(random, JudgedCell.lstm(random, d, n))),
        wrapped(
            "OutputProjectionWrapper of MultiRNNCell",
            JudgedCell.SIZES,
            (random, d, n) ->
                projectedOutput(
                    random,
                    new MultiRnnCell(
                        List.of(
                            JudgedCell.lstm(random, d, n), JudgedCell.lstm(random, n, n))))),
        wrapped(
            "InputProjectionWrapper",
            JudgedCell.SIZES,
            (random, d, n) ->
                new InputProjectionWrapper(
                    JudgedCell.gru(random, n, n, Activation.TANH),
                    random.kernel(d, n),
                    random.bias(n),
                    Activation.RELU)));
  }

  private static RnnCell projectedOutput(RandomWeights random, RnnCell cell) {
    int size = (cell.outputSize() + 2) / 2;
    return new OutputProjectionWrapper(
        cell, random.kernel(cell.outputSize(), size), random.bias(size), Activation.LINEAR);
  }

  private static Case wrapped(
      String name, List<JudgedCell.Size> sizes, JudgedCell.CellMaker maker) {
    JudgedCell judged =
        new JudgedCell(
            name,
            "",
            9,
            sizes,
            (random, d, n) -> {
              RnnCell ours = maker.make(random, d, n);
              return new JudgedCell.Pair(ours, PublishedCells.of(ours));
            });
    return new Case(name, judged, PythonCells::of);
  }

  private static Case lstm(
      String name, PythonLstm.Form form, boolean tuple, JudgedCell.CellMaker maker) {
    return new Case(
        name + (tuple ? "" : ", state_is_tuple=False"),
        new JudgedCell("LSTMCell", name, maker),
        cell -> new PythonLstm((LstmCell) cell, form, tuple));
  }

  private static JudgedCell.CellMaker plain(float forgetBias, Activation activation) {
    return (random, d, n) -> JudgedCell.lstm(random, d, n, forgetBias, activation);
  }

  private static JudgedCell.CellMaker projected(boolean peepholes, float clip) {
    return (random, d, n) -> {
      int p = (n + 2) / 2;
      return new LstmCell(
          random.kernel(d + p, 4 * n),
          random.bias(4 * n),
          1,
          Activation.TANH,
          Activation.SIGMOID,
          peepholes
              ? new LstmCell.Peepholes(random.bias(n), random.bias(n), random.bias(n))
              : LstmCell.Peepholes.NONE,
          Float.POSITIVE_INFINITY,
          new LstmCell.Projection(random.kernel(n, p), clip));
    };
  }

  private static LstmCell hard(RandomWeights random, int d, int n) {
    return new LstmCell(
        random.kernel(d + n, 4 * n),
        random.bias(4 * n),
        1,
        Activation.TANH,
        Activation.HARD_SIGMOID,
        LstmCell.Peepholes.NONE,
        Float.POSITIVE_INFINITY,
        LstmCell.Projection.NONE);
  }

  private static Case stack(int layers, boolean tuple) {
    return new Case(
        layers + " layers" + (tuple ? "" : ", state_is_tuple=False"),
        new JudgedCell(
            "MultiRNNCell",
            layers + " layers",
            (random, d, n) -> {
              List<RnnCell> cells = new ArrayList<>();
              for (int i = 0; i < layers; i++) {
                cells.add(JudgedCell.lstm(random, i == 0 ? d : n, n, 1, Activation.TANH));
              }
              return new MultiRnnCell(cells);
            }),
        cell ->
            new PythonMulti(
                ((MultiRnnCell) cell)
                    .cells().stream()
                        .map(
                            each ->
                                (PythonCell)
                                    new PythonLstm(
                                        (LstmCell) each, PythonLstm.Form.BASIC, tuple))
                        .toList(),
                tuple));
  }

  @ParameterizedTest
  @MethodSource("cells")
  void aCellInALoopIsOurs(Case each) {
    JudgedCell judged = each.judged();
    for (JudgedCell.Size size : judged.sizes().subList(0, Math.min(3, judged.sizes().size()))) {
      RnnCell cell = judged.make(size, 0).ours();
      PublishedCell published = PublishedCells.of(cell);
      JudgedRows rows = judged.rows(size, published.stateSize());
      for (Era era : List.of(Era.V1_2, Era.V1_15)) {
        WrittenRnn written = written(era, each.python().apply(cell), size.input());
        Verdict verdict = new Verdict(each + ", " + era + ", " + judged.describe(size));
        verdict.compare(
            List.of(List.of(published)), rows, written.ours(rows), written.theirs(rows));
      }
    }
  }

  private static WrittenRnn written(Era era, PythonCell cell, int depth) {
    PythonGraph graph = new PythonGraph(era);
    PythonOps tf = new PythonOps(graph);
    Value x = tf.placeholder("x", Value.Type.FLOAT, -1, -1, depth);
    Value lengths = tf.placeholder("lengths", Value.Type.INT32, -1);
    List<Value> initial = new ArrayList<>();
    for (int size : cell.stateSizes()) {
      initial.add(tf.placeholder("initial", Value.Type.FLOAT, -1, size));
    }
    PythonRnn.Outputs found =
        new PythonRnn(graph)
            .dynamic(
                cell, new PythonRnn.Inputs(x, depth, Optional.of(lengths), false), initial);
    return new WrittenRnn(
        graph,
        x,
        Optional.of(lengths),
        initial,
        cell.stateSizes(),
        false,
        found.outputs(),
        found.states());
  }
}
