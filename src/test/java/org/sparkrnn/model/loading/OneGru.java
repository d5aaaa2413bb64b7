package org.sparkrnn.model.loading;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkrnn.model.keras.KerasH5;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.onnx.OnnxWriter;

/**
 * {@link OneNetwork} of GRUs that reset after the product, as cuDNN does. The recurrent biases of
 * the gates, which other frameworks add to the input's and TensorFlow's cell does not have, are
 * zero; so every form is the same sums. The candidate's two biases both are there.
 *
 * @param forward the GRU that goes forward
 * @param backward the one that goes backward
 * @param kernel of the dense layer
 * @param bias of the dense layer
 */
record OneGru(Half forward, Half backward, Tensor kernel, Tensor bias) implements OneNetwork {
  /** Blocks r, u, h as z, r, h: Keras and ONNX. */
  private static final int[] ZRH = {1, 0, 2};

  /** As they are: PyTorch. */
  private static final int[] RZN = {0, 1, 2};

  /**
   * One direction, its blocks of gates r, u, h.
   *
   * @param input [floats, 3 * units]
   * @param recurrent [units, 3 * units]
   * @param bias [3 * units]
   * @param hiddenBias of the candidate's recurrent product, [units]
   */
  record Half(Tensor input, Tensor recurrent, Tensor bias, Tensor hiddenBias) {
    static Half random(RandomNetworks random) {
      return new Half(
          random.tensor(FLOATS, 3L * UNITS),
          random.tensor(UNITS, 3L * UNITS),
          random.tensor(3L * UNITS),
          random.tensor(UNITS));
    }

    /** The recurrent biases of all gates. */
    Tensor recurrentBias() {
      float[] all = new float[3 * UNITS];
      hiddenBias.copyTo(0, all, 2 * UNITS, UNITS);
      return Tensor.of(Shape.of(all.length), all);
    }

    /** Keras': the input's above the recurrent ones. */
    Tensor twoBiases() {
      float[] both =
          OneNetwork.joined(
              OneNetwork.ordered(bias, ZRH), OneNetwork.ordered(recurrentBias(), ZRH));
      return Tensor.of(Shape.of(2, 3L * UNITS), both);
    }

    private Tensor columns(Tensor tensor, int from, int to) {
      Tensor rows = OneNetwork.rows(OneNetwork.transposed(tensor), from * UNITS, to * UNITS);
      return OneNetwork.transposed(rows);
    }

    private Tensor gateKernel() {
      float[] both = OneNetwork.joined(columns(input, 0, 2), columns(recurrent, 0, 2));
      return Tensor.of(Shape.of(FLOATS + UNITS, 2L * UNITS), both);
    }

    private Tensor biases(int from, int to) {
      float[] values = new float[(to - from) * UNITS];
      bias.copyTo(from * UNITS, values, 0, values.length);
      return Tensor.of(Shape.of(values.length), values);
    }
  }

  static OneGru random(long seed) {
    RandomNetworks random = new RandomNetworks(seed);
    return new OneGru(
        Half.random(random),
        Half.random(random),
        random.tensor(2L * UNITS, OUTPUTS),
        random.tensor(OUTPUTS));
  }

  @Override
  public String cell(boolean torch) {
    return torch
        ? "{'type': 'torch.GRUCell', 'hidden_size': 4}"
        : "{'type': 'CudnnCompatibleGRUCell', 'num_units': 4}";
  }

  @Override
  public String torchModule() {
    return "gru";
  }

  @Override
  public String kerasLayer() {
    return KerasH5.one(
        "GRU",
        "gru",
        "'units': 4, 'return_sequences': true, 'recurrent_activation': 'sigmoid', 'reset_after':"
            + " true");
  }

  @Override
  public Map<String, Tensor> tensorflow() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Half half : List.of(forward, backward)) {
      String way = half == forward ? "fw" : "bw";
      String at = "bidirectional_rnn/" + way + "/cudnn_compatible_gru_cell/";
      tensors.put(at + "gates/kernel", half.gateKernel());
      tensors.put(at + "gates/bias", half.biases(0, 2));
      tensors.put(at + "candidate/input_projection/kernel", half.columns(half.input(), 2, 3));
      tensors.put(at + "candidate/input_projection/bias", half.biases(2, 3));
      tensors.put(at + "candidate/hidden_projection/kernel", half.columns(half.recurrent(), 2, 3));
      tensors.put(at + "candidate/hidden_projection/bias", half.hiddenBias());
    }
    tensors.put("dense/kernel", kernel);
    tensors.put("dense/bias", bias);
    return tensors;
  }

  @Override
  public Map<String, Tensor> torch() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Half half : List.of(forward, backward)) {
      String end = half == forward ? "_l0" : "_l0_reverse";
      tensors.put("gru.weight_ih" + end, OneNetwork.transposed(ordered(half.input(), RZN)));
      tensors.put("gru.weight_hh" + end, OneNetwork.transposed(ordered(half.recurrent(), RZN)));
      tensors.put("gru.bias_ih" + end, ordered(half.bias(), RZN));
      tensors.put("gru.bias_hh" + end, ordered(half.recurrentBias(), RZN));
    }
    tensors.put("fc.weight", OneNetwork.transposed(kernel));
    tensors.put("fc.bias", bias);
    return tensors;
  }

  private static Tensor ordered(Tensor tensor, int[] gates) {
    return OneNetwork.ordered(tensor, gates);
  }

  @Override
  public Map<String, Map<String, Tensor>> keras2() {
    Map<String, Tensor> both = new LinkedHashMap<>();
    for (Half half : List.of(forward, backward)) {
      String at = "both/" + (half == forward ? "forward" : "backward") + "_gru/gru_cell/";
      both.put(at + "kernel:0", ordered(half.input(), ZRH));
      both.put(at + "recurrent_kernel:0", ordered(half.recurrent(), ZRH));
      both.put(at + "bias:0", half.twoBiases());
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
      tensors.put(at + 0, ordered(half.input(), ZRH));
      tensors.put(at + 1, ordered(half.recurrent(), ZRH));
      tensors.put(at + 2, half.twoBiases());
    }
    tensors.put("layers/dense/vars/0", kernel);
    tensors.put("layers/dense/vars/1", bias);
    return tensors;
  }

  @Override
  public byte[] onnx() {
    Tensor[] w = new Tensor[2];
    Tensor[] r = new Tensor[2];
    Tensor[] b = new Tensor[4];
    for (int i = 0; i < 2; i++) {
      Half half = i == 0 ? forward : backward;
      w[i] = OneNetwork.transposed(ordered(half.input(), ZRH));
      r[i] = OneNetwork.transposed(ordered(half.recurrent(), ZRH));
      b[2 * i] = ordered(half.bias(), ZRH);
      b[2 * i + 1] = ordered(half.recurrentBias(), ZRH);
    }
    return OneNetwork.onnx(
        this,
        OnnxWriter.node("GRU", List.of("t", "W", "R", "B"), List.of("y"))
            .integer("linear_before_reset", 1),
        OneNetwork.joined(w),
        OneNetwork.joined(r),
        OneNetwork.joined(b));
  }
}
