package org.sparkrnn.oracle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnOutputs;
import org.sparkrnn.model.Cut;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.weights.tensorflow.python.PythonGraph;
import org.sparkrnn.weights.tensorflow.python.Value;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The bytes of a graph with a recurrent network, to be run by TensorFlow and to be loaded by us.
 *
 * @param graph the graph
 * @param x its placeholder for sequences, {@code [rows, steps, floats]} or steps first
 * @param lengths its placeholder for lengths; without one, all rows have all steps
 * @param initial its placeholders for the parts of the initial state, which together have the
 *     rows' states; none where it starts with zeros
 * @param sizes the sizes of the state's parts
 * @param timeMajor whether steps are first, in {@code x} and the outputs
 * @param outputs the outputs of all steps
 * @param states the parts of the final state
 */
record WrittenRnn(
    PythonGraph graph,
    Value x,
    Optional<Value> lengths,
    List<Value> initial,
    List<Integer> sizes,
    boolean timeMajor,
    Value outputs,
    List<Value> states) {

  /** What TensorFlow gives. */
  Answers theirs(JudgedRows rows) {
    List<String> fetches = new ArrayList<>(List.of(outputs.name()));
    states.forEach(state -> fetches.add(state.name()));
    List<float[]> found = TensorFlowSession.run(graph.toByteArray(), feeds(rows), fetches);
    int width = found.get(0).length / rows.rows() / rows.maxTime();
    float[][][] all = new float[rows.rows()][rows.maxTime()][width];
    float[][] last = new float[rows.rows()][0];
    for (int row = 0; row < rows.rows(); row++) {
      for (int t = 0; t < rows.maxTime(); t++) {
        int step = timeMajor ? t * rows.rows() + row : row * rows.maxTime() + t;
        System.arraycopy(found.get(0), step * width, all[row][t], 0, width);
      }
      for (int part = 0; part < states.size(); part++) {
        int size = found.get(part + 1).length / rows.rows();
        float[] own = new float[size];
        System.arraycopy(found.get(part + 1), row * size, own, 0, size);
        last[row] = Answers.concat(last[row], own);
      }
    }
    return new Answers(all, last);
  }

  /** What is fed to TensorFlow: NaN behind the rows' ends, where it is told of them. */
  Map<String, Tensor> feeds(JudgedRows rows) {
    Map<String, Tensor> feeds = new HashMap<>();
    float[] padded = rows.padded(Float.NaN);
    int d = rows.inputSize();
    Shape shape = Shape.of(rows.rows(), rows.maxTime(), d);
    if (timeMajor) {
      float[] turned = new float[padded.length];
      for (int i = 0; i < padded.length / d; i++) {
        int to = i % rows.maxTime() * rows.rows() + i / rows.maxTime();
        System.arraycopy(padded, i * d, turned, to * d, d);
      }
      padded = turned;
      shape = Shape.of(rows.maxTime(), rows.rows(), d);
    }
    feeds.put(x.name(), TFloat32.tensorOf(shape, DataBuffers.of(padded)));
    if (lengths.isPresent()) {
      int[] counts = rows.lengths();
      long[] wide = new long[counts.length];
      for (int i = 0; i < counts.length; i++) {
        wide[i] = counts[i];
      }
      Shape each = Shape.of(counts.length);
      feeds.put(
          lengths.get().name(),
          lengths.get().type() == Value.Type.INT64
              ? TInt64.tensorOf(each, DataBuffers.of(wide))
              : TInt32.tensorOf(each, DataBuffers.of(counts)));
    }
    int from = 0;
    for (int part = 0; part < initial.size(); part++) {
      float[] flat = rows.state(from, sizes.get(part));
      Shape each = Shape.of(rows.rows(), sizes.get(part));
      feeds.put(initial.get(part).name(), TFloat32.tensorOf(each, DataBuffers.of(flat)));
      from += sizes.get(part);
    }
    return feeds;
  }

  /** What we give, of the same bytes. */
  Answers ours(JudgedRows rows) {
    StringBuilder to = new StringBuilder(outputs.name());
    states.forEach(state -> to.append(',').append(state.name()));
    RnnModel model = load(graph.toByteArray(), "", to.toString());
    RnnOutputs found = model.run(rows.steps(), rows.states());
    float[][][] all = new float[rows.rows()][][];
    float[][] last = new float[rows.rows()][];
    for (int row = 0; row < rows.rows(); row++) {
      float[] flat = found.floats(Output.OUTPUTS, row);
      int width = rows.length(row) == 0 ? 0 : flat.length / rows.length(row);
      all[row] = new float[rows.length(row)][width];
      for (int t = 0; t < rows.length(row); t++) {
        System.arraycopy(flat, t * width, all[row][t], 0, width);
      }
      last[row] = found.floats(Output.FINAL_STATE, row);
    }
    return new Answers(all, last);
  }

  /** Loads a graph as any user does, from a file. */
  static RnnModel load(byte[] graph, String from, String to) {
    try {
      Path file = Files.createTempFile("judged", ".pb");
      try {
        Files.write(file, graph);
        return RnnModel.load(file.toString(), "", new Cut(from, to), new Configuration(false));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
