package org.sparkrnn.model;

import java.io.Serializable;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.rnn.Padding;

/** What the rows of a model are, before they become a network's steps. */
public sealed interface InputSpec extends Serializable {

  /** What the steps of a network are that the rows become, if these steps are padding. */
  Network.Input steps(Padding padding);

  /**
   * Steps of floats.
   *
   * @param size floats in a step
   */
  record Features(int size) implements InputSpec {
    @Override
    public Network.Input steps(Padding padding) {
      return new Network.Input.Features(size, padding);
    }
  }

  /**
   * Steps of ids, or of words when there is a vocabulary; a string column is split at white space.
   *
   * @param count ids are {@code 0 .. count - 1}
   * @param vocabulary from words to ids; empty when the model has none
   */
  record Tokens(int count, Vocabulary vocabulary) implements InputSpec {
    @Override
    public Network.Input steps(Padding padding) {
      return new Network.Input.Ids(count, padding);
    }
  }

  /**
   * Steps of characters (Unicode code points).
   *
   * @param count ids are {@code 0 .. count - 1}
   * @param vocabulary from characters to ids
   */
  record Characters(int count, Vocabulary vocabulary) implements InputSpec {
    @Override
    public Network.Input steps(Padding padding) {
      return new Network.Input.Ids(count, padding);
    }
  }
}
