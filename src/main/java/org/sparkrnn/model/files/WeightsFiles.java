package org.sparkrnn.model.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.Storage;
import org.sparkrnn.weights.UnsupportedWeightsException;
import org.sparkrnn.weights.WeightsFile;
import org.sparkrnn.weights.ZipArchive;
import org.sparkrnn.weights.keras.KerasFile;
import org.sparkrnn.weights.numpy.NumpyFile;
import org.sparkrnn.weights.onnx.OnnxFile;
import org.sparkrnn.weights.pytorch.PyTorchFile;
import org.sparkrnn.weights.safetensors.SafetensorsFile;
import org.sparkrnn.weights.safetensors.ShardedSafetensors;
import org.sparkrnn.weights.tensorflow.TensorFlowCheckpoint;
import org.sparkrnn.weights.tensorflow.TensorFlowV1Checkpoint;

/** Opens weights files of every format, told apart by name and, where that does not tell, bytes. */
public final class WeightsFiles {
  /** The formats, for messages. */
  public static final String FORMATS =
      "TensorFlow checkpoints, safetensors files and their index files, PyTorch's .pt and .pth,"
          + " Keras' .h5 and .keras, and NumPy's .npz and .npy";

  /** How names of weights files end, for folders that are to hold one. */
  private static final Pattern WEIGHTS =
      Pattern.compile(".+\\.(safetensors|index|npz|pt|pth|h5|hdf5|keras)");

  private static final Pattern PART = Pattern.compile("(.+)\\.(index|data-\\d{5}-of-\\d{5})");

  private WeightsFiles() {}

  /**
   * Where weights are.
   *
   * @param folder the folder that holds them
   * @param file their name in it; empty when the folder itself was named
   */
  public record Location(Storage folder, String file) {}

  /** Where the weights at {@code path} are: a file, a checkpoint's prefix or a folder. */
  public static Location locate(FileSystem files, Path path) throws IOException {
    FileStatus status = HadoopStorage.status(files, path);
    if (status != null && status.isDirectory()) {
      return new Location(new HadoopStorage(files, path), "");
    }
    Path parent = path.getParent();
    Path folder = parent == null ? new Path(Path.CUR_DIR) : parent;
    FileStatus parentStatus = HadoopStorage.status(files, folder);
    if (parentStatus == null || !parentStatus.isDirectory()) {
      throw new ModelException("no weights at " + path + ": there is no folder " + folder);
    }
    return new Location(new HadoopStorage(files, folder), path.getName());
  }

  /** Opens the weights at {@code location}. */
  public static WeightsFile open(Location location) throws IOException {
    return location.file().isEmpty()
        ? inFolder(location.folder())
        : open(location.folder(), location.file());
  }

  private static WeightsFile open(Storage folder, String name) throws IOException {
    Matcher part = PART.matcher(name);
    if (part.matches() && TensorFlowCheckpoint.isCheckpoint(folder, part.group(1))) {
      return TensorFlowCheckpoint.open(folder, part.group(1));
    }
    if (TensorFlowCheckpoint.isCheckpoint(folder, name)) {
      return TensorFlowCheckpoint.open(folder, name);
    }
    if (OnnxFile.isNamedSo(name) && folder.exists(name)) {
      return OnnxFile.open(folder, name);
    }
    if (folder.exists(name)) {
      return name.endsWith(ShardedSafetensors.INDEX)
          ? ShardedSafetensors.open(folder, name)
          : file(folder, name);
    }
    if (TensorFlowV1Checkpoint.isCheckpoint(folder, name)) {
      return TensorFlowV1Checkpoint.open(folder, name);
    }
    if (name.endsWith(".safetensors") && folder.exists(name + ".index.json")) {
      return ShardedSafetensors.open(folder, name + ".index.json");
    }
    throw new ModelException(
        "no weights '"
            + name
            + "' in "
            + folder.name()
            + ": looked for "
            + name
            + " and "
            + name
            + ".index; the folder holds "
            + shown(folder.list()));
  }

  /** The checkpoint that {@code checkpoint} names, else the only weights file there is. */
  private static WeightsFile inFolder(Storage folder) throws IOException {
    Optional<String> latest = TensorFlowCheckpoint.latest(folder);
    if (latest.isPresent()) {
      if (!TensorFlowCheckpoint.isCheckpoint(folder, latest.get())
          && !TensorFlowV1Checkpoint.isCheckpoint(folder, latest.get())) {
        throw new ModelException(
            folder.name()
                + "/checkpoint names the checkpoint '"
                + latest.get()
                + "', but there is no "
                + latest.get()
                + ".index; name the one to read itself: the folder holds "
                + shown(folder.list()));
      }
      return open(folder, latest.get());
    }
    List<String> names = folder.list();
    List<String> indexes =
        names.stream().filter(n -> n.endsWith(ShardedSafetensors.INDEX)).toList();
    List<String> weights = names.stream().filter(n -> WEIGHTS.matcher(n).matches()).toList();
    if (indexes.size() == 1) {
      return open(folder, indexes.get(0));
    }
    if (weights.size() == 1) {
      return open(folder, weights.get(0));
    }
    throw new ModelException(
        folder.name()
            + (weights.isEmpty() ? " holds no weights" : " holds several weights files")
            + ": expected a 'checkpoint' file, or one file named *.index, *.safetensors, "
            + "*.safetensors.index.json, *.pt, *.pth, *.h5, *.hdf5, *.keras or *.npz; found "
            + shown(names));
  }

  /** A folder's file names for messages. */
  public static String shown(List<String> names) {
    if (names.isEmpty()) {
      return "no files";
    }
    String first = String.join(", ", names.subList(0, Math.min(12, names.size())));
    return names.size() <= 12 ? first : first + " and " + (names.size() - 12) + " more";
  }

  private static WeightsFile file(Storage folder, String name) throws IOException {
    ByteSource source = folder.open(name);
    try {
      if (name.endsWith(".safetensors")) {
        return SafetensorsFile.open(source);
      }
      String head = new String(source.read(0, Math.min(9, source.size()), "the start"), ISO_8859_1);
      if (head.length() == 9 && head.charAt(8) == '{' && head.startsWith("\0\0\0\0", 4)) {
        return SafetensorsFile.open(source);
      }
      if (NumpyFile.isArray(head.getBytes(ISO_8859_1))) {
        return NumpyFile.open(source);
      }
      if (KerasFile.isHdf5(head.getBytes(ISO_8859_1))) {
        return KerasFile.open(source);
      }
      if (PyTorchFile.isStream(source.read(0, Math.min(16, source.size()), "the start"))) {
        return PyTorchFile.open(source);
      }
      if (ZipArchive.isZip(source)) {
        ZipArchive archive = ZipArchive.open(source);
        if (NumpyFile.isArchive(archive)) {
          return NumpyFile.open(source, archive);
        }
        if (KerasFile.isArchive(archive)) {
          return KerasFile.open(source, archive);
        }
        if (PyTorchFile.isArchive(archive)) {
          return PyTorchFile.open(source, archive);
        }
      }
      // The last to be asked: it is told by its end, for which the file is opened once more.
      if (TensorFlowV1Checkpoint.isCheckpoint(folder, name)) {
        source.close();
        return TensorFlowV1Checkpoint.open(folder, name);
      }
      throw new UnsupportedWeightsException(
          source.name(), foreign(source, head) + "; readable are " + FORMATS);
    } catch (RuntimeException | IOException e) {
      source.close();
      throw e;
    }
  }

  /** What a file is that we do not read. */
  private static String foreign(ByteSource source, String head) throws IOException {
    if (head.startsWith("PK\u0003\u0004")) {
      return "is a zip archive that holds no weights that are known here";
    }
    if (source.size() > 512
        && new String(source.read(257, 5, "the start"), ISO_8859_1).equals("ustar")) {
      return "is a tar archive, as PyTorch 0.1 wrote them; load it in PyTorch and save it again";
    }
    return "is of a format that is not known here";
  }

  public static byte[] readAll(Storage folder, String name) throws IOException {
    try (ByteSource source = folder.open(name)) {
      return source.read(0, source.size(), "the file");
    }
  }
}
