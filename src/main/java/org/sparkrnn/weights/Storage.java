package org.sparkrnn.weights;

import java.io.IOException;
import java.util.List;

/**
 * The folder that a model's files lie in, whatever file system holds it.
 *
 * <p>Names are relative and stay inside the folder: a name that leaves it is refused. Stateless and
 * safe for use by many threads.
 */
public interface Storage {

  /** The folder's own name, for messages. */
  String name();

  /** Whether a file of this name exists. */
  boolean exists(String file) throws IOException;

  /** The names of the files in the folder, sorted; without folders. */
  List<String> list() throws IOException;

  /**
   * Opens a file.
   *
   * @throws java.io.FileNotFoundException if it does not exist
   */
  ByteSource open(String file) throws IOException;
}
