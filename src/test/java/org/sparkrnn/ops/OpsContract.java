package org.sparkrnn.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.oracle.TextbookBound;
import org.sparkrnn.oracle.TextbookCell;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/** What every implementation of {@link Ops} must do; a subclass names the implementation. */
abstract class OpsContract {
  private static final long SEED = 20260101;

  /** Half an ulp of numbers around 1: the relative error of one rounding. */
  private static final double U = 0x1p-24;

  abstract Ops ops();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 33, 64, 70})
  void everyCellFollowsTheTextbook(int units) {
    RandomNetworks random = new RandomNetworks(SEED + units);
    for (int inputs : new int[] {1, 4, units + 2}) {
      for (RnnCell cell : random.cells(inputs, units)) {
        int projected = cell instanceof LstmCell lstm && lstm.projection().present() ? units : 1;
        followTextbook(cell, random, 4, projected * TextbookBound.ofOneStep(inputs, units));
      }
    }
  }

  private void followTextbook(RnnCell cell, RandomNetworks random, int steps, double tolerance) {
    int rows = 3;
    PackedCell packed = ops().pack(cell);
    assertThat(packed.inputSize()).isEqualTo(cell.inputSize());
    assertThat(packed.outputSize()).isEqualTo(cell.outputSize());
    assertThat(packed.stateSize()).isEqualTo(cell.stateShape().size());
    CellStepper stepper = packed.stepper(rows);
    float[] x = random.floats(rows * cell.inputSize());
    float[] y = new float[rows * cell.outputSize()];
    float[] state = new float[packed.stateSize()];
    for (int r = 0; r < rows; r++) {
      stepper.setState(r, random.floats(packed.stateSize()), 0);
    }
    int[] at = {2, 0, 1};
    for (int t = 0; t < steps; t++) {
      List<TextbookCell.Step> expected = new ArrayList<>();
      for (int r = 0; r < rows; r++) {
        stepper.getState(r, state, 0);
        float[] input = new float[cell.inputSize()];
        System.arraycopy(x, at[r] * input.length, input, 0, input.length);
        expected.add(
            TextbookCell.step(cell, RandomNetworks.widen(input), RandomNetworks.widen(state)));
      }
      FlatSteps.step(packed, stepper, rows, at, x, y);
      for (int r = 0; r < rows; r++) {
        stepper.getState(r, state, 0);
        String where = cell.getClass().getSimpleName() + ", step " + t + ", row " + r + ", " + SEED;
        assertClose(where + ", state", state, 0, expected.get(r).state(), tolerance);
        int from = at[r] * cell.outputSize();
        assertClose(where + ", output", y, from, expected.get(r).output(), tolerance);
      }
    }
  }

  private static void assertClose(
      String where, float[] actual, int from, double[] expected, double tolerance) {
    for (int j = 0; j < expected.length; j++) {
      double distance = Math.abs(actual[from + j] - expected[j]);
      if (!(distance <= tolerance * Math.max(1, Math.abs(expected[j])))) {
        throw new AssertionError(
            where + "[" + j + "]: " + actual[from + j] + ", the textbook has " + expected[j]);
      }
    }
  }

  /**
   * One step with sums of at most 0.4, so that even exp of exp stays moderate and not too steep.
   */
  @ParameterizedTest
  @MethodSource("org.sparkrnn.oracle.EveryActivation#elementwise")
  void everyActivationWorksInEveryPlaceOfAnLstm(Activation activation) {
    RandomNetworks random = new RandomNetworks(SEED);
    int n = 19;
    for (Activation gate : new Activation[] {Activation.SIGMOID, activation}) {
      LstmCell cell =
          new LstmCell(
              scaled(random.tensor(5 + n, 4L * n), 0.01f),
              scaled(random.tensor(4L * n), 0.1f),
              0,
              activation,
              gate,
              LstmCell.Peepholes.NONE,
              Float.POSITIVE_INFINITY,
              LstmCell.Projection.NONE);
      followTextbook(cell, random, 1, 8 * TextbookBound.ofOneStep(5, n));
    }
  }

  private static Tensor scaled(Tensor tensor, float factor) {
    float[] values = tensor.toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return Tensor.owning(tensor.shape(), values);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 16, 17, 40})
  void aRowHasTheSameBitsAloneAndAmongOthers(int units) {
    int most = 23;
    RandomNetworks random = new RandomNetworks(SEED + units);
    for (RnnCell cell : random.cells(5, units)) {
      float[] x = random.floats(most * 5 * 3);
      float[] states = random.floats(most * cell.stateShape().size());
      float[][] alone = new float[most][];
      for (int r = 0; r < most; r++) {
        alone[r] = run(cell, x, states, new int[] {r});
      }
      for (int rows = 2; rows <= most; rows++) {
        float[] together = run(cell, x, states, IntStream.range(0, rows).toArray());
        int width = alone[0].length;
        for (int r = 0; r < rows; r++) {
          float[] row = new float[width];
          System.arraycopy(together, r * width, row, 0, width);
          assertThat(row)
              .as("%s, row %d of %d, seed %d", cell.getClass().getSimpleName(), r, rows, SEED)
              .isEqualTo(alone[r]);
        }
      }
    }
  }

  /** Three steps of the given rows; for each row its outputs and its last state. */
  private float[] run(RnnCell cell, float[] x, float[] states, int[] which) {
    PackedCell packed = ops().pack(cell);
    int rows = which.length;
    int width = 3 * packed.outputSize() + packed.stateSize();
    float[] result = new float[rows * width];
    CellStepper stepper = packed.stepper(rows);
    float[] y = new float[x.length / packed.inputSize() * packed.outputSize()];
    int[] at = new int[rows];
    for (int r = 0; r < rows; r++) {
      stepper.setState(r, states, which[r] * packed.stateSize());
    }
    for (int t = 0; t < 3; t++) {
      for (int r = 0; r < rows; r++) {
        at[r] = which[r] * 3 + t;
      }
      FlatSteps.step(packed, stepper, rows, at, x, y);
      for (int r = 0; r < rows; r++) {
        int to = r * width + t * packed.outputSize();
        System.arraycopy(y, at[r] * packed.outputSize(), result, to, packed.outputSize());
      }
    }
    for (int r = 0; r < rows; r++) {
      stepper.getState(r, result, r * width + 3 * packed.outputSize());
    }
    return result;
  }

  @Test
  void aStepperUsedAgainGivesTheSameBits() {
    RandomNetworks random = new RandomNetworks(SEED);
    for (RnnCell cell : random.cells(4, 18)) {
      PackedCell packed = ops().pack(cell);
      CellStepper used = packed.stepper(7);
      float[] x = random.floats(7 * 4);
      float[] y = new float[7 * packed.outputSize()];
      int[] at = IntStream.range(0, 7).toArray();
      for (int r = 0; r < 7; r++) {
        used.setState(r, random.floats(packed.stateSize()), 0);
      }
      for (int rows = 7; rows >= 1; rows--) {
        FlatSteps.step(packed, used, rows, at, x, y);
      }
      float[] states = random.floats(7 * packed.stateSize());
      CellStepper fresh = packed.stepper(7);
      for (int r = 0; r < 7; r++) {
        used.setState(r, states, r * packed.stateSize());
        fresh.setState(r, states, r * packed.stateSize());
      }
      float[] expected = new float[y.length];
      for (int t = 0; t < 3; t++) {
        FlatSteps.step(packed, used, 7 - t, at, x, y);
        FlatSteps.step(packed, fresh, 7 - t, at, x, expected);
        assertThat(y).as(cell.getClass().getSimpleName()).isEqualTo(expected);
      }
    }
  }

  @Test
  void aCellInTwoPiecesHasTheBitsOfTheWhole() {
    RandomNetworks random = new RandomNetworks(SEED);
    for (int units : new int[] {5, 16, 33, 64}) {
      for (RnnCell cell : random.cells(6, units)) {
        PackedCell whole = ops().pack(cell);
        whole.split().ifPresent(split -> compareInPieces(random, whole, split));
      }
    }
  }

  private static void compareInPieces(
      RandomNetworks random, PackedCell whole, PackedCell.Split split) {
    int rows = 9;
    float[] x = random.floats(rows * whole.inputSize());
    float[] sums = new float[rows * split.input().outputSize()];
    split.input().runner().apply(rows, x, 0, sums, 0);
    CellStepper one = whole.stepper(rows);
    CellStepper two = split.rest().stepper(rows);
    float[] state = random.floats(whole.stateSize());
    for (int r = 0; r < rows; r++) {
      one.setState(r, state, 0);
      two.setState(r, state, 0);
    }
    float[] expected = new float[rows * whole.outputSize()];
    float[] actual = new float[expected.length];
    // Rows read each other's steps, so that reading and writing places differ.
    int[] from = {3, 1, 1, 0, 8, 7, 2, 5, 4};
    int[] to = IntStream.range(0, rows).toArray();
    for (int t = 0; t < 3; t++) {
      FlatSteps.step(whole, one, rows - t, from, x, to, expected);
      FlatSteps.step(split.rest(), two, rows - t, from, sums, to, actual);
      assertThat(actual).as("%s, step %d", whole.getClass().getSimpleName(), t).isEqualTo(expected);
    }
    float[] last = new float[state.length];
    two.getState(2, state, 0);
    one.getState(2, last, 0);
    assertThat(state).as(whole.getClass().getSimpleName()).isEqualTo(last);
    assertThat(split.rest().split()).isEmpty();
  }

  @Test
  void notANumberInOneRowStaysInThatRow() {
    RandomNetworks random = new RandomNetworks(SEED);
    for (RnnCell cell : random.cells(3, 17)) {
      PackedCell packed = ops().pack(cell);
      float[] x = random.floats(8 * 3);
      float[] clean = stepOnce(packed, 8, x);
      x[4 * 3 + 1] = Float.NaN;
      float[] touched = stepOnce(packed, 8, x);
      for (int j = 0; j < clean.length; j++) {
        boolean hit = j / packed.outputSize() == 4;
        assertThat(touched[j])
            .as("%s, output %d", cell.getClass().getSimpleName(), j)
            .isEqualTo(Float.valueOf(hit ? Float.NaN : clean[j]));
      }
    }
  }

  private static float[] stepOnce(PackedCell packed, int rows, float[] x) {
    float[] y = new float[rows * packed.outputSize()];
    int[] at = IntStream.range(0, rows).toArray();
    FlatSteps.step(packed, packed.stepper(rows), rows, at, x, y);
    return y;
  }

  @Test
  void aCellClipOfZeroForcesTheCellStateToZero() {
    RandomNetworks random = new RandomNetworks(SEED);
    LstmCell free = random.lstm(3, 18);
    LstmCell cell =
        new LstmCell(
            free.kernel(),
            free.bias(),
            1,
            Activation.TANH,
            Activation.SIGMOID,
            LstmCell.Peepholes.NONE,
            0,
            LstmCell.Projection.NONE);
    PackedCell packed = ops().pack(cell);
    CellStepper stepper = packed.stepper(1);
    stepper.setState(0, random.floats(36), 0);
    float[] y = new float[18];
    FlatSteps.step(packed, stepper, 1, new int[] {0}, random.floats(3), y);
    float[] state = new float[36];
    stepper.getState(0, state, 0);
    assertThat(isZero(state)).isTrue();
    assertThat(isZero(y)).isTrue();
  }

  @Test
  void hugeInputsSaturateAndDoNotOverflow() {
    int n = 17;
    float[] kernel = new float[(1 + n) * 4 * n];
    Arrays.fill(kernel, 0, 4 * n, 3e38f);
    LstmCell cell =
        new LstmCell(
            Tensor.of(Shape.of(1 + n, 4L * n), kernel),
            Tensor.zeros(4L * n),
            1,
            Activation.TANH,
            Activation.SIGMOID,
            LstmCell.Peepholes.NONE,
            Float.POSITIVE_INFINITY,
            LstmCell.Projection.NONE);
    float[] up = stepOnce(ops().pack(cell), 1, new float[] {3e38f});
    float[] down = stepOnce(ops().pack(cell), 1, new float[] {-3e38f});
    assertThat(up).containsOnly(Elementary.tanh(1));
    assertThat(isZero(down)).isTrue();
  }

  private static boolean isZero(float[] values) {
    for (float value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  @Test
  void aMultiRnnCellIsNotPackedAsOne() {
    MultiRnnCell cell = new MultiRnnCell(List.of(new RandomNetworks(1).gru(2, 3)));
    assertThat(catchThrowable(() -> ops().pack(cell)))
        .hasMessage("a MultiRNNCell is not packed as one: pack its cells");
  }

  @ParameterizedTest
  @MethodSource("org.sparkrnn.oracle.EveryActivation#elementwise")
  void denseLayersFollowTheTextbookWithinTheirBounds(Activation activation) {
    RandomNetworks random = new RandomNetworks(SEED);
    for (int in : new int[] {1, 3, 8, 21}) {
      for (int out : new int[] {1, 5, 16, 33, 70}) {
        Tensor kernel = scaled(random.tensor(in, out), 0.25f);
        Tensor bias = random.tensor(out);
        PackedDense.Runner dense = ops().pack(kernel, bias, activation).runner();
        int rows = 70;
        float guard = 12345;
        float[] x = random.floats(2 + rows * in);
        float[] y = new float[3 + rows * out + 3];
        Arrays.fill(y, guard);
        dense.apply(rows, x, 2, y, 3);
        for (int r = 0; r < rows; r++) {
          float[] row = new float[in];
          System.arraycopy(x, 2 + r * in, row, 0, in);
          double[] expected = TextbookCell.affine(RandomNetworks.widen(row), kernel, bias);
          for (int j = 0; j < out; j++) {
            expected[j] = TextbookCell.activate(activation, expected[j]);
          }
          String where = activation + " " + in + "x" + out + ", row " + r + ", seed " + SEED;
          assertClose(where, y, 3 + r * out, expected, 4 * TextbookBound.ofOneStep(in, 0));
        }
        for (int k = 0; k < 3; k++) {
          assertThat(y[k]).isEqualTo(guard);
          assertThat(y[3 + rows * out + k]).isEqualTo(guard);
        }
        float[] one = new float[out];
        dense.apply(1, x, 2 + 41 * in, one, 0);
        float[] same = new float[out];
        System.arraycopy(y, 3 + 41 * out, same, 0, out);
        assertThat(one).isEqualTo(same);
      }
    }
  }

  @Test
  void softmaxSumsToOneAndSurvivesLargeValues() {
    Random random = new Random(SEED);
    float[] x = new float[2 + 3 * 37 + 1];
    for (int i = 0; i < x.length; i++) {
      x[i] = (random.nextFloat() - 0.5f) * (i < 39 ? 4 : 400);
    }
    float[] before = x.clone();
    ops().softmax(x, 2, 3, 37);
    assertThat(x[0]).isEqualTo(before[0]);
    assertThat(x[1]).isEqualTo(before[1]);
    assertThat(x[113]).isEqualTo(before[113]);
    for (int r = 0; r < 3; r++) {
      double max = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < 37; j++) {
        max = Math.max(max, before[2 + r * 37 + j]);
      }
      double sum = 0;
      for (int j = 0; j < 37; j++) {
        sum += Math.exp(before[2 + r * 37 + j] - max);
      }
      for (int j = 0; j < 37; j++) {
        double distance = before[2 + r * 37 + j] - max;
        // One rounding of x - max moves exp by |x - max| U; exp, the sum and the division follow.
        double bound = Math.exp(distance) / sum * (Math.abs(distance) + 37 + 4) * U;
        assertThat((double) x[2 + r * 37 + j])
            .isBetween(
                Math.exp(distance) / sum - bound - 1e-45, Math.exp(distance) / sum + bound + 1e-45);
      }
    }
    float[] poisoned = {1, Float.NaN, 2};
    ops().softmax(poisoned, 0, 1, 3);
    assertThat(poisoned).containsOnly(Float.NaN);
    float[] masked = {1, Float.NEGATIVE_INFINITY, 1};
    ops().softmax(masked, 0, 1, 3);
    assertThat(masked).containsExactly(0.5f, 0, 0.5f);
  }

  @Test
  void costsAreCounted() {
    RandomNetworks random = new RandomNetworks(SEED);
    PackedCell lstm = ops().pack(random.lstm(5, 7));
    assertThat(lstm.flopsPerStep()).isEqualTo(2 * 12 * 28);
    assertThat(lstm.bytes()).isGreaterThanOrEqualTo(4 * 13 * 28);
    assertThat(lstm.stepperBytes(64)).isGreaterThanOrEqualTo(64 * 4 * (12 + 7));
    assertThat(ops().pack(random.gru(5, 7)).flopsPerStep()).isEqualTo(2 * 12 * 21);
    assertThat(ops().pack(random.resetAfterGru(5, 7)).flopsPerStep()).isEqualTo(2 * 12 * 21);
    assertThat(ops().pack(random.basicRnn(5, 7)).flopsPerStep()).isEqualTo(2 * 12 * 7);
    PackedDense dense = ops().pack(random.tensor(5, 7), random.tensor(7), Activation.RELU);
    assertThat(dense.flopsPerRow()).isEqualTo(2 * 5 * 7);
    assertThat(dense.bytes()).isGreaterThanOrEqualTo(4 * 6 * 7);
  }
}
