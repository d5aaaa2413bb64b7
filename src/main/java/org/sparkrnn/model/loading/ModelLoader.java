package org.sparkrnn.model.loading;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.LoadedModel;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.files.HadoopStorage;
import org.sparkrnn.model.files.WeightsFiles;
import org.sparkrnn.model.keras.KerasNetwork;
import org.sparkrnn.model.keras.SavedKeras;
import org.sparkrnn.model.network.SpecModel;
import org.sparkrnn.model.onnx.OnnxNetwork;
import org.sparkrnn.model.spec.ModelSpec;
import org.sparkrnn.model.spec.SpecParser;
import org.sparkrnn.model.spec.VocabularyReader;
import org.sparkrnn.model.tensorflow.GraphNetwork;
import org.sparkrnn.weights.Storage;
import org.sparkrnn.weights.WeightsFile;
import org.sparkrnn.weights.onnx.OnnxFile;
import org.sparkrnn.weights.tensorflow.GraphFile;

/** Loads models. Stateless and thread-safe; on the driver, and on executors for large models. */
public final class ModelLoader {
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

  static LoadedModel read(String path, String weights, Cut cut, Configuration conf)
      throws IOException {
    FileSystem files = HadoopStorage.fileSystem(new Path(path), conf);
    Optional<LoadedModel> described = described(path, weights, cut, files);
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
      return SpecModel.assemble(name, parsed, input, open);
    }
  }

  /** The model of a file that says itself which network it holds; empty where it does not. */
  static Optional<LoadedModel> described(String path, String weights, Cut cut, FileSystem files)
      throws IOException {
    Optional<Path> whole = selfDescribing(files, new Path(path));
    if (whole.isEmpty()) {
      return Optional.empty();
    }
    Storage folder = new HadoopStorage(files, folder(whole.get()));
    String file = whole.get().getName();
    Optional<LoadedModel> loaded;
    if (KerasNetwork.isNamedSo(file)) {
      loaded = KerasNetwork.load(folder, file, cut);
    } else if (OnnxFile.isNamedSo(file)) {
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
  private static LoadedModel savedModel(Storage folder, Cut cut) throws IOException {
    Optional<LoadedModel> keras = cut.equals(Cut.NONE) ? SavedKeras.load(folder) : Optional.empty();
    return keras.isPresent() ? keras.get() : GraphNetwork.load(folder, GraphFile.SAVED_MODEL, cut);
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
      if (names.contains(ModelSpec.FILE) && !KerasNetwork.isConfig(folder, ModelSpec.FILE)) {
        return Optional.empty();
      }
      if (names.contains(GraphFile.SAVED_MODEL)) {
        return Optional.of(new Path(path, GraphFile.SAVED_MODEL));
      }
      List<String> graphs = names.stream().filter(OnnxFile::isNamedSo).toList();
      List<String> keras = names.stream().filter(KerasNetwork::isNamedSo).toList();
      List<String> one = graphs.isEmpty() ? keras : graphs;
      return one.size() == 1 ? Optional.of(new Path(path, one.get(0))) : Optional.empty();
    }
    String name = path.getName();
    boolean itself =
        OnnxFile.isNamedSo(name)
            || (status != null
                && (GraphNetwork.isNamedSo(name)
                    || name.equals(GraphFile.SAVED_MODEL)
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
      if (!folder.exists(ModelSpec.FILE)) {
        throw new ModelException(
            "no model at "
                + path
                + ": the folder has no "
                + ModelSpec.FILE
                + "; it holds "
                + WeightsFiles.shown(folder.list()));
      }
      return new Path(whole, ModelSpec.FILE);
    }
    if (!whole.getName().endsWith(".json")) {
      throw new ModelException(
          "no model at "
              + path
              + ": expected a folder with a "
              + ModelSpec.FILE
              + ", or a .json file; a weights file needs a "
              + ModelSpec.FILE
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

  private static String defaultName(Storage folder) {
    String name = new Path(folder.name()).getName();
    return name.isEmpty() || name.equals(".") ? "model" : name;
  }
}
