package org.sparkrnn.rnn;

import java.util.ArrayList;
import java.util.List;

/**
 * Which of a row's ids an entry of a layer's value is made of: rows in which those are the same
 * have the same entry.
 */
enum Seen {
  /** That of the entry's own step. */
  STEP,
  /** Those up to the entry's step. */
  PREFIX,
  /** Those from the entry's step on. */
  SUFFIX,
  /** Any. Where steps are floats there are no ids to tell it by, which is the same. */
  ROW;

  /** For each layer of a network what the steps of its input are made of. */
  static List<Seen> ofInputs(Network network) {
    List<Seen> inputs = new ArrayList<>();
    List<Value> values = network.values();
    Seen value = network.input() instanceof Network.Input.Ids ? STEP : ROW;
    for (int i = 0; i < network.layers().size(); i++) {
      inputs.add(value);
      value = values.get(i).perStep() ? value.through(network.layers().get(i)) : ROW;
    }
    return inputs;
  }

  private Seen through(Layer layer) {
    if (layer instanceof Layer.Rnn rnn) {
      boolean turned = rnn.loop() instanceof Loop.Keras keras && keras.goBackwards();
      boolean reversed = rnn.loop() == Loop.TensorFlow.REVERSED_DYNAMIC_RNN;
      if (rnn.bidirectional() || turned || !lets(reversed)) {
        return ROW;
      }
      return reversed ? SUFFIX : PREFIX;
    }
    return layer instanceof Layer.Repeat ? ROW : this;
  }

  /** Whether a direction over such entries has the same states where rows begin alike. */
  boolean lets(boolean reversed) {
    return this == STEP || this == (reversed ? SUFFIX : PREFIX);
  }
}
