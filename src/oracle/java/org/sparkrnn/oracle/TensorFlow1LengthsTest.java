package org.sparkrnn.oracle;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnOutputs;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.tensorflow.python.Era;
import org.sparkrnn.weights.tensorflow.python.PythonGraph;
import org.sparkrnn.weights.tensorflow.python.PythonLstm;
import org.sparkrnn.weights.tensorflow.python.PythonOps;
import org.sparkrnn.weights.tensorflow.python.PythonRnn;
import org.sparkrnn.weights.tensorflow.python.Value;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Graphs that compute the rows' lengths of their own input, in the ways that people write it: rows
 * with padding, at their ends and between their steps, run by TensorFlow and read by us.
 */
class TensorFlow1LengthsTest {
  private static final int DEPTH = 3;
  private static final int UNITS = 5;
  private static final int STEPS = 6;
  private static final int IDS = 7;

  /** {@code 1} for each step that counts, in the order of {@link #STEPS}, for each row. */
  private static final int[][] COUNTS = {
    {1, 1, 1, 1, 1, 1}, {1, 1, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0}, {1, 0, 1, 1, 0, 0}
  };

  /** How lengths are computed. */
  enum Way {
    LARGEST((tf, x) -> tf.unary("Sign", "Sign", tf.reduce("Max", abs(tf, x), 2, false))),
    SUM((tf, x) -> tf.unary("Sign", "Sign", tf.reduce("Sum", abs(tf, x), 2, false))),
    LARGER(
        (tf, x) ->
            tf.compare(
                "Greater", tf.reduce("Max", abs(tf, x), 2, false), tf.number("Greater/y", 0))),
    ANY((tf, x) -> tf.any(tf.compare("NotEqual", x, tf.number("NotEqual/y", 0)), 2)),
    SIGN(0, (tf, ids) -> tf.unary("Sign", "Sign", ids)),
    SIGN_OF_FLOATS(0, (tf, ids) -> tf.unary("Sign", "Sign", tf.cast(ids, Value.Type.FLOAT))),
    SIGN_OF_SIZE(0, (tf, ids) -> tf.unary("Sign", "Sign", abs(tf, ids))),
    NONZERO(0, (tf, ids) -> tf.compare("NotEqual", ids, tf.integer("zeros", 0))),
    POSITIVE(0, (tf, ids) -> tf.compare("Greater", ids, tf.integer("Greater/y", 0))),
    TRUTH(0, (tf, ids) -> tf.cast(ids, Value.Type.BOOL)),
    OTHERS(4, (tf, ids) -> tf.compare("NotEqual", ids, tf.integer("NotEqual/y", 4)));

    final Optional<Integer> padding;
    final BiFunction<PythonOps, Value, Value> flags;

    Way(BiFunction<PythonOps, Value, Value> flags) {
      this.padding = Optional.empty();
      this.flags = flags;
    }

    Way(int padding, BiFunction<PythonOps, Value, Value> flags) {
      this.padding = Optional.of(padding);
      this.flags = flags;
    }

    Value lengths(PythonOps tf, Value x) {
      Value flags = this.flags.apply(tf, x);
      Value numbers = flags.type() == Value.Type.BOOL ? tf.cast(flags, Value.Type.INT32) : flags;
      return tf.cast(tf.reduce("Sum", numbers, 1, false), Value.Type.INT32);
    }
  }

  private static Value abs(PythonOps tf, Value x) {
    return tf.unary("Abs", "Abs", x);
  }

  private static LstmCell cell(RandomWeights random) {
    return JudgedCell.lstm(random, DEPTH, UNITS, 1, Activation.TANH);
  }

  /** The graph, its input and what it gives. */
  private record Written(PythonGraph graph, PythonOps tf, Value x, PythonRnn.Outputs rnn) {
    String to() {
      return rnn.outputs().name()
          + ","
          + rnn.states().get(0).name()
          + ","
          + rnn.states().get(1).name();
    }
  }

  /** Puts the sequence and the lengths of its input into a loop. */
  private static Written written(
      Era era, LstmCell cell, Optional<Tensor> table, BiFunction<PythonOps, Value, Value> lengths) {
    PythonGraph graph = new PythonGraph(era);
    PythonOps tf = new PythonOps(graph);
    Value x =
        table.isPresent()
            ? tf.placeholder("ids", Value.Type.INT32, -1, STEPS)
            : tf.placeholder("x", Value.Type.FLOAT, -1, STEPS, DEPTH);
    Value sequence =
        table
            .map(t -> tf.gather("embedding_lookup", graph.variable("embedding", t), x, 0))
            .orElse(x);
    Optional<Value> found = Optional.of(lengths.apply(tf, x));
    PythonRnn.Outputs rnn =
        new PythonRnn(graph)
            .dynamic(
                new PythonLstm(cell, PythonLstm.Form.BASIC, true),
                new PythonRnn.Inputs(sequence, DEPTH, found, false),
                List.of());
    return new Written(graph, tf, x, rnn);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void aLengthThatTheGraphCountsIsOurs(Way way) {
    RandomWeights random = new RandomWeights(31);
    LstmCell cell = cell(random);
    Optional<Tensor> table = way.padding.map(id -> random.kernel(IDS, DEPTH));
    int rows = COUNTS.length;
    int[][] ids = new int[rows][STEPS];
    float[][][] given = new float[rows][STEPS][];
    float[][][] own = new float[rows][][];
    for (int row = 0; row < rows; row++) {
      for (int t = 0; t < STEPS; t++) {
        int id = way.padding.orElse(0);
        if (COUNTS[row][t] == 1) {
          id = (id + 1 + (row + t) % (IDS - 1)) % IDS;
        }
        ids[row][t] = id;
        given[row][t] = new float[DEPTH];
        if (table.isPresent()) {
          table.get().copyTo(id * DEPTH, given[row][t], 0, DEPTH);
        } else if (COUNTS[row][t] == 1) {
          // Only one number of the step, below zero.
          given[row][t][t % DEPTH] = -Math.abs(random.floats(1, 1)[0]) - 0.1f;
        }
      }
      own[row] = Arrays.copyOf(given[row], Arrays.stream(COUNTS[row]).sum());
    }
    JudgedRows judged = new JudgedRows(own, new float[rows][2 * UNITS]);
    for (Era era : Era.values()) {
      Written written = written(era, cell, table, way::lengths);
      Map<String, org.tensorflow.Tensor> feeds = new HashMap<>();
      if (table.isPresent()) {
        int[] flat = Arrays.stream(ids).flatMapToInt(Arrays::stream).toArray();
        feeds.put(
            written.x().name(), TInt32.tensorOf(Shape.of(rows, STEPS), DataBuffers.of(flat)));
      } else {
        float[] flat = new JudgedRows(given, judged.states()).padded(0);
        feeds.put(
            written.x().name(),
            TFloat32.tensorOf(Shape.of(rows, STEPS, DEPTH), DataBuffers.of(flat)));
      }
      Answers theirs = theirs(written, feeds, rows);
      RnnModel model = WrittenRnn.load(written.graph().toByteArray(), "", written.to());
      RnnOutputs found = table.isPresent() ? model.run(ids) : model.run(given);
      float[][][] outputs = new float[rows][][];
      float[][] states = new float[rows][];
      for (int row = 0; row < rows; row++) {
        outputs[row] = found.steps(Output.OUTPUTS, row);
        states[row] = found.floats(Output.FINAL_STATE, row);
        for (int t = own[row].length; t < STEPS; t++) {
          org.assertj.core.api.Assertions.assertThat(outputs[row][t]).containsOnly(0f);
        }
      }
      new Verdict(way + ", " + era + ", seed 31")
          .compare(
              List.of(List.of(PublishedCells.of(cell))),
              judged,
              new Answers(outputs, states),
              theirs);
    }
  }

  private static Answers theirs(
      Written written, Map<String, org.tensorflow.Tensor> feeds, int rows) {
    List<float[]> found =
        TensorFlowSession.run(
            written.graph().toByteArray(), feeds, List.of(written.to().split(",")));
    float[][][] outputs = new float[rows][STEPS][];
    float[][] states = new float[rows][];
    for (int row = 0; row < rows; row++) {
      for (int t = 0; t < STEPS; t++) {
        int from = (row * STEPS + t) * UNITS;
        outputs[row][t] = Arrays.copyOfRange(found.get(0), from, from + UNITS);
      }
      states[row] =
          Answers.concat(
              Arrays.copyOfRange(found.get(1), row * UNITS, (row + 1) * UNITS),
              Arrays.copyOfRange(found.get(2), row * UNITS, (row + 1) * UNITS));
    }
    return new Answers(outputs, states);
  }

  /** Lengths that are all the same: the number of steps. */
  enum Whole {
    FILL((tf, x) -> tf.fill(tf.stack(0, List.of(item(tf, x, 0))), item(tf, x, 1))),
    FILL_WITH_A_CONSTANT(
        (tf, x) ->
            tf.fill(tf.stack(0, List.of(item(tf, x, 0))), tf.integer("steps", STEPS))),
    TILE(
        (tf, x) ->
            tf.tile(tf.stack(0, List.of(item(tf, x, 1))), tf.stack(0, List.of(item(tf, x, 0))))),
    TILE_OF_A_CONSTANT(
        (tf, x) -> tf.tile(tf.vector("steps", STEPS), tf.stack(0, List.of(item(tf, x, 0))))),
    ONES(
        (tf, x) ->
            tf.binary(
                "Mul",
                "mul",
                tf.fill(tf.stack(0, List.of(item(tf, x, 0))), tf.integer("ones/Const", 1)),
                item(tf, x, 1))),
    CONSTANT((tf, x) -> tf.vector("lengths", STEPS, STEPS, STEPS, STEPS));

    final BiFunction<PythonOps, Value, Value> lengths;

    Whole(BiFunction<PythonOps, Value, Value> lengths) {
      this.lengths = lengths;
    }
  }

  private static Value item(PythonOps tf, Value x, int place) {
    return tf.item(tf.shape(x), place);
  }

  @ParameterizedTest
  @EnumSource(Whole.class)
  void allStepsAreAllSteps(Whole way) {
    RandomWeights random = new RandomWeights(32);
    LstmCell cell = cell(random);
    float[][][] steps = new float[4][STEPS][];
    for (float[][] row : steps) {
      Arrays.setAll(row, t -> t % 2 == 0 ? new float[DEPTH] : random.floats(DEPTH, 1));
    }
    JudgedRows rows = new JudgedRows(steps, new float[4][2 * UNITS]);
    for (Era era : Era.values()) {
      Written written = written(era, cell, Optional.empty(), way.lengths);
      WrittenRnn rnn =
          new WrittenRnn(
              written.graph(),
              written.x(),
              Optional.empty(),
              List.of(),
              List.of(),
              false,
              written.rnn().outputs(),
              written.rnn().states());
      new Verdict(way + ", " + era + ", seed 32")
          .compare(
              List.of(List.of(PublishedCells.of(cell))), rows, rnn.ours(rows), rnn.theirs(rows));
    }
  }

  /** {@code last_relevant}: the last of the steps that are counted, which all rows have. */
  @Test
  void theStepAtACountedLengthIsOurs() {
    RandomWeights random = new RandomWeights(33);
    LstmCell cell = cell(random);
    Tensor kernel = random.kernel(UNITS, 4);
    for (Era era : Era.values()) {
      List<Value> lengths = new ArrayList<>();
      Written written =
          written(
              era,
              cell,
              Optional.empty(),
              (tf, x) -> {
                lengths.add(Way.LARGEST.lengths(tf, x));
                return lengths.get(0);
              });
      PythonOps tf = written.tf();
      Value outputs = written.rnn().outputs();
      Value starts =
          tf.binary(
              "Mul", "mul", tf.range("range", 0, item(tf, outputs, 0)), tf.integer("mul/y", STEPS));
      Value ends = tf.binary("Sub", "sub", lengths.get(0), tf.integer("sub/y", 1));
      Value flat = tf.reshape(outputs, tf.vector("Reshape/shape", -1, UNITS));
      Value last = tf.gather("Gather", flat, tf.plus(starts, ends), 0);
      Value to = tf.matMul(last, written.graph().variable("w", kernel));
      float[][][] given = new float[2][STEPS][DEPTH];
      for (int row = 0; row < 2; row++) {
        for (int t = 0; t < STEPS - 3 * row; t++) {
          given[row][t] = random.floats(DEPTH, 1);
        }
      }
      float[] flatRows = new JudgedRows(given, new float[2][2 * UNITS]).padded(0);
      float[] theirs =
          TensorFlowSession.run(
                  written.graph().toByteArray(),
                  Map.of(
                      written.x().name(),
                      TFloat32.tensorOf(
                          Shape.of(2, STEPS, DEPTH), DataBuffers.of(flatRows))),
                  List.of(to.name()))
              .get(0);
      RnnModel model = WrittenRnn.load(written.graph().toByteArray(), "", to.name());
      RnnOutputs found = model.run(given);
      Verdict verdict = new Verdict(era + ", seed 33");
      for (int row = 0; row < 2; row++) {
        List<Bounded> steps =
            Arrays.stream(given[row]).limit(STEPS - 3L * row).map(Bounded::exact).toList();
        BoundedLoop loop = BoundedLoop.run(PublishedCells.of(cell), steps, new float[2 * UNITS]);
        verdict.compare(
            "row " + row,
            BoundedArithmetic.BOUNDS.affine(
                loop.outputs().get(steps.size() - 1), kernel, Tensor.zeros(4)),
            found.floats(model.defaultOutputs().get(0), row),
            Arrays.copyOfRange(theirs, row * 4, (row + 1) * 4));
      }
    }
  }

  /** What looks at padding as well as at steps is not what rows of their own lengths give. */
  @Test
  void whatLooksAtPaddingIsRefused() {
    LstmCell cell = cell(new RandomWeights(34));
    Written written = written(Era.V1_15, cell, Optional.empty(), Way.LARGEST::lengths);
    Value outputs = written.rnn().outputs();
    PythonOps tf = written.tf();
    Value mean = tf.reduce("Mean", outputs, 1, false);
    Value last =
        tf.stridedSlice(outputs, new int[] {0, -1}, new int[] {0, 0}, new int[] {1, 1}, 1, 1, 2);
    for (Value to : List.of(mean, last)) {
      assertThatThrownBy(() -> WrittenRnn.load(written.graph().toByteArray(), "", to.name()))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("also looks at padding");
    }
  }
}
