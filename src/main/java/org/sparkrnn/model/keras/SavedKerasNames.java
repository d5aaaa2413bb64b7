package org.sparkrnn.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.sparkrnn.weights.tensorflow.TrackedObject;

/**
 * Finds the weights of a SavedModel's layers. The configuration knows layers by their names, the
 * checkpoint by the places that objects have in others: {@code layer_with_weights-0}, {@code cell},
 * {@code kernel}. The SavedModel has objects in the same places, and what Keras said about them,
 * their names among it. The keys of the checkpoint are of no help, as they follow whatever path is
 * the shortest: {@code trainable_variables/0}.
 */
final class SavedKerasNames {
  /** The layers of a model: all by {@code layer-}, and those with weights by both. */
  private static final Pattern LAYER = Pattern.compile("layer(_with_weights)?-\\d+");

  /** The parts of a layer that have weights of their own; others repeat them, or are no weights. */
  private static final Pattern PART =
      Pattern.compile("cell|cells|\\d+|cell-\\d+|layer|forward_layer|backward_layer");

  private static final String VALUE = "VARIABLE_VALUE";
  private static final int DEEPEST = 16;

  /** Objects may hold each other in every way; no model is as large. */
  private static final int MOST_VISITS = 1 << 20;

  private final List<TrackedObject> saved;
  private final SavedKerasMetadata metadata;
  private final List<TrackedObject> stored;
  private final SortedMap<String, String> names = new TreeMap<>();
  private final Set<Integer> seen = new HashSet<>();
  private int visits;

  private SavedKerasNames(
      List<TrackedObject> saved, SavedKerasMetadata metadata, List<TrackedObject> stored) {
    this.saved = saved;
    this.metadata = metadata;
    this.stored = stored;
  }

  /**
   * The keys of weights by the paths of their layers: {@code lstm_5/cell/kernel}.
   *
   * @param saved the objects of the SavedModel
   * @param metadata what Keras said about them
   * @param stored the objects of the checkpoint
   */
  static SortedMap<String, String> of(
      List<TrackedObject> saved, SavedKerasMetadata metadata, List<TrackedObject> stored) {
    SavedKerasNames finder = new SavedKerasNames(saved, metadata, stored);
    if (!saved.isEmpty() && !stored.isEmpty()) {
      finder.model(0, 0, "", 0);
    }
    return Collections.unmodifiableSortedMap(finder.names);
  }

  private void model(int savedAt, int storedAt, String path, int depth) {
    for (Map.Entry<String, Integer> child :
        new TreeMap<>(saved.get(savedAt).children()).entrySet()) {
      Integer there = stored.get(storedAt).children().get(child.getKey());
      if (there == null || !LAYER.matcher(child.getKey()).matches() || !seen.add(there)) {
        continue;
      }
      JsonNode words = metadata.of(child.getValue());
      String name = words.path("name").asText();
      if (name.isEmpty()) {
        continue;
      }
      String inside = path.isEmpty() ? name : path + "/" + name;
      if (KerasConfig.isOne(words) && depth < DEEPEST) {
        model(child.getValue(), there, inside, depth + 1);
      } else {
        layer(there, inside, new HashSet<>());
      }
    }
  }

  private void layer(int at, String path, Set<Integer> around) {
    if (++visits > MOST_VISITS) {
      throw metadata.error("its objects hold each other in more ways than those of a model");
    }
    if (around.size() > DEEPEST || !around.add(at)) {
      return;
    }
    for (Map.Entry<String, Integer> child : new TreeMap<>(stored.get(at).children()).entrySet()) {
      for (TrackedObject.Value value : stored.get(child.getValue()).values()) {
        if (value.name().equals(VALUE)) {
          names.putIfAbsent(path + "/" + child.getKey(), value.key());
        }
      }
      if (PART.matcher(child.getKey()).matches()) {
        layer(child.getValue(), path + "/" + child.getKey(), around);
      }
    }
    around.remove(at);
  }
}
