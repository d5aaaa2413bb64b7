package org.sparkrnn.weights.tensorflow;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/** Saves tensors with TensorFlow's own {@code SaveV2}. */
final class TensorFlowWriter {
  private final Ops tf;
  private final List<String> names = new ArrayList<>();
  private final List<String> slices = new ArrayList<>();
  private final List<Operand<?>> tensors = new ArrayList<>();

  TensorFlowWriter(Ops tf) {
    this.tf = tf;
  }

  /** Adds a whole tensor. */
  TensorFlowWriter with(String name, Operand<? extends TType> tensor) {
    return with(name, "", tensor);
  }

  /** Adds a piece of a partitioned variable: {@code "4 3 0,2:-"}. */
  TensorFlowWriter with(String name, String shapeAndSlice, Operand<? extends TType> tensor) {
    names.add(name);
    slices.add(shapeAndSlice);
    tensors.add(tensor);
    return this;
  }

  /** Writes {@code prefix.index} and {@code prefix.data-00000-of-00001}. */
  Operand<TString> save(Path prefix) {
    Operand<TString> path = tf.constant(prefix.toString());
    tf.train.save(
        path,
        tf.array(names.toArray(String[]::new)),
        tf.array(slices.toArray(String[]::new)),
        tensors);
    return path;
  }
}
