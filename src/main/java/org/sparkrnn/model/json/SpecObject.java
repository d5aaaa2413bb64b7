package org.sparkrnn.model.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.Spelling;

/** A JSON object of a model spec whose entries are read with their types and bounds checked. */
public final class SpecObject {
  private final JsonNode node;
  private final Place place;

  private SpecObject(JsonNode node, Place place) {
    this.node = node;
    this.place = place;
  }

  /** The object at {@code place}; anything else than an object is refused. */
  public static SpecObject of(JsonNode node, Place place) {
    if (!node.isObject()) {
      throw place.error("expected an object, found " + shown(node));
    }
    return new SpecObject(node, place);
  }

  public Place place() {
    return place;
  }

  /** Refuses keys that are not in {@code known}. */
  public SpecObject only(Set<String> known) {
    for (Iterator<String> keys = node.fieldNames(); keys.hasNext(); ) {
      String key = keys.next();
      if (!known.contains(key)) {
        throw place
            .key(key)
            .error(
                "unknown key"
                    + Spelling.hint(key, known)
                    + (Spelling.hint(key, known).isEmpty() ? ";" : "")
                    + " the keys here are "
                    + String.join(", ", known.stream().sorted().toList()));
      }
    }
    return this;
  }

  public boolean has(String key) {
    return node.has(key);
  }

  /** Refuses {@code key} with the reason it cannot stand here. */
  public void refuse(String key, String reason) {
    if (has(key)) {
      throw place.key(key).error(reason);
    }
  }

  public SpecObject object(String key) {
    return of(required(key, "an object"), place.key(key));
  }

  /** The value of a key that must be there. */
  public JsonNode required(String key, String expected) {
    if (!has(key)) {
      throw place.error("'" + key + "' is missing, expected " + expected);
    }
    return node.get(key);
  }

  public String text(String key, String expected) {
    JsonNode value = required(key, expected);
    if (!value.isTextual()) {
      throw wrong(key, expected);
    }
    return value.textValue();
  }

  public Optional<String> text(String key) {
    return has(key) ? Optional.of(text(key, "a string")) : Optional.empty();
  }

  /** A string that is one of {@code words}. */
  public String word(String key, List<String> words, String otherwise) {
    return has(key) ? word(key, words) : otherwise;
  }

  /** A string that must be there and is one of {@code words}. */
  public String word(String key, List<String> words) {
    String expected = "one of " + String.join(", ", words);
    String word = text(key, expected);
    if (!words.contains(word)) {
      throw place
          .key(key)
          .error("expected " + expected + "; found \"" + word + "\"" + Spelling.hint(word, words));
    }
    return word;
  }

  public Activation activation(String key, Activation otherwise) {
    Activation activation = entryActivation(key, otherwise);
    if (!activation.elementwise()) {
      throw place
          .key(key)
          .error("softmax is over a whole entry: a dense layer can have it, a cell cannot");
    }
    return activation;
  }

  /** An activation that may also be one over a whole entry. */
  public Activation entryActivation(String key, Activation otherwise) {
    return has(key) ? ActivationWords.parse(node.get(key), place.key(key)) : otherwise;
  }

  public int integer(String key, int least) {
    return integerAt(required(key, integers(least)), place.key(key), least);
  }

  public Optional<Integer> optionalInteger(String key, int least) {
    return has(key) ? Optional.of(integer(key, least)) : Optional.empty();
  }

  public static int integerAt(JsonNode value, Place at, int least) {
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < least) {
      throw at.error("expected " + integers(least) + ", found " + shown(value));
    }
    return value.intValue();
  }

  public boolean bool(String key, boolean otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    if (!node.get(key).isBoolean()) {
      throw wrong(key, "true or false");
    }
    return node.get(key).booleanValue();
  }

  /** A finite number. */
  public float number(String key, String expected) {
    JsonNode value = required(key, expected);
    if (!value.isNumber() || !Float.isFinite(value.floatValue())) {
      throw wrong(key, expected);
    }
    return value.floatValue();
  }

  /** A bound, at least 0; positive infinity when absent. */
  public float bound(String key) {
    if (!has(key)) {
      return Float.POSITIVE_INFINITY;
    }
    float bound = number(key, "a number of at least 0");
    if (bound < 0) {
      throw wrong(key, "a number of at least 0");
    }
    return bound;
  }

  /** The entries of an array that must be there and is not empty. */
  public List<Entry> entries(String key, String expected) {
    if (!(required(key, expected) instanceof ArrayNode array) || array.isEmpty()) {
      throw wrong(key, expected);
    }
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      entries.add(new Entry(array.get(i), place.key(key).index(i)));
    }
    return entries;
  }

  /** A string, or a list of strings. */
  public List<String> names(String key) {
    String expected = "a variable's name or a list of names";
    if (node.get(key).isTextual()) {
      return List.of(node.get(key).textValue());
    }
    return entries(key, expected).stream().map(Entry::text).toList();
  }

  /** The keys, in the order of the file. */
  List<String> keys() {
    List<String> keys = new ArrayList<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  private ModelException wrong(String key, String expected) {
    return place.key(key).error("expected " + expected + ", found " + shown(node.get(key)));
  }

  private static String integers(int least) {
    return "an integer of at least " + least;
  }

  /** A value as a message shows it: cut when it is long. */
  public static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }

  /**
   * An entry of an array.
   *
   * @param node what stands there
   * @param place where
   */
  public record Entry(JsonNode node, Place place) {
    public SpecObject object() {
      return of(node, place);
    }

    public String text() {
      if (!node.isTextual()) {
        throw place.error("expected a string, found " + shown(node));
      }
      return node.textValue();
    }
  }
}
