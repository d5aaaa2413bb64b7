package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.tensor.Tensor;

/**
 * The LSTMs of {@code tf.contrib.rnn} over time, over places, and with normalised weights.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
final class PublishedSpecialLstms {
  private PublishedSpecialLstms() {}

  private static <V> V sigmoid(Arithmetic<V> a, V z) {
    return a.apply(Activation.SIGMOID, z);
  }

  private static <V> V tanh(Arithmetic<V> a, V z) {
    return a.apply(Activation.TANH, z);
  }

  /** {@code PhasedLSTMCell}; the time is the first input. */
  static NamedCell phased(RandomWeights random, int d, int n, boolean peepholes) {
    int seen = d - 1 + n + (peepholes ? n : 0);
    Map<String, Tensor> variables = new TreeMap<>();
    variables.put("mask_gates/kernel", random.kernel(seen, 2 * n));
    variables.put("mask_gates/bias", random.bias(2 * n));
    variables.put("new_input/kernel", random.kernel(d - 1 + n, n));
    variables.put("new_input/bias", random.bias(n));
    variables.put("output_gate/kernel", random.kernel(seen, n));
    variables.put("output_gate/bias", random.bias(n));
    variables.put("period", random.between(n, 0.5f, 2));
    variables.put("phase", random.between(n, 0, 2));
    variables.put("ratio_on", random.between(n, 0.2f, 0.9f));
    return new Phased(
        "{'type': 'PhasedLSTMCell', 'num_units': "
            + n
            + ", 'leak': 0.1, 'use_peepholes': "
            + peepholes
            + "}",
        variables,
        d,
        n,
        peepholes);
  }

  private record Phased(
      String spec, Map<String, Tensor> variables, int inputSize, int units, boolean peepholes)
      implements NamedCell {
    @Override
    public String scope() {
      return "phased_lstm_cell";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(units, units);
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V input, List<V> state) {
      V time = a.slice(input, 0, 1);
      V x = a.slice(input, 1, inputSize - 1);
      V c = state.get(0);
      V h = state.get(1);
      List<V> seen = List.of(x, h);
      List<V> gates = a.split(sigmoid(a, linear(a, and(seen, c), "mask_gates/")), 2);
      V fresh = tanh(a, linear(a, seen, "new_input/"));
      V open = a.add(a.mul(c, gates.get(1)), a.mul(gates.get(0), fresh));
      V gate = sigmoid(a, linear(a, and(seen, open), "output_gate/"));
      V out = a.mul(tanh(a, open), gate);
      V k = openness(a, time);
      V next = a.blend(k, open, c);
      V output = a.blend(k, out, h);
      return new Step<>(output, List.of(next, output));
    }

    private <V> List<V> and(List<V> seen, V c) {
      List<V> all = new ArrayList<>(seen);
      if (peepholes) {
        all.add(c);
      }
      return all;
    }

    private <V> V linear(Arithmetic<V> a, List<V> x, String scope) {
      return a.affine(a.concat(x), variables.get(scope + "kernel"), variables.get(scope + "bias"));
    }

    private <V> V openness(Arithmetic<V> a, V time) {
      Tensor on = variables.get("ratio_on");
      V ratio =
          a.cycleRatio(a.tile(time, units), variables.get("phase"), variables.get("period"));
      V up = a.divide(a.times(ratio, 2), on);
      V down = a.add(a.times(up, -1), 2);
      V k = a.lessThan(ratio, on, down, a.times(ratio, 0.1f));
      float[] half = on.toArray();
      for (int i = 0; i < half.length; i++) {
        half[i] *= 0.5f;
      }
      return a.lessThan(ratio, Tensor.of(on.shape(), half), up, k);
    }
  }

  /** {@code WeightNormLSTMCell}, with a projection. */
  static NamedCell weightNorm(RandomWeights random, int d, int n) {
    int m = (n + 2) / 2;
    Map<String, Tensor> variables = new TreeMap<>();
    variables.put("wn_lstm_cell/kernel", random.kernel(d + m, 4 * n));
    variables.put("wn_lstm_cell/norm_0", random.bias(4 * n));
    variables.put("wn_lstm_cell/norm_1", random.bias(4 * n));
    variables.put("wn_lstm_cell/bias", random.bias(4 * n));
    variables.put("wn_lstm_cell/projection/kernel", random.kernel(n, m));
    variables.put("wn_lstm_cell/projection/norm_0", random.bias(m));
    return new WeightNormed(
        "{'type': 'WeightNormLSTMCell', 'num_units': "
            + n
            + ", 'num_proj': "
            + m
            + ", 'forget_bias': 0.5}",
        variables,
        d,
        n,
        m);
  }

  private record WeightNormed(
      String spec, Map<String, Tensor> variables, int inputSize, int units, int projected)
      implements NamedCell {
    @Override
    public String scope() {
      return "weight_norm_lstm_cell";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(units, projected);
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      V sums =
          a.normalized(
              List.of(x, state.get(1)),
              own("kernel"),
              List.of(own("norm_0"), own("norm_1")),
              own("bias"));
      List<V> z = a.split(sums, 4);
      V kept = a.mul(state.get(0), sigmoid(a, a.add(z.get(2), 0.5f)));
      V c = a.add(kept, a.mul(sigmoid(a, z.get(0)), tanh(a, z.get(1))));
      V m = a.mul(sigmoid(a, z.get(3)), tanh(a, c));
      V h =
          a.normalized(
              List.of(m),
              own("projection/kernel"),
              List.of(own("projection/norm_0")),
              Tensor.zeros(projected));
      return new Step<>(h, List.of(c, h));
    }

    private Tensor own(String name) {
      return variables.get("wn_lstm_cell/" + name);
    }
  }

  /** {@code Conv1DLSTMCell} with a kernel of 3 places, over {@code d} places of 2 channels. */
  static NamedCell conv(RandomWeights random, int d, int n) {
    Tensor kernel = Kernels.reshaped(random.kernel(3 * (2 + n), 4 * n), 3, 2 + n, 4L * n);
    return new Conv(
        String.format(
            "{'type': 'Conv1DLSTMCell', 'input_shape': [%d, 2], 'output_channels': %d,"
                + " 'kernel_shape': [3], 'forget_bias': 0.5}",
            d, n),
        Map.of("kernel", kernel, "biases", random.bias(4 * n)),
        d,
        n);
  }

  private record Conv(String spec, Map<String, Tensor> variables, int places, int channels)
      implements NamedCell {
    @Override
    public int inputSize() {
      return 2 * places;
    }

    @Override
    public String scope() {
      return "conv_1d_lstm_cell";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(places * channels, places * channels);
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      List<V> z =
          a.convolved(
              List.of(x, state.get(1)),
              places,
              variables.get("kernel"),
              variables.get("biases"),
              4);
      V kept = a.mul(sigmoid(a, a.add(z.get(2), 0.5f)), state.get(0));
      V c = a.add(kept, a.mul(sigmoid(a, z.get(0)), tanh(a, z.get(1))));
      V h = a.mul(tanh(a, c), sigmoid(a, z.get(3)));
      return new Step<>(h, List.of(c, h));
    }
  }

  /** {@code TimeFreqLSTMCell} over windows of 3 inputs, 2 apart, with peepholes and a clip. */
  static NamedCell timeFreq(RandomWeights random, int d, int n) {
    Map<String, Tensor> variables = new TreeMap<>();
    variables.put("W_0", random.kernel(3 + 2 * n, 4 * n));
    variables.put("B", random.bias(4 * n));
    for (String name : List.of("W_I_diag", "W_F_diag", "W_O_diag")) {
      variables.put(name, random.bias(n));
    }
    return new TimeFreq(
        "{'type': 'TimeFreqLSTMCell', 'num_units': "
            + n
            + ", 'feature_size': 3, 'frequency_skip': 2, 'use_peepholes': true,"
            + " 'cell_clip': 0.6, 'forget_bias': 0.5}",
        variables,
        d,
        n);
  }

  private record TimeFreq(String spec, Map<String, Tensor> variables, int inputSize, int units)
      implements NamedCell {
    @Override
    public String scope() {
      return "time_freq_lstm_cell";
    }

    private int windows() {
      return (inputSize - 3) / 2 + 1;
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(2 * units * windows());
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      List<V> parts = a.split(state.get(0), 2 * windows());
      V below = a.times(parts.get(1), 0);
      List<V> next = new ArrayList<>();
      List<V> outputs = new ArrayList<>();
      for (int f = 0; f < windows(); f++) {
        V before = parts.get(2 * f);
        V in = a.concat(List.of(a.slice(x, 2 * f, 3), parts.get(2 * f + 1), below));
        List<V> z = a.split(a.affine(in, variables.get("W_0"), variables.get("B")), 4);
        V i = a.add(z.get(0), a.scale(before, variables.get("W_I_diag")));
        V forget = a.add(a.add(z.get(2), 0.5f), a.scale(before, variables.get("W_F_diag")));
        V kept = a.mul(sigmoid(a, forget), before);
        V c = a.clip(a.add(kept, a.mul(sigmoid(a, i), tanh(a, z.get(1)))), 0.6f);
        V o = a.add(z.get(3), a.scale(c, variables.get("W_O_diag")));
        below = a.mul(sigmoid(a, o), tanh(a, c));
        next.add(c);
        next.add(below);
        outputs.add(below);
      }
      return new Step<>(a.concat(outputs), List.of(a.concat(next)));
    }
  }
}
