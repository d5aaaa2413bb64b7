package org.sparkrnn.rnn;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.sparkrnn.cell.StateShape;

/**
 * Something a network can return for a row.
 *
 * <p>Besides every layer's value under the layer's name there are, where the network has an rnn
 * layer, {@code outputs} (the last rnn layer's, as {@code dynamic_rnn} returns them), {@code
 * last_output} (the same at the row's last step; zeros for length 0) and {@code final_state} (of
 * all rnn layers). A network that generates has {@code generated} and {@code final_state} only.
 */
public sealed interface Output extends Serializable {

  /** The name by which it is selected. */
  String name();

  /**
   * A layer's value.
   *
   * @param name the output's name
   * @param layer the layer's place in the chain
   * @param value what it gives
   */
  record LayerValue(String name, int layer, Value value) implements Output {}

  /**
   * An rnn layer's value at each row's last step.
   *
   * @param name the output's name
   * @param layer the layer's place in the chain
   * @param size width of the layer's outputs
   */
  record LastOutput(String name, int layer, int size) implements Output {}

  /**
   * The final state of all rnn layers.
   *
   * @param name the output's name
   * @param shape its structure
   */
  record FinalState(String name, StateShape shape) implements Output {}

  /**
   * The ids that a row generated.
   *
   * @param name the output's name
   * @param maxSteps how many there are at most
   */
  record Generated(String name, int maxSteps) implements Output {}

  /** Name of the last rnn layer's outputs. */
  String OUTPUTS = "outputs";

  /** Name of the last rnn layer's output at the last step. */
  String LAST_OUTPUT = "last_output";

  /** Name of the final state. */
  String FINAL_STATE = "final_state";

  /** Name of what a network generates. */
  String GENERATED = "generated";

  /** Names that no layer may have. */
  Set<String> RESERVED = Set.of(OUTPUTS, LAST_OUTPUT, FINAL_STATE, GENERATED);

  /** All outputs of a network. */
  static List<Output> all(Network network) {
    if (network.generate().isPresent()) {
      return List.of(
          new Generated(GENERATED, network.generate().get().maxSteps()),
          new FinalState(FINAL_STATE, network.stateShape()));
    }
    List<Output> all = new ArrayList<>();
    List<Value> values = network.values();
    int lastRnn = -1;
    for (int i = 0; i < network.layers().size(); i++) {
      if (network.layers().get(i) instanceof Layer.Rnn) {
        lastRnn = i;
      }
    }
    if (lastRnn >= 0) {
      Value value = values.get(lastRnn);
      all.add(new LayerValue(OUTPUTS, lastRnn, value));
      all.add(
          value.perStep()
              ? new LastOutput(LAST_OUTPUT, lastRnn, value.size())
              : new LayerValue(LAST_OUTPUT, lastRnn, value));
      all.add(new FinalState(FINAL_STATE, network.stateShape()));
    }
    for (int i = 0; i < network.layers().size(); i++) {
      all.add(new LayerValue(network.layers().get(i).name(), i, values.get(i)));
    }
    return List.copyOf(all);
  }
}
