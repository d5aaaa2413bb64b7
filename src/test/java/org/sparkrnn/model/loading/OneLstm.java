package org.sparkrnn.model.loading;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkrnn.model.keras.KerasH5;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.onnx.OnnxWriter;

/**
 * {@link OneNetwork} of LSTMs. Where a framework has two biases, which are summed, the second is
 * zero; no cell adds a bias to its forget gate. So every form is the same sums.
 *
 * @param forward the LSTM that goes forward, in TensorFlow's layout
 * @param backward the one that goes backward
 * @param kernel of the dense layer, [2 * units, outputs]
 * @param bias of the dense layer, [outputs]
 */
record OneLstm(Half forward, Half backward, Tensor kernel, Tensor bias) implements OneNetwork {
  /** TensorFlow's blocks of gates i, j, f, o as i, f, c, o: Keras and PyTorch. */
  private static final int[] IFCO = {0, 2, 1, 3};

  /** The same as i, o, f, c: ONNX. */
  private static final int[] IOFC = {0, 3, 2, 1};

  /** One direction: {@code kernel} [floats + units, 4 * units] and {@code bias} [4 * units]. */
  record Half(Tensor kernel, Tensor bias) {
    Tensor input(int[] gates) {
      return OneNetwork.rows(OneNetwork.ordered(kernel, gates), 0, FLOATS);
    }

    Tensor recurrent(int[] gates) {
      return OneNetwork.rows(OneNetwork.ordered(kernel, gates), FLOATS, FLOATS + UNITS);
    }
  }

  static OneLstm random(long seed) {
    RandomNetworks random = new RandomNetworks(seed);
    Half forward = new Half(random.tensor(FLOATS + UNITS, 4L * UNITS), random.tensor(4L * UNITS));
    Half backward = new Half(random.tensor(FLOATS + UNITS, 4L * UNITS), random.tensor(4L * UNITS));
    return new OneLstm(
        forward, backward, random.tensor(2L * UNITS, OUTPUTS), random.tensor(OUTPUTS));
  }

  @Override
  public String cell(boolean torch) {
    return torch
        ? "{'type': 'torch.LSTMCell', 'hidden_size': 4}"
        : "{'type': 'LSTMCell', 'num_units': 4, 'forget_bias': 0}";
  }

  @Override
  public String torchModule() {
    return "lstm";
  }

  @Override
  public Map<String, Tensor> tensorflow() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("bidirectional_rnn/fw/lstm_cell/kernel", forward.kernel());
    tensors.put("bidirectional_rnn/fw/lstm_cell/bias", forward.bias());
    tensors.put("bidirectional_rnn/bw/lstm_cell/kernel", backward.kernel());
    tensors.put("bidirectional_rnn/bw/lstm_cell/bias", backward.bias());
    tensors.put("dense/kernel", kernel);
    tensors.put("dense/bias", bias);
    return tensors;
  }

  @Override
  public Map<String, Tensor> torch() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Half half : List.of(forward, backward)) {
      String end = half == forward ? "_l0" : "_l0_reverse";
      tensors.put("lstm.weight_ih" + end, OneNetwork.transposed(half.input(IFCO)));
      tensors.put("lstm.weight_hh" + end, OneNetwork.transposed(half.recurrent(IFCO)));
      tensors.put("lstm.bias_ih" + end, OneNetwork.ordered(half.bias(), IFCO));
      tensors.put("lstm.bias_hh" + end, Tensor.zeros(4L * UNITS));
    }
    tensors.put("fc.weight", OneNetwork.transposed(kernel));
    tensors.put("fc.bias", bias);
    return tensors;
  }

  @Override
  public Map<String, Map<String, Tensor>> keras2() {
    Map<String, Tensor> both = new LinkedHashMap<>();
    for (Half half : List.of(forward, backward)) {
      String at = "both/" + (half == forward ? "forward" : "backward") + "_lstm/lstm_cell/";
      both.put(at + "kernel:0", half.input(IFCO));
      both.put(at + "recurrent_kernel:0", half.recurrent(IFCO));
      both.put(at + "bias:0", OneNetwork.ordered(half.bias(), IFCO));
    }
    Map<String, Map<String, Tensor>> layers = new LinkedHashMap<>();
    layers.put("both", both);
    layers.put(
        "probabilities", Map.of("probabilities/kernel:0", kernel, "probabilities/bias:0", bias));
    return layers;
  }

  @Override
  public Map<String, Tensor> keras3() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Half half : List.of(forward, backward)) {
      String way = half == forward ? "forward" : "backward";
      String at = "layers/bidirectional/" + way + "_layer/cell/vars/";
      tensors.put(at + 0, half.input(IFCO));
      tensors.put(at + 1, half.recurrent(IFCO));
      tensors.put(at + 2, OneNetwork.ordered(half.bias(), IFCO));
    }
    tensors.put("layers/dense/vars/0", kernel);
    tensors.put("layers/dense/vars/1", bias);
    return tensors;
  }

  @Override
  public String kerasLayer() {
    return KerasH5.one(
        "LSTM", "lstm", "'units': 4, 'return_sequences': true, 'recurrent_activation': 'sigmoid'");
  }

  @Override
  public byte[] onnx() {
    Tensor zeros = Tensor.zeros(4L * UNITS);
    return OneNetwork.onnx(
        this,
        OnnxWriter.node("LSTM", List.of("t", "W", "R", "B"), List.of("y")),
        OneNetwork.joined(
            OneNetwork.transposed(forward.input(IOFC)),
            OneNetwork.transposed(backward.input(IOFC))),
        OneNetwork.joined(
            OneNetwork.transposed(forward.recurrent(IOFC)),
            OneNetwork.transposed(backward.recurrent(IOFC))),
        OneNetwork.joined(
            OneNetwork.ordered(forward.bias(), IOFC),
            zeros,
            OneNetwork.ordered(backward.bias(), IOFC),
            zeros));
  }
}
