package org.sparkrnn.sample;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/**
 * Between PyTorch's layout of an LSTM and TensorFlow's. PyTorch keeps {@code weight_ih [4n, in]},
 * {@code weight_hh [4n, n]} with the gates i, f, g, o and two biases; TensorFlow one kernel {@code
 * [in + n, 4n]} with the gates i, j, f, o and one bias, where j is PyTorch's g.
 */
final class TorchLayout {
  /** Where TensorFlow's gates i, j, f, o stand in PyTorch. */
  private static final int[] GATES = {0, 2, 1, 3};

  private TorchLayout() {}

  /** The network as ours, with the two biases summed and nothing added to the forget gate. */
  static Network network(TorchNameLanguage torch) {
    Map<String, NDArray> parameters = torch.parameters();
    Tensor table = tensor(parameters.get("embedding"));
    Tensor kernel = tensor(parameters.get("dense/kernel"));
    return new Network(
        new Network.Input.Ids(Math.toIntExact(table.shape().dim(0))),
        List.of(
            new Layer.Embedding("embedding", table),
            new Layer.Rnn(
                "bilstm", List.of(cell(parameters, "fw"), cell(parameters, "bw")), Layer.Merge.CONCAT),
            new Layer.Reduce("last_states", Layer.Reduction.FINAL_STATE),
            new Layer.Dense(
                "logits", kernel, tensor(parameters.get("dense/bias")), Activation.LINEAR),
            new Layer.Softmax("probabilities"),
            new Layer.ArgMax("prediction")));
  }

  /** The same parameters for PyTorch; its second bias is 0. */
  static TorchNameLanguage torch(Network network) {
    Layer.Embedding embedding = (Layer.Embedding) network.layers().get(0);
    Layer.Rnn rnn = (Layer.Rnn) network.layers().get(1);
    Layer.Dense dense = (Layer.Dense) network.layers().get(3);
    TorchNameLanguage torch = new TorchNameLanguage(rnn.cells().get(0).outputSize());
    put(torch, "embedding", embedding.table());
    put(torch, "fw", (LstmCell) rnn.cells().get(0));
    put(torch, "bw", (LstmCell) rnn.cells().get(1));
    put(torch, "dense/kernel", dense.kernel());
    put(torch, "dense/bias", dense.bias());
    return torch;
  }

  private static LstmCell cell(Map<String, NDArray> parameters, String direction) {
    NDArray ih = parameters.get(direction + "/weight_ih");
    int in = Math.toIntExact(ih.getShape().get(1));
    int n = Math.toIntExact(ih.getShape().get(0)) / 4;
    float[] weightIh = ih.toFloatArray();
    float[] weightHh = parameters.get(direction + "/weight_hh").toFloatArray();
    float[] biasIh = parameters.get(direction + "/bias_ih").toFloatArray();
    float[] biasHh = parameters.get(direction + "/bias_hh").toFloatArray();
    float[] kernel = new float[(in + n) * 4 * n];
    float[] bias = new float[4 * n];
    for (int column = 0; column < 4 * n; column++) {
      int row = GATES[column / n] * n + column % n;
      for (int k = 0; k < in; k++) {
        kernel[k * 4 * n + column] = weightIh[row * in + k];
      }
      for (int k = 0; k < n; k++) {
        kernel[(in + k) * 4 * n + column] = weightHh[row * n + k];
      }
      bias[column] = biasIh[row] + biasHh[row];
    }
    return new LstmCell(
        Tensor.of(Shape.of(in + n, 4L * n), kernel),
        Tensor.of(Shape.of(4L * n), bias),
        0,
        Activation.TANH,
        Activation.SIGMOID,
        LstmCell.Peepholes.NONE,
        Float.POSITIVE_INFINITY,
        LstmCell.Projection.NONE);
  }

  private static void put(TorchNameLanguage torch, String direction, LstmCell cell) {
    int in = cell.inputSize();
    int n = cell.numUnits();
    float[] weightIh = new float[4 * n * in];
    float[] weightHh = new float[4 * n * n];
    float[] bias = new float[4 * n];
    for (int column = 0; column < 4 * n; column++) {
      int row = GATES[column / n] * n + column % n;
      for (int k = 0; k < in; k++) {
        weightIh[row * in + k] = cell.kernel().at(k, column);
      }
      for (int k = 0; k < n; k++) {
        weightHh[row * n + k] = cell.kernel().at(in + k, column);
      }
      bias[row] = cell.bias().at(column);
    }
    torch.put(direction + "/weight_ih", weightIh, 4L * n, in);
    torch.put(direction + "/weight_hh", weightHh, 4L * n, n);
    torch.put(direction + "/bias_ih", bias, 4L * n);
    torch.put(direction + "/bias_hh", new float[4 * n], 4L * n);
  }

  private static void put(TorchNameLanguage torch, String name, Tensor tensor) {
    long[] dims = new long[tensor.shape().rank()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = tensor.shape().dim(i);
    }
    torch.put(name, tensor.toArray(), dims);
  }

  private static Tensor tensor(NDArray array) {
    return Tensor.of(Shape.of(array.getShape().getShape()), array.toFloatArray());
  }
}
