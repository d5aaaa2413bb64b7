package org.sparkrnn.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.onnx.OnnxWriter;

/**
 * An LSTM in both directions with a dense layer and softmax behind it, at every step, as each
 * framework names and orders its weights. Where a framework has two biases, which are summed, the
 * second is zero; no cell adds a bias to its forget gate. So every form is the same sums.
 *
 * @param forward the LSTM that goes forward, in TensorFlow's layout
 * @param backward the one that goes backward
 * @param kernel of the dense layer, [2 * units, outputs]
 * @param bias of the dense layer, [outputs]
 */
record OneNetwork(Half forward, Half backward, Tensor kernel, Tensor bias) {
  private static final int FLOATS = 3;
  private static final int UNITS = 4;
  private static final int OUTPUTS = 5;

  /** TensorFlow's blocks of gates i, j, f, o as i, f, c, o: Keras and PyTorch. */
  private static final int[] IFCO = {0, 2, 1, 3};

  /** The same as i, o, f, c: ONNX. */
  private static final int[] IOFC = {0, 3, 2, 1};

  /** One direction: {@code kernel} [floats + units, 4 * units] and {@code bias} [4 * units]. */
  record Half(Tensor kernel, Tensor bias) {
    Tensor input(int[] gates) {
      return rows(ordered(kernel, gates), 0, FLOATS);
    }

    Tensor recurrent(int[] gates) {
      return rows(ordered(kernel, gates), FLOATS, FLOATS + UNITS);
    }
  }

  static OneNetwork random(long seed) {
    RandomNetworks random = new RandomNetworks(seed);
    Half forward = new Half(random.tensor(FLOATS + UNITS, 4L * UNITS), random.tensor(4L * UNITS));
    Half backward = new Half(random.tensor(FLOATS + UNITS, 4L * UNITS), random.tensor(4L * UNITS));
    return new OneNetwork(
        forward, backward, random.tensor(2L * UNITS, OUTPUTS), random.tensor(OUTPUTS));
  }

  /** A model's spec for weights in the file {@code weights}, with double quotes. */
  static String spec(String weights, boolean torch) {
    String cell =
        torch
            ? "{'type': 'torch.LSTMCell', 'hidden_size': 4}"
            : "{'type': 'LSTMCell', 'num_units': 4, 'forget_bias': 0}";
    return ("{'spark_rnn': 1, 'weights': '"
            + weights
            + "', 'input': {'type': 'features', 'size': 3}, 'layers': [{'type': 'rnn', 'loop':"
            + " 'bidirectional_dynamic_rnn', "
            + (torch ? "'scope': 'lstm', " : "")
            + "'cell': "
            + cell
            + "}, {'type': 'dense', 'name': 'probabilities', 'scope': '"
            + (torch ? "fc" : "dense")
            + "', 'activation': 'softmax'}]}")
        .replace('\'', '"');
  }

  /** By TensorFlow's names. */
  Map<String, Tensor> tensorflow() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("bidirectional_rnn/fw/lstm_cell/kernel", forward.kernel());
    tensors.put("bidirectional_rnn/fw/lstm_cell/bias", forward.bias());
    tensors.put("bidirectional_rnn/bw/lstm_cell/kernel", backward.kernel());
    tensors.put("bidirectional_rnn/bw/lstm_cell/bias", backward.bias());
    tensors.put("dense/kernel", kernel);
    tensors.put("dense/bias", bias);
    return tensors;
  }

  /** By PyTorch's names, in modules {@code lstm} and {@code fc}. */
  Map<String, Tensor> torch() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Half half : List.of(forward, backward)) {
      String end = half == forward ? "_l0" : "_l0_reverse";
      tensors.put("lstm.weight_ih" + end, transposed(half.input(IFCO)));
      tensors.put("lstm.weight_hh" + end, transposed(half.recurrent(IFCO)));
      tensors.put("lstm.bias_ih" + end, ordered(half.bias(), IFCO));
      tensors.put("lstm.bias_hh" + end, Tensor.zeros(4L * UNITS));
    }
    tensors.put("fc.weight", transposed(kernel));
    tensors.put("fc.bias", bias);
    return tensors;
  }

  /** By the layers of Keras 2. */
  Map<String, Map<String, Tensor>> keras2() {
    Map<String, Tensor> both = new LinkedHashMap<>();
    for (Half half : List.of(forward, backward)) {
      String at = "both/" + (half == forward ? "forward" : "backward") + "_lstm/lstm_cell/";
      both.put(at + "kernel:0", half.input(IFCO));
      both.put(at + "recurrent_kernel:0", half.recurrent(IFCO));
      both.put(at + "bias:0", ordered(half.bias(), IFCO));
    }
    Map<String, Map<String, Tensor>> layers = new LinkedHashMap<>();
    layers.put("both", both);
    layers.put(
        "probabilities", Map.of("probabilities/kernel:0", kernel, "probabilities/bias:0", bias));
    return layers;
  }

  /** By the numbers that Keras 3 gives to variables. */
  Map<String, Tensor> keras3() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Half half : List.of(forward, backward)) {
      String way = half == forward ? "forward" : "backward";
      String at = "layers/bidirectional/" + way + "_layer/cell/vars/";
      tensors.put(at + 0, half.input(IFCO));
      tensors.put(at + 1, half.recurrent(IFCO));
      tensors.put(at + 2, ordered(half.bias(), IFCO));
    }
    tensors.put("layers/dense/vars/0", kernel);
    tensors.put("layers/dense/vars/1", bias);
    return tensors;
  }

  /**
   * A configuration of Keras, with single quotes.
   *
   * @param shape what it calls the input's: {@code batch_shape} since 3
   */
  static String keras(String shape) {
    String lstm =
        KerasH5.one(
            "LSTM",
            "lstm",
            "'units': 4, 'return_sequences': true, 'recurrent_activation': 'sigmoid'");
    return KerasH5.sequential(
        KerasH5.one("InputLayer", "in", "'" + shape + "': [null, null, 3]"),
        KerasH5.one("Bidirectional", "both", "'merge_mode': 'concat', 'layer': " + lstm),
        KerasH5.one("Dense", "probabilities", "'units': 5, 'activation': 'softmax'"));
  }

  /** As PyTorch exports it, rows first. */
  byte[] onnx() {
    OnnxWriter graph = new OnnxWriter();
    graph.message(
        1, OnnxWriter.node("Transpose", List.of("x"), List.of("t")).ints("perm", 1, 0, 2));
    graph.message(
        1,
        OnnxWriter.node("LSTM", List.of("t", "W", "R", "B"), List.of("y"))
            .string("direction", "bidirectional")
            .integer("hidden_size", UNITS));
    graph.message(
        1, OnnxWriter.node("Transpose", List.of("y"), List.of("u")).ints("perm", 2, 0, 1, 3));
    graph.message(1, OnnxWriter.node("Reshape", List.of("u", "joined"), List.of("s")));
    graph.message(1, OnnxWriter.node("MatMul", List.of("s", "k"), List.of("m")));
    graph.message(1, OnnxWriter.node("Add", List.of("m", "b"), List.of("a")));
    graph.message(1, OnnxWriter.node("Softmax", List.of("a"), List.of("p")).integer("axis", -1));
    long n = UNITS;
    Tensor zeros = Tensor.zeros(4 * n);
    graph.message(
        5,
        OnnxWriter.tensor(
            "W",
            List.of(2L, 4 * n, (long) FLOATS),
            joined(transposed(forward.input(IOFC)), transposed(backward.input(IOFC)))));
    graph.message(
        5,
        OnnxWriter.tensor(
            "R",
            List.of(2L, 4 * n, n),
            joined(transposed(forward.recurrent(IOFC)), transposed(backward.recurrent(IOFC)))));
    graph.message(
        5,
        OnnxWriter.tensor(
            "B",
            List.of(2L, 8 * n),
            joined(ordered(forward.bias(), IOFC), zeros, ordered(backward.bias(), IOFC), zeros)));
    graph.message(5, OnnxWriter.tensor("k", List.of(2 * n, (long) OUTPUTS), kernel.toArray()));
    graph.message(5, OnnxWriter.tensor("b", List.of((long) OUTPUTS), bias.toArray()));
    graph.message(5, OnnxWriter.integers("joined", List.of(3L), 0, 0, -1));
    graph.message(11, OnnxWriter.value("x", 1, -1, -1, FLOATS));
    graph.message(12, OnnxWriter.value("p", 1, -1, -1, OUTPUTS));
    return OnnxWriter.model(graph);
  }

  /** The last axis' four blocks in another order. */
  private static Tensor ordered(Tensor tensor, int[] gates) {
    float[] from = tensor.toArray();
    float[] to = new float[from.length];
    for (int row = 0; row < from.length; row += 4 * UNITS) {
      for (int gate = 0; gate < 4; gate++) {
        System.arraycopy(from, row + gates[gate] * UNITS, to, row + gate * UNITS, UNITS);
      }
    }
    return Tensor.of(tensor.shape(), to);
  }

  private static Tensor rows(Tensor tensor, int from, int to) {
    int columns = (int) tensor.shape().dim(1);
    return Tensor.of(
        Shape.of(to - from, columns),
        Arrays.copyOfRange(tensor.toArray(), from * columns, to * columns));
  }

  private static Tensor transposed(Tensor tensor) {
    int rows = (int) tensor.shape().dim(0);
    int columns = (int) tensor.shape().dim(1);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.at(i % rows, i / rows);
    }
    return Tensor.of(Shape.of(columns, rows), values);
  }

  private static float[] joined(Tensor... tensors) {
    float[] all = new float[Arrays.stream(tensors).mapToInt(t -> t.toArray().length).sum()];
    int at = 0;
    for (Tensor tensor : tensors) {
      System.arraycopy(tensor.toArray(), 0, all, at, tensor.toArray().length);
      at += tensor.toArray().length;
    }
    return all;
  }
}
