package org.sparkrnn.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
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
      byte[] text = model(file, folder, name).spec(stem(name), name);
      ModelSpec spec = SpecParser.parse(text, file.name());
      InputSpec input = new VocabularyReader(List.of(folder)).read(spec.input());
      return ModelLoader.assemble(stem(name), spec, input, file);
    }
  }

  private static KerasModel model(KerasFile file, Storage folder, String name) throws IOException {
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
    return new KerasModel(
        found.root(), found.file(), file.version().orElse(""), KerasScopes.of(file));
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
