package org.sparkrnn.model.loading;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.safetensors.SafetensorsWriter;

/** A model's folder that a test fills. Every tensor has its own random values, from one seed. */
public final class ModelFolder {
  static final String WEIGHTS = "w.safetensors";

  private final Path path;
  private final Map<String, Tensor> tensors = new TreeMap<>();
  private final Random random = new Random(7);

  public ModelFolder(Path path) {
    this.path = path;
  }

  public ModelFolder tensor(String name, long... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    tensors.put(name, Tensor.owning(shape, values));
    return this;
  }

  /** The tensor that was put under {@code name}. */
  public Tensor get(String name) {
    return tensors.get(name);
  }

  ModelFolder file(String name, String text) throws IOException {
    Files.writeString(path.resolve(name), text);
    return this;
  }

  /** Writes the weights and a spec of an input and layers, single quotes standing for double. */
  public SequenceModel load(String input, String layers) throws IOException {
    return loadSpec(
        "{'spark_rnn': 1, 'weights': '"
            + WEIGHTS
            + "', 'input': "
            + input
            + ", 'layers': ["
            + layers
            + "]}");
  }

  SequenceModel loadSpec(String spec) throws IOException {
    file("model.json", spec.replace('\'', '"'));
    return load();
  }

  public SequenceModel load() throws IOException {
    writeWeights();
    return ModelLoader.load(path.toString(), "", new Configuration(false));
  }

  void writeWeights() throws IOException {
    try (OutputStream out = Files.newOutputStream(path.resolve(WEIGHTS))) {
      SafetensorsWriter.write(tensors, out);
    }
  }
}
