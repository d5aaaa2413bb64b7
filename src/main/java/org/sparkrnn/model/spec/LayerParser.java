package org.sparkrnn.model.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.model.Spelling;
import org.sparkrnn.model.json.Place;
import org.sparkrnn.model.json.SpecObject;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Output;

/** Reads the {@code layers} of a spec. */
final class LayerParser {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** TensorFlow's and Keras' of batch normalisation, and Keras' of layer normalisation. */
  private static final float EPSILON = 1e-3f;

  private LayerParser() {}

  /** The keys of each type of layer, by the type's word. */
  static final Map<String, Set<String>> KEYS = keys();

  private static Map<String, Set<String>> keys() {
    Map<String, Set<String>> keys = new TreeMap<>();
    keys.put("embedding", Set.of("type", "name", "variable", "size", "mask_zero"));
    keys.put("one_hot", Set.of("type", "name", "depth"));
    keys.put("masking", Set.of("type", "name", "mask_value"));
    keys.put("rnn", RnnParser.KEYS);
    keys.put(
        "dense",
        Set.of("type", "name", "kernel", "bias", "scope", "use_bias", "units", "activation"));
    for (Layer.Reduction reduction : Layer.Reduction.values()) {
      keys.put(reduction.word(), Set.of("type", "name"));
    }
    keys.put("activation", Set.of("type", "name", "activation"));
    keys.put(
        "batch_norm",
        Set.of(
            "type",
            "name",
            "scope",
            "gamma",
            "beta",
            "moving_mean",
            "moving_variance",
            "use_gamma",
            "use_beta",
            "epsilon"));
    keys.put(
        "layer_norm",
        Set.of("type", "name", "scope", "gamma", "beta", "use_gamma", "use_beta", "epsilon"));
    keys.put("pool", Set.of("type", "name", "reductions"));
    keys.put("flatten", Set.of("type", "name", "steps"));
    keys.put("repeat", Set.of("type", "name"));
    keys.put("softmax", Set.of("type", "name"));
    keys.put("log_softmax", Set.of("type", "name"));
    keys.put("argmax", Set.of("type", "name"));
    return Map.copyOf(keys);
  }

  /**
   * Reads all layers.
   *
   * @param spec the root
   * @param named filled with the names that the spec itself gives
   */
  static List<LayerSpec> layers(SpecObject spec, Set<String> named) {
    List<SpecObject> objects =
        spec.entries("layers", "a list of at least one layer").stream()
            .map(SpecObject.Entry::object)
            .toList();
    for (SpecObject layer : objects) {
      layer.text("name").ifPresent(name -> named.add(checked(name, layer, named)));
    }
    Set<String> taken = new HashSet<>(named);
    List<LayerSpec> layers = new ArrayList<>();
    for (SpecObject layer : objects) {
      String type = layer.word("type", KEYS.keySet().stream().sorted().toList());
      layer.only(KEYS.get(type));
      String name =
          layer
              .text("name")
              .orElseGet(
                  () ->
                      unused(
                          type.equals("rnn") ? LoopWord.of(layer).defaultName(layer) : type,
                          taken));
      layers.add(layer(type, name, layer));
    }
    return List.copyOf(layers);
  }

  private static String checked(String name, SpecObject layer, Set<String> taken) {
    Place place = layer.place().key("name");
    if (!NAME.matcher(name).matches()) {
      throw place.error(
          "expected letters, digits and underscores, not a digit first, found \"" + name + "\"");
    }
    if (Output.RESERVED.contains(name)) {
      throw place.error("'" + name + "' is what every model's own output is called");
    }
    if (taken.contains(name)) {
      throw place.error("two layers are named '" + name + "'");
    }
    return name;
  }

  /** As TensorFlow makes names unique: {@code dense}, {@code dense_1}, {@code dense_2}. */
  private static String unused(String base, Set<String> taken) {
    String name = base;
    for (int i = 1; !taken.add(name); i++) {
      name = base + "_" + i;
    }
    return name;
  }

  private static LayerSpec layer(String type, String name, SpecObject layer) {
    Place place = layer.place();
    return switch (type) {
      case "embedding" ->
          new LayerSpec.Embedding(
              place,
              name,
              layer.text("variable", "the table's name in the weights file"),
              layer.optionalInteger("size", 1),
              layer.bool("mask_zero", false));
      case "one_hot" -> new LayerSpec.OneHot(place, name, layer.optionalInteger("depth", 1));
      case "masking" ->
          new LayerSpec.Plain(
              place,
              new Layer.Masking(
                  name, layer.has("mask_value") ? layer.number("mask_value", "a number") : 0f));
      case "rnn" -> RnnParser.parse(name, layer);
      case "dense" -> dense(name, layer);
      case "activation" -> activation(name, layer);
      case "batch_norm", "layer_norm" -> norm(name, layer, type.equals("batch_norm"));
      case "pool" -> pool(name, layer);
      case "flatten" ->
          new LayerSpec.Plain(place, new Layer.Flatten(name, layer.integer("steps", 1)));
      case "repeat" -> new LayerSpec.Plain(place, new Layer.Repeat(name));
      case "softmax" -> new LayerSpec.Plain(place, new Layer.Softmax(name));
      case "log_softmax" -> new LayerSpec.Plain(place, new Layer.LogSoftmax(name));
      case "argmax" -> new LayerSpec.Plain(place, new Layer.ArgMax(name));
      default ->
          new LayerSpec.Plain(
              place,
              new Layer.Reduce(name, Layer.Reduction.valueOf(type.toUpperCase(Locale.ROOT))));
    };
  }

  private static LayerSpec activation(String name, SpecObject layer) {
    if (!layer.has("activation")) {
      throw layer.place().error("'activation' is missing, expected an activation");
    }
    Activation activation = layer.entryActivation("activation", Activation.LINEAR);
    return activation.elementwise()
        ? new LayerSpec.Plain(layer.place(), new Layer.Activate(name, activation))
        : new LayerSpec.Plain(layer.place(), new Layer.Softmax(name));
  }

  private static LayerSpec pool(String name, SpecObject layer) {
    List<String> words =
        Arrays.stream(Layer.Reduction.values()).map(Layer.Reduction::word).toList();
    List<Layer.Reduction> reductions = new ArrayList<>();
    for (SpecObject.Entry entry :
        layer.entries("reductions", "a list of at least one reduction's word")) {
      if (!words.contains(entry.text())) {
        throw entry
            .place()
            .error(
                "expected one of "
                    + String.join(", ", words)
                    + "; found \""
                    + entry.text()
                    + "\""
                    + Spelling.hint(entry.text(), words));
      }
      reductions.add(Layer.Reduction.valueOf(entry.text().toUpperCase(Locale.ROOT)));
    }
    return new LayerSpec.Plain(layer.place(), new Layer.Pool(name, reductions));
  }

  /** Each variable has its own name, or the one that it has in the scope. */
  private static LayerSpec.Norm norm(String name, SpecObject layer, boolean batch) {
    String scope = scope(layer).orElse(name);
    Map<String, String> names = new TreeMap<>();
    for (String role : List.of("gamma", "beta", "moving_mean", "moving_variance")) {
      boolean used = role.startsWith("moving") ? batch : layer.bool("use_" + role, true);
      if (used) {
        names.put(role, layer.text(role).orElse(scope.isEmpty() ? role : scope + "/" + role));
      } else {
        layer.refuse(role, "contradicts \"use_" + role + "\": false");
      }
    }
    float epsilon = layer.has("epsilon") ? layer.number("epsilon", "a number") : EPSILON;
    if (!(epsilon >= 0)) {
      throw layer.place().key("epsilon").error("expected a number of at least 0, found " + epsilon);
    }
    return new LayerSpec.Norm(layer.place(), name, batch, Map.copyOf(names), epsilon);
  }

  /** A scope without a slash at its end. */
  static Optional<String> scope(SpecObject object) {
    return object
        .text("scope")
        .map(scope -> scope.endsWith("/") ? scope.substring(0, scope.length() - 1) : scope);
  }

  private static LayerSpec.Dense dense(String name, SpecObject layer) {
    boolean useBias = layer.bool("use_bias", true);
    if (layer.has("kernel")) {
      layer.refuse("scope", "give 'kernel' and 'bias', or 'scope', not both");
      if (useBias && !layer.has("bias")) {
        throw layer
            .place()
            .error(
                "'bias' is missing beside 'kernel'; a layer without one has \"use_bias\": false");
      }
    } else {
      layer.refuse("bias", "'kernel' is missing beside it");
    }
    if (!useBias) {
      layer.refuse("bias", "contradicts \"use_bias\": false");
    }
    Map<String, String> names = new HashMap<>();
    for (String key : List.of("kernel", "bias")) {
      names.put(key, layer.text(key).orElse(""));
    }
    return new LayerSpec.Dense(
        layer.place(),
        name,
        new LayerSpec.DenseSource(
            names.get("kernel"), names.get("bias"), scope(layer).orElse(name)),
        useBias,
        layer.optionalInteger("units", 1),
        layer.entryActivation("activation", Activation.LINEAR));
  }
}
