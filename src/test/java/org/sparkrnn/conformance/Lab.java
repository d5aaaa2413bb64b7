package org.sparkrnn.conformance;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnOutputs;
import org.sparkrnn.RnnSequences;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/** Models in folders, and rows for them, with random numbers of one seed. */
final class Lab {
  static final long SEED = 1703;

  private final Path folder;
  private final RandomNetworks random = new RandomNetworks(SEED);
  private final Map<String, Tensor> weights = new TreeMap<>();

  Lab(Path folder) {
    this.folder = folder;
  }

  /** Random weights under a name. */
  Lab weight(String name, long... dims) {
    weights.put(name, random.tensor(dims));
    return this;
  }

  /** Weights that are all one number. */
  Lab filled(double value, String name, long... dims) {
    float[] values = new float[Math.toIntExact(Shape.of(dims).elements())];
    Arrays.fill(values, (float) value);
    weights.put(name, Tensor.owning(Shape.of(dims), values));
    return this;
  }

  /** The weights under one name once more under another. */
  Lab copy(String from, String to) {
    weights.put(to, weights.get(from));
    return this;
  }

  /** The weights of a {@code GRUCell}. */
  Lab gru(String scope, int input, int units) {
    return weight(scope + "/gates/kernel", input + units, 2L * units)
        .weight(scope + "/gates/bias", 2L * units)
        .weight(scope + "/candidate/kernel", input + units, units)
        .weight(scope + "/candidate/bias", units);
  }

  /** The weights of an {@code LSTMCell}. */
  Lab lstm(String scope, int input, int units) {
    return weight(scope + "/kernel", input + units, 4L * units).weight(scope + "/bias", 4L * units);
  }

  /** The weights of an {@code LSTMCell} with peepholes. */
  Lab peepholes(String scope, int units) {
    return weight(scope + "/w_i_diag", units)
        .weight(scope + "/w_f_diag", units)
        .weight(scope + "/w_o_diag", units);
  }

  /** A model of features and one rnn layer, with the weights so far; single quotes for double. */
  RnnModel model(int input, String rnn) {
    return load(
        "{'spark_rnn': 1, 'input': {'type': 'features', 'size': "
            + input
            + "}, 'layers': [{'type': 'rnn', "
            + rnn
            + "}]}");
  }

  RnnModel load(String spec) {
    try {
      ObjectNode node = (ObjectNode) new ObjectMapper().readTree(spec.replace('\'', '"'));
      return new RnnCase.Model(node, weights).load(Files.createTempDirectory(folder, "model"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code [rows][steps][size]}. */
  float[][][] rows(int rows, int steps, int size) {
    float[][][] made = new float[rows][steps][];
    for (float[][] row : made) {
      Arrays.setAll(row, step -> random.floats(size));
    }
    return made;
  }

  /** Rows with the same features at every step. */
  float[][][] constant(int rows, int steps, int size) {
    float[][][] made = new float[rows][steps][];
    for (float[][] row : made) {
      Arrays.fill(row, random.floats(size));
    }
    return made;
  }

  /** Random states, for {@code rows} rows. */
  float[][] states(RnnModel model, int rows) {
    float[][] states = new float[rows][];
    int size = model.definition().network().stateShape().size();
    Arrays.setAll(states, row -> random.floats(size));
    return states;
  }

  /** Outputs and final states of every row. */
  static float[][] results(RnnModel model, RnnSequences sequences) {
    RnnOutputs found = model.run(sequences);
    float[][] results = new float[2 * found.rows()][];
    for (int row = 0; row < found.rows(); row++) {
      results[2 * row] = found.floats("outputs", row);
      results[2 * row + 1] = found.floats("final_state", row);
    }
    return results;
  }
}
