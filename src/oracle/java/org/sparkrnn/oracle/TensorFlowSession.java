package org.sparkrnn.oracle;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;

/** Runs the bytes of a graph in TensorFlow. */
final class TensorFlowSession {
  private TensorFlowSession() {}

  /**
   * Runs a graph once.
   *
   * @param feeds by the names of the values that they take the place of
   * @param fetches names of the values to return, all of floats
   */
  static List<float[]> run(byte[] bytes, Map<String, Tensor> feeds, List<String> fetches) {
    List<float[]> values = new ArrayList<>();
    try (Graph graph = new Graph()) {
      graph.importGraphDef(GraphDef.parseFrom(bytes));
      try (Session session = new Session(graph)) {
        Session.Runner runner = session.runner();
        feeds.forEach(runner::feed);
        fetches.forEach(runner::fetch);
        try (Result result = runner.run()) {
          for (int i = 0; i < fetches.size(); i++) {
            TFloat32 tensor = (TFloat32) result.get(i);
            float[] floats = new float[Math.toIntExact(tensor.size())];
            tensor.copyTo(DataBuffers.of(floats, false, false));
            values.add(floats);
          }
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("the bytes are no GraphDef", e);
    }
    return values;
  }
}
