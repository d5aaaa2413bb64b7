package org.sparkrnn.model.keras;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.LoadedModel;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.network.SpecModel;
import org.sparkrnn.model.spec.ModelSpec;
import org.sparkrnn.model.spec.SpecParser;
import org.sparkrnn.model.spec.VocabularyReader;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.Storage;
import org.sparkrnn.weights.ZipArchive;
import org.sparkrnn.weights.keras.KerasFile;

/**
 * Makes a model of a file of Keras alone: of the configuration that a full model holds, or that
 * stands as JSON beside weights. The configuration becomes the text of a spec, which is read as a
 * written one is.
 */
public final class KerasNetwork {
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

  /** Whether the name is one that Keras' files have. */
  public static boolean isNamedSo(String name) {
    return NAMES.matcher(name).matches();
  }

  /**
   * Reads a model.
   *
   * @param cut the layer to end with, by its name
   * @return empty where the file is none of Keras', or holds weights alone and no configuration is
   *     beside it
   * @throws ModelException if its layers are no chain or do not all run; the message lists those
   */
  public static Optional<LoadedModel> load(Storage folder, String name, Cut cut)
      throws IOException {
    if (!folder.exists(name)) {
      return Optional.empty();
    }
    try (ByteSource source = folder.open(name)) {
      if (ZipArchive.isZip(source)) {
        ZipArchive archive = ZipArchive.open(source);
        return KerasFile.isArchive(archive)
            ? load(folder, name, KerasFile.open(source, archive), cut)
            : Optional.empty();
      }
      byte[] start = source.read(0, Math.min(9, source.size()), "the start");
      return KerasFile.isHdf5(start)
          ? load(folder, name, KerasFile.open(source), cut)
          : Optional.empty();
    }
  }

  private static Optional<LoadedModel> load(Storage folder, String name, KerasFile file, Cut cut)
      throws IOException {
    Optional<Found> found = config(file, folder, name);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    if (!cut.from().isEmpty()) {
      throw new ModelException(
          file.name()
              + ": a model of Keras is cut behind a layer only, which to names; leave out from '"
              + cut.from()
              + "'");
    }
    JsonNode root = found.get().root();
    String version = file.version().orElse("");
    KerasModel model = new KerasModel(root, found.get().file(), version, KerasScopes.of(file));
    ModelSpec spec = SpecParser.parse(model.spec(stem(name), name, cut.to()), file.name());
    InputSpec input = new VocabularyReader(List.of(folder)).read(spec.input());
    return Optional.of(SpecModel.assemble(stem(name), spec, input, file));
  }

  private static Optional<Found> config(KerasFile file, Storage folder, String name)
      throws IOException {
    if (file.config().isEmpty()) {
      return beside(folder, name);
    }
    String where = file.name() + ": model_config";
    byte[] json = file.config().get().getBytes(UTF_8);
    return Optional.of(new Found(SpecParser.python(json, where), where));
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
    names.addAll(List.of("model.json", "config.json", "architecture.json", "model_config.json"));
    for (String json : names) {
      Optional<JsonNode> root = readConfig(folder, json);
      if (root.isPresent()) {
        return Optional.of(new Found(root.get(), folder.name() + "/" + json));
      }
    }
    return Optional.empty();
  }

  /** Whether a file is the configuration of a model as Keras writes it beside weights. */
  public static boolean isConfig(Storage folder, String json) throws IOException {
    return readConfig(folder, json).isPresent();
  }

  private static Optional<JsonNode> readConfig(Storage folder, String json) throws IOException {
    if (!folder.exists(json)) {
      return Optional.empty();
    }
    try (ByteSource source = folder.open(json)) {
      if (source.size() > LARGEST) {
        return Optional.empty();
      }
      byte[] text = source.read(0, source.size(), "the file");
      return Optional.of(SpecParser.python(text, source.name())).filter(KerasConfig::isOne);
    } catch (ModelException e) {
      // What is no JSON is no configuration.
      return Optional.empty();
    }
  }
}
