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
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.oracle.TextbookNetwork;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

class NetworkRunnerTest {
  private static final int[] LENGTHS = {5, 0, 12, 1, 7, 12, 3, 0, 30, 2, 7};
  private static final int LONGEST = 30;

  /**
   * Weights, inputs and states are below 1 in size and cells are narrow, so one step of a cell is
   * off by a few units of the last place of numbers of size 10 or so, and what a step inherits is
   * damped by gates of at most 1. 2^-19 a step, growing with the number of steps, was never
   * reached.
   */
  private static final double STEP_TOLERANCE = 0x1p-19;

  static Stream<Network> networks() {
    RandomNetworks random = new RandomNetworks(7);
    List<Network> networks = new ArrayList<>();
    for (RnnCell cell : random.cells(3, 6)) {
      networks.add(features(3, new Layer.Rnn("rnn", List.of(cell), Layer.Merge.CONCAT)));
    }
    List<RnnCell> forward = random.cells(5, 4);
    List<RnnCell> backward = random.cells(5, 4);
    for (int i = 0; i < forward.size(); i++) {
      for (Layer.Merge merge : Layer.Merge.values()) {
        List<RnnCell> cells = List.of(forward.get(i), backward.get(i));
        networks.add(features(5, new Layer.Rnn("rnn", cells, merge)));
      }
    }
    RnnCell stack =
        new MultiRnnCell(
            List.of(
                random.lstm(4, 7),
                new MultiRnnCell(List.of(random.gru(7, 3), random.fullLstm(3, 5, 2))),
                random.resetAfterGru(2, 9)));
    networks.add(features(4, new Layer.Rnn("rnn", List.of(stack), Layer.Merge.CONCAT)));
    networks.add(
        features(
            4,
            new Layer.Rnn("lower", List.of(stack, random.gru(4, 2)), Layer.Merge.CONCAT),
            new Layer.Dense("between", random.tensor(11, 5), random.tensor(5), Activation.RELU),
            new Layer.Rnn("upper", List.of(random.lstm(5, 3)), Layer.Merge.CONCAT)));
    networks.add(
        features(
            4,
            RandomNetworks.stack(
                "bidirectional",
                List.of(stack, random.lstm(4, 3)),
                List.of(random.fullLstm(12, 4, 3), random.resetAfterGru(12, 2)),
                List.of(random.gru(5, 3), random.lstm(5, 3)))));
    networks.add(
        features(
            3,
            new Layer.Rnn("below", List.of(random.lstm(3, 2)), Layer.Merge.CONCAT),
            RandomNetworks.stack("one_level", List.of(random.lstm(2, 3), random.gru(2, 4))),
            new Layer.Reduce("state", Layer.Reduction.FINAL_STATE)));
    networks.add(
        features(
            3,
            RandomNetworks.cudnn(
                "stacked",
                Loop.Cudnn.LSTM,
                random.lstm(3, 4),
                random.lstm(4, 4),
                random.lstm(4, 4)),
            RandomNetworks.cudnn(
                "both",
                Loop.Cudnn.LSTM,
                List.of(random.lstm(4, 3), random.lstm(4, 3)),
                List.of(random.lstm(6, 3), random.lstm(6, 3))),
            new Layer.Reduce("state", Layer.Reduction.FINAL_STATE)));
    networks.add(
        features(
            3,
            RandomNetworks.cudnn(
                "both",
                Loop.Cudnn.GRU,
                List.of(random.resetAfterGru(3, 2), random.resetAfterGru(3, 2)),
                List.of(random.resetAfterGru(4, 2), random.resetAfterGru(4, 2))),
            RandomNetworks.cudnn("one", Loop.Cudnn.RNN_TANH, random.basicRnn(4, 3))));
    networks.add(
        features(
            3,
            new Layer.Activate("activation", Activation.RELU),
            new Layer.Rnn("encoder", List.of(random.lstm(3, 5)), Layer.Merge.CONCAT),
            norm("each_step", 5, random),
            new Layer.LayerNorm("each_entry", random.tensor(5), random.tensor(5), 1e-3f),
            new Layer.Rnn("state_of", List.of(random.gru(5, 5)), Layer.Merge.CONCAT),
            new Layer.Reduce("state", Layer.Reduction.FINAL_STATE),
            norm("each_row", 5, random),
            new Layer.Activate("tanh", Activation.TANH),
            new Layer.Repeat("repeat"),
            new Layer.Rnn("decoder", List.of(random.gru(5, 4)), Layer.Merge.CONCAT),
            norm("last_step", 4, random),
            new Layer.Activate("gelu", Activation.of(Activation.Kind.GELU)),
            new Layer.LayerNorm("last_entry", random.tensor(4), random.tensor(4), 1e-3f)));
    return networks.stream();
  }

  /** Of {@code size} random numbers each, the variances above 0. */
  static Layer.BatchNorm norm(String name, int size, RandomNetworks random) {
    float[] variance = random.floats(size);
    for (int i = 0; i < size; i++) {
      variance[i] = 0.5f + Math.abs(variance[i]);
    }
    return new Layer.BatchNorm(
        name,
        random.tensor(size),
        random.tensor(size),
        random.tensor(size),
        Tensor.of(Shape.of(size), variance),
        1e-3f);
  }

  static Network features(int size, Layer... layers) {
    return new Network(new Network.Input.Features(size), List.of(layers));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void everyOutputIsTheTextbooks(Network network) {
    Rows rows = Rows.features(11, network, LENGTHS);
    for (Output output : network.outputs()) {
      List<float[]> found = rows.run(network, output.name(), Limits.DEFAULT);
      for (int row = 0; row < rows.count(); row++) {
        double[] expected = textbook(network, rows, row).get(output.name());
        assertClose(found.get(row), expected, output.name() + " of row " + row);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void aRowsBitsDoNotDependOnItsCompany(Network network) {
    Rows rows = Rows.features(12, network, LENGTHS);
    List<Integer> order = new ArrayList<>(IntStream.range(0, rows.count()).boxed().toList());
    Collections.shuffle(order, new Random(13));
    for (Output output : network.outputs()) {
      List<float[]> expected = rows.run(network, output.name(), Limits.DEFAULT);
      for (int groupRows : new int[] {1, 2, 5}) {
        List<float[]> found = rows.run(network, output.name(), new Limits(64L << 20, groupRows));
        for (int row = 0; row < rows.count(); row++) {
          assertThat(found.get(row))
              .as("row %d, groups of %d", row, groupRows)
              .isEqualTo(expected.get(row));
        }
      }
      List<float[]> shuffled = rows.permuted(order).run(network, output.name(), Limits.DEFAULT);
      for (int i = 0; i < order.size(); i++) {
        assertThat(shuffled.get(i)).isEqualTo(expected.get(order.get(i)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void smallWindowsGiveTheSameBits(Network network) {
    Rows rows = Rows.features(14, network, LENGTHS);
    Output output = network.output(Output.FINAL_STATE);
    NetworkRunner large =
        PackedNetwork.pack(network, Ops.of("scalar")).runner(List.of(output), Limits.DEFAULT);
    long justEnough = large.window().bytesNeeded(LONGEST);
    NetworkRunner small =
        PackedNetwork.pack(network, Ops.of("scalar"))
            .runner(List.of(output), new Limits(justEnough, 4));
    List<float[]> expected = rows.run(large);
    List<float[]> found = rows.run(small);
    for (int row = 0; row < rows.count(); row++) {
      assertThat(found.get(row)).isEqualTo(expected.get(row));
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void theWorkIsTheSumOfTheLengths(Network network) {
    Rows rows = Rows.features(15, network, LENGTHS);
    NetworkRunner runner =
        PackedNetwork.pack(network, Ops.of("scalar"))
            .runner(List.of(network.output(Output.OUTPUTS)), Limits.DEFAULT);
    rows.run(runner);
    long cells =
        network.rnnLayers().stream()
            .flatMap(layer -> layer.cells().stream())
            .mapToLong(cell -> Network.flatten(cell).size())
            .sum();
    assertThat(runner.steps()).isEqualTo(rows.steps());
    assertThat(runner.cellSteps()).isEqualTo(rows.steps() * cells);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void handingOverTheStateContinuesASequence(Network network) {
    if (network.obstacleToPieces().isPresent()) {
      return; // A backward direction needs the whole sequence, as do others.
    }
    Rows rows = Rows.features(16, network, LENGTHS);
    List<float[]> whole = rows.run(network, Output.FINAL_STATE, Limits.DEFAULT);
    List<float[]> half =
        rows.slice(0, 4, rows.initial()).run(network, Output.FINAL_STATE, Limits.DEFAULT);
    List<float[]> rest =
        rows.slice(4, LONGEST, half).run(network, Output.FINAL_STATE, Limits.DEFAULT);
    for (int row = 0; row < rows.count(); row++) {
      assertThat(rest.get(row)).as("row %d", row).isEqualTo(whole.get(row));
    }
  }

  @Test
  void aRowOfLengthZeroKeepsItsInitialStateAndGivesZeros() {
    RandomNetworks random = new RandomNetworks(17);
    Network network =
        features(
            3,
            new Layer.Rnn("rnn", List.of(random.lstm(3, 4), random.lstm(3, 4)), Layer.Merge.CONCAT),
            new Layer.Reduce("mean", Layer.Reduction.MEAN));
    Rows rows = Rows.features(18, network, 0);
    assertThat(rows.run(network, Output.FINAL_STATE, Limits.DEFAULT).get(0))
        .isEqualTo(rows.initial().get(0));
    assertThat(rows.run(network, Output.OUTPUTS, Limits.DEFAULT).get(0)).isEmpty();
    assertThat(rows.run(network, Output.LAST_OUTPUT, Limits.DEFAULT).get(0)).containsOnly(0f);
    assertThat(rows.run(network, "mean", Limits.DEFAULT).get(0)).containsOnly(0f);
  }

  @ParameterizedTest
  @MethodSource("reductions")
  void headsOverTokensAreTheTextbooks(Layer.Reduction reduction) {
    RandomNetworks random = new RandomNetworks(19);
    Network network =
        new Network(
            new Network.Input.Ids(11),
            List.of(
                new Layer.Embedding("embedding", random.tensor(12, 6)),
                new Layer.Rnn(
                    "rnn", List.of(random.fullLstm(6, 8, 5), random.gru(6, 2)), Layer.Merge.CONCAT),
                new Layer.Dense("steps", random.tensor(7, 7), random.tensor(7), Activation.TANH),
                new Layer.Rnn("again", List.of(random.lstm(7, 7)), Layer.Merge.CONCAT),
                new Layer.Reduce("reduced", reduction),
                new Layer.Dense(
                    "scores", random.tensor(7, 9), random.tensor(9), Activation.SOFTMAX),
                new Layer.Dense("logits", random.tensor(9, 4), random.tensor(4), Activation.LINEAR),
                new Layer.Softmax("probabilities"),
                new Layer.ArgMax("prediction")));
    Rows rows = Rows.ids(20, network, 4, 9, 1, 2, 9);
    for (Output output : network.outputs()) {
      List<float[]> found = rows.run(network, output.name(), Limits.DEFAULT);
      for (int row = 0; row < rows.count(); row++) {
        assertClose(
            found.get(row),
            textbook(network, rows, row).get(output.name()),
            output.name() + " of row " + row);
      }
    }
  }

  static Stream<Layer.Reduction> reductions() {
    return Stream.of(Layer.Reduction.values());
  }

  @Test
  void headsForEachStepAndOneHotInputAreTheTextbooks() {
    RandomNetworks random = new RandomNetworks(21);
    Network network =
        new Network(
            new Network.Input.Ids(5),
            List.of(
                new Layer.OneHot("one_hot", 5),
                new Layer.Rnn("rnn", List.of(random.gru(5, 6)), Layer.Merge.CONCAT),
                new Layer.Dense("logits", random.tensor(6, 3), random.tensor(3), Activation.LINEAR),
                new Layer.LogSoftmax("logarithms"),
                new Layer.Softmax("probabilities"),
                new Layer.ArgMax("tags")));
    Rows rows = Rows.ids(22, network, 4, 0, 1, 6);
    for (Output output : network.outputs()) {
      List<float[]> found = rows.run(network, output.name(), Limits.DEFAULT);
      for (int row = 0; row < rows.count(); row++) {
        assertClose(found.get(row), textbook(network, rows, row).get(output.name()), output.name());
      }
    }
  }

  @Test
  void rowsWithoutAStateStartFromTheLayersOwn() {
    RandomNetworks random = new RandomNetworks(25);
    List<Layer.Level> levels =
        List.of(new Layer.Level(List.of(random.lstm(2, 3), random.gru(2, 4))));
    Layer.Rnn plain = new Layer.Rnn("a", Loop.TensorFlow.DYNAMIC_RNN, levels, Layer.Merge.CONCAT);
    Layer.Rnn second = new Layer.Rnn("b", List.of(random.gru(7, 2)), Layer.Merge.CONCAT);
    Layer.Rnn own = new Layer.Rnn("a", plain.loop(), levels, plain.merge(), random.tensor(10));
    Network network = features(2, own, second);
    assertThat(network.initialState())
        .hasSize(12)
        .startsWith(own.initialState().toArray())
        .endsWith(0, 0);
    NetworkRunner runner =
        PackedNetwork.pack(network, Ops.of("scalar"))
            .runner(List.of(network.output(Output.OUTPUTS)), Limits.DEFAULT);
    Rows rows = Rows.features(26, network, 3, 0, 5);
    List<float[]> states = Collections.nCopies(3, network.initialState());
    List<float[]> expected =
        new Rows(rows.features(), List.of(), states, 2)
            .run(features(2, plain, second), Output.OUTPUTS, Limits.DEFAULT);
    for (int row = 0; row < 3; row++) {
      runner.window().add(rows.features().get(row), 0, rows.length(row));
    }
    runner.run();
    Result result = runner.result(0);
    for (int row = 0; row < 3; row++) {
      int from = result.offset(row);
      assertThat(Arrays.copyOfRange(result.floats(), from, from + 2 * rows.length(row)))
          .isEqualTo(expected.get(row));
    }
  }

  @Test
  void aNanStaysInItsRow() {
    RandomNetworks random = new RandomNetworks(23);
    Network network =
        features(2, new Layer.Rnn("rnn", List.of(random.lstm(2, 3)), Layer.Merge.CONCAT));
    Rows clean = Rows.features(24, network, 4, 4, 4);
    List<float[]> expected = clean.run(network, Output.OUTPUTS, Limits.DEFAULT);
    clean.features().get(1)[2] = Float.NaN;
    List<float[]> found = clean.run(network, Output.OUTPUTS, Limits.DEFAULT);
    assertThat(found.get(0)).isEqualTo(expected.get(0));
    assertThat(found.get(2)).isEqualTo(expected.get(2));
    assertThat(found.get(1)[0]).isEqualTo(expected.get(1)[0]);
    assertThat(found.get(1)[3]).isNaN();
  }

  @Test
  void aRowBeyondTheBudgetIsRefusedByTheWindow() {
    RandomNetworks random = new RandomNetworks(25);
    Network network =
        features(2, new Layer.Rnn("rnn", List.of(random.lstm(2, 3)), Layer.Merge.CONCAT));
    NetworkRunner runner =
        PackedNetwork.pack(network, Ops.of("scalar"))
            .runner(List.of(network.output(Output.OUTPUTS)), new Limits(10_000, 8));
    Window window = runner.window();
    assertThat(window.fits(100)).isTrue();
    assertThat(window.fits(1000)).isFalse();
    assertThat(window.bytesNeeded(1000)).isGreaterThan(10_000);
    assertThatThrownBy(() -> window.add(new float[2000], 0, 1000))
        .hasMessage("a row of 1000 steps was added to a window without room for it");
    int rows = 0;
    while (window.hasRoom(10)) {
      window.add(new float[20], 0, 10);
      rows++;
    }
    assertThat(rows).isGreaterThan(1);
    assertThat(window.bytes()).isLessThanOrEqualTo(5_000);
  }

  @Test
  void idsOutOfRangeAreRefusedByTheWindow() {
    RandomNetworks random = new RandomNetworks(26);
    Network network =
        new Network(
            new Network.Input.Ids(5),
            List.of(new Layer.Embedding("embedding", random.tensor(5, 2))));
    Window window =
        PackedNetwork.pack(network, Ops.of("scalar"))
            .runner(List.of(network.output("embedding")), Limits.DEFAULT)
            .window();
    assertThatThrownBy(() -> window.add(new int[] {1, 5}, 0, 2))
        .hasMessage("step 1 has id 5, expected 0 to 4");
  }

  private static Map<String, double[]> textbook(Network network, Rows rows, int row) {
    double[] initial = RandomNetworks.widen(rows.initial().get(row));
    if (!rows.ids().isEmpty()) {
      return new TextbookNetwork(network).run(rows.ids().get(row), initial);
    }
    double[][] steps = new double[rows.length(row)][];
    for (int t = 0; t < steps.length; t++) {
      float[] all = rows.features().get(row);
      steps[t] =
          RandomNetworks.widen(Arrays.copyOfRange(all, t * rows.size(), (t + 1) * rows.size()));
    }
    return new TextbookNetwork(network).run(steps, initial);
  }

  private static void assertClose(float[] found, double[] expected, String what) {
    assertThat(found.length).as(what).isEqualTo(expected.length);
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i])
          .as("%s, number %d", what, i)
          .isCloseTo(expected[i], Offset.offset(STEP_TOLERANCE * LONGEST));
    }
  }
}
