package org.sparkrnn.model.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.sparkrnn.model.files.FileNames;
import org.sparkrnn.model.json.Place;
import org.sparkrnn.model.json.SpecObject;
import org.sparkrnn.model.spec.ModelSpec.InputEntry;
import org.sparkrnn.model.spec.ModelSpec.InputType;
import org.sparkrnn.model.spec.ModelSpec.UnknownEntry;
import org.sparkrnn.model.spec.ModelSpec.VocabularyEntry;
import org.sparkrnn.rnn.Padding;

/** Reads the {@code input} of a spec. */
final class InputParser {
  private static final List<String> TYPES =
      Arrays.stream(InputType.values()).map(InputType::word).toList();

  private InputParser() {}

  /** The keys of an input of this type. */
  static Set<String> keys(InputType type) {
    return type == InputType.FEATURES
        ? Set.of("type", "size", "padding")
        : Set.of("type", "size", "padding", "vocabulary", "unknown");
  }

  static InputEntry parse(SpecObject input) {
    InputType type = InputType.valueOf(input.word("type", TYPES).toUpperCase(Locale.ROOT));
    input.only(keys(type));
    Optional<Integer> size = input.optionalInteger("size", 1);
    Optional<VocabularyEntry> vocabulary = Optional.empty();
    Optional<UnknownEntry> unknown = Optional.empty();
    if (type == InputType.FEATURES) {
      input.integer("size", 1);
    } else {
      vocabulary = vocabulary(input);
      unknown = unknown(input, vocabulary.isPresent());
    }
    if (type == InputType.CHARACTERS && vocabulary.isEmpty()) {
      throw input.place().error("'vocabulary' is missing, expected " + VOCABULARIES);
    }
    if (type == InputType.TOKENS && vocabulary.isEmpty() && size.isEmpty()) {
      throw input
          .place()
          .error(
              "'size' is missing: without a vocabulary nothing else says how many ids there are");
    }
    return new InputEntry(input.place(), type, size, vocabulary, unknown, padding(input, type));
  }

  private static Padding padding(SpecObject input, InputType type) {
    if (!input.has("padding")) {
      return Padding.NONE;
    }
    return Padding.of(
        type == InputType.FEATURES
            ? input.number("padding", "the number that fills steps which do not count")
            : input.integer("padding", 0));
  }

  private static final String VOCABULARIES =
      "a file's name, an object of ids by token, or a list of tokens";

  private static Optional<VocabularyEntry> vocabulary(SpecObject input) {
    if (!input.has("vocabulary")) {
      return Optional.empty();
    }
    Place place = input.place().key("vocabulary");
    JsonNode node = input.required("vocabulary", VOCABULARIES);
    if (node.isTextual()) {
      return Optional.of(
          new VocabularyEntry.InFile(place, FileNames.inFolder(node.textValue(), place)));
    }
    if (node.isObject() || node.isArray()) {
      return Optional.of(new VocabularyEntry.Inline(place, node));
    }
    throw place.error("expected " + VOCABULARIES + ", found " + SpecObject.shown(node));
  }

  private static Optional<UnknownEntry> unknown(SpecObject input, boolean vocabulary) {
    if (!input.has("unknown")) {
      return Optional.empty();
    }
    Place place = input.place().key("unknown");
    if (!vocabulary) {
      throw place.error("has no meaning without a vocabulary");
    }
    JsonNode node = input.required("unknown", "");
    if (node.isTextual()) {
      return Optional.of(new UnknownEntry(place, Optional.of(node.textValue()), 0));
    }
    if (node.isIntegralNumber()) {
      return Optional.of(
          new UnknownEntry(place, Optional.empty(), SpecObject.integerAt(node, place, 0)));
    }
    throw place.error(
        "expected a token of the vocabulary or an id, found " + SpecObject.shown(node));
  }
}
