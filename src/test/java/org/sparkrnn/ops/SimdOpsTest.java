package org.sparkrnn.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.FormulaCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.tensor.Tensor;

@Tag("lanes")
class SimdOpsTest extends OpsContract {
  private static final long SEED = 20260102;

  @BeforeAll
  static void vectorsOfAtLeast256Bits() {
    assumeThat(Panels.LANES)
        .as("skipped: floats in this machine's vectors")
        .isGreaterThanOrEqualTo(8);
  }

  @Override
  Ops ops() {
    return Ops.of("simd");
  }

  @Test
  void namesItsLanes() {
    assertThat(ops().name()).isEqualTo("simd-" + Panels.LANES * 32);
    String expected = System.getProperty("sparkrnn.test.simd");
    if (expected != null) {
      assertThat(ops().name()).isEqualTo(expected);
    }
  }

  @Test
  void theGeneratedFilesAreWhatTheGeneratorsWrite() throws Exception {
    String committed = Files.readString(SimdTilesGenerator.TARGET);
    assertThat(withoutLayout(committed)).isEqualTo(withoutLayout(SimdTilesGenerator.source()));
    String activations = Files.readString(SimdActivationsGenerator.TARGET);
    assertThat(withoutLayout(activations))
        .isEqualTo(withoutLayout(SimdActivationsGenerator.source()));
  }

  private static String withoutLayout(String source) {
    return source.replaceAll("[\\s*]+", "");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 32, 33, 48, 64, 65, 70, 100})
  void everyCellHasTheScalarBits(int units) {
    RandomNetworks random = new RandomNetworks(SEED + units);
    for (int inputs : new int[] {1, 3, 16, 29}) {
      List<RnnCell> cells = new ArrayList<>(random.cells(inputs, units));
      LstmCell lstm = random.lstm(inputs, units);
      cells.add(with(lstm, Activation.TANH, 0, LstmCell.Projection.NONE));
      cells.add(with(lstm, Activation.RELU, 3, LstmCell.Projection.NONE));
      int projected = units + 3;
      cells.add(
          with(
              random.lstm(inputs + 3, units),
              Activation.TANH,
              Float.POSITIVE_INFINITY,
              new LstmCell.Projection(random.tensor(units, projected), Float.POSITIVE_INFINITY),
              random.tensor(inputs + projected, 4L * units)));
      for (RnnCell cell : cells) {
        if (cell instanceof FormulaCell && (inputs == 1 || inputs == 16)) {
          continue; // their products are the same code for all: fewer sizes tell as much
        }
        int most = cell instanceof FormulaCell ? 3 : 14;
        for (int rows = 1; rows <= most; rows++) {
          compare(cell, random, rows, random.floats(rows * cell.inputSize()));
        }
        compare(cell, random, 67, random.floats(67 * cell.inputSize()));
      }
    }
  }

  private static LstmCell with(
      LstmCell cell, Activation activation, float clip, LstmCell.Projection projection) {
    return with(cell, activation, clip, projection, cell.kernel());
  }

  private static LstmCell with(
      LstmCell cell,
      Activation activation,
      float clip,
      LstmCell.Projection projection,
      Tensor kernel) {
    return new LstmCell(
        kernel,
        cell.bias(),
        cell.forgetBias(),
        activation,
        cell.gateActivation(),
        cell.peepholes(),
        clip,
        projection);
  }

  @ParameterizedTest
  @MethodSource("org.sparkrnn.oracle.EveryActivation#elementwise")
  void everyActivationHasTheScalarBits(Activation activation) {
    RandomNetworks random = new RandomNetworks(SEED);
    for (int n : new int[] {5, 19, 70}) {
      LstmCell lstm = random.lstm(4, n);
      GruCell gru = random.gru(4, n);
      ResetAfterGruCell after = random.resetAfterGru(4, n);
      BasicRnnCell basic = (BasicRnnCell) random.basicRnn(4, n);
      List<RnnCell> cells =
          List.of(
              with(lstm, activation, Float.POSITIVE_INFINITY, LstmCell.Projection.NONE),
              new GruCell(
                  gru.gatesKernel(),
                  gru.gatesBias(),
                  gru.candidateKernel(),
                  gru.candidateBias(),
                  activation),
              new ResetAfterGruCell(
                  after.gatesKernel(),
                  after.gatesBias(),
                  after.inputKernel(),
                  after.inputBias(),
                  after.hiddenKernel(),
                  after.hiddenBias(),
                  activation),
              new LstmCell(
                  lstm.kernel(),
                  lstm.bias(),
                  lstm.forgetBias(),
                  Activation.TANH,
                  activation,
                  new LstmCell.Peepholes(random.tensor(n), random.tensor(n), random.tensor(n)),
                  Float.POSITIVE_INFINITY,
                  LstmCell.Projection.NONE),
              RandomNetworks.withGates(gru, activation),
              RandomNetworks.withGates(after, activation),
              new BasicRnnCell(basic.kernel(), basic.bias(), activation));
      for (RnnCell cell : cells) {
        compare(cell, random, 7, random.floats(7 * 4));
      }
    }
  }

  /** Every float that is 10007 from the next, in whole vectors and behind the last of them. */
  @ParameterizedTest
  @MethodSource("org.sparkrnn.oracle.EveryActivation#elementwise")
  void everyActivationHasTheScalarBitsOverTheWholeRange(Activation activation) {
    float[] expected = new float[1001];
    float[] actual = new float[expected.length];
    long bits = 0;
    while (bits < 1L << 32) {
      for (int i = 0; i < expected.length; i++) {
        expected[i] = Float.intBitsToFloat((int) bits);
        bits += 10007;
      }
      System.arraycopy(expected, 0, actual, 0, actual.length);
      Activations.apply(activation, expected, 1, 1000);
      SimdActivations.apply(activation, actual, 1, 1000);
      for (int i = 0; i < expected.length; i++) {
        if (Float.floatToIntBits(actual[i]) != Float.floatToIntBits(expected[i])) {
          throw new AssertionError(
              activation + ": " + actual[i] + ", plain Java has " + expected[i]);
        }
      }
    }
  }

  /** Zeros of both signs, subnormals, saturation, overflow, infinities and NaN. */
  @Test
  void extremeNumbersHaveTheScalarBits() {
    float[] extremes = {
      0f,
      -0f,
      Float.MIN_VALUE,
      -1e-40f,
      1e-20f,
      8,
      -8,
      7.9885473f,
      15.977f,
      -15.978f,
      100,
      -1e10f,
      3e38f,
      -3e38f,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.NaN,
      Float.intBitsToFloat(0x7f800001),
      Float.intBitsToFloat(0xffffffff),
      0.3f
    };
    RandomNetworks random = new RandomNetworks(SEED);
    for (int units : new int[] {1, 16, 21}) {
      for (int inputs : new int[] {1, 2}) {
        for (RnnCell cell : random.cells(inputs, units)) {
          float[] x = new float[extremes.length * inputs];
          for (int i = 0; i < x.length; i++) {
            x[i] = i % inputs == 0 ? extremes[i / inputs] : 0.5f;
          }
          compare(cell, random, extremes.length, x);
        }
      }
    }
  }

  /**
   * Every float that is 1021 from the next passes the vector tanh and sigmoid and the scalar ones.
   */
  @Test
  void theGatesHaveTheScalarBitsOverTheWholeRange() {
    int lanes = Panels.LANES;
    float[] z = new float[4 * lanes];
    float[] c = new float[lanes];
    float[] h = new float[lanes];
    for (long first = 0; first < 1L << 32; first += 1021L * lanes) {
      for (int lane = 0; lane < lanes; lane++) {
        float x = Float.intBitsToFloat((int) (first + 1021L * lane));
        z[lane] = x;
        z[lanes + lane] = x;
        z[2 * lanes + lane] = 0.25f;
        z[3 * lanes + lane] = -x;
        c[lane] = 0.5f;
      }
      SimdTiles.lstm(1, z, c, 0, lanes, h, 0, lanes);
      for (int lane = 0; lane < lanes; lane++) {
        float x = Float.intBitsToFloat((int) (first + 1021L * lane));
        float i = Elementary.sigmoid(x);
        float expected = Math.fma(Elementary.sigmoid(0.25f), 0.5f, i * Elementary.tanh(x));
        float output = Elementary.sigmoid(-x) * Elementary.tanh(expected);
        if (Float.floatToIntBits(c[lane]) != Float.floatToIntBits(expected)
            || Float.floatToIntBits(h[lane]) != Float.floatToIntBits(output)) {
          throw new AssertionError("the gates differ from the scalar ones at " + x);
        }
      }
    }
  }

  /** Every float that is 1021 from the next, so that all of them meet every lane. */
  @ParameterizedTest
  @MethodSource("org.sparkrnn.oracle.EveryActivation#elementwise")
  void activationsHaveTheScalarBitsOverTheWholeRange(Activation activation) {
    int n = 1000;
    float[] expected = new float[n];
    float[] actual = new float[n];
    for (long first = 0; first < 1L << 32; first += 1021L * (n - 7)) {
      for (int i = 0; i < n; i++) {
        expected[i] = Float.intBitsToFloat((int) (first + 1021L * i));
      }
      System.arraycopy(expected, 0, actual, 0, n);
      Activations.apply(activation, expected, 3, n - 4);
      SimdActivations.apply(activation, actual, 3, n - 4);
      for (int i = 0; i < n; i++) {
        if (Float.floatToIntBits(actual[i]) != Float.floatToIntBits(expected[i])) {
          float x = Float.intBitsToFloat((int) (first + 1021L * i));
          throw new AssertionError(
              activation + " at " + x + " is " + actual[i] + ", scalar has " + expected[i]);
        }
      }
    }
  }

  @Test
  void softmaxHasTheScalarBits() {
    RandomNetworks random = new RandomNetworks(SEED);
    for (int size : new int[] {1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 18, 19, 31, 33, 100, 257, 5000}) {
      for (int rows : new int[] {1, 2, 9, 70}) {
        float[] expected = random.floats(2 + rows * size + 3);
        float[] actual = expected.clone();
        ScalarOps.INSTANCE.softmax(expected, 2, rows, size);
        ops().softmax(actual, 2, rows, size);
        assertThat(actual).as("%d rows of %d, seed %d", rows, size, SEED).isEqualTo(expected);
      }
    }
  }

  private void compare(RnnCell cell, RandomNetworks random, int rows, float[] x) {
    PackedCell scalar = ScalarOps.INSTANCE.pack(cell);
    PackedCell simd = ops().pack(cell);
    CellStepper expected = scalar.stepper(rows);
    CellStepper actual = simd.stepper(rows);
    float[] states = random.floats(rows * scalar.stateSize());
    for (int r = 0; r < rows; r++) {
      expected.setState(r, states, r * scalar.stateSize());
      actual.setState(r, states, r * scalar.stateSize());
    }
    int[] at = IntStream.range(0, rows).map(r -> rows - 1 - r).toArray();
    float[] left = new float[rows * scalar.outputSize()];
    float[] right = new float[left.length];
    for (int t = 0; t < 3; t++) {
      FlatSteps.step(scalar, expected, Math.max(1, rows - t), at, x, left);
      FlatSteps.step(simd, actual, Math.max(1, rows - t), at, x, right);
      assertSameBits(cell, rows, left, right);
    }
    float[] leftState = new float[scalar.stateSize()];
    float[] rightState = new float[scalar.stateSize()];
    for (int r = 0; r < Math.max(1, rows - 2); r++) {
      expected.getState(r, leftState, 0);
      actual.getState(r, rightState, 0);
      assertSameBits(cell, rows, leftState, rightState);
    }
    assertThat(simd.flopsPerStep()).isEqualTo(scalar.flopsPerStep());
  }

  private static void assertSameBits(RnnCell cell, int rows, float[] expected, float[] actual) {
    for (int j = 0; j < expected.length; j++) {
      // floatToIntBits makes all NaN one: which NaN comes out of a sum is the processor's choice.
      if (Float.floatToIntBits(expected[j]) != Float.floatToIntBits(actual[j])) {
        throw new AssertionError(
            String.format(
                "%s, %d -> %d, %d rows, seed %d: element %d is %s, scalar has %s",
                cell.getClass().getSimpleName(),
                cell.inputSize(),
                cell.outputSize(),
                rows,
                SEED,
                j,
                actual[j],
                expected[j]));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.sparkrnn.oracle.EveryActivation#elementwise")
  void denseLayersHaveTheScalarBits(Activation activation) {
    RandomNetworks random = new RandomNetworks(SEED);
    for (int in : new int[] {1, 9, 33}) {
      for (int out : new int[] {1, 15, 16, 17, 63, 64, 65, 130}) {
        Tensor kernel = random.tensor(in, out);
        Tensor bias = random.tensor(out);
        for (int rows : new int[] {1, 4, 13, 64, 65, 130}) {
          float[] x = random.floats(3 + rows * in);
          float[] expected = new float[2 + rows * out + 1];
          float[] actual = expected.clone();
          ScalarOps.INSTANCE.pack(kernel, bias, activation).runner().apply(rows, x, 3, expected, 2);
          ops().pack(kernel, bias, activation).runner().apply(rows, x, 3, actual, 2);
          assertThat(actual)
              .as("%s %d -> %d, %d rows", activation, in, out, rows)
              .isEqualTo(expected);
        }
      }
    }
  }
}
