package org.sparkrnn.rnn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.oracle.RandomNetworks;

/** Rows whose padding is counted end behind as many steps as they have others. */
class PaddingTest {
  private static final RandomNetworks RANDOM = new RandomNetworks(41);
  private static final Layer RNN =
      new Layer.Rnn("rnn", List.of(RANDOM.lstm(2, 3)), Layer.Merge.CONCAT);

  private static final Layer TABLE = new Layer.Embedding("embedding", RANDOM.tensor(4, 2));

  private static NetworkRunner runner(Network network) {
    List<Output> selected = network.outputs();
    return PackedNetwork.pack(network, Ops.of("scalar")).runner(selected, Limits.DEFAULT);
  }

  private static Network floats(Padding padding) {
    return new Network(new Network.Input.Features(2, padding), List.of(RNN));
  }

  private static Network ids(Padding padding) {
    return new Network(new Network.Input.Ids(4, padding), List.of(TABLE, RNN));
  }

  private static void assertSame(NetworkRunner found, NetworkRunner expected, int outputs) {
    found.run();
    expected.run();
    for (int i = 0; i < outputs; i++) {
      assertThat(floats(found.result(i))).isEqualTo(floats(expected.result(i)));
    }
  }

  private static float[] floats(Result result) {
    int count = result.size() * result.entries(0);
    return Arrays.copyOfRange(result.floats(), result.offset(0), result.offset(0) + count);
  }

  /** A step of which only one number is the padding's is none; what fills may stand anywhere. */
  @Test
  void theFirstStepsOfARowAreItsOwn() {
    float[] row = {1, 7, 7, 7, 7, 2, 7, 7, 7, 7};
    NetworkRunner padded = runner(floats(Padding.of(7)));
    padded.window().add(row, 0, 5);
    NetworkRunner own = runner(floats(Padding.NONE));
    own.window().add(row, 0, 2);
    assertThat(padded.window().length(0)).isEqualTo(2);
    assertSame(padded, own, own.window().length(0));
  }

  @Test
  void stepsInArraysOfTheirOwnAreCountedAsOthers() {
    float[][] row = {{0, 1}, {0, -0f}, {2, 0}, {0, 0}};
    NetworkRunner padded = runner(floats(Padding.of(0)));
    padded.window().add(row, 4);
    NetworkRunner own = runner(floats(Padding.NONE));
    own.window().add(row, 2);
    assertThat(padded.window().length(0)).isEqualTo(2);
    assertSame(padded, own, 2);
  }

  @Test
  void idsAreCountedUpToTheLengthThatIsGiven() {
    int[] row = {3, 0, 2, 0, 1, 1};
    NetworkRunner padded = runner(ids(Padding.of(0)));
    padded.window().add(row, 0, 5);
    NetworkRunner own = runner(ids(Padding.NONE));
    own.window().add(row, 0, 3);
    assertThat(padded.window().length(0)).isEqualTo(3);
    assertSame(padded, own, 2);
  }

  @Test
  void aRowOfNothingButPaddingHasNoSteps() {
    NetworkRunner padded = runner(ids(Padding.of(0)));
    padded.window().add(new int[] {0, 0}, 0, 2);
    assertThat(padded.window().length(0)).isZero();
    padded.run();
    assertThat(padded.result(0).entries(0)).isZero();
  }

  /** Which of a row's steps are its own is only known with all of them. */
  @Test
  void aRowIsNotRunPieceByPiece() {
    assertThat(floats(Padding.of(0)).obstacleToPieces()).isPresent();
    assertThat(floats(Padding.NONE).obstacleToPieces()).isEmpty();
  }
}
