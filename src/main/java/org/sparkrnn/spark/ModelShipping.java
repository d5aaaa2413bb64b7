package org.sparkrnn.spark;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkrnn.spark.task.ModelSource;

/**
 * Decides how a model gets to the executors, and broadcasts a small one once for each context, for
 * as long as a plan refers to it. Thread-safe.
 */
final class ModelShipping {
  private static final Map<SparkContext, Map<String, WeakReference<Broadcast<byte[]>>>> SENT =
      new WeakHashMap<>();

  private ModelShipping() {}

  /**
   * How executors get the model.
   *
   * @throws SettingException if it may not travel with the job and has no path
   */
  static void check(ModelHandle handle, long limit) {
    if (handle.weightBytes() > limit && handle.origin().isEmpty()) {
      throw new SettingException(
          "the model '"
              + handle.model().name()
              + "' has "
              + handle.weightBytes()
              + " bytes of weights, more than the "
              + limit
              + " of "
              + RnnKey.BROADCAST_LIMIT.key()
              + " up to which a model travels with the job, and was not loaded from a path that"
              + " executors could read: load it from one, or raise the limit");
    }
  }

  /** Where executors find the model. */
  static ModelSource source(SparkContext context, ModelHandle handle, long limit) {
    String fingerprint = handle.model().fingerprint();
    if (handle.weightBytes() <= limit) {
      return new ModelSource.Carried(fingerprint, broadcast(context, handle));
    }
    ModelHandle.Origin origin = handle.origin().orElseThrow();
    return new ModelSource.Stored(
        fingerprint,
        origin.path(),
        origin.weights(),
        origin.cut(),
        new SerializableConfiguration(origin.conf()));
  }

  private static synchronized Broadcast<byte[]> broadcast(
      SparkContext context, ModelHandle handle) {
    Map<String, WeakReference<Broadcast<byte[]>>> sent =
        SENT.computeIfAbsent(context, c -> new HashMap<>());
    WeakReference<Broadcast<byte[]>> known = sent.get(handle.model().fingerprint());
    Broadcast<byte[]> broadcast = known == null ? null : known.get();
    if (broadcast == null) {
      broadcast =
          JavaSparkContext.fromSparkContext(context)
              .broadcast(ModelSource.Carried.bytes(handle.model()));
      sent.put(handle.model().fingerprint(), new WeakReference<>(broadcast));
    }
    return broadcast;
  }
}
