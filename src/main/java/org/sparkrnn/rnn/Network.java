package org.sparkrnn.rnn;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.sparkrnn.cell.FlatStateCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.cell.StateShape;

/**
 * A small sequence network: an input and a chain of layers, each taking the value of the one
 * before. Immutable and checked when made; safe for use by many threads.
 *
 * @param input what a row's steps are
 * @param layers the chain, at least one
 */
public record Network(Input input, List<Layer> layers) implements Serializable {

  /** What one step of a row is. */
  public sealed interface Input extends Serializable {
    /** Which steps do not count. */
    Padding padding();

    /**
     * A list of floats.
     *
     * @param size how many
     * @param padding which steps do not count
     */
    record Features(int size, Padding padding) implements Input {
      /** All steps count. */
      public Features(int size) {
        this(size, Padding.NONE);
      }
    }

    /**
     * An integer.
     *
     * @param count ids are {@code 0 .. count - 1}
     * @param padding which steps do not count
     */
    record Ids(int count, Padding padding) implements Input {
      /** All steps count. */
      public Ids(int count) {
        this(count, Padding.NONE);
      }
    }
  }

  /** Checks that each layer takes what the one before it gives, and that names are unique. */
  public Network {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("a network needs at least one layer");
    }
    Set<String> names = new HashSet<>();
    for (Layer layer : layers) {
      if (!names.add(layer.name())) {
        throw new IllegalArgumentException("two layers are named '" + layer.name() + "'");
      }
      if (Output.RESERVED.contains(layer.name())) {
        throw new IllegalArgumentException(
            "a layer is named '" + layer.name() + "', which every network's own output is called");
      }
    }
    Value.chain(input, layers);
    Generation.check(input, layers);
    checkFixedSteps(input, layers);
  }

  private static void checkFixedSteps(Input input, List<Layer> layers) {
    Layer.Flatten first = null;
    for (Layer layer : layers) {
      if (layer instanceof Layer.Flatten flatten) {
        String refusal =
            input.padding().counted()
                ? "but padding that is counted makes rows of any number"
                : first != null && first.steps() != flatten.steps()
                    ? "but layer '" + first.name() + "' joins " + first.steps()
                    : "";
        if (!refusal.isEmpty()) {
          throw new IllegalArgumentException(
              "layer '" + flatten.name() + "' joins " + flatten.steps() + " steps, " + refusal);
        }
        first = flatten;
      }
    }
  }

  /** How many steps every row must have; empty where a row may have any number. */
  public OptionalInt fixedSteps() {
    return layers.stream()
        .filter(Layer.Flatten.class::isInstance)
        .mapToInt(layer -> ((Layer.Flatten) layer).steps())
        .findFirst();
  }

  /** How it generates, where its last rnn layer has that loop. */
  public Optional<Loop.Generate> generate() {
    List<Layer.Rnn> found = rnnLayers();
    return !found.isEmpty() && found.get(found.size() - 1).loop() instanceof Loop.Generate generate
        ? Optional.of(generate)
        : Optional.empty();
  }

  /**
   * Why the network cannot be run piece by piece, each piece from the state that the one before it
   * left; empty where it can. Values of a whole row, such as a mean, are no obstacle: they are of
   * the piece then.
   */
  public Optional<String> obstacleToPieces() {
    if (input.padding().counted()) {
      return Optional.of("it counts a row's padding, which any piece of the row may have");
    }
    return generate().isPresent()
        ? Optional.of("it generates, so its input is a whole prompt")
        : Generation.obstacleToPieces(layers);
  }

  /** What each layer gives, in order. */
  public List<Value> values() {
    return Value.chain(input, layers);
  }

  /** The recurrent layers, in order. */
  public List<Layer.Rnn> rnnLayers() {
    List<Layer.Rnn> found = new ArrayList<>();
    for (Layer layer : layers) {
      if (layer instanceof Layer.Rnn rnn) {
        found.add(rnn);
      }
    }
    return List.copyOf(found);
  }

  /**
   * The structure of the network's state: the rnn layer's, or, of several, a struct with one part
   * per layer by name. A network without an rnn layer has an empty struct.
   */
  public StateShape stateShape() {
    List<Layer.Rnn> found = rnnLayers();
    if (found.size() == 1) {
      return found.get(0).stateShape();
    }
    return new StateShape.Struct(
        found.stream().map(rnn -> new StateShape.Field(rnn.name(), rnn.stateShape())).toList());
  }

  /** The flattened state that a row starts from if it is given none. */
  public float[] initialState() {
    float[] state = new float[stateShape().size()];
    int at = 0;
    for (Layer.Rnn rnn : rnnLayers()) {
      rnn.initialState().copyTo(0, state, at, (int) rnn.initialState().shape().elements());
      at += rnn.stateShape().size();
    }
    return state;
  }

  /** Every output that can be selected, in a fixed order. */
  public List<Output> outputs() {
    return Output.all(this);
  }

  /**
   * The selectable output of this name.
   *
   * @throws IllegalArgumentException if there is none; the message lists those there are
   */
  public Output output(String name) {
    for (Output output : outputs()) {
      if (output.name().equals(name)) {
        return output;
      }
    }
    throw new IllegalArgumentException(
        "the model has no output '"
            + name
            + "'; it has "
            + String.join(", ", outputs().stream().map(Output::name).toList()));
  }

  /** A cell's own cells where it is a stack, taken apart to the last; else the cell itself. */
  static List<RnnCell> flatten(RnnCell cell) {
    if (cell instanceof MultiRnnCell multi) {
      return multi.cells().stream().flatMap(inner -> flatten(inner).stream()).toList();
    }
    return cell instanceof FlatStateCell flat ? flatten(flat.cell()) : List.of(cell);
  }
}
