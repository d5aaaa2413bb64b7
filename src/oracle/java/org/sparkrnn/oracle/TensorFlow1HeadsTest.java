package org.sparkrnn.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnOutputs;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.ResidualWrapper;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.tensorflow.python.Era;
import org.sparkrnn.weights.tensorflow.python.PythonCell;
import org.sparkrnn.weights.tensorflow.python.PythonCells;
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
 * What stands around the loops in graphs of TensorFlow 1: embeddings before them, and heads behind
 * them in the ways that people write; run by TensorFlow and read by us.
 */
class TensorFlow1HeadsTest {
  private static final BoundedArithmetic A = BoundedArithmetic.BOUNDS;
  private static final int DEPTH = 3;
  private static final int UNITS = 5;
  private static final int STEPS = 6;
  private static final int ROWS = 4;
  private static final int CLASSES = 4;
  private static final long SEED = 21;

  /** What a head is made of. */
  private static final class Body {
    final PythonGraph graph;
    final PythonOps tf;
    final RandomWeights random = new RandomWeights(SEED);
    final Tensor kernel = random.kernel(UNITS, CLASSES);
    final Tensor bias = random.bias(CLASSES);
    final LstmCell cell = JudgedCell.lstm(random, DEPTH, UNITS, 1, Activation.TANH);
    PythonRnn.Outputs rnn;

    Body(Era era) {
      this.graph = new PythonGraph(era);
      this.tf = new PythonOps(graph);
    }

    Value kernel() {
      return graph.variable("dense/kernel", kernel);
    }

    Value bias() {
      return graph.variable("dense/bias", bias);
    }

    /** {@code xw_plus_b}, or a dense layer of a matrix. */
    Value dense(Value x) {
      return tf.biasAdd(tf.matMul(x, kernel()), bias());
    }

    /** {@code tf.matmul(x, w) + b}. */
    Value matMulPlus(Value x) {
      return tf.plus(tf.matMul(x, kernel()), bias());
    }

    /** {@code outputs[:, -1]}. */
    Value last() {
      return tf.stridedSlice(
          rnn.outputs(), new int[] {0, -1}, new int[] {0, 0}, new int[] {1, 1}, 1, 1, 2);
    }

    /** {@code [rows, steps, floats]} as {@code [rows * steps, floats]}. */
    Value flat() {
      return tf.reshape(rnn.outputs(), tf.vector("Reshape/shape", -1, UNITS));
    }

    Bounded exact(Bounded x) {
      return A.affine(x, kernel, bias);
    }
  }

  /** The nodes of a head. */
  private interface Nodes {
    Value write(Body body);
  }

  /** What it gives for a row. */
  private interface Formula {
    Bounded of(Body body, BoundedLoop loop);
  }

  /**
   * A head.
   *
   * @param name what it is
   * @param nodes how it is written
   * @param formula what it gives for a row: one entry, or one of each step side by side
   */
  record Head(String name, Nodes nodes, Formula formula) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Formula each(Formula ofStep) {
    return (body, loop) -> {
      List<Bounded> all = new ArrayList<>();
      for (Bounded step : loop.outputs()) {
        all.add(ofStep.of(body, new BoundedLoop(List.of(step), step)));
      }
      return Bounded.concat(all);
    };
  }

  private static Bounded last(BoundedLoop loop) {
    return loop.outputs().get(loop.outputs().size() - 1);
  }

  private static Bounded mean(BoundedLoop loop) {
    List<Bounded> steps = loop.outputs();
    return A.times(A.sum(steps), 1f / steps.size());
  }

  private static Bounded largest(BoundedLoop loop) {
    double[] value = new double[UNITS];
    double[] error = new double[UNITS];
    Arrays.fill(value, Double.NEGATIVE_INFINITY);
    for (Bounded step : loop.outputs()) {
      for (int i = 0; i < UNITS; i++) {
        value[i] = Math.max(value[i], step.value()[i]);
        error[i] = Math.max(error[i], step.error()[i]);
      }
    }
    return new Bounded(value, error);
  }

  static Stream<Head> heads() {
    Formula dense = (body, loop) -> body.exact(last(loop));
    Formula perStep = each((body, loop) -> body.exact(last(loop)));
    return Stream.of(
        new Head("dense of outputs[:, -1]", body -> body.dense(body.last()), dense),
        new Head("matmul plus bias of outputs[:, -1]", b -> b.matMulPlus(b.last()), dense),
        new Head(
            "dense of outputs[:, -1, :]",
            b ->
                b.dense(
                    b.tf.stridedSlice(
                        b.rnn.outputs(),
                        new int[] {0, -1, 0},
                        new int[] {0, 0, 0},
                        new int[] {1, 1, 1},
                        5,
                        5,
                        2)),
            dense),
        new Head(
            "dense of the last of the transposed, by gather",
            b -> {
              Value turned =
                  b.tf.transpose(b.rnn.outputs(), b.tf.vector("transpose/perm", 1, 0, 2));
              return b.dense(b.tf.gather("Gather", turned, b.tf.integer("index", STEPS - 1), 0));
            },
            dense),
        new Head(
            "dense of the last of the unstacked",
            b -> b.dense(b.tf.unstack(1, b.rnn.outputs(), STEPS).get(STEPS - 1)),
            dense),
        new Head("dense of the final h", b -> b.dense(b.rnn.states().get(1)), dense),
        new Head(
            "a turned matrix of the final h",
            b -> {
              Tensor kernel = b.kernel;
              float[] turned = new float[UNITS * CLASSES];
              for (int i = 0; i < turned.length; i++) {
                turned[i] = kernel.at(i % UNITS, i / UNITS);
              }
              Tensor rows =
                  Tensor.of(org.sparkrnn.tensor.Shape.of(CLASSES, UNITS), turned);
              Value w = b.graph.variable("softmax_w", rows);
              return b.tf.biasAdd(b.tf.matMul(b.rnn.states().get(1), w, false, true), b.bias());
            },
            dense),
        new Head(
            "dense of the mean",
            b -> b.dense(b.tf.reduce("Mean", b.rnn.outputs(), 1, false)),
            (b, loop) -> b.exact(mean(loop))),
        new Head(
            "dense of the maximum",
            b -> b.dense(b.tf.reduce("Max", b.rnn.outputs(), 1, false)),
            (b, loop) -> b.exact(largest(loop))),
        new Head(
            "softmax",
            b -> b.tf.unary("Softmax", "Softmax", b.dense(b.last())),
            (b, loop) -> A.softmax(b.exact(last(loop)))),
        new Head(
            "relu",
            b -> b.tf.unary("Relu", "Relu", b.dense(b.last())),
            (b, loop) -> A.apply(Activation.RELU, b.exact(last(loop)))),
        new Head(
            "sigmoid",
            b -> b.tf.unary("Sigmoid", "Sigmoid", b.dense(b.last())),
            (b, loop) -> A.apply(Activation.SIGMOID, b.exact(last(loop)))),
        new Head("flat", b -> b.dense(b.flat()), perStep),
        new Head(
            "flat and back, the rows counted",
            b -> {
              Value rows = b.tf.item(b.tf.shape(b.rnn.outputs()), 0);
              Value shape =
                  b.tf.stack(
                      0,
                      List.of(
                          rows,
                          b.tf.integer("Reshape_1/shape/1", STEPS),
                          b.tf.integer("Reshape_1/shape/2", CLASSES)));
              return b.tf.reshape(b.dense(b.flat()), shape);
            },
            perStep),
        new Head(
            "flat and back",
            b -> b.tf.reshape(b.dense(b.flat()), b.tf.vector("shape", -1, STEPS, CLASSES)),
            perStep),
        new Head(
            "softmax of each step",
            b -> b.tf.unary("Softmax", "Softmax", b.dense(b.flat())),
            each((b, loop) -> A.softmax(b.exact(last(loop))))),
        new Head(
            "relu up to 20",
            b ->
                b.tf.binary(
                    "Minimum",
                    "Minimum",
                    b.tf.unary("Relu", "Relu", b.dense(b.last())),
                    b.tf.number("Minimum/y", 0.25f)),
            (b, loop) ->
                A.apply(
                    new Activation(Activation.Kind.CLIP, 0, 0.25f), b.exact(last(loop)))),
        new Head(
            "batch normalisation of a dense layer",
            b -> normalised(b, b.dense(b.last())),
            (b, loop) -> normalised(b.exact(last(loop)))),
        new Head(
            "scaled, moved and divided",
            b -> {
              Value scaled = b.tf.binary("Mul", "mul", b.last(), b.tf.number("mul/y", 3));
              Value moved = b.tf.binary("Sub", "sub", b.tf.number("sub/x", 2), scaled);
              return b.dense(b.tf.binary("RealDiv", "div", moved, b.tf.number("div/y", 4)));
            },
            (b, loop) ->
                b.exact(A.times(A.add(A.times(last(loop), -3), 2), 0.25f))),
        new Head("tensordot", TensorFlow1HeadsTest::tensordot, perStep),
        new Head(
            "tensordot where no size is known",
            b ->
                b.tf.biasAdd(overSteps(b).openTensordot(b.rnn.outputs(), b.kernel()), b.bias()),
            perStep),
        new Head(
            "fully_connected of steps",
            b -> overSteps(b).fullyConnected(b.rnn.outputs(), b::dense),
            perStep),
        new Head(
            "softmax of three axes",
            b -> overSteps(b).softmax(overSteps(b).fullyConnected(b.rnn.outputs(), b::dense)),
            each((b, loop) -> A.softmax(b.exact(last(loop))))),
        new Head(
            "a product of batches",
            b ->
                b.graph.era() == Era.V1_15
                    ? b.tf.plus(b.tf.batchMatMul(b.rnn.outputs(), b.kernel()), b.bias())
                    : tensordot(b),
            perStep));
  }

  private static DenseOverSteps overSteps(Body b) {
    return new DenseOverSteps(b.graph, UNITS, CLASSES);
  }

  private static final float[] GAMMA = {1.5f, -0.5f, 2, 1};
  private static final float[] BETA = {0.25f, 0, -1, 3};
  private static final float[] MEAN = {0.5f, -0.25f, 0, 1};
  private static final float[] VARIANCE = {0.5f, 1, 2.5f, 0.01f};
  private static final float EPSILON = 0.001f;

  /** {@code tf.layers.batch_normalization} when the network is not trained. */
  private static Value normalised(Body b, Value x) {
    PythonOps tf = b.tf;
    List<Value> w = new ArrayList<>();
    for (float[] each : List.of(GAMMA, BETA, MEAN, VARIANCE)) {
      w.add(
          b.graph.variable(
              "batch_normalization/" + w.size(),
              Tensor.of(org.sparkrnn.tensor.Shape.of(CLASSES), each)));
    }
    Value raised = tf.plus(w.get(3), tf.number("batchnorm/add/y", EPSILON));
    Value factor =
        tf.binary("Mul", "batchnorm/mul", tf.unary("Rsqrt", "batchnorm/Rsqrt", raised), w.get(0));
    Value shift = tf.binary("Mul", "batchnorm/mul_2", w.get(2), factor);
    Value rest = tf.binary("Sub", "batchnorm/sub", w.get(1), shift);
    return tf.plus(tf.binary("Mul", "batchnorm/mul_1", x, factor), rest);
  }

  private static Bounded normalised(Bounded x) {
    double[] factor = new double[CLASSES];
    double[] error = new double[CLASSES];
    for (int i = 0; i < CLASSES; i++) {
      factor[i] = GAMMA[i] / Math.sqrt(VARIANCE[i] + EPSILON);
      // A sum, a root and a product, each off by half a unit of the last place or by one.
      error[i] = Math.abs(factor[i]) * 0x1p-22;
    }
    Bounded by = new Bounded(factor, error);
    Bounded shift = A.times(A.mul(Bounded.exact(MEAN), by), -1);
    return A.add(A.mul(x, by), A.add(Bounded.exact(BETA), shift));
  }

  /** What is done with what a dense layer gives for each step. */
  enum EachStep {
    STACKED,
    SOFTMAX,
    RELU,
    SIDE_BY_SIDE;

    Value write(PythonOps tf, List<Value> steps) {
      return switch (this) {
        case STACKED -> tf.stack(1, steps);
        case SOFTMAX ->
            tf.stack(1, steps.stream().map(s -> tf.unary("Softmax", "Softmax", s)).toList());
        case RELU -> tf.stack(1, steps.stream().map(s -> tf.unary("Relu", "Relu", s)).toList());
        case SIDE_BY_SIDE ->
            tf.reshape(tf.concat(1, steps), tf.vector("Reshape/shape", -1, CLASSES));
      };
    }

    Bounded exact(Bounded x) {
      return switch (this) {
        case STACKED, SIDE_BY_SIDE -> x;
        case SOFTMAX -> A.softmax(x);
        case RELU -> A.apply(Activation.RELU, x);
      };
    }
  }

  /** {@code [tf.matmul(h, w) + b for h in outputs]}. */
  @ParameterizedTest
  @EnumSource(EachStep.class)
  void aDenseLayerOnceForEachStepIsOurs(EachStep how) {
    for (Era era : Era.values()) {
      Body body = new Body(era);
      Value x = body.tf.placeholder("x", Value.Type.FLOAT, -1, STEPS, DEPTH);
      PythonRnn.Steps steps =
          new PythonRnn(body.graph)
              .unrolled(
                  new PythonLstm(body.cell, PythonLstm.Form.BASIC, true),
                  body.tf.unstack(1, x, STEPS),
                  List.of());
      Value to = how.write(body.tf, steps.outputs().stream().map(body::matMulPlus).toList());
      JudgedRows made = full(body.random);
      float[] theirs = run(body, x, made.padded(0), to);
      RnnModel model = WrittenRnn.load(body.graph.toByteArray(), "", to.name());
      Formula formula = each((b, loop) -> how.exact(b.exact(last(loop))));
      compare(how + ", " + era, formula, body, made.steps(), model.run(made.steps()), model, theirs);
    }
  }

  /** {@code tf.layers.dense} of a value with three axes. */
  private static Value tensordot(Body b) {
    return b.tf.biasAdd(overSteps(b).tensordot(b.rnn.outputs(), b.kernel()), b.bias());
  }

  @ParameterizedTest
  @MethodSource("heads")
  void aHeadIsOurs(Head head) {
    for (Era era : Era.values()) {
      Body body = new Body(era);
      Value x = body.tf.placeholder("x", Value.Type.FLOAT, -1, STEPS, DEPTH);
      body.rnn =
          new PythonRnn(body.graph)
              .dynamic(
                  new PythonLstm(body.cell, PythonLstm.Form.BASIC, true),
                  new PythonRnn.Inputs(x, DEPTH, Optional.empty(), false),
                  List.of());
      Value to = head.nodes().write(body);
      JudgedRows made = full(body.random);
      float[][][] rows = made.steps();
      float[] theirs = run(body, x, made.padded(0), to);
      RnnModel model = WrittenRnn.load(body.graph.toByteArray(), "", to.name());
      compare(head + ", " + era, head.formula(), body, rows, model.run(rows), model, theirs);
    }
  }

  private static void compare(
      String what,
      Formula formula,
      Body body,
      float[][][] rows,
      RnnOutputs found,
      RnnModel model,
      float[] theirs) {
    PublishedCell published = PublishedCells.of(body.cell);
    Verdict verdict = new Verdict(what + ", seed " + SEED);
    for (int row = 0; row < rows.length; row++) {
      List<Bounded> steps = Arrays.stream(rows[row]).map(Bounded::exact).toList();
      BoundedLoop loop = BoundedLoop.run(published, steps, new float[2 * UNITS]);
      int size = theirs.length / rows.length;
      verdict.compare(
          "row " + row,
          formula.of(body, loop),
          found.floats(model.defaultOutputs().get(0), row),
          Arrays.copyOfRange(theirs, row * size, (row + 1) * size));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theStepAtEachRowsLengthIsOurs(boolean pairs) {
    for (Era era : List.of(Era.V1_2, Era.V1_15)) {
      Body body = new Body(era);
      PythonOps tf = body.tf;
      Value x = tf.placeholder("x", Value.Type.FLOAT, -1, STEPS, DEPTH);
      Value lengths = tf.placeholder("lengths", Value.Type.INT32, -1);
      body.rnn =
          new PythonRnn(body.graph)
              .dynamic(
                  new PythonLstm(body.cell, PythonLstm.Form.BASIC, true),
                  new PythonRnn.Inputs(x, DEPTH, Optional.of(lengths), false),
                  List.of());
      Value rowCount = tf.item(tf.shape(body.rnn.outputs()), 0);
      Value count = tf.range("range", 0, rowCount);
      Value end = tf.binary("Sub", "sub", lengths, tf.integer("sub/y", 1));
      Value last;
      if (pairs) {
        last = tf.gatherNd(body.rnn.outputs(), tf.stack(1, List.of(count, end)));
      } else {
        Value starts = tf.binary("Mul", "mul", count, tf.integer("mul/y", STEPS));
        last = tf.gather("Gather", body.flat(), tf.plus(starts, end), 0);
      }
      Value to = body.dense(last);
      JudgedRows rows = JudgedRows.of(new RandomWeights(SEED + 1), DEPTH, 2 * UNITS, STEPS);
      rows.steps()[2] = rows.steps()[1].clone();
      WrittenRnn written =
          new WrittenRnn(
              body.graph,
              x,
              Optional.of(lengths),
              List.of(),
              List.of(),
              false,
              body.rnn.outputs(),
              List.of());
      float[] theirs =
          TensorFlowSession.run(
                  body.graph.toByteArray(), written.feeds(rows), List.of(to.name()))
              .get(0);
      RnnModel model = WrittenRnn.load(body.graph.toByteArray(), "", to.name());
      RnnOutputs found = model.run(rows.steps());
      Verdict verdict = new Verdict(era + ", seed " + SEED);
      for (int row = 0; row < rows.rows(); row++) {
        BoundedLoop loop =
            BoundedLoop.run(
                PublishedCells.of(body.cell), rows.exact(row), new float[2 * UNITS]);
        verdict.compare(
            "row " + row,
            body.exact(last(loop)),
            found.floats(model.defaultOutputs().get(0), row),
            Arrays.copyOfRange(theirs, row * CLASSES, (row + 1) * CLASSES));
      }
    }
  }

  /** The class of a row, and of each step; of random numbers no two are nearly the largest. */
  @Test
  void argMaxIsOurs() {
    for (Era era : List.of(Era.V1_2, Era.V1_15)) {
      for (boolean perStep : new boolean[] {false, true}) {
        Body body = new Body(era);
        PythonOps tf = body.tf;
        Value x = tf.placeholder("x", Value.Type.FLOAT, -1, STEPS, DEPTH);
        body.rnn =
            new PythonRnn(body.graph)
                .dynamic(
                    new PythonLstm(body.cell, PythonLstm.Form.BASIC, true),
                    new PythonRnn.Inputs(x, DEPTH, Optional.empty(), false),
                    List.of());
        Value best = tf.argMax(body.dense(perStep ? body.flat() : body.last()), 1);
        Value fetched = tf.cast(best, Value.Type.FLOAT);
        JudgedRows rows = full(body.random);
        float[] theirs = run(body, x, rows.padded(0), fetched);
        RnnModel model = WrittenRnn.load(body.graph.toByteArray(), "", best.name());
        RnnOutputs found = model.run(rows.steps());
        for (int row = 0; row < ROWS; row++) {
          int size = theirs.length / ROWS;
          int[] ids = found.ints(model.defaultOutputs().get(0), row);
          assertThat(ids).hasSize(size);
          for (int i = 0; i < size; i++) {
            assertThat(ids[i]).as("%s, row %d, %d", era, row, i).isEqualTo((int) theirs[row * size + i]);
          }
        }
      }
    }
  }

  /** {@code concat([fw[:, -1], bw[:, 0]], 1)}: where each direction ends. */
  private static Value ends(Body body, Value x, PythonCell fw, PythonCell bw) {
    PythonOps tf = body.tf;
    PythonRnn.BothWays both =
        new PythonRnn(body.graph)
            .bothWays(
                fw, bw, new PythonRnn.Inputs(x, DEPTH, Optional.empty(), false), List.of());
    int[] one = {1, 1};
    return tf.concat(
        1,
        List.of(
            tf.stridedSlice(both.fw(), new int[] {0, -1}, new int[] {0, 0}, one, 1, 1, 2),
            tf.stridedSlice(both.bw(), new int[] {0, 0}, new int[] {0, 1}, one, 1, 1, 2)));
  }

  @Test
  void whereBothDirectionsEndIsOurs() {
    for (Era era : Era.values()) {
      Body body = new Body(era);
      LstmCell back = JudgedCell.lstm(body.random, DEPTH, UNITS, 0, Activation.TANH);
      Tensor kernel = body.random.kernel(2 * UNITS, CLASSES);
      Value x = body.tf.placeholder("x", Value.Type.FLOAT, -1, STEPS, DEPTH);
      Value ends =
          ends(
              body,
              x,
              new PythonLstm(body.cell, PythonLstm.Form.BASIC, true),
              new PythonLstm(back, PythonLstm.Form.BASIC, true));
      Value to =
          body.tf.biasAdd(
              body.tf.matMul(ends, body.graph.variable("both/kernel", kernel)), body.bias());
      JudgedRows rows = full(body.random);
      float[] theirs = run(body, x, rows.padded(0), to);
      RnnModel model = WrittenRnn.load(body.graph.toByteArray(), "", to.name());
      RnnOutputs found = model.run(rows.steps());
      Verdict verdict = new Verdict("ends of both, " + era + ", seed " + SEED);
      for (int row = 0; row < ROWS; row++) {
        List<Bounded> steps = rows.exact(row);
        List<Bounded> turned = new ArrayList<>(steps);
        Collections.reverse(turned);
        float[] zeros = new float[2 * UNITS];
        verdict.compare(
            "row " + row,
            A.affine(
                Bounded.concat(
                    List.of(
                        last(BoundedLoop.run(PublishedCells.of(body.cell), steps, zeros)),
                        last(BoundedLoop.run(PublishedCells.of(back), turned, zeros)))),
                kernel,
                body.bias),
            found.floats(model.defaultOutputs().get(0), row),
            Arrays.copyOfRange(theirs, row * CLASSES, (row + 1) * CLASSES));
      }
    }
  }

  /** A direction's last output is its state, but not behind a wrapper. */
  @Test
  void whereWrappersEndIsNotTheirState() {
    Body body = new Body(Era.V1_15);
    PythonCell cell =
        PythonCells.of(new ResidualWrapper(JudgedCell.lstm(body.random, DEPTH, DEPTH)));
    Value x = body.tf.placeholder("x", Value.Type.FLOAT, -1, STEPS, DEPTH);
    Value to = ends(body, x, cell, cell);
    assertThatThrownBy(() -> WrittenRnn.load(body.graph.toByteArray(), "", to.name()))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("ConcatV2 'concat'");
  }

  private static JudgedRows full(RandomWeights random) {
    float[][][] rows = new float[ROWS][STEPS][];
    for (float[][] row : rows) {
      Arrays.setAll(row, t -> random.floats(DEPTH, 1));
    }
    return new JudgedRows(rows, new float[ROWS][2 * UNITS]);
  }

  private static float[] run(Body body, Value x, float[] flat, Value to) {
    TFloat32 fed = TFloat32.tensorOf(Shape.of(ROWS, STEPS, DEPTH), DataBuffers.of(flat));
    return TensorFlowSession.run(
            body.graph.toByteArray(), Map.of(x.name(), fed), List.of(to.name()))
        .get(0);
  }

  @Test
  void anEmbeddingBeforeTheLoopIsOurs() {
    for (Era era : Era.values()) {
      Body body = new Body(era);
      Tensor table = new RandomWeights(SEED + 2).kernel(9, DEPTH);
      Value ids = body.tf.placeholder("ids", Value.Type.INT32, -1, -1);
      Value embedded =
          body.tf.gather("embedding_lookup", body.graph.variable("embedding", table), ids, 0);
      body.rnn =
          new PythonRnn(body.graph)
              .dynamic(
                  new PythonLstm(body.cell, PythonLstm.Form.BASIC, true),
                  new PythonRnn.Inputs(embedded, DEPTH, Optional.empty(), false),
                  List.of());
      Value to = body.dense(body.last());
      int[][] rows = new int[ROWS][STEPS];
      int[] flat = new int[ROWS * STEPS];
      float[][][] floats = new float[ROWS][STEPS][DEPTH];
      for (int i = 0; i < flat.length; i++) {
        flat[i] = i * 7 % 9;
        rows[i / STEPS][i % STEPS] = flat[i];
        table.copyTo(flat[i] * DEPTH, floats[i / STEPS][i % STEPS], 0, DEPTH);
      }
      Map<String, org.tensorflow.Tensor> feeds = new HashMap<>();
      feeds.put(ids.name(), TInt32.tensorOf(Shape.of(ROWS, STEPS), DataBuffers.of(flat)));
      float[] theirs =
          TensorFlowSession.run(body.graph.toByteArray(), feeds, List.of(to.name())).get(0);
      RnnModel model = WrittenRnn.load(body.graph.toByteArray(), "", to.name());
      Formula dense = (b, loop) -> b.exact(last(loop));
      compare("embedding, " + era, dense, body, floats, model.run(rows), model, theirs);
    }
  }

  /** How a layer before the loop gets its rows, and the loop its steps. */
  enum Before {
    /** {@code reshape(x, [-1, floats])} and {@code reshape(y, [-1, steps, units])}. */
    KNOWN,
    /** {@code reshape(y, [rows, steps, units])}, counted. */
    COUNTED,
    /** {@code (x - mean) / deviation}. */
    NORMALISED
  }

  /** A layer of each step of the input before it goes into the loop. */
  @ParameterizedTest
  @EnumSource(Before.class)
  void aLayerBeforeTheLoopIsOurs(Before how) {
    for (Era era : Era.values()) {
      Body body = new Body(era);
      PythonOps tf = body.tf;
      boolean normalised = how == Before.NORMALISED;
      Tensor in = body.random.kernel(7, DEPTH);
      Tensor moved = body.random.bias(DEPTH);
      int width = normalised ? DEPTH : 7;
      Value x = tf.placeholder("x", Value.Type.FLOAT, -1, STEPS, width);
      Value steps;
      if (normalised) {
        Value centred =
            tf.binary("Sub", "sub", x, body.graph.variable("mean", moved));
        steps = tf.binary("RealDiv", "div", centred, tf.number("deviation", 2));
      } else {
        Value flat = tf.reshape(x, tf.vector("Reshape/shape", -1, 7));
        Value dense =
            tf.plus(
                tf.matMul(flat, body.graph.variable("in/w", in)),
                body.graph.variable("in/b", moved));
        steps =
            tf.reshape(
                dense,
                how == Before.KNOWN
                    ? tf.vector("Reshape_1/shape", -1, STEPS, DEPTH)
                    : tf.stack(
                        0,
                        List.of(
                            tf.item(tf.shape(x), 0),
                            tf.item(tf.shape(x), 1),
                            tf.integer("Reshape_1/shape/2", DEPTH))));
      }
      body.rnn =
          new PythonRnn(body.graph)
              .dynamic(
                  new PythonLstm(body.cell, PythonLstm.Form.BASIC, true),
                  new PythonRnn.Inputs(steps, DEPTH, Optional.empty(), false),
                  List.of());
      Value to = body.dense(body.last());
      float[][][] rows = new float[ROWS][STEPS][];
      for (float[][] row : rows) {
        Arrays.setAll(row, t -> body.random.floats(width, 1));
      }
      float[] flatRows = new JudgedRows(rows, new float[ROWS][2 * UNITS]).padded(0);
      TFloat32 fed =
          TFloat32.tensorOf(Shape.of(ROWS, STEPS, width), DataBuffers.of(flatRows));
      float[] theirs =
          TensorFlowSession.run(
                  body.graph.toByteArray(), Map.of(x.name(), fed), List.of(to.name()))
              .get(0);
      RnnModel model = WrittenRnn.load(body.graph.toByteArray(), "", to.name());
      RnnOutputs found = model.run(rows);
      Verdict verdict = new Verdict(how + ", " + era + ", seed " + SEED);
      for (int row = 0; row < ROWS; row++) {
        List<Bounded> before =
            Arrays.stream(rows[row])
                .map(Bounded::exact)
                .map(
                    step ->
                        normalised
                            ? A.times(
                                A.add(step, A.times(Bounded.exact(moved.toArray()), -1)), 0.5f)
                            : A.affine(step, in, moved))
                .toList();
        BoundedLoop loop =
            BoundedLoop.run(PublishedCells.of(body.cell), before, new float[2 * UNITS]);
        verdict.compare(
            "row " + row,
            body.exact(last(loop)),
            found.floats(model.defaultOutputs().get(0), row),
            Arrays.copyOfRange(theirs, row * CLASSES, (row + 1) * CLASSES));
      }
    }
  }
}
