package org.sparkrnn.spark.task;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.loading.ModelLoader;
import org.sparkrnn.weights.WeightsException;

/** Where an executor finds the model. */
public sealed interface ModelSource extends Serializable {

  /** The model's fingerprint, under which executors share it. */
  String fingerprint();

  /**
   * Reads the model; on an executor, once per JVM while somebody uses it.
   *
   * @throws ModelException if it cannot be read any more, or is another one by now
   */
  SequenceModel load();

  /**
   * A model that travels with the job. Broadcast as bytes of Java's own serialisation, because
   * {@code spark.serializer} may be one that cannot write records.
   *
   * @param fingerprint of the model
   * @param bytes the model
   */
  record Carried(String fingerprint, Broadcast<byte[]> bytes) implements ModelSource {
    /** The bytes to broadcast. */
    public static byte[] bytes(SequenceModel model) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(model);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return bytes.toByteArray();
    }

    @Override
    public SequenceModel load() {
      try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.value()))) {
        return (SequenceModel) in.readObject();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /**
   * A model that every executor reads from a file system.
   *
   * @param fingerprint of the model that the driver saw
   * @param path as {@link ModelLoader#load} takes it
   * @param weights as {@link ModelLoader#load} takes it
   * @param cut as {@link ModelLoader#load} takes it
   * @param conf for the file systems
   */
  record Stored(
      String fingerprint, String path, String weights, Cut cut, SerializableConfiguration conf)
      implements ModelSource {
    @Override
    public SequenceModel load() {
      SequenceModel model;
      try {
        model = ModelLoader.load(path, weights, cut, conf.value());
      } catch (IOException | ModelException | WeightsException e) {
        throw new ModelException(
            "an executor cannot read the model at "
                + path
                + ", though the driver could: put it on a file system that all nodes see, or raise"
                + " spark.rnn.broadcastLimit so that it travels with the job",
            e);
      }
      if (!model.fingerprint().equals(fingerprint)) {
        throw new ModelException(
            "the model at "
                + path
                + " has the fingerprint "
                + model.fingerprint()
                + ", but the driver read one with "
                + fingerprint
                + ": it was changed while the job ran, or this node sees another file");
      }
      return model;
    }
  }
}
