package org.sparkrnn.model.spec;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sparkrnn.model.json.Place;
import org.sparkrnn.rnn.Padding;

/**
 * A model spec, read and checked as far as it can be without the weights.
 *
 * @param place its root, for messages
 * @param name the model's name
 * @param weights the weights file's name in the model's folder; empty when the spec has none
 * @param input what the rows are
 * @param layers the chain
 * @param named the layers that the spec gives a name
 * @param select the outputs to return by default; empty when the spec does not say
 */
public record ModelSpec(
    Place place,
    String name,
    Optional<String> weights,
    InputEntry input,
    List<LayerSpec> layers,
    Set<String> named,
    List<SelectEntry> select) {

  /** The name of a spec in a model's folder. */
  public static final String FILE = "model.json";

  /** The version of the format that this build reads and writes. */
  public static final int VERSION = 1;

  /** The keys of the root. */
  static final Set<String> KEYS =
      Set.of("$schema", "spark_rnn", "name", "description", "weights", "input", "layers", "select");

  /** Which steps of the input do not count. */
  public Padding padding() {
    return input.padding();
  }

  /** The types of inputs. */
  enum InputType {
    FEATURES,
    TOKENS,
    CHARACTERS;

    String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * The input, before its vocabulary is read.
   *
   * @param place where it stands
   * @param type which
   * @param size floats in a step, or ids; empty where the vocabulary tells
   * @param vocabulary where its words are; empty when there are none
   * @param unknown what stands for unknown tokens; empty to refuse them
   * @param padding which steps do not count
   */
  record InputEntry(
      Place place,
      InputType type,
      Optional<Integer> size,
      Optional<VocabularyEntry> vocabulary,
      Optional<UnknownEntry> unknown,
      Padding padding) {}

  /** A vocabulary in the spec or in a file. */
  sealed interface VocabularyEntry {
    Place place();

    /**
     * In a file of its own.
     *
     * @param place where it stands
     * @param file its name
     */
    record InFile(Place place, String file) implements VocabularyEntry {}

    /**
     * In the spec.
     *
     * @param place where it stands
     * @param node a JSON object of ids by token, or an array of tokens
     */
    record Inline(Place place, com.fasterxml.jackson.databind.JsonNode node)
        implements VocabularyEntry {}
  }

  /**
   * What stands for unknown tokens: a token of the vocabulary, or an id.
   *
   * @param place where it stands
   * @param token the token; empty when it is an id
   * @param id the id
   */
  record UnknownEntry(Place place, Optional<String> token, int id) {}

  /**
   * An output to return by default.
   *
   * @param place where it stands
   * @param output its name
   */
  public record SelectEntry(Place place, String output) {}
}
