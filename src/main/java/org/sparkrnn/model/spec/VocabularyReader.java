package org.sparkrnn.model.spec;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.Spelling;
import org.sparkrnn.model.Vocabulary;
import org.sparkrnn.model.files.WeightsFiles;
import org.sparkrnn.model.json.Place;
import org.sparkrnn.model.json.SpecObject;
import org.sparkrnn.model.spec.ModelSpec.InputEntry;
import org.sparkrnn.model.spec.ModelSpec.InputType;
import org.sparkrnn.model.spec.ModelSpec.VocabularyEntry;
import org.sparkrnn.weights.Storage;

/** From the {@code input} of a spec to what the rows are, its vocabulary read. */
public final class VocabularyReader {
  private final List<Storage> folders;

  /**
   * @param folders where vocabulary files are looked for, in order: the model's folder, then the
   *     weights'
   */
  public VocabularyReader(List<Storage> folders) {
    this.folders = List.copyOf(folders);
  }

  public InputSpec read(InputEntry entry) throws IOException {
    if (entry.type() == InputType.FEATURES) {
      return new InputSpec.Features(entry.size().orElseThrow());
    }
    Map<String, Integer> ids = Map.of();
    if (entry.vocabulary().isPresent()) {
      ids = ids(entry.vocabulary().get(), entry.type());
    }
    int count = count(entry, ids);
    Vocabulary vocabulary = new Vocabulary(ids, unknown(entry, ids, count));
    return entry.type() == InputType.TOKENS
        ? new InputSpec.Tokens(count, vocabulary)
        : new InputSpec.Characters(count, vocabulary);
  }

  private static int count(InputEntry entry, Map<String, Integer> ids) {
    int needed = ids.isEmpty() ? 0 : Collections.max(ids.values()) + 1;
    int count = entry.size().orElse(needed);
    if (count < needed) {
      throw entry
          .place()
          .key("size")
          .error("the vocabulary has ids up to " + (needed - 1) + ", expected at least " + needed);
    }
    return count;
  }

  private static int unknown(InputEntry entry, Map<String, Integer> ids, int count) {
    if (entry.unknown().isEmpty()) {
      return Vocabulary.REFUSE;
    }
    ModelSpec.UnknownEntry unknown = entry.unknown().get();
    if (unknown.token().isEmpty()) {
      if (unknown.id() >= count) {
        throw unknown.place().error("expected an id below " + count + ", found " + unknown.id());
      }
      return unknown.id();
    }
    String token = unknown.token().get();
    Integer id = ids.get(token);
    if (id == null) {
      throw unknown
          .place()
          .error("the vocabulary has no '" + token + "'" + Spelling.hint(token, ids.keySet()));
    }
    return id;
  }

  private Map<String, Integer> ids(VocabularyEntry entry, InputType type) throws IOException {
    Map<String, Integer> ids;
    if (entry instanceof VocabularyEntry.Inline inline) {
      ids = json(inline.node(), inline.place(), type);
    } else {
      VocabularyEntry.InFile file = (VocabularyEntry.InFile) entry;
      Storage folder = holding(file);
      byte[] bytes = WeightsFiles.readAll(folder, file.file());
      Place place = new Place(folder.name() + "/" + file.file(), "");
      ids =
          file.file().endsWith(".json")
              ? json(SpecParser.json(bytes, place.file()), place, type)
              : numbered(lines(bytes), place, type);
    }
    if (ids.isEmpty()) {
      throw entry.place().error("the vocabulary is empty");
    }
    return ids;
  }

  private Storage holding(VocabularyEntry.InFile file) throws IOException {
    for (Storage folder : folders) {
      if (folder.exists(file.file())) {
        return folder;
      }
    }
    throw file.place()
        .error(
            "no file '"
                + file.file()
                + "' in "
                + String.join(" or ", folders.stream().map(Storage::name).distinct().toList()));
  }

  private static List<Token> lines(byte[] bytes) {
    List<Token> tokens = new ArrayList<>();
    for (String line : new String(bytes, UTF_8).split("\n")) {
      String token = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
      tokens.add(new Token(token, "line " + (tokens.size() + 1)));
    }
    return tokens;
  }

  private static Map<String, Integer> json(JsonNode node, Place place, InputType type) {
    if (node.isArray()) {
      List<Token> tokens = new ArrayList<>();
      for (int i = 0; i < node.size(); i++) {
        String token = new SpecObject.Entry(node.get(i), place.index(i)).text();
        tokens.add(new Token(token, "[" + i + "]"));
      }
      return numbered(tokens, place, type);
    }
    if (!node.isObject()) {
      throw place.error(
          "expected an object of ids by token, or a list of tokens, found "
              + SpecObject.shown(node));
    }
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> one : node.properties()) {
      Place at = place.key(one.getKey());
      ids.put(checked(one.getKey(), at, type), SpecObject.integerAt(one.getValue(), at, 0));
    }
    return ids;
  }

  /** A token of a list, and where it stands. */
  private record Token(String text, String where) {}

  private static Map<String, Integer> numbered(List<Token> tokens, Place place, InputType type) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (Token token : tokens) {
      Place at = new Place(place.file(), place.path() + token.where());
      if (ids.putIfAbsent(checked(token.text(), at, type), ids.size()) != null) {
        throw at.error("the token '" + token.text() + "' stands twice");
      }
    }
    return ids;
  }

  private static String checked(String token, Place at, InputType type) {
    if (type == InputType.CHARACTERS && token.codePointCount(0, token.length()) != 1) {
      throw at.error("expected a single character, found \"" + token + "\"");
    }
    return token;
  }
}
