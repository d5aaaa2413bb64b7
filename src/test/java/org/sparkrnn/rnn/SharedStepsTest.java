package org.sparkrnn.rnn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.oracle.RandomNetworks;

/** Steps that rows share are computed once, and nobody can tell by the results. */
class SharedStepsTest {
  private static final int IDS = 5;

  /** Enough for the states and results of some of the rows only: several windows. */
  private static final long NARROW = 60_000;

  /** Rows that begin or end as others do, or are the same, and some that are empty. */
  private static List<int[]> ids(Random random) {
    List<int[]> rows = new ArrayList<>();
    for (int row = 0; row < 90; row++) {
      int[] own = random.ints(random.nextInt(9), 0, IDS).toArray();
      int[] other = rows.isEmpty() ? own : rows.get(random.nextInt(rows.size()));
      int part = random.nextInt(other.length + 1);
      rows.add(
          switch (random.nextInt(4)) {
            case 0 -> own;
            case 1 -> other.clone();
            case 2 -> joined(Arrays.copyOf(other, part), own);
            default -> joined(own, Arrays.copyOfRange(other, part, other.length));
          });
    }
    return rows;
  }

  private static int[] joined(int[] first, int[] second) {
    int length = Math.min(30, first.length + second.length);
    int[] both = Arrays.copyOf(first, length);
    System.arraycopy(second, 0, both, first.length, length - first.length);
    return both;
  }

  private static Rows rows(long seed, Network network, boolean ownStates) {
    List<int[]> ids = ids(new Random(seed));
    RandomNetworks random = new RandomNetworks(seed);
    float[] none = network.initialState();
    List<float[]> states =
        ids.stream().map(row -> ownStates ? random.floats(none.length) : none).toList();
    return new Rows(List.of(), ids, states, 1);
  }

  private static Network network(Layer... layers) {
    return new Network(new Network.Input.Ids(IDS), List.of(layers));
  }

  private static Layer embedding(RandomNetworks random, boolean maskZero) {
    return new Layer.Embedding("embedding", random.tensor(IDS, 4), maskZero);
  }

  private static Layer.Rnn rnn(String name, RnnCell... directions) {
    return new Layer.Rnn(name, List.of(directions), Layer.Merge.CONCAT);
  }

  private static Layer.Rnn keras(String name, Loop.Keras loop, RnnCell... directions) {
    List<Layer.Level> levels = List.of(new Layer.Level(List.of(directions)));
    return new Layer.Rnn(name, loop, levels, Layer.Merge.CONCAT);
  }

  /** Directions, stacks and heads of all kinds around one kind of cell. */
  private static List<Network> networks(RandomNetworks random, RnnCell cell, RnnCell other) {
    int size = cell.outputSize();
    Layer.Dense logits =
        new Layer.Dense("logits", random.tensor(size, 3), random.tensor(3), Activation.LINEAR);
    Layer.Dense between =
        new Layer.Dense("between", random.tensor(size, 6), random.tensor(6), Activation.TANH);
    // Its states at the border are not together as its cells hold them.
    Layer.Rnn cudnn =
        RandomNetworks.cudnn("rnn", Loop.Cudnn.LSTM, random.lstm(size, 5), random.lstm(5, 5));
    return List.of(
        network(embedding(random, false), rnn("below", cell), cudnn),
        network(embedding(random, false), rnn("rnn", cell), logits, new Layer.ArgMax("class")),
        network(
            embedding(random, false),
            rnn("below", cell),
            between,
            rnn("rnn", random.lstm(6, 5)),
            new Layer.Pool(
                "pool",
                List.of(
                    Layer.Reduction.MEAN,
                    Layer.Reduction.MAX,
                    Layer.Reduction.LAST,
                    Layer.Reduction.FINAL_STATE))),
        network(
            embedding(random, false),
            rnn("rnn", new MultiRnnCell(List.of(cell, random.gru(size, 6)))),
            new Layer.Reduce("first", Layer.Reduction.FIRST)),
        network(
            embedding(random, false),
            RandomNetworks.reversed("below", cell),
            RandomNetworks.reversed("rnn", random.gru(size, 3))),
        network(
            embedding(random, false),
            RandomNetworks.reversed("below", cell),
            rnn("rnn", random.gru(size, 3))),
        network(
            embedding(random, false),
            rnn("below", cell, other),
            rnn(
                "rnn",
                random.gru(size + other.outputSize(), 3),
                random.lstm(size + other.outputSize(), 4)),
            new Layer.Reduce("last", Layer.Reduction.LAST)),
        network(
            embedding(random, false),
            RandomNetworks.stack(
                "rnn",
                List.of(cell, other),
                List.of(
                    random.lstm(size + other.outputSize(), 3),
                    random.lstm(size + other.outputSize(), 3)))),
        network(
            embedding(random, true),
            keras("below", new Loop.Keras(false, true, false), cell, other),
            keras(
                "rnn",
                new Loop.Keras(false, false, false),
                random.lstm(size + other.outputSize(), 3))),
        network(
            embedding(random, true),
            keras("below", new Loop.Keras(true, true, true), cell),
            keras("rnn", new Loop.Keras(false, true, false), random.lstm(size, 3))),
        network(
            embedding(random, true),
            keras("below", new Loop.Keras(false, false, false), cell),
            new Layer.Repeat("repeat"),
            keras("rnn", new Loop.Keras(false, true, false), random.gru(size, 3)),
            new Layer.Reduce("mean", Layer.Reduction.MEAN)));
  }

  /** What a network gives for all its outputs, one after the other, by row. */
  private static List<List<float[]>> all(Network network, Rows rows, String ops, Limits limits) {
    PackedNetwork packed = PackedNetwork.pack(network, Ops.of(ops));
    return network.outputs().stream()
        .map(output -> rows.run(packed.runner(List.of(output), limits)))
        .toList();
  }

  private static void assertNobodyCanTell(Network network, Rows rows) {
    List<List<float[]>> expected =
        all(network, rows, "scalar", new Limits(64L << 20, 64, Sharing.NEVER));
    for (String ops : Set.of("scalar", "auto")) {
      for (Limits limits :
          List.of(
              new Limits(64L << 20, 64, Sharing.ALWAYS),
              new Limits(NARROW, 3, Sharing.ALWAYS),
              new Limits(64L << 20, 64, Sharing.AUTO))) {
        List<List<float[]>> found = all(network, rows, ops, limits);
        for (int output = 0; output < expected.size(); output++) {
          for (int row = 0; row < rows.count(); row++) {
            assertThat(found.get(output).get(row))
                .as("%s of row %d, %s, %s", network.outputs().get(output).name(), row, ops, limits)
                .isEqualTo(expected.get(output).get(row));
          }
        }
      }
    }
  }

  static Stream<Integer> kindsOfCells() {
    return Stream.iterate(0, kind -> kind + 1).limit(new RandomNetworks(0).cells(4, 6).size());
  }

  @ParameterizedTest
  @MethodSource("kindsOfCells")
  void sharedStepsHaveTheBitsOfThoseComputedForEachRow(int kind) {
    RandomNetworks random = new RandomNetworks(kind);
    List<RnnCell> cells = random.cells(4, 6);
    RnnCell other = cells.get((kind + 1) % cells.size());
    List<Network> networks = networks(random, cells.get(kind), other);
    // Each kind of cell meets a third of the networks, and each network a third of the kinds.
    for (int i = kind % 3; i < networks.size(); i += 3) {
      assertNobodyCanTell(networks.get(i), rows(1000L * kind + i, networks.get(i), false));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyNetworkIsMet(long seed) {
    RandomNetworks random = new RandomNetworks(seed);
    for (Network network : networks(random, random.lstm(4, 6), random.gru(4, 5))) {
      assertNobodyCanTell(network, rows(seed, network, false));
      assertNobodyCanTell(network, rows(seed, network, true));
    }
  }

  @Test
  void whatIsGeneratedIsTheSame() {
    RandomNetworks random = new RandomNetworks(8);
    Layer.Rnn loop =
        new Layer.Rnn(
            "rnn",
            new Loop.Generate(6, Loop.Generate.NO_STOP),
            List.of(new Layer.Level(List.of(random.lstm(4, 6)))),
            Layer.Merge.CONCAT);
    Network network =
        network(
            embedding(random, false),
            loop,
            new Layer.Dense(
                "logits", random.tensor(6, IDS), random.tensor(IDS), Activation.LINEAR));
    assertNobodyCanTell(network, rows(9, network, false));
  }

  private static long cellSteps(Network network, Rows rows, String output, Sharing sharing) {
    NetworkRunner runner =
        PackedNetwork.pack(network, Ops.of("auto"))
            .runner(List.of(network.output(output)), new Limits(64L << 20, 64, sharing));
    rows.run(runner);
    assertThat(runner.steps()).isEqualTo(rows.steps());
    return runner.cellSteps();
  }

  private static int distinctPrefixes(Rows rows, boolean reversed) {
    Set<List<Integer>> prefixes = new HashSet<>();
    for (int[] row : rows.ids()) {
      List<Integer> ids = new ArrayList<>(Arrays.stream(row).boxed().toList());
      if (reversed) {
        Collections.reverse(ids);
      }
      for (int end = 1; end <= ids.size(); end++) {
        prefixes.add(ids.subList(0, end));
      }
    }
    return prefixes.size();
  }

  private static int distinctSteps(Rows rows) {
    return rows.ids().stream()
        .map(row -> Arrays.stream(row).boxed().toList())
        .distinct()
        .mapToInt(List::size)
        .sum();
  }

  @Test
  void onlyDistinctPrefixesAndSuffixesAreComputed() {
    RandomNetworks random = new RandomNetworks(3);
    List<Network> networks = networks(random, random.lstm(4, 6), random.gru(4, 5));
    Rows rows = rows(4, networks.get(0), false);
    int prefixes = distinctPrefixes(rows, false);
    int suffixes = distinctPrefixes(rows, true);
    assertThat(cellSteps(networks.get(1), rows, "outputs", Sharing.ALWAYS)).isEqualTo(prefixes);
    assertThat(cellSteps(networks.get(2), rows, "pool", Sharing.AUTO)).isEqualTo(2L * prefixes);
    assertThat(cellSteps(networks.get(3), rows, "first", Sharing.AUTO)).isEqualTo(2L * prefixes);
    assertThat(cellSteps(networks.get(4), rows, "rnn", Sharing.AUTO)).isEqualTo(2L * suffixes);
    assertThat(cellSteps(networks.get(5), rows, "rnn", Sharing.AUTO))
        .isEqualTo(suffixes + distinctSteps(rows));
    assertThat(cellSteps(networks.get(6), rows, "last", Sharing.AUTO))
        .isEqualTo(prefixes + suffixes + 2L * distinctSteps(rows));
    assertThat(cellSteps(networks.get(1), rows, "outputs", Sharing.NEVER)).isEqualTo(rows.steps());
  }

  @Test
  void rowsWithStatesOfTheirOwnShareNothing() {
    RandomNetworks random = new RandomNetworks(5);
    Network network = network(embedding(random, false), rnn("rnn", random.lstm(4, 6)));
    Rows rows = rows(6, network, true);
    assertThat(cellSteps(network, rows, "outputs", Sharing.ALWAYS)).isEqualTo(rows.steps());
  }

  @Test
  void byItselfAWindowIsOnlySharedWhereThatSavesASixth() {
    RandomNetworks random = new RandomNetworks(7);
    Network network =
        new Network(
            new Network.Input.Ids(100),
            List.of(new Layer.OneHot("one_hot", 100), rnn("rnn", random.lstm(100, 6))));
    for (int common = 0; common <= 10; common++) {
      List<int[]> ids = new ArrayList<>();
      List<float[]> states = new ArrayList<>();
      for (int row = 0; row < 11; row++) {
        int[] steps = new int[10];
        Arrays.fill(steps, common, 10, 1 + row);
        ids.add(steps);
        states.add(network.initialState());
      }
      Rows rows = new Rows(List.of(), ids, states, 1);
      int distinct = 110 - 10 * common;
      assertThat(cellSteps(network, rows, "outputs", Sharing.AUTO))
          .as("%d steps in common", common)
          .isEqualTo(110 >= 1.2 * distinct ? distinct : 110);
      assertThat(cellSteps(network, rows, "outputs", Sharing.ALWAYS)).isEqualTo(distinct);
    }
  }
}
