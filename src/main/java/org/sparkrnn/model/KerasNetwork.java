package org.sparkrnn.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.Storage;
import org.sparkrnn.weights.ZipArchive;
import org.sparkrnn.weights.keras.KerasFile;

/**
 * Makes a model of a file of Keras alone: of the configuration that a full model holds, or that
 * stands as JSON beside weights. The configuration becomes the text of a spec, which is read as a
 * written one is.
 */
final class KerasNetwork {
  private static final Pattern NAMES = Pattern.compile(".+\\.(h5|hdf5|keras)");
  private static final Pattern WEIGHTS = Pattern.compile("[._-]?(model[._-])?weights$");

  /** No configuration is as large; a spec or a vocabulary beside weights may be. */
  private static final long LARGEST = 64L << 20;

  private KerasNetwork() {}

  /**
   * A configuration.
   *
   * @param root its JSON
   * @param file where it was found, for messages
   */
  private record Found(JsonNode root, String file) {}

  /** Whether the file has such a name and a configuration, inside or beside it. */
  static boolean isOne(Storage folder, String name) throws IOException {
    if (!NAMES.matcher(name).matches() || !folder.exists(name) || !isKeras(folder, name)) {
      return false;
    }
    try (KerasFile file = open(folder, name)) {
      return file.config().isPresent() || beside(folder, name).isPresent();
    }
  }

  private static KerasFile open(Storage folder, String name) throws IOException {
    ByteSource source = folder.open(name);
    try {
      return KerasFile.open(source);
    } catch (RuntimeException | IOException e) {
      source.close();
      throw e;
    }
  }

  private static boolean isKeras(Storage folder, String name) throws IOException {
    try (ByteSource source = folder.open(name)) {
      return ZipArchive.isZip(source)
          ? KerasFile.isArchive(ZipArchive.open(source))
          : KerasFile.isHdf5(source.read(0, Math.min(9, source.size()), "the start"));
    }
  }

  /**
   * Reads a model.
   *
   * @throws ModelException if its layers are no chain or do not all run; the message lists those
   */
  static ModelLoader.Loaded load(Storage folder, String name) throws IOException {
    try (KerasFile file = open(folder, name)) {
      ModelSpec spec = SpecParser.parse(draft(file, folder, name), file.name());
      InputSpec input = new VocabularyReader(List.of(folder)).read(spec.input());
      return ModelLoader.assemble(stem(name), spec, input, file);
    }
  }

  /** The text of a spec for the file. */
  static byte[] draft(KerasFile file, Storage folder, String name) throws IOException {
    Found found;
    if (file.config().isPresent()) {
      String where = file.name() + ": model_config";
      found = new Found(SpecParser.json(file.config().get().getBytes(UTF_8), where), where);
    } else {
      found =
          beside(folder, name)
              .orElseThrow(
                  () ->
                      new ModelException(
                          file.name() + " holds weights alone, with no configuration beside it"));
    }
    return draft(file, found).toPrettyString().getBytes(UTF_8);
  }

  private static ObjectNode draft(KerasFile file, Found found) {
    KerasConfig config = KerasConfig.of(found.root(), found.file());
    KerasWords words = words(file, found.root());
    KerasDraft draft = new KerasDraft(words, KerasScopes.of(file), config.batchShape());
    config.layers().forEach(draft::add);
    if (!draft.refused().isEmpty()) {
      throw new ModelException(
          found.file()
              + ": the model has layers that do not run here: "
              + String.join(", ", draft.refused())
              + "; a "
              + ModelLoader.SPEC
              + " can name the part that does");
    }
    ObjectNode spec = JsonNodeFactory.instance.objectNode();
    spec.put("spark_rnn", ModelSpec.VERSION);
    spec.put("name", stem(file.name().substring(file.name().lastIndexOf('/') + 1)));
    spec.put("weights", file.name().substring(file.name().lastIndexOf('/') + 1));
    spec.set("input", input(file, found, config));
    spec.set("layers", draft.layers());
    ArrayNode select = JsonNodeFactory.instance.arrayNode();
    config.outputs().forEach(output -> draft.name(output).ifPresent(select::add));
    if (config.states()) {
      select.add(Output.FINAL_STATE);
    }
    if (!select.isEmpty()) {
      spec.set("select", select);
    }
    return spec;
  }

  private static KerasWords words(KerasFile file, JsonNode root) {
    String version = file.version().orElse(root.path("keras_version").asText(""));
    // Text of Keras 3 has no version; its shapes and types are named as only it names them.
    boolean keras3 =
        version.isEmpty()
            ? root.toString().contains("\"batch_shape\"") || root.toString().contains("DTypePolicy")
            : Integer.parseInt("0" + version.replaceFirst("^(\\d{0,6}).*$", "$1")) >= 3;
    return new KerasWords(version, keras3);
  }

  private static ObjectNode input(KerasFile file, Found found, KerasConfig config) {
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    for (KerasConfig.Item item : config.layers()) {
      if (item.type().equals("Embedding")) {
        input.put("type", "tokens");
        if (item.config().has("input_dim")) {
          input.set("size", item.config().get("input_dim"));
        }
        return input;
      }
    }
    int size = 0;
    List<Integer> shape = config.batchShape().orElse(List.of());
    if (shape.size() == 2) {
      size = shape.get(1);
    }
    for (KerasConfig.Item item : config.layers()) {
      if (item.type().equals("Reshape") && shape.size() == 1) {
        size = item.config().path("target_shape").path(1).asInt(0);
      }
    }
    if (shape.isEmpty() && config.layers().get(0).config().path("input_dim").isInt()) {
      size = config.layers().get(0).config().get("input_dim").asInt();
    }
    if (size < 1) {
      size = KerasScopes.of(file).inputSize(config.layers());
    }
    if (size < 1) {
      throw new ModelException(
          found.file()
              + ": the input's shape is "
              + (shape.isEmpty() ? "not stated" : shape)
              + ", expected [steps, floats in a step] without the batch, or an Embedding layer");
    }
    return input.put("type", "features").put("size", size);
  }

  private static String stem(String name) {
    return name.replaceFirst("\\.(h5|hdf5|keras)$", "");
  }

  /** The configuration in a JSON file beside weights. */
  private static Optional<Found> beside(Storage folder, String name) throws IOException {
    String stem = stem(name);
    String base = WEIGHTS.matcher(stem).replaceFirst("");
    List<String> names = new ArrayList<>(List.of(stem + ".json"));
    if (!base.equals(stem) && !base.isEmpty()) {
      names.addAll(List.of(base + ".json", base + "_config.json", base + "_model.json"));
    }
    names.addAll(List.of("model.json", "config.json"));
    for (String json : names) {
      if (!folder.exists(json)) {
        continue;
      }
      JsonNode root;
      try (ByteSource source = folder.open(json)) {
        if (source.size() > LARGEST) {
          continue;
        }
        root = SpecParser.json(source.read(0, source.size(), "the file"), source.name());
      } catch (ModelException e) {
        // What is no JSON is no configuration.
        continue;
      }
      if (KerasConfig.isOne(root)) {
        return Optional.of(new Found(root, folder.name() + "/" + json));
      }
    }
    return Optional.empty();
  }
}
