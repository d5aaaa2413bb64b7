package org.sparkrnn.model;

import java.io.Serializable;
import java.util.List;
import org.sparkrnn.rnn.Network;

/**
 * A network with its input and output names, ready to run. Immutable and thread-safe; serialisable,
 * so that a small one can travel to executors as it is.
 *
 * @param name the model's name, for people
 * @param input what its rows are
 * @param network what it computes
 * @param select the outputs to return when the user does not choose
 * @param fingerprint SHA-256 over everything that decides the results, in hex: the key under which
 *     packed weights are shared
 */
public record SequenceModel(
    String name, InputSpec input, Network network, List<String> select, String fingerprint)
    implements Serializable {
  /** Takes a copy of the list. */
  public SequenceModel {
    select = List.copyOf(select);
  }
}
