package org.sparkrnn.model;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;

/** Loads models. Stateless and thread-safe; on the driver, and on executors for large models. */
public final class ModelLoader {
  private ModelLoader() {}

  /**
   * Loads a model.
   *
   * @param path a folder with a {@code model.json}, or that file, on any Hadoop file system; a path
   *     without a scheme is local
   * @param weights the weights file to use in place of the spec's {@code weights}, or the empty
   *     string
   * @param conf for the file systems
   * @throws ModelException if the spec is wrong or does not fit the weights
   * @throws org.sparkrnn.weights.WeightsException if the weights file cannot be used
   * @throws IOException if the storage fails
   */
  public static SequenceModel load(String path, String weights, Configuration conf)
      throws IOException {
    throw new IOException(path + weights + conf);
  }
}
