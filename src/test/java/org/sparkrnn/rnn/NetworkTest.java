package org.sparkrnn.rnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.oracle.RandomNetworks;

class NetworkTest {
  private final RandomNetworks random = new RandomNetworks(1);

  private Layer.Rnn rnn(String name, int input, int units) {
    return new Layer.Rnn(name, List.of(random.lstm(input, units)), Layer.Merge.CONCAT);
  }

  private static Network features(int size, Layer... layers) {
    return new Network(new Network.Input.Features(size), List.of(layers));
  }

  @Test
  void aLayerThatDoesNotFitIsNamed() {
    assertThatThrownBy(() -> features(4, rnn("rnn", 3, 2)))
        .hasMessage("layer 'rnn' takes inputs of size 3, but its input has size 4");
    assertThatThrownBy(
            () ->
                features(
                    3,
                    rnn("rnn", 3, 2),
                    new Layer.Dense(
                        "head", random.tensor(5, 2), random.tensor(2), Activation.LINEAR)))
        .hasMessage("layer 'head' has a kernel of shape [5, 2], but its input has size 2");
    assertThatThrownBy(
            () -> features(3, new Layer.Reduce("last", Layer.Reduction.LAST), rnn("rnn", 3, 2)))
        .hasMessage(
            "layer 'rnn' takes one entry per step, but the layer before it has one per row");
    assertThatThrownBy(() -> features(3, new Layer.Embedding("e", random.tensor(3, 2))))
        .hasMessage(
            "layer 'e' takes ids, so it can only be the first layer of tokens or characters");
    assertThatThrownBy(() -> new Network(new Network.Input.Ids(3), List.of(rnn("rnn", 3, 2))))
        .hasMessage(
            "layer 'rnn' takes floats, but the input is ids: put an embedding or one_hot layer"
                + " first");
    assertThatThrownBy(
            () ->
                new Network(
                    new Network.Input.Ids(9),
                    List.of(new Layer.Embedding("e", random.tensor(8, 2)))))
        .hasMessage("layer 'e' has 8 rows, but the input has 9 ids");
  }

  @Test
  void levelsThatDoNotFitAreNamed() {
    Layer.Level lower = new Layer.Level(List.of(random.lstm(3, 2), random.gru(3, 2)));
    Layer.Level upper = new Layer.Level(List.of(random.lstm(5, 2), random.gru(5, 2)));
    Loop stack = Loop.TensorFlow.STACK_BIDIRECTIONAL_DYNAMIC_RNN;
    refused(stack, Layer.Merge.CONCAT, "an rnn layer needs at least one cell");
    refused(
        stack,
        Layer.Merge.CONCAT,
        "the cells of level 1 take inputs of size 5, but level 0 gives both directions' outputs,"
            + " together of size 4",
        lower,
        upper);
    refused(
        stack, Layer.Merge.SUM, "a stack concatenates the outputs of its directions", lower, lower);
    refused(
        stack,
        Layer.Merge.CONCAT,
        "each level of a stack has two directions",
        new Layer.Level(List.of(random.lstm(3, 2))));
    refused(
        Loop.TensorFlow.DYNAMIC_RNN,
        Layer.Merge.CONCAT,
        "an rnn layer of 2 levels is a stack of two directions",
        lower,
        upper);
    assertThatThrownBy(() -> new Layer.Level(List.of(random.lstm(3, 2), random.gru(4, 2))))
        .hasMessage("the forward cell takes inputs of size 3, the backward cell of size 4");
  }

  private static void refused(Loop loop, Layer.Merge merge, String message, Layer.Level... levels) {
    assertThatThrownBy(() -> new Layer.Rnn("rnn", loop, List.of(levels), merge))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void namesAreUniqueAndNotReserved() {
    assertThatThrownBy(() -> features(3, rnn("a", 3, 2), rnn("a", 2, 2)))
        .hasMessage("two layers are named 'a'");
    assertThatThrownBy(() -> features(3, rnn("outputs", 3, 2)))
        .hasMessage("a layer is named 'outputs', which every network's own output is called");
  }

  @Test
  void anUnknownOutputIsRefusedWithThoseThereAre() {
    assertThatThrownBy(() -> features(3, rnn("rnn", 3, 2)).output("logits"))
        .hasMessage(
            "the model has no output 'logits'; it has outputs, last_output, final_state, rnn");
  }

  @Test
  void theStateOfSeveralLayersIsByName() {
    Network one =
        features(
            3,
            new Layer.Rnn("rnn", List.of(random.lstm(3, 2), random.gru(3, 4)), Layer.Merge.CONCAT));
    assertThat(one.stateShape().parts())
        .containsExactly(
            new StateShape.Part("fw.c", 0, 2),
            new StateShape.Part("fw.h", 2, 2),
            new StateShape.Part("bw.h", 4, 4));
    Network two = features(3, rnn("lower", 3, 2), rnn("upper", 2, 1));
    assertThat(two.stateShape().parts().stream().map(StateShape.Part::path))
        .containsExactly("lower.c", "lower.h", "upper.c", "upper.h");
  }
}
