package org.sparkrnn.oracle;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.RnnCell;

/**
 * Runs one LSTM, GRU or RNN node, in one direction or both, in ONNX Runtime.
 *
 * <p>Version 1.29.0 ends the JVM without a word where its command line has more than some thousand
 * characters (seen with 9000). Surefire's is short; elsewhere give the class path by {@code
 * CLASSPATH} or in an argument file.
 */
final class OnnxRuntime implements AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final List<OnnxTensor> fed = new ArrayList<>();
  private final List<RnnCell> cells;
  private final List<GateRows> weights;
  private final JudgedRows rows;
  private final int units;

  OnnxRuntime(List<RnnCell> cells, JudgedRows rows) {
    this.cells = cells;
    this.weights = cells.stream().map(cell -> GateRows.of(cell, GateRows.Order.ONNX)).toList();
    this.rows = rows;
    this.units = weights.get(0).units();
  }

  /** What ONNX Runtime gives, as it gives it; {@code filler} stands behind each row's length. */
  Answers run(float filler) throws OrtException {
    GateRows first = weights.get(0);
    boolean lstm = first.operation().equals("LSTM");
    Map<String, OnnxTensor> inputs = inputs(filler, lstm);
    List<String> wired = new ArrayList<>(List.of("X", "W", "R", "B", "lens", "h"));
    if (lstm) {
      wired.add("c");
    }
    if (first.p().length > 0) {
      wired.add("P");
    }
    List<String> outputs = lstm ? List.of("Y", "Y_h", "Y_c") : List.of("Y", "Y_h");
    Map<String, Integer> ranks = new LinkedHashMap<>();
    inputs.forEach((name, tensor) -> ranks.put(name, tensor.getInfo().getShape().length));
    byte[] model = OnnxBytes.model(first.operation(), attributes(), ranks, outputs, wired);
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      try (OrtSession session = environment.createSession(model, options);
          OrtSession.Result result = session.run(inputs)) {
        float[][][][] y = (float[][][][]) result.get(0).getValue();
        float[][][] h = (float[][][]) result.get(1).getValue();
        return answers(y, h, lstm ? (float[][][]) result.get(2).getValue() : null);
      }
    }
  }

  private Map<String, Object> attributes() {
    GateRows first = weights.get(0);
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("hidden_size", (long) units);
    attributes.put("direction", cells.size() == 2 ? "bidirectional" : "forward");
    attributes.put(
        "activations",
        weights.stream()
            .flatMap(each -> each.activations().stream())
            .map(OnnxRuntime::word)
            .toList());
    attributes.putAll(first.attributes());
    return attributes;
  }

  private static String word(Activation activation) {
    if (activation.equals(Activation.RELU)) {
      return "Relu";
    }
    return switch (activation.kind()) {
      case TANH -> "Tanh";
      case SIGMOID -> "Sigmoid";
      case SOFTSIGN -> "Softsign";
      case HARD_SIGMOID -> "HardSigmoid";
      default -> throw new IllegalArgumentException("not asked of ONNX Runtime: " + activation);
    };
  }

  private Map<String, OnnxTensor> inputs(float filler, boolean lstm) throws OrtException {
    int dirs = cells.size();
    int in = rows.inputSize();
    int gates = weights.get(0).b().length / (2 * units);
    Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    inputs.put("X", floats(timeMajor(filler), rows.maxTime(), rows.rows(), in));
    inputs.put("W", floats(join(GateRows::w), dirs, (long) gates * units, in));
    inputs.put("R", floats(join(GateRows::r), dirs, (long) gates * units, units));
    inputs.put("B", floats(join(GateRows::b), dirs, 2L * gates * units));
    OnnxTensor lens =
        OnnxTensor.createTensor(
            environment, IntBuffer.wrap(rows.lengths()), new long[] {rows.rows()});
    fed.add(lens);
    inputs.put("lens", lens);
    inputs.put("h", floats(states(lstm ? units : 0), dirs, rows.rows(), units));
    if (lstm) {
      inputs.put("c", floats(states(0), dirs, rows.rows(), units));
    }
    if (weights.get(0).p().length > 0) {
      inputs.put("P", floats(join(GateRows::p), dirs, 3L * units));
    }
    return inputs;
  }

  private OnnxTensor floats(float[] values, long... shape) throws OrtException {
    OnnxTensor tensor = OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
    fed.add(tensor);
    return tensor;
  }

  private float[] join(java.util.function.Function<GateRows, float[]> part) {
    float[] all = part.apply(weights.get(0));
    return weights.size() == 1 ? all : Answers.concat(all, part.apply(weights.get(1)));
  }

  /** {@code [dirs, rows, units]} out of the rows' flattened states, from {@code offset} on. */
  private float[] states(int offset) {
    int each = cells.get(0).stateShape().size();
    float[] forward = rows.state(offset, units);
    return cells.size() == 1
        ? forward
        : Answers.concat(forward, rows.state(each + offset, units));
  }

  private float[] timeMajor(float filler) {
    int in = rows.inputSize();
    float[] padded = rows.padded(filler);
    float[] turned = new float[padded.length];
    for (int row = 0; row < rows.rows(); row++) {
      for (int t = 0; t < rows.maxTime(); t++) {
        int from = (row * rows.maxTime() + t) * in;
        System.arraycopy(padded, from, turned, (t * rows.rows() + row) * in, in);
      }
    }
    return turned;
  }

  private Answers answers(float[][][][] y, float[][][] h, float[][][] c) {
    float[][][] outputs = new float[rows.rows()][rows.maxTime()][];
    float[][] states = new float[rows.rows()][];
    for (int row = 0; row < rows.rows(); row++) {
      for (int t = 0; t < rows.maxTime(); t++) {
        outputs[row][t] = new float[0];
        for (int d = 0; d < cells.size(); d++) {
          outputs[row][t] = Answers.concat(outputs[row][t], y[t][d][row]);
        }
      }
      states[row] = new float[0];
      for (int d = 0; d < cells.size(); d++) {
        if (c != null) {
          states[row] = Answers.concat(states[row], c[d][row]);
        }
        states[row] = Answers.concat(states[row], h[d][row]);
      }
    }
    return new Answers(outputs, states);
  }

  @Override
  public void close() {
    fed.forEach(OnnxTensor::close);
  }
}
