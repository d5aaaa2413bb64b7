package org.sparkrnn.model.loading;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnOutputs;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.LoadedModel;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.files.WeightsFiles;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.WeightsException;
import org.sparkrnn.weights.WeightsFile;

/**
 * What files of one format may hold and whether it is read: each feature with code that makes a
 * file with it, opens it and reads or runs it. The page {@code format-coverage.md} is what came of
 * that.
 */
final class Coverage {
  private static final Configuration CONF = new Configuration(false);

  private final String format;
  private final Map<String, Sample> samples = new LinkedHashMap<>();

  Coverage(String format) {
    this.format = format;
  }

  /** A file with a feature. */
  interface Sample {
    /**
     * Makes the file in an empty folder and reads it.
     *
     * @return what was read, for the page
     * @throws WeightsException if it is refused
     * @throws ModelException if it is refused
     */
    String read(Path folder) throws IOException;
  }

  /**
   * A line of the page.
   *
   * @param feature what the file has
   * @param read whether it was read
   * @param what what was read, or the message
   */
  record Row(String feature, boolean read, String what) {}

  Coverage with(String feature, Sample sample) {
    if (samples.put(feature, sample) != null) {
      throw new IllegalArgumentException(format + " has '" + feature + "' twice");
    }
    return this;
  }

  String format() {
    return format;
  }

  /** Reads all samples, each in a folder of its own below {@code temp}. */
  List<Row> rows(Path temp) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (Map.Entry<String, Sample> entry : samples.entrySet()) {
      Path folder = Files.createTempDirectory(temp, "row");
      try {
        rows.add(new Row(entry.getKey(), true, entry.getValue().read(folder)));
      } catch (WeightsException | ModelException e) {
        String message = e.getMessage().replace("file:" + folder, folder.toString());
        message = message.replace(folder + "/", "").replace(folder.toString(), "the folder");
        rows.add(new Row(entry.getKey(), false, message));
      }
    }
    return rows;
  }

  /** Copies a fixture beside the class into the folder. */
  static Path fixture(Class<?> beside, String name, Path folder) throws IOException {
    try (InputStream in = beside.getResourceAsStream(name)) {
      return Files.write(folder.resolve(name), in.readAllBytes());
    }
  }

  /** Opens weights as a spec's {@code weights} are opened, and reads one tensor. */
  static String tensor(Path weights, String name) throws IOException {
    try (WeightsFile file = open(weights)) {
      String full = file.aliases().getOrDefault(name, name);
      TensorInfo info = file.tensors().get(full);
      Tensor tensor = file.read(full);
      if (!tensor.shape().equals(info.shape())) {
        throw new AssertionError(name + " is " + tensor.shape() + ", not " + info.shape());
      }
      return file.format() + ": `" + name + "`, " + info.dtype() + " " + info.shape();
    }
  }

  /** Opens weights alone, and says how many tensors are in them. */
  static String contents(Path weights) throws IOException {
    try (WeightsFile file = open(weights)) {
      int count = file.tensors().size();
      return file.format() + ": " + count + (count == 1 ? " tensor" : " tensors");
    }
  }

  private static WeightsFile open(Path weights) throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(weights.toString());
    return WeightsFiles.open(WeightsFiles.locate(FileSystem.getLocal(CONF), path));
  }

  /** Loads a model and runs two rows through it; says its layers. */
  static String model(Path path) throws IOException {
    return model(path, Cut.NONE);
  }

  /** Loads a part of a graph and runs two rows through it; says its layers. */
  static String model(Path path, Cut cut) throws IOException {
    LoadedModel loaded = ModelLoader.read(path.toString(), "", cut, CONF);
    SequenceModel model = loaded.model();
    RnnModel runnable = RnnModel.of(model);
    RnnOutputs outputs;
    if (model.input() instanceof InputSpec.Features features) {
      RandomNetworks random = new RandomNetworks(1);
      float[][][] rows = new float[2][3][];
      for (float[][] row : rows) {
        for (int step = 0; step < row.length; step++) {
          row[step] = random.floats(features.size());
        }
      }
      outputs = runnable.run(rows);
    } else {
      outputs = runnable.run(new int[][] {{1, 0, 1}, {0, 1, 1}});
    }
    if (outputs.rows() != 2) {
      throw new AssertionError(path + " gave " + outputs.rows() + " rows");
    }
    return NetworkDescription.of(loaded).layers().stream()
        .map(ModelInspection.LayerLine::what)
        .collect(joining("; "));
  }

  /** Writes a spec of features and these layers, with single quotes; returns its folder. */
  static Path spec(Path folder, String weights, int size, String layers) throws IOException {
    String spec =
        "{'spark_rnn': 1, 'weights': '"
            + weights
            + "', 'input': {'type': 'features', 'size': "
            + size
            + "}, 'layers': ["
            + layers
            + "]}";
    Files.writeString(folder.resolve("model.json"), spec.replace('\'', '"'));
    return folder;
  }
}
