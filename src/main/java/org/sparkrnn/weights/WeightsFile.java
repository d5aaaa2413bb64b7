package org.sparkrnn.weights;

import java.io.Closeable;
import java.io.IOException;
import java.util.Collections;
import java.util.SortedMap;
import org.sparkrnn.tensor.Tensor;

/**
 * Named tensors in a file, read one at a time.
 *
 * <p>Opening reads the table of contents only; a tensor's bytes are touched when it is read. Not
 * thread-safe; the opener closes it.
 */
public interface WeightsFile extends Closeable {

  /** The file's name, for messages. */
  String name();

  /** The format in plain words: {@code "safetensors"}, {@code "TensorFlow V2 checkpoint"}. */
  String format();

  /** Every entry of the file by name, also those that cannot be read as {@code float32}. */
  SortedMap<String, TensorInfo> tensors();

  /**
   * Other names of the tensors, each with the key of {@link #tensors()} that it stands for: the
   * names that variables had in the program, where a file stores them beside its own.
   *
   * @throws MalformedWeightsException if the part of the file that holds them is damaged
   * @throws IOException if the storage fails
   */
  default SortedMap<String, String> aliases() throws IOException {
    return Collections.emptySortedMap();
  }

  /**
   * Reads one tensor. Types that widen to {@code float32} exactly are widened; {@code float64} is
   * rounded to the nearest {@code float32}, and {@link TensorInfo#dtype()} says that it was one.
   *
   * @param name a key of {@link #tensors()}
   * @throws IllegalArgumentException if the file has no such tensor
   * @throws MalformedWeightsException if the bytes are damaged
   * @throws UnsupportedWeightsException if the element type cannot be read as {@code float32}
   * @throws IOException if the storage fails
   */
  Tensor read(String name) throws IOException;
}
