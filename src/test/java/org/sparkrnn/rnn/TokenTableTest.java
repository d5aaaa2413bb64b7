package org.sparkrnn.rnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.oracle.RandomNetworks;

/**
 * Tokens and one-hot steps are read from a table; plain Java, which has none, tells what is right.
 */
class TokenTableTest {
  private static final int IDS = 37;
  private static final Layer ONE_HOT = new Layer.OneHot("one_hot", IDS);

  @BeforeEach
  void onlyWhereThereIsVectorCode() {
    assumeThat(Ops.of("auto").name()).as("skipped: no vector code here").startsWith("simd");
  }

  private static Layer embedding(RandomNetworks random, int ids, int size, boolean maskZero) {
    return new Layer.Embedding("embedding", random.tensor(ids, size), maskZero);
  }

  private static Network network(Layer first, Layer... behind) {
    return new Network(
        new Network.Input.Ids(IDS), Stream.concat(Stream.of(first), Stream.of(behind)).toList());
  }

  private static Layer.Rnn rnn(RnnCell... directions) {
    return new Layer.Rnn("rnn", List.of(directions), Layer.Merge.CONCAT);
  }

  static Stream<Network> tabulated() {
    RandomNetworks random = new RandomNetworks(61);
    return Stream.of(
        network(embedding(random, IDS, 5, false), rnn(random.lstm(5, 20))),
        network(embedding(random, IDS + 3, 5, false), rnn(random.lstm(5, 20), random.gru(5, 9))),
        network(ONE_HOT, rnn(random.gru(IDS, 20))),
        network(
            embedding(random, IDS, 4, true),
            new Layer.Rnn(
                "rnn",
                new Loop.Keras(false, true, false),
                List.of(new Layer.Level(List.of(random.lstm(4, 17), random.lstm(4, 17)))),
                Layer.Merge.SUM)),
        network(
            embedding(random, IDS, 6, false),
            rnn(new MultiRnnCell(List.of(random.lstm(6, 16), random.gru(16, 11))))),
        network(ONE_HOT, rnn(random.fullLstm(IDS, 18, 5), random.resetAfterGru(IDS, 17))));
  }

  @ParameterizedTest
  @MethodSource("tabulated")
  void tabulatedTokensHaveTheBitsOfPlainJava(Network network) {
    Rows rows = Rows.ids(62, network, 70, 33, 12, 12, 5, 1, 1, 0);
    assertThat(PackedNetwork.pack(network, Ops.of("scalar")).table()).isEmpty();
    assertThat(PackedNetwork.pack(network, Ops.of("simd")).table()).isPresent();
    rows.assertVectorCodeHasTheBitsOfPlainJava(network);
  }

  @Test
  void theTableCountsAsWeights() {
    RandomNetworks random = new RandomNetworks(63);
    RnnCell cell = random.lstm(5, 16);
    PackedNetwork packed =
        PackedNetwork.pack(network(embedding(random, IDS, 5, false), rnn(cell)), Ops.of("simd"));
    long cells = packed.cells(1).get(0).get(0).bytes();
    assertThat(packed.bytes()).isEqualTo(cells + packed.table().orElseThrow().bytes());
    assertThat(packed.table().orElseThrow().bytes()).isGreaterThanOrEqualTo(4L * IDS * 4 * 16);
  }

  @Test
  void tooLargeATableIsNotMade() {
    RandomNetworks random = new RandomNetworks(64);
    int ids = Math.toIntExact(TokenTable.MOST_BYTES / 4 / (4 * 64)) + 1;
    Network network =
        new Network(
            new Network.Input.Ids(ids),
            List.of(embedding(random, ids, 2, false), rnn(random.lstm(2, 64))));
    assertThat(PackedNetwork.pack(network, Ops.of("simd")).table()).isEqualTo(Optional.empty());
  }
}
