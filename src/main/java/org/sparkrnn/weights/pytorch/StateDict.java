package org.sparkrnn.weights.pytorch;

import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkrnn.weights.MalformedWeightsException;

/**
 * The tensors in what a pickle holds, by their paths: keys of dicts, places in lists and attributes
 * of objects, joined by dots. Of a whole module that is what its {@code state_dict} would say.
 */
final class StateDict {
  /** What training programs call the network in a checkpoint, and DataParallel in a network. */
  private static final Pattern CONTAINER =
      Pattern.compile(
          "(?:state_dict|model_state_dict|model_state|model|net|network|module|weights|params"
              + "|_orig_mod)\\.(.+)");

  private static final int DEEPEST = 100;
  private static final int MOST_VALUES = 1_000_000;
  private static final long MOST_CHARACTERS = 64L << 20;

  private final String source;
  private final SortedMap<String, Pickled.View> views = new TreeMap<>();
  private final Set<Pickled> path = Collections.newSetFromMap(new IdentityHashMap<>());
  private int values;
  private long characters;

  StateDict(String source) {
    this.source = source;
  }

  /** Adds the tensors in {@code value}. */
  void add(String name, Pickled value) {
    if (++values > MOST_VALUES || path.size() > DEEPEST) {
      throw new MalformedWeightsException(
          source,
          path.size() > DEEPEST
              ? "the pickle nests its values more than "
                  + DEEPEST
                  + " deep at '"
                  + shown(name)
                  + "'"
              : "the pickle has more than " + MOST_VALUES + " values");
    }
    if (value instanceof Pickled.View view) {
      characters += name.length();
      if (characters > MOST_CHARACTERS) {
        throw new MalformedWeightsException(
            source, "the names of its tensors have more than " + MOST_CHARACTERS + " characters");
      }
      views.put(name, view);
    } else if (path.add(value)) {
      // A value that holds itself ends here.
      children(name, value);
      path.remove(value);
    }
  }

  private void children(String name, Pickled value) {
    if (value instanceof Pickled.Items items) {
      for (int i = 0; i < items.values.size(); i++) {
        add(joined(name, String.valueOf(i)), items.values.get(i));
      }
    } else if (value instanceof Pickled.Dict dict) {
      entries(name, dict);
    } else if (value instanceof Pickled.Opaque opaque) {
      entries(name, opaque.items);
      if (opaque.state instanceof Pickled.Dict state) {
        Pickled modules = state.value("_modules");
        Pickled parameters = state.value("_parameters");
        if (modules != null && parameters != null) {
          add(name, parameters);
          add(name, modules);
          Pickled buffers = state.value("_buffers");
          if (buffers != null) {
            add(name, buffers);
          }
        } else {
          add(name, state);
        }
      } else if (opaque.state != null) {
        add(name, opaque.state);
      }
    }
  }

  private void entries(String name, Pickled.Dict dict) {
    for (int i = 0; i < dict.keys.size(); i++) {
      Pickled key = dict.keys.get(i);
      if (key instanceof Pickled.Text text) {
        add(joined(name, text.value()), dict.values.get(i));
      } else if (key instanceof Pickled.Int number) {
        add(joined(name, String.valueOf(number.value())), dict.values.get(i));
      }
    }
  }

  private String joined(String name, String key) {
    // Names are made for every value on the way, so a long one is stopped before it multiplies.
    if (name.length() + key.length() > 2_000) {
      throw new MalformedWeightsException(
          source, "the pickle has a name of more than 2000 characters: " + shown(name + key));
    }
    return name.isEmpty() ? key : name + "." + key;
  }

  private static String shown(String name) {
    return name.length() <= 60 ? name : name.substring(0, 60) + "...";
  }

  /** The tensors by name. */
  SortedMap<String, Pickled.View> views() {
    return Collections.unmodifiableSortedMap(views);
  }

  /** The names without the words around a network, where they are not ambiguous. */
  SortedMap<String, String> aliases() {
    SortedMap<String, String> aliases = new TreeMap<>();
    Map<String, Integer> times = new HashMap<>();
    for (String name : views.keySet()) {
      Matcher inside = CONTAINER.matcher(name);
      for (int i = 0; i < 4 && inside.matches(); i++) {
        String alias = inside.group(1);
        if (!views.containsKey(alias)) {
          times.merge(alias, 1, Integer::sum);
          aliases.put(alias, name);
        }
        inside = CONTAINER.matcher(alias);
      }
    }
    aliases.keySet().removeIf(alias -> times.get(alias) > 1);
    return aliases;
  }
}
