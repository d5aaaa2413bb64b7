package org.sparkrnn.rnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.oracle.KerasStates;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.oracle.TextbookNetwork;

/** Keras' loop: masks, directions, and what is returned. */
class KerasLoopTest {
  private static final int[] LENGTHS = {5, 0, 12, 1, 7, 12, 3, 0, 17, 2, 7};
  private static final float MASKED = -0.5f;

  /** As in {@link NetworkRunnerTest}: 2^-19 for each of at most 17 steps. */
  private static final double TOLERANCE = 17 * 0x1p-19;

  /** Every combination of the loop's settings. */
  static Stream<Loop.Keras> loops() {
    return IntStream.range(0, 8)
        .mapToObj(i -> new Loop.Keras((i & 1) != 0, (i & 2) != 0, (i & 4) != 0));
  }

  private static boolean reduces(Layer last) {
    return last instanceof Layer.Reduce || last instanceof Layer.Pool;
  }

  private static Layer.Rnn rnn(String name, Loop.Keras loop, RnnCell... cells) {
    return rnn(name, loop, Layer.Merge.CONCAT, cells);
  }

  private static Layer.Rnn rnn(String name, Loop.Keras loop, Layer.Merge merge, RnnCell... cells) {
    return new Layer.Rnn(name, loop, List.of(new Layer.Level(List.of(cells))), merge);
  }

  private static Network masked(int size, Layer... layers) {
    List<Layer> all = new ArrayList<>(List.of(layers));
    all.add(0, new Layer.Masking("masking", MASKED));
    return new Network(new Network.Input.Features(size), all);
  }

  static Stream<Network> networks() {
    List<Network> networks = new ArrayList<>();
    loops()
        .forEach(
            loop -> {
              RandomNetworks random = new RandomNetworks(31);
              RnnCell stack = new MultiRnnCell(List.of(random.lstm(3, 4), random.gru(4, 2)));
              networks.add(masked(3, rnn("one", loop, random.lstm(3, 5))));
              networks.add(masked(3, rnn("stacked", loop, stack)));
              networks.add(masked(3, rnn("both", loop, stack, random.fullLstm(3, 4, 2))));
              for (Layer.Merge merge : Layer.Merge.values()) {
                networks.add(
                    masked(3, rnn("merged", loop, merge, random.gru(3, 4), random.lstm(3, 4))));
              }
              networks.add(
                  masked(
                      3,
                      new Layer.Dense(
                          "before", random.tensor(3, 4), random.tensor(4), Activation.TANH),
                      rnn("lower", new Loop.Keras(false, true, false), random.gru(4, 3)),
                      new Layer.Softmax("between"),
                      rnn("upper", loop, random.lstm(3, 2), random.lstm(3, 3)),
                      new Layer.Reduce("state", Layer.Reduction.FINAL_STATE)));
            });
    RandomNetworks random = new RandomNetworks(32);
    for (Layer.Reduction reduction : Layer.Reduction.values()) {
      networks.add(
          masked(
              3,
              rnn("rnn", new Loop.Keras(true, true, false), random.gru(3, 4)),
              new Layer.Reduce("reduced", reduction)));
    }
    networks.add(
        masked(
            3,
            rnn("rnn", new Loop.Keras(false, true, false), random.gru(3, 4), random.lstm(3, 2)),
            new Layer.Pool("pool", List.of(Layer.Reduction.values()))));
    return networks.stream();
  }

  /** Random rows, each of whose steps is masked or not; some rows wholly so. */
  private static Rows rows(long seed, Network network) {
    Rows rows = Rows.features(seed, network, LENGTHS);
    Random random = new Random(seed);
    for (float[] row : rows.features()) {
      double share = random.nextInt(4) / 3.0;
      for (int t = 0; t < row.length / rows.size(); t++) {
        if (random.nextDouble() < share) {
          Arrays.fill(row, t * rows.size(), (t + 1) * rows.size(), MASKED);
        }
      }
    }
    return rows;
  }

  private static boolean masked(float[] row, int t, int size) {
    return IntStream.range(t * size, (t + 1) * size).allMatch(i -> row[i] == MASKED);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void everyOutputIsTheTextbooks(Network network) {
    Rows rows = rows(33, network);
    for (Output output : network.outputs()) {
      List<float[]> found = rows.run(network, output.name(), Limits.DEFAULT);
      for (int row = 0; row < rows.count(); row++) {
        if (rows.length(row) == 0 && reduces(network.layers().get(network.layers().size() - 1))) {
          continue; // zeros, as every reduction of no steps: NetworkRunnerTest
        }
        double[] expected = textbook(network, rows, row).get(output.name());
        assertThat(found.get(row).length).as(output.name()).isEqualTo(expected.length);
        for (int i = 0; i < expected.length; i++) {
          assertThat((double) found.get(row)[i])
              .as("%s of row %d, number %d, seed 33", output.name(), row, i)
              .isCloseTo(expected[i], Offset.offset(TOLERANCE));
        }
      }
    }
  }

  private static Map<String, double[]> textbook(Network network, Rows rows, int row) {
    double[][] steps = new double[rows.length(row)][];
    float[] all = rows.features().get(row);
    for (int t = 0; t < steps.length; t++) {
      steps[t] =
          RandomNetworks.widen(Arrays.copyOfRange(all, t * rows.size(), (t + 1) * rows.size()));
    }
    return new TextbookNetwork(network).run(steps, RandomNetworks.widen(rows.initial().get(row)));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void aRowsBitsDoNotDependOnItsCompany(Network network) {
    Rows rows = rows(34, network);
    List<Integer> order = new ArrayList<>(IntStream.range(0, rows.count()).boxed().toList());
    Collections.shuffle(order, new Random(35));
    for (Output output : network.outputs()) {
      List<float[]> expected = rows.run(network, output.name(), Limits.DEFAULT);
      for (int groupRows : new int[] {1, 2, 5}) {
        List<float[]> found = rows.run(network, output.name(), new Limits(64L << 20, groupRows));
        for (int row = 0; row < rows.count(); row++) {
          assertThat(found.get(row)).as("seed 34, row %d", row).isEqualTo(expected.get(row));
        }
      }
      List<float[]> shuffled = rows.permuted(order).run(network, output.name(), Limits.DEFAULT);
      for (int i = 0; i < order.size(); i++) {
        assertThat(shuffled.get(i)).as("seed 34").isEqualTo(expected.get(order.get(i)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void withoutAMaskItIsTheDynamicLoop(Loop.Keras loop) {
    RandomNetworks random = new RandomNetworks(36);
    RnnCell fw = random.lstm(3, 5);
    RnnCell bw = random.gru(3, 5);
    Network.Input input = new Network.Input.Features(3);
    Network one = new Network(input, List.of(rnn("rnn", loop, fw)));
    Network two = new Network(input, List.of(rnn("rnn", loop, fw, bw)));
    Network dynamic =
        new Network(input, List.of(new Layer.Rnn("rnn", List.of(fw), Layer.Merge.CONCAT)));
    Network both =
        new Network(input, List.of(new Layer.Rnn("rnn", List.of(fw, bw), Layer.Merge.CONCAT)));
    same(loop, one, dynamic, Rows.features(37, one, LENGTHS));
    same(loop, two, both, Rows.features(38, two, LENGTHS));
  }

  /** Going backwards is running over the turned row, and turning nothing back. */
  private static void same(Loop.Keras loop, Network keras, Network dynamic, Rows rows) {
    int[] held = KerasStates.held(keras.rnnLayers().get(0).cells());
    List<float[]> initial = rows.initial().stream().map(state -> moved(state, held, true)).toList();
    Rows ordered = new Rows(rows.features(), rows.ids(), initial, rows.size());
    Rows turned = loop.goBackwards() ? turned(ordered) : ordered;
    String output = loop.returnSequences() ? Output.OUTPUTS : Output.LAST_OUTPUT;
    List<float[]> expected = turned.run(dynamic, output, Limits.DEFAULT);
    List<float[]> states = turned.run(dynamic, Output.FINAL_STATE, Limits.DEFAULT);
    for (int row = 0; row < rows.count(); row++) {
      String what = loop + ", row " + row;
      assertThat(rows.run(keras, Output.FINAL_STATE, Limits.DEFAULT).get(row))
          .as(what)
          .isEqualTo(moved(states.get(row), held, false));
      if (loop.returnSequences() || keras.rnnLayers().get(0).cells().size() == 1) {
        assertThat(rows.run(keras, Output.OUTPUTS, Limits.DEFAULT).get(row))
            .as(what)
            .isEqualTo(expected.get(row));
      }
    }
  }

  /** A state from Keras' order into the cells' own, or back. */
  private static float[] moved(float[] state, int[] held, boolean fromKeras) {
    float[] moved = new float[state.length];
    for (int i = 0; i < moved.length; i++) {
      if (fromKeras) {
        moved[held[i]] = state[i];
      } else {
        moved[i] = state[held[i]];
      }
    }
    return moved;
  }

  private static Rows turned(Rows rows) {
    List<float[]> all = new ArrayList<>();
    for (float[] row : rows.features()) {
      float[] turned = new float[row.length];
      for (int from = 0; from < row.length; from += rows.size()) {
        System.arraycopy(row, from, turned, row.length - rows.size() - from, rows.size());
      }
      all.add(turned);
    }
    return new Rows(all, List.of(), rows.initial(), rows.size());
  }

  @ParameterizedTest
  @MethodSource("loops")
  void maskedStepsMightAsWellNotExist(Loop.Keras loop) {
    RandomNetworks random = new RandomNetworks(39);
    Network network = masked(3, rnn("rnn", loop, random.fullLstm(3, 5, 4), random.gru(3, 2)));
    Rows rows = rows(40, network);
    List<float[]> kept = new ArrayList<>();
    for (float[] row : rows.features()) {
      int[] steps = IntStream.range(0, row.length / 3).filter(t -> !masked(row, t, 3)).toArray();
      float[] without = new float[steps.length * 3];
      for (int i = 0; i < steps.length; i++) {
        System.arraycopy(row, steps[i] * 3, without, i * 3, 3);
      }
      kept.add(without);
    }
    Rows compact = new Rows(kept, List.of(), rows.initial(), 3);
    List<float[]> states = compact.run(network, Output.FINAL_STATE, Limits.DEFAULT);
    List<float[]> found = rows.run(network, Output.FINAL_STATE, Limits.DEFAULT);
    for (int row = 0; row < rows.count(); row++) {
      assertThat(found.get(row)).as("%s, row %d", loop, row).isEqualTo(states.get(row));
    }
    NetworkRunner runner =
        PackedNetwork.pack(network, Ops.of("scalar"))
            .runner(List.of(network.output(Output.OUTPUTS)), Limits.DEFAULT);
    rows.run(runner);
    assertThat(runner.steps()).isEqualTo(rows.steps());
    assertThat(runner.cellSteps()).isEqualTo(2 * compact.steps());
  }

  @ParameterizedTest
  @MethodSource("loops")
  void aSequenceInTwoPartsIsOneWhereTheStateIsHandedOver(Loop.Keras loop) {
    if (loop.goBackwards()) {
      return; // The end of the row comes first.
    }
    RandomNetworks random = new RandomNetworks(41);
    Network network = masked(3, rnn("rnn", loop, random.lstm(3, 5)));
    Rows rows = rows(42, network);
    List<float[]> whole = rows.run(network, Output.FINAL_STATE, Limits.DEFAULT);
    List<float[]> half =
        rows.slice(0, 4, rows.initial()).run(network, Output.FINAL_STATE, Limits.DEFAULT);
    List<float[]> rest = rows.slice(4, 17, half).run(network, Output.FINAL_STATE, Limits.DEFAULT);
    for (int row = 0; row < rows.count(); row++) {
      assertThat(rest.get(row)).as("seed 42, row %d", row).isEqualTo(whole.get(row));
    }
  }

  @Test
  void idZeroIsMaskedWhereTheEmbeddingSaysSo() {
    RandomNetworks random = new RandomNetworks(43);
    for (boolean maskZero : new boolean[] {true, false}) {
      Network network =
          new Network(
              new Network.Input.Ids(4),
              List.of(
                  new Layer.Embedding("embedding", random.tensor(4, 3), maskZero),
                  rnn("rnn", new Loop.Keras(false, true, false), random.gru(3, 2)),
                  new Layer.Reduce("mean", Layer.Reduction.MEAN)));
      Rows rows =
          new Rows(
              List.of(),
              List.of(new int[] {0, 2, 0, 0, 3}, new int[] {0, 0}, new int[] {1}),
              List.of(new float[2], new float[2], new float[2]),
              1);
      for (Output output : network.outputs()) {
        List<float[]> found = rows.run(network, output.name(), Limits.DEFAULT);
        for (int row = 0; row < rows.count(); row++) {
          double[] expected =
              new TextbookNetwork(network)
                  .run(rows.ids().get(row), new double[2])
                  .get(output.name());
          for (int i = 0; i < expected.length; i++) {
            assertThat((double) found.get(row)[i])
                .as("%s of row %d, mask_zero %s", output.name(), row, maskZero)
                .isCloseTo(expected[i], Offset.offset(TOLERANCE));
          }
        }
      }
      float[] outputs = rows.run(network, Output.OUTPUTS, Limits.DEFAULT).get(0);
      assertThat(outputs[0] == 0 && outputs[2] == outputs[4] && outputs[4] == outputs[6])
          .isEqualTo(maskZero);
    }
  }

  /** Whoever steps a network piece by piece must be told where that gives other numbers. */
  @Test
  void whatDependsOnStepsToComeOrOnAnOutputBeforeCannotBeCut() {
    RandomNetworks random = new RandomNetworks(45);
    Network backwards =
        new Network(
            new Network.Input.Features(3),
            List.of(rnn("rnn", new Loop.Keras(true, true, false), random.gru(3, 2))));
    Network turned =
        new Network(
            new Network.Input.Features(3),
            List.of(RandomNetworks.reversed("rnn", random.gru(3, 2))));
    assertThat(List.of(backwards, turned))
        .allSatisfy(
            network ->
                assertThat(network.obstacleToPieces())
                    .contains("layer 'rnn' goes backwards, so it begins with steps still to come"));
    assertThat(
            masked(3, rnn("rnn", new Loop.Keras(false, true, false), random.gru(3, 2)))
                .obstacleToPieces())
        .contains("layer 'rnn' repeats its last output at masked steps, which no state holds");
    assertThat(
            masked(3, rnn("rnn", new Loop.Keras(false, true, true), random.gru(3, 2)))
                .obstacleToPieces())
        .isEmpty();
  }

  @Test
  void aLoopThatKnowsNoMaskRefusesOne() {
    RandomNetworks random = new RandomNetworks(44);
    Layer.Rnn dynamic = new Layer.Rnn("rnn", List.of(random.gru(3, 2)), Layer.Merge.CONCAT);
    assertThatThrownBy(() -> masked(3, dynamic))
        .hasMessage(
            "layer 'rnn' would read masked steps: TensorFlow's loops know no mask, only \"loop\":"
                + " \"keras\" skips what a masking or embedding layer masks");
    // A layer with one output per row is the end of the mask.
    assertThatThrownBy(
            () ->
                masked(
                    3,
                    rnn("rnn", new Loop.Keras(false, false, false), random.gru(3, 2)),
                    new Layer.Reduce("last", Layer.Reduction.LAST)))
        .hasMessage("layer 'last' reduces steps, but the layer before it has one entry per row");
    assertThatThrownBy(
            () ->
                masked(
                    3,
                    new Layer.Reduce("last", Layer.Reduction.LAST),
                    new Layer.Masking("again", 0)))
        .hasMessage("layer 'again' masks steps, but the layer before it has one entry per row");
  }
}
