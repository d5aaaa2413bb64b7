package org.sparkrnn.model.loading;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.files.HadoopStorage;
import org.sparkrnn.model.spec.ModelSpec;
import org.sparkrnn.model.spec.SpecWriter;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.safetensors.SafetensorsWriter;

/**
 * Writes models in the canonical form: {@code model.json}, {@code weights.safetensors} with the
 * variable names of TensorFlow since 1.2 and, where there is a large vocabulary, {@code
 * vocabulary.json}. Reading them back gives an equal network. Stateless and thread-safe; on the
 * driver.
 */
public final class ModelWriter {

  private ModelWriter() {}

  /**
   * Writes a model into a folder, which is made when it does not exist. The spec is written last,
   * so a folder without one holds no whole model. The same model gives the same bytes.
   *
   * @param model what to write
   * @param folder on any Hadoop file system; without a scheme, on its default one
   * @param conf for the file system
   * @throws ModelException if the folder already holds one of the files
   * @throws IOException if the storage fails
   */
  public static void write(SequenceModel model, String folder, Configuration conf)
      throws IOException {
    Path path = new Path(folder);
    FileSystem files = HadoopStorage.fileSystem(path, conf);
    for (String name : List.of(ModelSpec.FILE, SpecWriter.WEIGHTS, SpecWriter.VOCABULARY)) {
      if (files.exists(new Path(path, name))) {
        throw new ModelException(
            folder + " already holds " + name + "; name a new folder, or delete that file");
      }
    }
    files.mkdirs(path);
    SpecWriter writer = new SpecWriter(model);
    byte[] spec = writer.spec().getBytes(UTF_8);
    Map<String, Tensor> tensors = writer.tensors();
    try (OutputStream out = files.create(new Path(path, SpecWriter.WEIGHTS), false)) {
      SafetensorsWriter.write(tensors, out);
    }
    if (!writer.vocabulary().isEmpty()) {
      write(writer.vocabulary().getBytes(UTF_8), files, new Path(path, SpecWriter.VOCABULARY));
    }
    write(spec, files, new Path(path, ModelSpec.FILE));
  }

  private static void write(byte[] bytes, FileSystem files, Path path) throws IOException {
    try (OutputStream out = files.create(path, false)) {
      out.write(bytes);
    }
  }
}
