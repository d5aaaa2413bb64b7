package org.sparkrnn.weights.tensorflow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.Cursor;
import org.sparkrnn.weights.ProtoReader;

/**
 * The objects of the program that a SavedModel was saved from. TensorFlow 2 writes them into {@code
 * saved_model.pb}; what Keras says about its own is there too in TensorFlow 2.0 to 2.4, and since
 * then in {@code keras_metadata.pb} beside it. The graphs in the file are passed over unread.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v2.10.1/tensorflow/core/protobuf/saved_object_graph.proto">TensorFlow
 *     2.10 {@code saved_object_graph.proto}</a>
 * @see <a
 *     href="https://github.com/keras-team/keras/blob/v2.10.0/keras/protobuf/saved_metadata.proto">Keras
 *     2.10 {@code saved_metadata.proto}</a>
 */
public final class SavedObjects {
  private SavedObjects() {}

  /** Reads a message out of a file. */
  private interface Part<T> {
    T read(ProtoReader message);
  }

  /**
   * The objects of a SavedModel's first graph that has some; none of one that TensorFlow 1 wrote.
   *
   * @param file {@code saved_model.pb}, which stays the caller's to close
   * @throws org.sparkrnn.weights.MalformedWeightsException if it is damaged
   * @throws org.sparkrnn.weights.UnsupportedWeightsException if it has 2 GB or more
   * @throws IOException if the storage fails
   */
  public static List<TrackedObject> read(ByteSource file) throws IOException {
    return read(file, "the SavedModel", SavedObjects::model);
  }

  /**
   * What {@code keras_metadata.pb} says about objects, by their places among those of {@link
   * #read(ByteSource)}: JSON.
   *
   * @param file which stays the caller's to close
   * @throws org.sparkrnn.weights.MalformedWeightsException if it is damaged
   * @throws IOException if the storage fails
   */
  public static Map<Integer, String> metadata(ByteSource file) throws IOException {
    return read(file, "the metadata", SavedObjects::metadata);
  }

  private static <T> T read(ByteSource file, String what, Part<T> part) throws IOException {
    try {
      return part.read(new ProtoReader(what, Cursor.over(file, what)));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static List<TrackedObject> model(ProtoReader model) {
    List<TrackedObject> objects = List.of();
    while (model.next()) {
      if (model.field() != 2 || !objects.isEmpty()) {
        model.skip();
        continue;
      }
      ProtoReader graph = model.message();
      while (graph.next()) {
        if (graph.field() == 7) {
          objects = objects(graph.message());
        } else {
          graph.skip();
        }
      }
    }
    return objects;
  }

  private static List<TrackedObject> objects(ProtoReader graph) {
    List<TrackedObject> objects = new ArrayList<>();
    while (graph.next()) {
      if (graph.field() == 1) {
        objects.add(object(graph.message()));
      } else {
        graph.skip();
      }
    }
    return TrackedObject.checked(objects, graph);
  }

  private static TrackedObject object(ProtoReader object) {
    Map<String, Integer> children = new TreeMap<>();
    String metadata = "";
    while (object.next()) {
      switch (object.field()) {
        case 1 -> TrackedObject.reference(object.message(), children);
        case 4 -> metadata = userMetadata(object.message());
        default -> object.skip();
      }
    }
    return new TrackedObject(children, List.of(), metadata);
  }

  private static String userMetadata(ProtoReader user) {
    String metadata = "";
    while (user.next()) {
      if (user.field() == 3) {
        metadata = user.string();
      } else {
        user.skip();
      }
    }
    return metadata;
  }

  private static Map<Integer, String> metadata(ProtoReader file) {
    Map<Integer, String> metadata = new HashMap<>();
    while (file.next()) {
      if (file.field() != 1) {
        file.skip();
        continue;
      }
      ProtoReader node = file.message();
      int id = 0;
      String text = "";
      while (node.next()) {
        switch (node.field()) {
          case 2 -> id = node.int32();
          case 5 -> text = node.string();
          default -> node.skip();
        }
      }
      metadata.put(id, text);
    }
    return metadata;
  }
}
