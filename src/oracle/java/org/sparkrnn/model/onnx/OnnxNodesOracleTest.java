package org.sparkrnn.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.sparkrnn.weights.onnx.OnnxWriter;

/** Files of one random node each, loaded and run here and in ONNX Runtime. */
class OnnxNodesOracleTest {
  private static final int STEPS = 5;
  private static final int ROWS = 3;

  /** Each with how many parameters it has. */
  private static final Map<String, Integer> FUNCTIONS =
      new TreeMap<>(
          Map.of(
              "Relu", 0,
              "Tanh", 0,
              "Sigmoid", 0,
              "Softsign", 0,
              "Softplus", 0,
              "LeakyRelu", 1,
              "Elu", 1,
              "HardSigmoid", 2,
              "ScaledTanh", 2,
              "Affine", 2));

  private final Random random = new Random(20261124);

  @Test
  void randomNodesGiveOnnxRuntimesOutputs() throws IOException, OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    for (int run = 0; run < 200; run++) {
      int size = 1 + random.nextInt(4);
      int units = 1 + random.nextInt(4);
      String operation = List.of("LSTM", "GRU", "RNN").get(run % 3);
      String direction = List.of("forward", "reverse", "bidirectional").get(random.nextInt(3));
      byte[] bytes = model(operation, size, units, direction);
      float[] x = floats(STEPS * ROWS * size, 1);
      float[][] rows = new float[ROWS][STEPS * size];
      for (int i = 0; i < x.length; i++) {
        rows[i / size % ROWS][i / size / ROWS * size + i % size] = x[i];
      }
      float[][] ours = OnnxNetworkTest.run(OnnxNetworkTest.load(bytes), rows, "outputs")[0];
      float[][][][] theirs;
      try (OrtSession session = environment.createSession(bytes);
          OnnxTensor in =
              OnnxTensor.createTensor(
                  environment, FloatBuffer.wrap(x), new long[] {STEPS, ROWS, size});
          OrtSession.Result result = session.run(Map.of("X", in))) {
        theirs = (float[][][][]) result.get(0).getValue();
      }
      int ways = theirs[0].length;
      // Each step adds, for each of up to four gates, the rounding of its sum and 1e-6 of its
      // function, which ONNX Runtime approximates. Small recurrent weights keep it from growing;
      // with Relu as a gate that is no proof, but wrong weights or gates are off by far more.
      double tolerance = STEPS * 4 * ((size + units + 2) * 0x1p-23 + 1e-6);
      for (int i = 0; i < STEPS * ROWS * ways * units; i++) {
        int unit = i % units;
        int way = i / units % ways;
        int row = i / units / ways % ROWS;
        int step = i / units / ways / ROWS;
        assertThat((double) ours[row][(step * ways + way) * units + unit])
            .as("%s, run %d, row %d, step %d, way %d", operation, run, row, step, way)
            .isCloseTo(theirs[step][way][row][unit], within(tolerance));
      }
    }
  }

  private byte[] model(String operation, int size, int units, String direction) {
    int ways = direction.equals("bidirectional") ? 2 : 1;
    int gates = OnnxCells.gates(operation);
    boolean peepholes = operation.equals("LSTM") && random.nextBoolean();
    boolean bias = random.nextBoolean();
    List<String> inputs = new ArrayList<>(List.of("X", "W", "R", bias ? "B" : ""));
    if (peepholes) {
      inputs.addAll(List.of("", "", "", "P"));
    }
    OnnxWriter node =
        OnnxWriter.node(operation, inputs, List.of("Y"))
            .integer("hidden_size", units)
            .string("direction", direction);
    functions(node, ways * (gates == 4 ? 3 : gates == 3 ? 2 : 1));
    if (random.nextBoolean()) {
      node.real("clip", 0.25f + random.nextFloat());
    }
    if (operation.equals("GRU")) {
      node.integer("linear_before_reset", random.nextInt(2));
    }
    if (operation.equals("LSTM")) {
      node.integer("input_forget", random.nextInt(2));
    }
    OnnxWriter graph = new OnnxWriter().message(1, node).text(2, "judge");
    constant(graph, "W", 1, ways, (long) gates * units, size);
    constant(graph, "R", 0.25f, ways, (long) gates * units, units);
    if (bias) {
      constant(graph, "B", 0.5f, ways, 2L * gates * units);
    }
    if (peepholes) {
      constant(graph, "P", 0.25f, ways, 3L * units);
    }
    graph.message(11, OnnxWriter.value("X", 1, STEPS, -1, size));
    graph.message(12, new OnnxWriter().text(1, "Y"));
    return OnnxWriter.model(graph);
  }

  /** Random activations, some with their parameters. */
  private void functions(OnnxWriter node, int count) {
    List<String> words = List.copyOf(FUNCTIONS.keySet());
    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      chosen.add(words.get(random.nextInt(words.size())));
    }
    node.texts("activations", chosen.toArray(new String[0]));
    boolean agreed = !chosen.contains("Affine") && !chosen.contains("ScaledTanh");
    if (!agreed || random.nextBoolean()) {
      int alphas = (int) chosen.stream().filter(word -> FUNCTIONS.get(word) > 0).count();
      int betas = (int) chosen.stream().filter(word -> FUNCTIONS.get(word) > 1).count();
      reals(node, "activation_alpha", alphas);
      reals(node, "activation_beta", betas);
    }
  }

  private void reals(OnnxWriter node, String name, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 0.25f + random.nextFloat() / 2;
    }
    if (count > 0) {
      node.reals(name, values);
    }
  }

  private void constant(OnnxWriter graph, String name, float bound, long... dims) {
    List<Long> shape = new ArrayList<>();
    int count = 1;
    for (long dim : dims) {
      shape.add(dim);
      count *= (int) dim;
    }
    graph.message(5, OnnxWriter.tensor(name, shape, floats(count, bound)));
  }

  private float[] floats(int count, float bound) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = bound * (2 * random.nextFloat() - 1);
    }
    return values;
  }
}
