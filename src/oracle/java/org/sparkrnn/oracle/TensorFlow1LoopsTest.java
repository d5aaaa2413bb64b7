package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnOutputs;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.tensorflow.python.Era;
import org.sparkrnn.weights.tensorflow.python.PythonCell;
import org.sparkrnn.weights.tensorflow.python.PythonCells;
import org.sparkrnn.weights.tensorflow.python.PythonGraph;
import org.sparkrnn.weights.tensorflow.python.PythonLstm;
import org.sparkrnn.weights.tensorflow.python.PythonOps;
import org.sparkrnn.weights.tensorflow.python.PythonRnn;
import org.sparkrnn.weights.tensorflow.python.Value;

/**
 * Loops in graphs of TensorFlow 1, of all its ways to write them: the bytes run by TensorFlow and
 * read by us.
 */
class TensorFlow1LoopsTest {
  private static final int DEPTH = 3;
  private static final int UNITS = 5;
  private static final int STEPS = 6;

  private static LstmCell lstm(RandomWeights random, int depth) {
    return JudgedCell.lstm(random, depth, UNITS, 1, Activation.TANH);
  }

  private static GruCell gru(RandomWeights random, int depth) {
    return JudgedCell.gru(random, depth, UNITS, Activation.TANH);
  }

  private static PythonCell python(RnnCell cell) {
    return cell instanceof LstmCell lstm
        ? new PythonLstm(lstm, PythonLstm.Form.BASIC, true)
        : PythonCells.of(cell);
  }

  private static JudgedRows rows(long seed, int stateSize, boolean lengths, boolean zeroStates) {
    JudgedRows rows = JudgedRows.of(new RandomWeights(seed), DEPTH, stateSize, STEPS);
    float[][][] steps = rows.steps();
    RandomWeights random = new RandomWeights(seed + 1);
    for (int row = 0; !lengths && row < steps.length; row++) {
      steps[row] = new float[STEPS][];
      Arrays.setAll(steps[row], t -> random.floats(DEPTH, 1));
    }
    return zeroStates ? new JudgedRows(steps, new float[steps.length][stateSize]) : rows;
  }

  /** The graph with the nodes that all have. */
  private static final class Start {
    final PythonGraph graph;
    final PythonOps tf;
    final PythonRnn rnn;
    final Value x;
    final Optional<Value> lengths;
    final boolean timeMajor;

    Start(Era era, Optional<Value.Type> lengths, boolean timeMajor) {
      this.graph = new PythonGraph(era);
      this.tf = new PythonOps(graph);
      this.rnn = new PythonRnn(graph);
      this.timeMajor = timeMajor;
      this.x = tf.placeholder("x", Value.Type.FLOAT, -1, -1, DEPTH);
      this.lengths = lengths.map(type -> tf.placeholder("lengths", type, -1));
    }

    PythonRnn.Inputs inputs() {
      return new PythonRnn.Inputs(x, DEPTH, lengths, timeMajor);
    }

    WrittenRnn written(PythonRnn.Outputs found) {
      return new WrittenRnn(
          graph, x, lengths, List.of(), List.of(), timeMajor, found.outputs(), found.states());
    }

    WrittenRnn written(PythonRnn.Steps found) {
      return written(new PythonRnn.Outputs(tf.stack(1, found.outputs()), found.states()));
    }
  }

  private static void judge(
      String what, List<List<RnnCell>> levels, JudgedRows rows, WrittenRnn written) {
    List<List<PublishedCell>> published =
        levels.stream().map(level -> level.stream().map(PublishedCells::of).toList()).toList();
    Verdict verdict = new Verdict(what);
    verdict.compare(
        published,
        rows,
        byDirection(published, written.ours(rows)),
        byDirection(published, written.theirs(rows)));
  }

  /** States of stacks stand level by level in graphs, and direction by direction in the verdict. */
  private static Answers byDirection(List<List<PublishedCell>> levels, Answers answers) {
    float[][] turned = new float[answers.states().length][];
    for (int row = 0; row < turned.length; row++) {
      float[] state = answers.states()[row];
      turned[row] = new float[state.length];
      int from = 0;
      for (int level = 0; level < levels.size(); level++) {
        for (int way = 0; way < levels.get(level).size(); way++) {
          int size = levels.get(level).get(way).stateSize();
          int to = Answers.stateOffset(levels, level, way);
          System.arraycopy(state, from, turned[row], to, size);
          from += size;
        }
      }
    }
    return new Answers(answers.outputs(), turned);
  }

  private static Optional<Value.Type> type(String lengths) {
    return lengths.equals("none") ? Optional.empty() : Optional.of(Value.Type.valueOf(lengths));
  }

  private static int stateSize(List<List<RnnCell>> levels) {
    return levels.stream()
        .flatMap(List::stream)
        .mapToInt(cell -> PublishedCells.of(cell).stateSize())
        .sum();
  }

  @ParameterizedTest
  @CsvSource({
    "V0_11, none, false",
    "V0_11, INT32, true",
    "V0_11, INT64, false",
    "V1_2, none, true",
    "V1_2, INT64, false",
    "V1_15, none, false",
    "V1_15, none, true",
    "V1_15, INT32, true",
    "V1_15, INT64, false"
  })
  void dynamicRnnIsOurs(Era era, String lengths, boolean timeMajor) {
    RandomWeights random = new RandomWeights(1);
    for (RnnCell cell : List.of(lstm(random, DEPTH), gru(random, DEPTH))) {
      Start start = new Start(era, type(lengths), timeMajor);
      JudgedRows rows =
          rows(2, PublishedCells.of(cell).stateSize(), start.lengths.isPresent(), true);
      judge(
          era + ", lengths " + lengths + ", time_major " + timeMajor + ", seed 1",
          List.of(List.of(cell)),
          rows,
          start.written(start.rnn.dynamic(python(cell), start.inputs(), List.of())));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "V0_11, INT64, false",
    "V1_2, none, false",
    "V1_2, INT32, true",
    "V1_15, none, false",
    "V1_15, none, true",
    "V1_15, INT32, true",
    "V1_15, INT64, false"
  })
  void bidirectionalDynamicRnnIsOurs(Era era, String lengths, boolean timeMajor) {
    RandomWeights random = new RandomWeights(3);
    Start start = new Start(era, type(lengths), timeMajor);
    List<RnnCell> cells = List.of(lstm(random, DEPTH), gru(random, DEPTH));
    JudgedRows rows = rows(4, stateSize(List.of(cells)), start.lengths.isPresent(), true);
    judge(
        era + ", lengths " + lengths + ", time_major " + timeMajor + ", seed 3",
        List.of(cells),
        rows,
        start.written(
            start.rnn.bidirectional(
                python(cells.get(0)), python(cells.get(1)), start.inputs(), List.of())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "INT32", "INT64"})
  void stackBidirectionalDynamicRnnIsOurs(String lengths) {
    RandomWeights random = new RandomWeights(5);
    Start start = new Start(Era.V1_15, type(lengths), false);
    List<List<RnnCell>> levels = new ArrayList<>();
    for (int level = 0; level < 3; level++) {
      int depth = level == 0 ? DEPTH : 2 * UNITS;
      levels.add(List.of(lstm(random, depth), level == 1 ? gru(random, depth) : lstm(random, depth)));
    }
    JudgedRows rows = rows(6, stateSize(levels), start.lengths.isPresent(), true);
    judge(
        "lengths " + lengths + ", seed 5",
        levels,
        rows,
        start.written(
            start.rnn.stack(
                levels.stream()
                    .map(level -> level.stream().map(TensorFlow1LoopsTest::python).toList())
                    .toList(),
                start.inputs())));
  }

  /** The steps of an unrolled loop. */
  enum Parting {
    /** {@code tf.unstack(x, axis=1)}. */
    UNSTACK,
    /** {@code tf.unstack(tf.transpose(x, [1, 0, 2]))}. */
    TRANSPOSE,
    /** {@code tf.split} along the steps, and {@code tf.squeeze}. */
    SPLIT,
    /** {@code tf.split(tf.reshape(tf.transpose(x, [1, 0, 2]), [-1, depth]), steps)}. */
    FLAT;

    List<Value> steps(PythonOps tf, Value x) {
      return switch (this) {
        case UNSTACK -> tf.unstack(1, x, STEPS);
        case TRANSPOSE ->
            tf.unstack(0, tf.transpose(x, tf.vector("transpose/perm", 1, 0, 2)), STEPS);
        case SPLIT -> tf.split(1, x, STEPS).stream().map(part -> tf.squeeze(part, 1)).toList();
        case FLAT -> {
          Value turned = tf.transpose(x, tf.vector("transpose/perm", 1, 0, 2));
          yield tf.split(0, tf.reshape(turned, tf.vector("Reshape/shape", -1, DEPTH)), STEPS);
        }
      };
    }
  }

  @ParameterizedTest
  @EnumSource(Parting.class)
  void staticRnnIsOurs(Parting parting) {
    for (Era era : Era.values()) {
      RandomWeights random = new RandomWeights(7);
      for (RnnCell cell : List.of(lstm(random, DEPTH), gru(random, DEPTH))) {
        Start start = new Start(era, Optional.empty(), false);
        JudgedRows rows = rows(8, PublishedCells.of(cell).stateSize(), false, true);
        judge(
            era + ", " + parting + ", seed 7",
            List.of(List.of(cell)),
            rows,
            start.written(
                start.rnn.unrolled(python(cell), parting.steps(start.tf, start.x), List.of())));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Parting.class)
  void staticBidirectionalRnnIsOurs(Parting parting) {
    for (Era era : Era.values()) {
      RandomWeights random = new RandomWeights(9);
      Start start = new Start(era, Optional.empty(), false);
      List<RnnCell> cells = List.of(lstm(random, DEPTH), gru(random, DEPTH));
      JudgedRows rows = rows(10, stateSize(List.of(cells)), false, true);
      judge(
          era + ", " + parting + ", seed 9",
          List.of(cells),
          rows,
          start.written(
              start.rnn.unrolledBothWays(
                  python(cells.get(0)),
                  python(cells.get(1)),
                  parting.steps(start.tf, start.x))));
    }
  }

  @ParameterizedTest
  @EnumSource(Era.class)
  void zerosForRowsThatAreCountedByAPlaceholderAreZeros(Era era) {
    RandomWeights random = new RandomWeights(13);
    LstmCell cell = lstm(random, DEPTH);
    Start start = new Start(era, Optional.empty(), false);
    Value rowCount =
        start.tf.placeholderWithDefault("batch_size", start.tf.integer("batch_size/input", 5));
    List<Value> zeros = python(cell).zeroState(start.graph, rowCount);
    judge(
        era + ", seed 13",
        List.of(List.of(cell)),
        rows(14, 2 * UNITS, false, true),
        start.written(start.rnn.dynamic(python(cell), start.inputs(), zeros)));
  }

  /** Each value is kept where a random number is at least 0: always. */
  @ParameterizedTest
  @EnumSource(Era.class)
  void dropoutThatKeepsEverythingIsLeftOut(Era era) {
    RandomWeights random = new RandomWeights(15);
    LstmCell cell = lstm(random, DEPTH);
    for (boolean unrolled : new boolean[] {false, true}) {
      Start start = new Start(era, Optional.empty(), false);
      Value keep =
          start.tf.placeholderWithDefault("keep_prob", start.tf.number("keep_prob/input", 1));
      PythonCell dropped =
          PythonCells.dropout(new PythonLstm(cell, PythonLstm.Form.BASIC, true), keep);
      WrittenRnn written =
          unrolled
              ? start.written(
                  start.rnn.unrolled(
                      dropped, start.tf.unstack(1, start.x, STEPS), List.of()))
              : start.written(start.rnn.dynamic(dropped, start.inputs(), List.of()));
      judge(
          era + ", unrolled " + unrolled + ", seed 15",
          List.of(List.of(cell)),
          rows(16, 2 * UNITS, false, true),
          written);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aStateThatIsFedIsWhereTheRowsBegin(boolean unrolled) {
    RandomWeights random = new RandomWeights(11);
    LstmCell cell = lstm(random, DEPTH);
    Start start = new Start(Era.V1_15, Optional.empty(), false);
    List<Value> initial = new ArrayList<>();
    for (int size : Collections.nCopies(2, UNITS)) {
      initial.add(start.tf.placeholder("state", Value.Type.FLOAT, -1, size));
    }
    PythonRnn.Outputs found;
    if (unrolled) {
      PythonRnn.Steps steps =
          start.rnn.unrolled(python(cell), start.tf.unstack(1, start.x, STEPS), initial);
      found = new PythonRnn.Outputs(start.tf.stack(1, steps.outputs()), steps.states());
    } else {
      found = start.rnn.dynamic(python(cell), start.inputs(), initial);
    }
    judge(
        "seed 11",
        List.of(List.of(cell)),
        rows(12, 2 * UNITS, false, false),
        new WrittenRnn(
            start.graph,
            start.x,
            Optional.empty(),
            initial,
            List.of(UNITS, UNITS),
            false,
            found.outputs(),
            found.states()));
  }

  /** {@code tf.tile(h0, [rows, 1])} of variables, or those alone added to zeros. */
  @ParameterizedTest
  @CsvSource({"V0_11, tile", "V1_2, tile", "V1_15, tile", "V1_15, sum"})
  void aLearnedStateIsWhereAllRowsBegin(Era era, String how) {
    RandomWeights random = new RandomWeights(17);
    List<RnnCell> cells = List.of(lstm(random, DEPTH), gru(random, DEPTH));
    Start start = new Start(era, Optional.empty(), false);
    PythonOps tf = start.tf;
    List<Value> initial = new ArrayList<>();
    float[] state = {};
    Value rowCount = tf.item(tf.shape(start.x), 0);
    for (int i = 0; i < 3; i++) {
      Tensor learned = random.kernel(1, UNITS);
      state = Answers.concat(state, learned.toArray());
      Value variable = start.graph.variable("state_" + i, learned);
      Value times = tf.stack(0, List.of(rowCount, tf.integer("multiples/1", 1)));
      Value zeros =
          tf.fill(tf.stack(0, List.of(rowCount, tf.integer("shape/1", UNITS))), tf.number("zero", 0));
      initial.add(how.equals("tile") ? tf.tile(variable, times) : tf.plus(zeros, variable));
    }
    PythonRnn.Outputs found =
        start.rnn.bidirectional(
            python(cells.get(0)), python(cells.get(1)), start.inputs(), initial);
    float[][][] steps = rows(18, 3 * UNITS, false, true).steps();
    float[][] states = new float[steps.length][];
    Arrays.fill(states, state);
    JudgedRows rows = new JudgedRows(steps, states);
    WrittenRnn written = start.written(found);
    String to = written.outputs().name();
    for (Value part : written.states()) {
      to += "," + part.name();
    }
    RnnModel model = WrittenRnn.load(start.graph.toByteArray(), "", to);
    RnnOutputs ours = model.run(steps);
    float[][][] outputs = new float[steps.length][][];
    float[][] last = new float[steps.length][];
    for (int row = 0; row < steps.length; row++) {
      outputs[row] = ours.steps(Output.OUTPUTS, row);
      last[row] = ours.floats(Output.FINAL_STATE, row);
    }
    List<List<PublishedCell>> published =
        List.of(cells.stream().map(PublishedCells::of).toList());
    new Verdict(era + ", " + how + ", seed 17")
        .compare(
            published,
            rows,
            byDirection(published, new Answers(outputs, last)),
            byDirection(published, written.theirs(rows)));
  }
}
