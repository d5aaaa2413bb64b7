package org.sparkrnn.model.loading;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.sparkrnn.model.keras.KerasH5;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.onnx.OnnxWriter;

/**
 * Cells in both directions with a dense layer and softmax behind them, at every step, as each
 * framework names and orders its weights.
 */
interface OneNetwork {
  /** Width of a step. */
  int FLOATS = 3;

  /** Width of a state. */
  int UNITS = 4;

  /** Width of an output. */
  int OUTPUTS = 5;

  /** The networks of a seed, one of each kind of cell. */
  static List<OneNetwork> random(long seed) {
    return List.of(OneLstm.random(seed), OneGru.random(seed));
  }

  /** The cell of a spec, TensorFlow's or PyTorch's, with single quotes. */
  String cell(boolean torch);

  /** What PyTorch's module of the cells is called. */
  String torchModule();

  /** The layer of Keras that {@code Bidirectional} takes, with single quotes. */
  String kerasLayer();

  /** By TensorFlow's names. */
  Map<String, Tensor> tensorflow();

  /** By PyTorch's names, in modules {@link #torchModule} and {@code fc}. */
  Map<String, Tensor> torch();

  /** By the layers of Keras 2. */
  Map<String, Map<String, Tensor>> keras2();

  /** By the numbers that Keras 3 gives to variables. */
  Map<String, Tensor> keras3();

  /** As PyTorch exports it, rows first. */
  byte[] onnx();

  /** The dense layer's, {@code [2 * UNITS, OUTPUTS]}. */
  Tensor kernel();

  /** The dense layer's, {@code [OUTPUTS]}. */
  Tensor bias();

  /** A model's spec for weights in the file {@code weights}, with double quotes. */
  default String spec(String weights, boolean torch) {
    return ("{'spark_rnn': 1, 'weights': '"
            + weights
            + "', 'input': {'type': 'features', 'size': 3}, 'layers': [{'type': 'rnn', 'loop':"
            + " 'bidirectional_dynamic_rnn', "
            + (torch ? "'scope': '" + torchModule() + "', " : "")
            + "'cell': "
            + cell(torch)
            + "}, {'type': 'dense', 'name': 'probabilities', 'scope': '"
            + (torch ? "fc" : "dense")
            + "', 'activation': 'softmax'}]}")
        .replace('\'', '"');
  }

  /**
   * A configuration of Keras, with single quotes.
   *
   * @param shape what it calls the input's: {@code batch_shape} since 3
   */
  default String keras(String shape) {
    return KerasH5.sequential(
        KerasH5.one("InputLayer", "in", "'" + shape + "': [null, null, 3]"),
        KerasH5.one("Bidirectional", "both", "'merge_mode': 'concat', 'layer': " + kerasLayer()),
        KerasH5.one("Dense", "probabilities", "'units': 5, 'activation': 'softmax'"));
  }

  /**
   * The graph.
   *
   * @param network whose dense layer it has
   * @param cells the node from {@code t}, {@code W}, {@code R} and {@code B} to {@code y}
   * @param w of both directions, as {@code r} and {@code b}
   */
  static byte[] onnx(OneNetwork network, OnnxWriter cells, float[] w, float[] r, float[] b) {
    OnnxWriter graph = new OnnxWriter();
    graph.message(
        1, OnnxWriter.node("Transpose", List.of("x"), List.of("t")).ints("perm", 1, 0, 2));
    graph.message(1, cells.string("direction", "bidirectional").integer("hidden_size", UNITS));
    graph.message(
        1, OnnxWriter.node("Transpose", List.of("y"), List.of("u")).ints("perm", 2, 0, 1, 3));
    graph.message(1, OnnxWriter.node("Reshape", List.of("u", "joined"), List.of("s")));
    graph.message(1, OnnxWriter.node("MatMul", List.of("s", "k"), List.of("m")));
    graph.message(1, OnnxWriter.node("Add", List.of("m", "b"), List.of("a")));
    graph.message(1, OnnxWriter.node("Softmax", List.of("a"), List.of("p")).integer("axis", -1));
    long rows = w.length / 2 / FLOATS;
    graph.message(5, OnnxWriter.tensor("W", List.of(2L, rows, (long) FLOATS), w));
    graph.message(5, OnnxWriter.tensor("R", List.of(2L, rows, (long) UNITS), r));
    graph.message(5, OnnxWriter.tensor("B", List.of(2L, b.length / 2L), b));
    List<Long> shape = List.of(2L * UNITS, (long) OUTPUTS);
    graph.message(5, OnnxWriter.tensor("k", shape, network.kernel().toArray()));
    graph.message(5, OnnxWriter.tensor("b", List.of((long) OUTPUTS), network.bias().toArray()));
    graph.message(5, OnnxWriter.integers("joined", List.of(3L), 0, 0, -1));
    graph.message(11, OnnxWriter.value("x", 1, -1, -1, FLOATS));
    graph.message(12, OnnxWriter.value("p", 1, -1, -1, OUTPUTS));
    return OnnxWriter.model(graph);
  }

  /** The last axis' blocks of units in another order. */
  static Tensor ordered(Tensor tensor, int[] gates) {
    float[] from = tensor.toArray();
    float[] to = new float[from.length];
    for (int row = 0; row < from.length; row += gates.length * UNITS) {
      for (int gate = 0; gate < gates.length; gate++) {
        System.arraycopy(from, row + gates[gate] * UNITS, to, row + gate * UNITS, UNITS);
      }
    }
    return Tensor.of(tensor.shape(), to);
  }

  static Tensor rows(Tensor tensor, int from, int to) {
    int columns = (int) tensor.shape().dim(1);
    return Tensor.of(
        Shape.of(to - from, columns),
        Arrays.copyOfRange(tensor.toArray(), from * columns, to * columns));
  }

  static Tensor transposed(Tensor tensor) {
    int rows = (int) tensor.shape().dim(0);
    int columns = (int) tensor.shape().dim(1);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.at(i % rows, i / rows);
    }
    return Tensor.of(Shape.of(columns, rows), values);
  }

  static float[] joined(Tensor... tensors) {
    float[] all = new float[Arrays.stream(tensors).mapToInt(t -> t.toArray().length).sum()];
    int at = 0;
    for (Tensor tensor : tensors) {
      System.arraycopy(tensor.toArray(), 0, all, at, tensor.toArray().length);
      at += tensor.toArray().length;
    }
    return all;
  }
}
