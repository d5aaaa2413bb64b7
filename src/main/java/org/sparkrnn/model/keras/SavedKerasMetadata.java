package org.sparkrnn.model.keras;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.spec.SpecParser;

/**
 * What Keras said about the objects of a SavedModel, JSON each.
 *
 * @param texts by the objects' places
 * @param file where it was found, for messages
 */
record SavedKerasMetadata(Map<Integer, String> texts, String file) {
  /** How Keras writes what is no JSON array in Python. */
  private static final Set<String> LISTS = Set.of("__tuple__", "TensorShape");

  /** About one object; missing where Keras said nothing. */
  JsonNode of(int object) {
    String text = texts.getOrDefault(object, "");
    return text.isEmpty()
        ? MissingNode.getInstance()
        : plain(SpecParser.python(text.getBytes(UTF_8), file + ": object " + object));
  }

  ModelException error(String reason) {
    return new ModelException(file + ": " + reason);
  }

  /** The same with tuples and shapes as arrays, as Keras' other files have them. */
  private static JsonNode plain(JsonNode node) {
    if (node.isObject()
        && LISTS.contains(node.path("class_name").asText())
        && node.path("items").isArray()) {
      return plain(node.get("items"));
    }
    if (node.isArray()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode(node.size());
      node.forEach(child -> array.add(plain(child)));
      return array;
    }
    if (node.isObject()) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      node.properties().forEach(field -> object.set(field.getKey(), plain(field.getValue())));
      return object;
    }
    return node;
  }
}
