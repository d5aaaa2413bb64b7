package org.sparkrnn.rnn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.oracle.RandomNetworks;

/** A head is computed for the steps that are read, and gives the bits it gives for all of them. */
class NeededTest {
  private static final long SEED = 20260301;
  private static final int[] LENGTHS = {5, 0, 12, 1, 7, 12, 3, 0, 30, 2, 7};
  private static final int NOT_EMPTY = 9;
  private static final int STEPS = Arrays.stream(LENGTHS).sum();
  private static final long CELL_FLOPS = 2L * (3 + 6) * 24;
  private static final long HEAD_FLOPS = 2L * (6 * 40 + 40 * 5);

  private static Network head(Layer.Reduction reduction) {
    RandomNetworks random = new RandomNetworks(SEED);
    return NetworkRunnerTest.features(
        3,
        new Layer.Rnn("rnn", List.of(random.lstm(3, 6)), Layer.Merge.CONCAT),
        new Layer.Dense("hidden", random.tensor(6, 40), random.tensor(40), Activation.RELU),
        new Layer.Dense("logits", random.tensor(40, 5), random.tensor(5), Activation.LINEAR),
        new Layer.Softmax("probabilities"),
        new Layer.Reduce("picked", reduction),
        new Layer.ArgMax("class"));
  }

  private static NetworkRunner runner(Network network, int groupRows, String... outputs) {
    List<Output> selected = Arrays.stream(outputs).map(network::output).toList();
    return PackedNetwork.pack(network, Ops.of("scalar"))
        .runner(selected, new Limits(64L << 20, groupRows));
  }

  @ParameterizedTest
  @EnumSource(names = {"FIRST", "LAST"})
  void aHeadOfOneStepIsComputedForThatStep(Layer.Reduction reduction) {
    Network network = head(reduction);
    Rows rows = Rows.features(SEED, network, LENGTHS);
    List<float[]> all = rows.run(network, "probabilities", Limits.DEFAULT);
    for (int groupRows : new int[] {1, 3, 64}) {
      NetworkRunner runner = runner(network, groupRows, "picked");
      List<float[]> picked = rows.run(runner);
      for (int row = 0; row < LENGTHS.length; row++) {
        int step = reduction == Layer.Reduction.FIRST ? 0 : LENGTHS[row] - 1;
        float[] expected =
            LENGTHS[row] == 0
                ? new float[5]
                : Arrays.copyOfRange(all.get(row), 5 * step, 5 * step + 5);
        assertThat(picked.get(row)).as("row %d, seed %d", row, SEED).isEqualTo(expected);
      }
      assertThat(runner.flops()).isEqualTo(STEPS * CELL_FLOPS + NOT_EMPTY * HEAD_FLOPS);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FIRST", "LAST"})
  void layersThatNormaliseDoSoForThatStep(Layer.Reduction reduction) {
    RandomNetworks random = new RandomNetworks(SEED);
    Network network =
        NetworkRunnerTest.features(
            3,
            new Layer.Rnn("rnn", List.of(random.lstm(3, 6)), Layer.Merge.CONCAT),
            NetworkRunnerTest.norm("batch_norm", 6, random),
            new Layer.Activate("activation", Activation.TANH),
            new Layer.LayerNorm("layer_norm", random.tensor(6), random.tensor(6), 1e-3f),
            new Layer.Reduce("picked", reduction));
    Rows rows = Rows.features(SEED, network, LENGTHS);
    List<float[]> all = rows.run(network, "layer_norm", Limits.DEFAULT);
    List<float[]> picked = rows.run(runner(network, 3, "picked"));
    for (int row = 0; row < LENGTHS.length; row++) {
      int step = reduction == Layer.Reduction.FIRST ? 0 : LENGTHS[row] - 1;
      float[] expected =
          LENGTHS[row] == 0
              ? new float[6]
              : Arrays.copyOfRange(all.get(row), 6 * step, 6 * step + 6);
      assertThat(picked.get(row)).as("row %d", row).isEqualTo(expected);
    }
  }

  @Test
  void aPoolOfTheLastStepAndTheStateIsBoth() {
    RandomNetworks random = new RandomNetworks(SEED);
    Layer rnn = new Layer.Rnn("rnn", List.of(random.lstm(3, 6)), Layer.Merge.CONCAT);
    List<Layer.Reduction> both = List.of(Layer.Reduction.LAST, Layer.Reduction.FINAL_STATE);
    Network pool = NetworkRunnerTest.features(3, rnn, new Layer.Pool("pool", both));
    Rows rows = Rows.features(SEED, pool, LENGTHS);
    List<float[]> pooled = rows.run(pool, "pool", Limits.DEFAULT);
    for (int part = 0; part < 2; part++) {
      Network one = NetworkRunnerTest.features(3, rnn, new Layer.Reduce("one", both.get(part)));
      List<float[]> expected = rows.run(one, "one", Limits.DEFAULT);
      for (int row = 0; row < LENGTHS.length; row++) {
        assertThat(Arrays.copyOfRange(pooled.get(row), 6 * part, 6 * part + 6))
            .as("row %d", row)
            .isEqualTo(expected.get(row));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"MEAN", "MAX", "SUM"})
  void aHeadOfAllStepsIsComputedForAll(Layer.Reduction reduction) {
    Network network = head(reduction);
    NetworkRunner runner = runner(network, 64, "picked");
    Rows.features(SEED, network, LENGTHS).run(runner);
    assertThat(runner.flops()).isEqualTo(STEPS * (CELL_FLOPS + HEAD_FLOPS));
  }

  @Test
  void whatElseIsSelectedIsComputedForAllSteps() {
    Network network = head(Layer.Reduction.LAST);
    Rows rows = Rows.features(SEED, network, LENGTHS);
    NetworkRunner runner = runner(network, 64, "class", "hidden");
    List<float[]> classes = rows.run(runner);
    assertThat(runner.flops())
        .isEqualTo(STEPS * (CELL_FLOPS + 2L * 6 * 40) + NOT_EMPTY * 2L * 40 * 5);
    List<float[]> alone = rows.run(runner(network, 64, "class"));
    for (int row = 0; row < LENGTHS.length; row++) {
      assertThat(classes.get(row)).isEqualTo(alone.get(row));
    }
  }

  @Test
  void twoPicksOfOneLayerAreAllItsSteps() {
    Network network = head(Layer.Reduction.FIRST);
    List<Output> selected = List.of(network.output("picked"), network.output("last_output"));
    assertThat(Needed.plan(network, 5, selected))
        .containsExactly(Needed.ALL, Needed.FIRST, Needed.FIRST, Needed.FIRST, Needed.ALL);
    assertThat(Needed.plan(network, 1, List.of(network.output("final_state"))))
        .containsExactly(Needed.NONE);
  }

  @Test
  void aPickedHeadTakesNoMemoryForEachStep() {
    Network network = head(Layer.Reduction.LAST);
    PackedNetwork packed = PackedNetwork.pack(network, Ops.of("scalar"));
    Window one = packed.runner(List.of(network.output("picked")), Limits.DEFAULT).window();
    Window all = packed.runner(List.of(network.output("logits")), Limits.DEFAULT).window();
    assertThat(all.bytesNeeded(1000) - one.bytesNeeded(1000)).isGreaterThan(1000 * 4 * 40);
  }

  /** Of what an rnn layer gives, only what is read is kept; rows that end with few are among it. */
  @ParameterizedTest
  @EnumSource(names = {"FIRST", "LAST"})
  void anRnnLayerKeepsTheStepThatIsRead(Layer.Reduction reduction) {
    RandomNetworks random = new RandomNetworks(SEED);
    for (Layer.Merge merge : Layer.Merge.values()) {
      Network network =
          NetworkRunnerTest.features(
              3,
              new Layer.Rnn("below", List.of(random.gru(3, 5)), Layer.Merge.CONCAT),
              new Layer.Rnn("rnn", List.of(random.lstm(5, 6), random.lstm(5, 6)), merge),
              new Layer.Reduce("picked", reduction));
      int size = merge == Layer.Merge.CONCAT ? 12 : 6;
      Rows rows = Rows.features(SEED, network, LENGTHS);
      List<float[]> all = rows.run(network, "rnn", Limits.DEFAULT);
      List<float[]> states = rows.run(runner(network, 64, "final_state", "rnn"));
      for (int groupRows : new int[] {1, 3, 64}) {
        List<float[]> picked = rows.run(runner(network, groupRows, "picked"));
        List<float[]> last = rows.run(runner(network, groupRows, "last_output"));
        List<float[]> alone = rows.run(runner(network, groupRows, "final_state"));
        for (int row = 0; row < LENGTHS.length; row++) {
          float[] each = LENGTHS[row] == 0 ? new float[size] : all.get(row);
          int end = each.length;
          float[] atEnd = Arrays.copyOfRange(each, end - size, end);
          float[] atStart = Arrays.copyOf(each, size);
          assertThat(picked.get(row))
              .as("%s, row %d, seed %d", merge, row, SEED)
              .isEqualTo(reduction == Layer.Reduction.FIRST ? atStart : atEnd);
          assertThat(last.get(row)).as("row %d, seed %d", row, SEED).isEqualTo(atEnd);
          assertThat(alone.get(row)).as("row %d, seed %d", row, SEED).isEqualTo(states.get(row));
        }
      }
    }
  }

  @Test
  void aMaskedStepIsPickedLikeAnyOther() {
    RandomNetworks random = new RandomNetworks(SEED);
    Network network =
        NetworkRunnerTest.features(
            3,
            new Layer.Masking("mask", 0),
            new Layer.Dense("dense", random.tensor(3, 4), random.tensor(4), Activation.TANH),
            new Layer.Reduce("last", Layer.Reduction.LAST),
            new Layer.ArgMax("class"));
    Rows rows = Rows.features(SEED, network, 2, 3);
    rows.features().forEach(row -> Arrays.fill(row, row.length - 3, row.length, 0));
    List<float[]> all = rows.run(network, "dense", Limits.DEFAULT);
    List<float[]> last = rows.run(network, "last", Limits.DEFAULT);
    assertThat(last.get(0)).isEqualTo(Arrays.copyOfRange(all.get(0), 4, 8));
    assertThat(last.get(1)).isEqualTo(Arrays.copyOfRange(all.get(1), 8, 12));
  }
}
