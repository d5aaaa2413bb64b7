package org.sparkrnn.model.cells;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.model.json.ActivationWords;
import org.sparkrnn.model.json.SpecObject;

/**
 * An option of a type of cell, by the name of TensorFlow's constructor argument.
 *
 * @param <T> what its values are
 * @param key its name
 * @param otherwise its value where the spec does not give it; null for an option that must be given
 * @param schema its values in the spec's JSON schema
 * @param reader reads a value that is there
 * @param writer writes a value
 */
public record CellOption<T>(
    String key, T otherwise, String schema, Reader<T> reader, Writer<T> writer) {

  private static final String SIZE = "{\"$ref\": \"#/$defs/size\"}";
  private static final String FLAG = "{\"type\": \"boolean\"}";
  private static final String BOUND = "{\"type\": \"number\", \"minimum\": 0}";

  /** Any number, in the schema. */
  static final String NUMBER = "{\"type\": \"number\"}";

  /** The value of every option that is accepted and changes nothing. */
  static final Object IGNORED = "ignored";

  /** Reads the value of {@code key}, which is there. */
  interface Reader<T> {
    public T read(SpecObject cell, String key);
  }

  /** Writes a value as it would be read. */
  public interface Writer<T> {
    void write(ObjectNode node, String key, T value);
  }

  /** {@code num_units}. */
  static final CellOption<Integer> NUM_UNITS = size("num_units");

  /** {@code activation}, tanh by default. */
  static final CellOption<Activation> ACTIVATION = activation("activation", Activation.TANH);

  /** {@code forget_bias}: no weights file records it, so a spec must. */
  static final CellOption<Float> FORGET_BIAS =
      new CellOption<>(
          "forget_bias",
          null,
          NUMBER,
          (cell, key) -> {
            if (!cell.has(key)) {
              throw cell.place()
                  .error(
                      "'forget_bias' is missing: TensorFlow adds it when the cell runs, so no"
                          + " weights file records it. TensorFlow's default is 1.0; weights from"
                          + " Keras, PyTorch or cuDNN already contain it, for them it is 0.0");
            }
            return cell.number(key, "a number");
          },
          ObjectNode::put);

  /** A size, at least 1, that must be given. */
  static CellOption<Integer> size(String key) {
    return new CellOption<>(key, null, SIZE, (cell, k) -> cell.integer(k, 1), ObjectNode::put);
  }

  /** A size, at least 1; 0 where there is none. */
  static CellOption<Integer> optionalSize(String key) {
    return size(key, 0);
  }

  /** A size, at least 1, with a default. */
  static CellOption<Integer> size(String key, int otherwise) {
    return new CellOption<>(key, otherwise, SIZE, (cell, k) -> cell.integer(k, 1), ObjectNode::put);
  }

  /** Sizes, at least 1 each, that must be given. */
  static CellOption<List<Integer>> sizes(String key) {
    return integers(key, null, 1);
  }

  /** Integers of at least {@code least}; none where they are not given. */
  static CellOption<List<Integer>> optionalIntegers(String key, int least) {
    return integers(key, List.of(), least);
  }

  private static CellOption<List<Integer>> integers(
      String key, List<Integer> otherwise, int least) {
    return new CellOption<>(
        key,
        otherwise,
        "{\"type\": \"array\", \"minItems\": 1, \"items\": {\"type\": \"integer\", \"minimum\": "
            + least
            + "}}",
        (cell, k) ->
            cell.entries(k, "a list of integers").stream()
                .map(entry -> SpecObject.integerAt(entry.node(), entry.place(), least))
                .toList(),
        (node, k, values) -> values.forEach(node.putArray(k)::add));
  }

  /** An integer, of any sign, with a default. */
  static CellOption<Integer> integer(String key, int otherwise) {
    return new CellOption<>(
        key,
        otherwise,
        "{\"type\": \"integer\"}",
        (cell, k) -> cell.integer(k, Integer.MIN_VALUE),
        ObjectNode::put);
  }

  /** A number with a default. */
  static CellOption<Float> number(String key, float otherwise) {
    return new CellOption<>(
        key, otherwise, NUMBER, (cell, k) -> cell.number(k, "a number"), ObjectNode::put);
  }

  /** A bound of at least 0; positive infinity where there is none. */
  static CellOption<Float> bound(String key) {
    return new CellOption<>(
        key, Float.POSITIVE_INFINITY, BOUND, (cell, k) -> cell.bound(k), ObjectNode::put);
  }

  /** True or false. */
  static CellOption<Boolean> flag(String key, boolean otherwise) {
    return new CellOption<>(
        key, otherwise, FLAG, (cell, k) -> cell.bool(k, otherwise), ObjectNode::put);
  }

  /** An activation with a default. */
  static CellOption<Activation> activation(String key, Activation otherwise) {
    return new CellOption<>(
        key,
        otherwise,
        "{\"$ref\": \"#/$defs/activation\"}",
        (cell, k) -> cell.activation(k, otherwise),
        (node, k, value) -> node.set(k, ActivationWords.node(value)));
  }

  /**
   * The option without a default.
   *
   * @param reason why there is none, for the message
   */
  CellOption<T> required(String reason) {
    return new CellOption<>(
        key,
        null,
        schema,
        (cell, k) -> {
          if (!cell.has(k)) {
            throw cell.place().error("'" + k + "' is missing: " + reason);
          }
          return reader.read(cell, k);
        },
        writer);
  }

  /** An argument of TensorFlow's that changes nothing when a network is only run. */
  static CellOption<Object> ignored(String key) {
    return new CellOption<>(key, IGNORED, "{}", (cell, k) -> IGNORED, (node, k, value) -> {});
  }

  /** The option's value in a cell's spec. */
  public T read(SpecObject cell) {
    return cell.has(key) || otherwise == null ? reader.read(cell, key) : otherwise;
  }
}
