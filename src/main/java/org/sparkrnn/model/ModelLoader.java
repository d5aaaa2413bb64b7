package org.sparkrnn.model;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.weights.Storage;
import org.sparkrnn.weights.WeightsFile;

/** Loads models. Stateless and thread-safe; on the driver, and on executors for large models. */
public final class ModelLoader {
  /** The name of a spec in a model's folder. */
  static final String SPEC = "model.json";

  private ModelLoader() {}

  /**
   * Loads a model.
   *
   * @param path a folder with a {@code model.json}, or that file, or a file that describes itself:
   *     an {@code .onnx} file or Keras' with the model's configuration, or a folder with one of
   *     them and no {@code model.json}, or a SavedModel's folder; on any Hadoop file system,
   *     without a scheme on its default one
   * @param weights the weights file to use in place of the spec's {@code weights}, or the empty
   *     string
   * @param conf for the file systems
   * @throws ModelException if the spec is wrong or does not fit the weights
   * @throws org.sparkrnn.weights.WeightsException if the weights file cannot be used
   * @throws IOException if the storage fails
   */
  public static SequenceModel load(String path, String weights, Configuration conf)
      throws IOException {
    return load(path, weights, Cut.NONE, conf);
  }

  /**
   * Loads a model as {@link #load(String, String, Configuration)} does, or a part of one.
   *
   * @param cut which part of a file's graph is the model
   */
  public static SequenceModel load(String path, String weights, Cut cut, Configuration conf)
      throws IOException {
    return read(path, weights, cut, conf).model();
  }

  /**
   * A model with what was read to make it.
   *
   * @param model the model
   * @param file its spec
   * @param format the weights file's format
   * @param weights the weights file's name
   * @param tensors the weights file's table of contents
   * @param users which layer uses which tensor
   */
  record Loaded(
      SequenceModel model,
      String file,
      String format,
      String weights,
      List<org.sparkrnn.weights.TensorInfo> tensors,
      java.util.Map<String, String> users) {}

  static Loaded read(String path, String weights, Cut cut, Configuration conf) throws IOException {
    FileSystem files = HadoopStorage.fileSystem(new Path(path), conf);
    Optional<Loaded> described = described(path, weights, cut, files);
    if (described.isPresent()) {
      return described.get();
    }
    cut.requireNone(path);
    Path spec = specFile(path, files);
    Storage folder = new HadoopStorage(files, folder(spec));
    ModelSpec parsed =
        SpecParser.parse(WeightsFiles.readAll(folder, spec.getName()), spec.toString());
    WeightsFiles.Location location = weights(parsed, weights, folder(spec), conf);
    InputSpec input = new VocabularyReader(List.of(folder, location.folder())).read(parsed.input());
    String name = parsed.name().isEmpty() ? defaultName(folder) : parsed.name();
    try (WeightsFile open = WeightsFiles.open(location)) {
      return assemble(name, parsed, input, open);
    }
  }

  /** The model of a file that says itself which network it holds; empty where it does not. */
  static Optional<Loaded> described(String path, String weights, Cut cut, FileSystem files)
      throws IOException {
    Optional<Path> whole = selfDescribing(files, new Path(path));
    if (whole.isEmpty()) {
      return Optional.empty();
    }
    Storage folder = new HadoopStorage(files, folder(whole.get()));
    String file = whole.get().getName();
    Optional<Loaded> loaded;
    if (KerasNetwork.isNamedSo(file)) {
      loaded = KerasNetwork.load(folder, file);
      if (loaded.isPresent()) {
        cut.requireNone(path);
      }
    } else if (OnnxNetwork.isNamedSo(file)) {
      loaded = Optional.of(OnnxNetwork.load(folder, file, cut));
    } else if (GraphNetwork.isNamedSo(file)) {
      loaded = Optional.of(GraphNetwork.load(folder, file, cut));
    } else {
      loaded = Optional.of(savedModel(folder, cut));
    }
    if (loaded.isPresent()) {
      requireNoWeights(path, weights);
    }
    return loaded;
  }

  /** By the configuration of Keras where it has one and no part is cut out, else by its graph. */
  private static Loaded savedModel(Storage folder, Cut cut) throws IOException {
    Optional<Loaded> keras = cut.equals(Cut.NONE) ? SavedKeras.load(folder) : Optional.empty();
    return keras.isPresent() ? keras.get() : GraphNetwork.load(folder, SavedKeras.FILE, cut);
  }

  /** The model of this spec, stated or drafted from a file that describes itself. */
  static Loaded assemble(String name, ModelSpec spec, InputSpec input, WeightsFile weights)
      throws IOException {
    Variables variables = Variables.of(weights);
    Network network = new NetworkBuilder(variables).build(spec, networkInput(input));
    SequenceModel model =
        new SequenceModel(
            name, input, network, select(spec, network), Fingerprint.of(input, network));
    return new Loaded(
        model,
        spec.place().file(),
        weights.format(),
        weights.name(),
        List.copyOf(weights.tensors().values()),
        variables.users());
  }

  /**
   * The file that may say itself which network it holds: this one, or a SavedModel's, or the only
   * ONNX or Keras file, of this folder if it has no spec.
   */
  private static Optional<Path> selfDescribing(FileSystem files, Path path) throws IOException {
    FileStatus status = HadoopStorage.status(files, path);
    if (status != null && status.isDirectory()) {
      Storage folder = new HadoopStorage(files, path);
      List<String> names = folder.list();
      if (names.contains(SPEC) && !KerasNetwork.isConfig(folder, SPEC)) {
        return Optional.empty();
      }
      if (names.contains(SavedKeras.FILE)) {
        return Optional.of(new Path(path, SavedKeras.FILE));
      }
      List<String> graphs = names.stream().filter(OnnxNetwork::isNamedSo).toList();
      List<String> keras = names.stream().filter(KerasNetwork::isNamedSo).toList();
      List<String> one = graphs.isEmpty() ? keras : graphs;
      return one.size() == 1 ? Optional.of(new Path(path, one.get(0))) : Optional.empty();
    }
    String name = path.getName();
    boolean itself =
        OnnxNetwork.isNamedSo(name)
            || (status != null
                && (GraphNetwork.isNamedSo(name)
                    || name.equals(SavedKeras.FILE)
                    || KerasNetwork.isNamedSo(name)));
    return itself ? Optional.of(path) : Optional.empty();
  }

  private static void requireNoWeights(String path, String weights) {
    if (!weights.isEmpty()) {
      throw new ModelException(
          path + " holds its own weights; leave out the weights file " + weights);
    }
  }

  /** The spec at {@code path}, a folder or a file; refused where there is none. */
  private static Path specFile(String path, FileSystem files) throws IOException {
    Path whole = new Path(path);
    FileStatus status = HadoopStorage.status(files, whole);
    if (status == null) {
      throw new ModelException("no model at " + path + ": there is no such file or folder");
    }
    if (status.isDirectory()) {
      Storage folder = new HadoopStorage(files, whole);
      if (!folder.exists(SPEC)) {
        throw new ModelException(
            "no model at "
                + path
                + ": the folder has no "
                + SPEC
                + "; it holds "
                + WeightsFiles.shown(folder.list()));
      }
      return new Path(whole, SPEC);
    }
    if (!whole.getName().endsWith(".json")) {
      throw new ModelException(
          "no model at "
              + path
              + ": expected a folder with a "
              + SPEC
              + ", or a .json file; a weights file needs a "
              + SPEC
              + " that says which network it is for, and inspect drafts one");
    }
    return whole;
  }

  private static Path folder(Path file) {
    return file.getParent() == null ? new Path(Path.CUR_DIR) : file.getParent();
  }

  private static WeightsFiles.Location weights(
      ModelSpec spec, String override, Path folder, Configuration conf) throws IOException {
    if (!override.isEmpty()) {
      Path path = new Path(override);
      return WeightsFiles.locate(HadoopStorage.fileSystem(path, conf), path);
    }
    String name =
        spec.weights()
            .orElseThrow(
                () ->
                    spec.place()
                        .error(
                            "'weights' is missing, expected the weights file's name in the"
                                + " model's folder; or name one outside the spec"));
    return WeightsFiles.locate(HadoopStorage.fileSystem(folder, conf), new Path(folder, name));
  }

  private static Network.Input networkInput(InputSpec input) {
    if (input instanceof InputSpec.Features features) {
      return new Network.Input.Features(features.size());
    }
    return new Network.Input.Ids(
        input instanceof InputSpec.Tokens tokens
            ? tokens.count()
            : ((InputSpec.Characters) input).count());
  }

  private static String defaultName(Storage folder) {
    String name = new Path(folder.name()).getName();
    return name.isEmpty() || name.equals(".") ? "model" : name;
  }

  /**
   * The outputs to return by default: the spec's, or the ones that it names behind its last rnn
   * layer.
   */
  private static List<String> select(ModelSpec spec, Network network) {
    List<String> all = network.outputs().stream().map(Output::name).toList();
    for (ModelSpec.SelectEntry entry : spec.select()) {
      if (!all.contains(entry.output())) {
        throw entry
            .place()
            .error(
                "the model has no output '"
                    + entry.output()
                    + "'"
                    + Spelling.hint(entry.output(), all)
                    + " It has "
                    + String.join(", ", all));
      }
    }
    if (!spec.select().isEmpty()) {
      return spec.select().stream().map(ModelSpec.SelectEntry::output).toList();
    }
    if (network.generate().isPresent()) {
      return List.of(Output.GENERATED);
    }
    List<Layer> layers = network.layers();
    Layer last = layers.get(layers.size() - 1);
    if (last instanceof Layer.Rnn) {
      return List.of(Output.OUTPUTS, Output.FINAL_STATE);
    }
    Set<String> chosen = new LinkedHashSet<>();
    for (Layer layer : layers) {
      if (layer instanceof Layer.Rnn) {
        chosen.clear();
      } else if (spec.named().contains(layer.name())) {
        chosen.add(layer.name());
      }
    }
    return chosen.isEmpty() ? List.of(last.name()) : List.copyOf(chosen);
  }
}
