package org.sparkrnn.rnn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.oracle.RandomNetworks;

/**
 * Rows for tests: features or ids with initial states, and what a network gives for them.
 *
 * @param features by row, flattened; empty lists where rows are ids
 * @param ids by row
 * @param initial by row, flattened states
 * @param size floats in a step
 */
record Rows(List<float[]> features, List<int[]> ids, List<float[]> initial, int size) {

  /** Rows of these lengths with random features and initial states. */
  static Rows features(long seed, Network network, int... lengths) {
    RandomNetworks random = new RandomNetworks(seed);
    int size = ((Network.Input.Features) network.input()).size();
    List<float[]> features = new ArrayList<>();
    List<float[]> initial = new ArrayList<>();
    for (int length : lengths) {
      features.add(random.floats(length * size));
      initial.add(random.floats(network.stateShape().size()));
    }
    return new Rows(features, List.of(), initial, size);
  }

  /** Rows of these lengths with random ids and initial states. */
  static Rows idsAndStates(long seed, Network network, int... lengths) {
    RandomNetworks random = new RandomNetworks(seed);
    List<float[]> states = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      states.add(random.floats(network.stateShape().size()));
    }
    return new Rows(List.of(), ids(seed, network, lengths).ids(), states, 1);
  }

  /** Rows of these lengths with random ids and zero states. */
  static Rows ids(long seed, Network network, int... lengths) {
    Random random = new Random(seed);
    int count = ((Network.Input.Ids) network.input()).count();
    List<int[]> ids = new ArrayList<>();
    List<float[]> initial = new ArrayList<>();
    for (int length : lengths) {
      ids.add(random.ints(length, 0, count).toArray());
      initial.add(new float[network.stateShape().size()]);
    }
    return new Rows(List.of(), ids, initial, 1);
  }

  int count() {
    return initial.size();
  }

  int length(int row) {
    return ids.isEmpty() ? features.get(row).length / size : ids.get(row).length;
  }

  long steps() {
    long steps = 0;
    for (int row = 0; row < count(); row++) {
      steps += length(row);
    }
    return steps;
  }

  /** Steps {@code [from, to)} of each row, with these initial states. */
  Rows slice(int from, int to, List<float[]> states) {
    List<float[]> cut = new ArrayList<>();
    for (int row = 0; row < count(); row++) {
      int start = Math.min(from, length(row)) * size;
      int end = Math.min(to, length(row)) * size;
      cut.add(Arrays.copyOfRange(features.get(row), start, end));
    }
    return new Rows(cut, List.of(), states, size);
  }

  /** These rows in another order. */
  Rows permuted(List<Integer> order) {
    return new Rows(
        features.isEmpty() ? features : order.stream().map(features::get).toList(),
        ids.isEmpty() ? ids : order.stream().map(ids::get).toList(),
        order.stream().map(initial::get).toList(),
        size);
  }

  /** Vector code gives the bits of plain Java for every output, whatever the groups. */
  void assertVectorCodeHasTheBitsOfPlainJava(Network network) {
    PackedNetwork plain = PackedNetwork.pack(network, Ops.of("scalar"));
    PackedNetwork vectors = PackedNetwork.pack(network, Ops.of("simd"));
    for (Output output : network.outputs()) {
      List<float[]> expected = run(plain.runner(List.of(output), Limits.DEFAULT));
      for (int groupRows : new int[] {64, 3, 1}) {
        Limits limits = new Limits(Limits.DEFAULT.windowBytes(), groupRows);
        List<float[]> found = run(vectors.runner(List.of(output), limits));
        for (int row = 0; row < count(); row++) {
          assertThat(found.get(row))
              .as("%s of row %d, groups of %d", output.name(), row, groupRows)
              .isEqualTo(expected.get(row));
        }
      }
    }
  }

  /** What a network gives for an output, by row. */
  List<float[]> run(Network network, String output, Limits limits) {
    return run(
        PackedNetwork.pack(network, Ops.of("scalar"))
            .runner(List.of(network.output(output)), limits));
  }

  /** Runs all rows through a runner, in as many windows as it needs; its first output, by row. */
  List<float[]> run(NetworkRunner runner) {
    List<float[]> all = new ArrayList<>();
    Window window = runner.window();
    for (int row = 0; row < count(); row++) {
      if (!window.hasRoom(length(row))) {
        drain(runner, all);
      }
      if (ids.isEmpty()) {
        window.add(features.get(row), 0, length(row));
      } else {
        window.add(ids.get(row), 0, length(row));
      }
      window.initialState(initial.get(row), 0);
    }
    drain(runner, all);
    return all;
  }

  private static void drain(NetworkRunner runner, List<float[]> all) {
    runner.run();
    Window window = runner.window();
    Result result = runner.result(0);
    for (int row = 0; row < window.rows(); row++) {
      int count = result.size() * result.entries(row);
      float[] numbers = new float[count];
      for (int i = 0; i < count; i++) {
        boolean ints =
            result.output() instanceof Output.Generated
                || result.output() instanceof Output.LayerValue value
                    && value.value().type() == Value.Type.INT;
        numbers[i] =
            ints ? result.ints()[result.offset(row) + i] : result.floats()[result.offset(row) + i];
      }
      all.add(numbers);
    }
    window.clear();
  }
}
