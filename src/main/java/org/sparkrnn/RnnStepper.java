package org.sparkrnn;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.rnn.PackedNetwork;

/**
 * Runs one sequence piece by piece and keeps the state between the pieces: for events that arrive
 * one at a time, or sequences too long to hold.
 *
 * <pre>{@code
 * RnnStepper stepper = model.stepper();
 * float[] now = stepper.step(event).floats("last_output", 0);
 * float[] saved = stepper.state();                   // tomorrow: model.stepper().reset(saved)
 * }</pre>
 *
 * <p>However a sequence is cut, its steps and its final state have the bits of the whole run. What
 * is over all steps of a sequence (a mean, a maximum) cannot be asked for. Each call returns one
 * row. Not thread-safe: one stepper for each sequence; steppers of a model share its weights.
 */
public final class RnnStepper {
  private final Network network;
  private final LocalRun run;
  private final Set<String> whole = new HashSet<>();
  private float[] state;
  private long position;

  /**
   * @throws IllegalArgumentException if a layer needs the whole sequence
   */
  RnnStepper(SequenceModel model, PackedNetwork packed) {
    this.network = model.network();
    network
        .obstacleToPieces()
        .ifPresent(
            obstacle -> {
              throw new IllegalArgumentException(
                  "the model '" + model.name() + "' cannot be run step by step: " + obstacle);
            });
    List<Output> outputs = network.outputs().stream().filter(this::ofSteps).toList();
    network.outputs().forEach(output -> whole.add(output.name()));
    outputs.forEach(output -> whole.remove(output.name()));
    this.run = new LocalRun(model.input(), packed, outputs);
    this.state = network.initialState();
  }

  /** Whether an output depends on no steps but those up to the last one of a piece. */
  private boolean ofSteps(Output output) {
    int last = output instanceof Output.LayerValue value ? value.layer() : -1;
    return network.layers().subList(0, last + 1).stream()
        .noneMatch(
            layer ->
                layer instanceof Layer.Pool
                    || (layer instanceof Layer.Reduce reduce
                        && reduce.reduction() != Layer.Reduction.LAST
                        && reduce.reduction() != Layer.Reduction.FINAL_STATE));
  }

  /**
   * Runs one step of floats.
   *
   * @param step {@code [size]}
   * @return what the model gives at this step, as row 0
   * @throws IllegalArgumentException if the step has the wrong width, or the model takes ids; the
   *     state is as before
   */
  public RnnOutputs step(float[] step) {
    return steps(new float[][] {step});
  }

  /**
   * Runs one step that is an id.
   *
   * @return what the model gives at this step, as row 0
   * @throws IllegalArgumentException if the id is out of range, or the model takes floats; the
   *     state is as before
   */
  public RnnOutputs step(int id) {
    return steps(new int[] {id});
  }

  /**
   * Runs a piece of one step or more.
   *
   * @param steps {@code [steps][size]}
   * @return what the model gives at these steps, as row 0
   * @throws IllegalArgumentException as for a single step, and if there is none
   */
  public RnnOutputs steps(float[][] steps) {
    return piece(RnnSequences.of(new float[][][] {steps}), steps.length);
  }

  /**
   * Runs a piece of one id or more.
   *
   * @param ids {@code [steps]}
   * @return what the model gives at these steps, as row 0
   * @throws IllegalArgumentException as for a single step, and if there is none
   */
  public RnnOutputs steps(int[] ids) {
    return piece(RnnSequences.of(new int[][] {ids}), ids.length);
  }

  /**
   * Runs a piece of words, of a model of tokens, or of characters.
   *
   * @param words {@code [steps]}, each one of the model's vocabulary
   * @return what the model gives at these steps, as row 0
   * @throws IllegalArgumentException if a word is unknown, there is none, or the model has no
   *     vocabulary
   */
  public RnnOutputs steps(String[] words) {
    return piece(RnnSequences.of(new String[][] {words}), words.length);
  }

  private RnnOutputs piece(RnnSequences piece, int steps) {
    if (steps == 0) {
      throw new IllegalArgumentException("a piece of a sequence needs at least one step");
    }
    RnnOutputs found = run.run(piece.initialStates(new float[][] {state}));
    if (state.length > 0) {
      state = found.floats(Output.FINAL_STATE, 0);
    }
    position += steps;
    return found.without(whole);
  }

  /** The state behind the steps so far, flattened as {@code final_state} comes back: a copy. */
  public float[] state() {
    return state.clone();
  }

  /** How many steps were run since the beginning or the last reset. */
  public long position() {
    return position;
  }

  /** Begins a new sequence, from the network's initial state, which is mostly zeros. */
  public RnnStepper reset() {
    return reset(network.initialState());
  }

  /**
   * Begins a new sequence, or goes on with another, from a state.
   *
   * @param from the state, flattened as {@code final_state} and {@link #state} give it; copied
   * @throws IllegalArgumentException if it has the wrong number of values
   */
  public RnnStepper reset(float[] from) {
    if (from.length != state.length) {
      throw new IllegalArgumentException(
          "the state has " + from.length + " values, expected " + state.length);
    }
    state = from.clone();
    position = 0;
    return this;
  }
}
