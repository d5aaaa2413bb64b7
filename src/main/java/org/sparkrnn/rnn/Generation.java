package org.sparkrnn.rnn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a network must be like for its output to be its next input. */
final class Generation {
  private static final List<Layer.Reduction> OF_THE_LAST_STEP =
      List.of(Layer.Reduction.LAST, Layer.Reduction.FINAL_STATE);

  private Generation() {}

  /** Refuses layers with {@link Loop.Generate} that cannot be run like that. */
  static void check(Network.Input input, List<Layer> layers) {
    Layer.Rnn generating = null;
    for (Layer layer : layers) {
      if (layer instanceof Layer.Rnn rnn) {
        if (generating != null) {
          throw refused(
              generating, "the loop goes around the whole network, so the last rnn layer has it");
        }
        generating = rnn.loop() instanceof Loop.Generate ? rnn : null;
      }
    }
    if (generating == null) {
      return;
    }
    if (!(input instanceof Network.Input.Ids ids)) {
      throw refused(generating, "the network's input is floats; what it chooses is an id");
    }
    if (input.padding().counted()) {
      throw refused(generating, "the input has padding, which it may choose as well");
    }
    Optional<String> obstacle = obstacleToPieces(layers);
    if (obstacle.isPresent()) {
      throw refused(generating, obstacle.get());
    }
    for (Layer layer : layers) {
      if (layer instanceof Layer.Pool
          || (layer instanceof Layer.Reduce reduce
              && !OF_THE_LAST_STEP.contains(reduce.reduction()))) {
        throw refused(
            generating,
            "layer '" + layer.name() + "' is over all steps of a row, those to come among them");
      }
    }
    int choices = choices(input, layers);
    if (choices > ids.count()) {
      throw refused(
          generating,
          "the last layer chooses among "
              + choices
              + " ids, but the input has only "
              + ids.count());
    }
    Loop.Generate loop = (Loop.Generate) generating.loop();
    if (loop.stop() != Loop.Generate.NO_STOP && (loop.stop() < 0 || loop.stop() >= choices)) {
      throw refused(
          generating, "it stops at id " + loop.stop() + ", expected 0 to " + (choices - 1));
    }
  }

  private static IllegalArgumentException refused(Layer.Rnn layer, String reason) {
    return new IllegalArgumentException("layer '" + layer.name() + "' cannot generate: " + reason);
  }

  /** How many ids the last layer chooses among. */
  private static int choices(Network.Input input, List<Layer> layers) {
    List<Value> values = Value.chain(input, layers);
    int last = layers.size() - 1;
    return layers.get(last) instanceof Layer.ArgMax
        ? values.get(last - 1).size()
        : values.get(last).size();
  }

  static Optional<String> obstacleToPieces(List<Layer> layers) {
    boolean masked = false;
    for (Layer layer : layers) {
      masked |= layer instanceof Layer.Masking;
      masked |= layer instanceof Layer.Embedding embedding && embedding.maskZero();
      if (layer instanceof Layer.Repeat) {
        return Optional.of(
            "layer '" + layer.name() + "' repeats a value of the whole row for each of its steps");
      }
      if (layer instanceof Layer.Flatten flatten) {
        return Optional.of(
            "layer '" + layer.name() + "' joins the " + flatten.steps() + " steps of a whole row");
      }
      if (!(layer instanceof Layer.Rnn rnn)) {
        continue;
      }
      if (rnn.bidirectional()) {
        return Optional.of(
            "layer '"
                + rnn.name()
                + "' is bidirectional, so its outputs depend on steps that are still to come");
      }
      if (rnn.loop() == Loop.TensorFlow.REVERSED_DYNAMIC_RNN
          || rnn.loop() instanceof Loop.Keras keras && keras.goBackwards()) {
        return Optional.of(
            "layer '" + rnn.name() + "' goes backwards, so it begins with steps still to come");
      }
      if (rnn.loop() instanceof Loop.Keras keras) {
        if (masked && !keras.zeroOutputForMask()) {
          return Optional.of(
              "layer '"
                  + rnn.name()
                  + "' repeats its last output at masked steps, which no state holds");
        }
        masked &= keras.returnSequences();
      }
    }
    return Optional.empty();
  }

  /**
   * The network without its loop, from the ids of a row to the id that follows: one integer per
   * row. Behind the last rnn layer it computes each row's last step only.
   */
  static Network nextId(Network network) {
    List<Layer> layers = new ArrayList<>();
    boolean behind = false;
    for (Layer layer : network.layers()) {
      if (layer instanceof Layer.Rnn rnn && rnn.loop() instanceof Loop.Generate) {
        behind = true;
        layers.add(
            new Layer.Rnn(
                rnn.name(),
                Loop.TensorFlow.DYNAMIC_RNN,
                rnn.levels(),
                rnn.merge(),
                rnn.initialState()));
        int next = layers.size();
        if (next == network.layers().size()
            || !isReduced(network.layers().get(next), Layer.Reduction.FINAL_STATE)) {
          layers.add(new Layer.Reduce("(last)", Layer.Reduction.LAST));
        }
      } else if (!behind || !isReduced(layer, Layer.Reduction.LAST)) {
        layers.add(layer);
      }
    }
    if (!(layers.get(layers.size() - 1) instanceof Layer.ArgMax)) {
      layers.add(new Layer.ArgMax("(next)"));
    }
    return new Network(network.input(), layers);
  }

  private static boolean isReduced(Layer layer, Layer.Reduction reduction) {
    return layer instanceof Layer.Reduce reduce && reduce.reduction() == reduction;
  }
}
