package org.sparkrnn.rnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.oracle.RandomNetworks;

/** All steps of a row as one value, and what that asks of rows. */
class FlattenTest {
  private static final int STEPS = 5;
  private static final Network NETWORK = network(new RandomNetworks(20261201));

  private static Network network(RandomNetworks random) {
    return NetworkRunnerTest.features(
        3,
        new Layer.Rnn("rnn", List.of(random.gru(3, 6)), Layer.Merge.CONCAT),
        new Layer.Flatten("all", STEPS),
        new Layer.Dense("dense", random.tensor(6 * STEPS, 2), random.tensor(2), Activation.LINEAR));
  }

  @Test
  void aRowsStepsStandOneBehindTheOther() {
    Rows rows = Rows.features(7, NETWORK, STEPS, STEPS, STEPS);
    List<float[]> steps = rows.run(NETWORK, "rnn", Limits.DEFAULT);
    List<float[]> all = rows.run(NETWORK, "all", Limits.DEFAULT);
    for (int row = 0; row < rows.count(); row++) {
      assertThat(all.get(row)).hasSize(6 * STEPS).isEqualTo(steps.get(row));
    }
  }

  @Test
  void onlyRowsOfThatManyStepsAreTaken() {
    Window window =
        PackedNetwork.pack(NETWORK, Ops.of("scalar"))
            .runner(List.of(NETWORK.output("dense")), Limits.DEFAULT)
            .window();
    assertThat(NETWORK.fixedSteps()).hasValue(STEPS);
    assertThat(window.refusal(STEPS)).isEmpty();
    for (int length : new int[] {0, STEPS - 1, STEPS + 1}) {
      String refusal = "the row has " + length + " steps, the model takes 5, which a flatten layer";
      assertThat(window.refusal(length).orElseThrow()).startsWith(refusal);
      assertThatThrownBy(() -> window.add(new float[3 * length], 0, length))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(refusal);
    }
  }

  @Test
  void aNetworkWithoutItTakesRowsOfAnyLength() {
    Network network = NetworkRunnerTest.features(3, NETWORK.layers().get(0));
    assertThat(network.fixedSteps()).isEmpty();
  }

  @Test
  void itIsNoNetworkToRunPieceByPiece() {
    assertThat(NETWORK.obstacleToPieces()).hasValue("layer 'all' joins the 5 steps of a whole row");
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> new Layer.Flatten("all", 0))
        .hasMessage("layer 'all' joins 0 steps, expected at least 1");
    assertThatThrownBy(
            () ->
                NetworkRunnerTest.features(
                    3, new Layer.Flatten("all", 2), new Layer.Flatten("again", 2)))
        .hasMessage("layer 'again' joins steps, but the layer before it has one entry per row");
    assertThatThrownBy(
            () ->
                NetworkRunnerTest.features(
                    3,
                    new Layer.Flatten("all", 2),
                    new Layer.Repeat("repeat"),
                    new Layer.Flatten("again", 3)))
        .hasMessage("layer 'again' joins 3 steps, but layer 'all' joins 2");
    assertThatThrownBy(
            () ->
                new Network(
                    new Network.Input.Features(3, Padding.of(0)),
                    List.of(new Layer.Flatten("all", 2))))
        .hasMessage(
            "layer 'all' joins 2 steps, but padding that is counted makes rows of any number");
  }
}
