package org.sparkrnn.spark;

import java.io.Serializable;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.tensor.Tensor;

/**
 * A model on the driver, with the place it came from. Two are equal when their models give the same
 * results, so that Spark can tell equal plans.
 *
 * <p>Spark may serialise a node of a plan into its tasks, and with it this. Then the model stays
 * behind: tasks get it through {@link ModelShipping}.
 */
public final class ModelHandle implements Serializable {
  private static final long serialVersionUID = 1L;

  private final transient SequenceModel model;
  private final transient Optional<Origin> origin;
  private final String name;
  private final String fingerprint;
  private final long weightBytes;

  private ModelHandle(SequenceModel model, Optional<Origin> origin) {
    this.model = model;
    this.origin = origin;
    this.name = model.name();
    this.fingerprint = model.fingerprint();
    this.weightBytes = bytes(model.network());
  }

  /**
   * Where a model was read.
   *
   * @param path the model, as executors can find it too
   * @param weights the weights, if they are not the model's own; else empty
   * @param cut which part of the file's graph the model is
   * @param conf for the file systems
   */
  public record Origin(String path, String weights, Cut cut, Configuration conf) {}

  /** A model that was made in the program; it can only travel with the job. */
  public static ModelHandle of(SequenceModel model) {
    return new ModelHandle(model, Optional.empty());
  }

  /** A model that was read from storage. */
  public static ModelHandle of(SequenceModel model, Origin origin) {
    return new ModelHandle(model, Optional.of(origin));
  }

  /** The model. */
  public SequenceModel model() {
    return model;
  }

  Optional<Origin> origin() {
    return origin;
  }

  /** Bytes of the weights as they are in the model. */
  public long weightBytes() {
    return weightBytes;
  }

  /** All tensors in a record and in the records and collections it holds. */
  private static long bytes(Object part) {
    if (part instanceof Tensor tensor) {
      return 4 * tensor.shape().elements();
    }
    long bytes = 0;
    if (part instanceof Collection<?> parts) {
      for (Object inner : parts) {
        bytes += bytes(inner);
      }
    } else if (part instanceof Record) {
      for (RecordComponent component : part.getClass().getRecordComponents()) {
        bytes += bytes(read(component, part));
      }
    }
    return bytes;
  }

  private static Object read(RecordComponent component, Object record) {
    try {
      Method accessor = component.getAccessor();
      accessor.setAccessible(true); // a program's own cell need not be public
      return accessor.invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ModelHandle that && fingerprint.equals(that.fingerprint);
  }

  @Override
  public int hashCode() {
    return fingerprint.hashCode();
  }

  /** The model's name, for plans. */
  @Override
  public String toString() {
    return name;
  }
}
