package org.sparkrnn.oracle;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.tensor.Tensor;

/**
 * The LSTMs of {@code tf.contrib.rnn} with a kernel over {@code [x, h]}.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
final class PublishedLstmCells {
  private static final List<String> GATES = List.of("input", "transform", "forget", "output");

  private PublishedLstmCells() {}

  private static void norms(
      RandomWeights random, Map<String, Tensor> variables, List<String> scopes, int n) {
    for (String scope : scopes) {
      variables.put(scope + "/gamma", random.bias(n));
      variables.put(scope + "/beta", random.bias(n));
    }
  }

  private static <V> V norm(
      Arithmetic<V> a, V x, Map<String, Tensor> variables, String scope) {
    Tensor gamma = variables.get(scope + "/gamma");
    return gamma == null ? x : a.layerNorm(x, gamma, variables.get(scope + "/beta"));
  }

  private static <V> V peep(Arithmetic<V> a, V z, V c, Tensor weights) {
    return weights == null ? z : a.add(z, a.scale(c, weights));
  }

  private static <V> V sigmoid(Arithmetic<V> a, V z) {
    return a.apply(Activation.SIGMOID, z);
  }

  /** {@code CoupledInputForgetGateLSTMCell}: plain, or with all of its options. */
  static NamedCell coupled(RandomWeights random, int d, int n, boolean full) {
    int m = full ? (n + 2) / 2 : n;
    Map<String, Tensor> variables = new TreeMap<>();
    variables.put("W_0", random.kernel(d + m, 3 * n));
    variables.put("B", random.bias(3 * n));
    String spec = "{'type': 'CoupledInputForgetGateLSTMCell', 'num_units': " + n;
    if (!full) {
      return new Coupled(spec + ", 'forget_bias': 1.0}", variables, d, n, m, 1, Float.NaN);
    }
    variables.put("W_F_diag", random.bias(n));
    variables.put("W_O_diag", random.bias(n));
    variables.put("W_P_0", random.kernel(n, m));
    norms(random, variables, List.of("transform", "forget", "output", "state"), n);
    spec +=
        ", 'use_peepholes': true, 'num_proj': "
            + m
            + ", 'proj_clip': 0.5, 'forget_bias': 0.5, 'layer_norm': true}";
    return new Coupled(spec, variables, d, n, m, 0.5f, 0.5f);
  }

  private record Coupled(
      String spec,
      Map<String, Tensor> variables,
      int inputSize,
      int units,
      int projected,
      float forgetBias,
      float projClip)
      implements NamedCell {
    @Override
    public String scope() {
      return "coupled_input_forget_gate_lstm_cell";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(units, projected);
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      V before = state.get(0);
      V in = a.concat(List.of(x, state.get(1)));
      boolean normed = variables.containsKey("state/gamma");
      Tensor kernel = variables.get("W_0");
      List<V> z =
          a.split(normed ? a.product(in, kernel) : a.affine(in, kernel, variables.get("B")), 3);
      V j = norm(a, z.get(0), variables, "transform");
      V f = a.add(norm(a, z.get(1), variables, "forget"), forgetBias);
      V o = norm(a, z.get(2), variables, "output");
      V gate = sigmoid(a, peep(a, f, before, variables.get("W_F_diag")));
      V c = a.blend(gate, before, a.apply(Activation.TANH, j));
      c = norm(a, c, variables, "state");
      V out = sigmoid(a, peep(a, o, c, variables.get("W_O_diag")));
      V h = a.mul(out, a.apply(Activation.TANH, c));
      if (variables.containsKey("W_P_0")) {
        h = a.clip(a.product(h, variables.get("W_P_0")), projClip);
      }
      return new Step<>(h, List.of(c, h));
    }
  }

  /** {@code LayerNormBasicLSTMCell}. */
  static NamedCell layerNormBasic(RandomWeights random, int d, int n) {
    Map<String, Tensor> variables = new TreeMap<>();
    variables.put("kernel", random.kernel(d + n, 4 * n));
    norms(random, variables, GATES, n);
    norms(random, variables, List.of("state"), n);
    return new LayerNormed(
        "{'type': 'LayerNormBasicLSTMCell', 'num_units': " + n + ", 'forget_bias': 0.5}",
        "layer_norm_basic_lstm_cell",
        variables,
        d,
        n,
        n,
        Float.NaN);
  }

  /** {@code LayerNormLSTMCell} with all of its options. */
  static NamedCell layerNorm(RandomWeights random, int d, int n) {
    int m = (n + 2) / 2;
    Map<String, Tensor> variables = new TreeMap<>();
    variables.put("kernel", random.kernel(d + m, 4 * n));
    variables.put("bias", random.bias(4 * n));
    for (String name : List.of("w_i_diag", "w_f_diag", "w_o_diag")) {
      variables.put(name, random.bias(n));
    }
    variables.put("projection/kernel", random.kernel(n, m));
    norms(random, variables, GATES, n);
    norms(random, variables, List.of("state"), n);
    String spec =
        "{'type': 'LayerNormLSTMCell', 'num_units': "
            + n
            + ", 'use_peepholes': true, 'cell_clip': 0.7, 'num_proj': "
            + m
            + ", 'proj_clip': 0.6, 'forget_bias': 0.5, 'layer_norm': true}";
    return new LayerNormed(spec, "layer_norm_lstm_cell", variables, d, n, m, 0.7f);
  }

  /** Both; the bias of the second exists, but is not added where there are norms. */
  private record LayerNormed(
      String spec,
      String scope,
      Map<String, Tensor> variables,
      int inputSize,
      int units,
      int projected,
      float cellClip)
      implements NamedCell {
    @Override
    public List<Integer> stateSizes() {
      return List.of(units, projected);
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      V before = state.get(0);
      List<V> z =
          a.split(a.product(a.concat(List.of(x, state.get(1))), variables.get("kernel")), 4);
      V i = norm(a, z.get(0), variables, "input");
      V j = norm(a, z.get(1), variables, "transform");
      V f = a.add(norm(a, z.get(2), variables, "forget"), 0.5f);
      V o = norm(a, z.get(3), variables, "output");
      V kept = a.mul(sigmoid(a, peep(a, f, before, variables.get("w_f_diag"))), before);
      V in = sigmoid(a, peep(a, i, before, variables.get("w_i_diag")));
      V c = a.add(kept, a.mul(in, a.apply(Activation.TANH, j)));
      c = norm(a, c, variables, "state");
      if (!Float.isNaN(cellClip)) {
        c = a.clip(c, cellClip);
      }
      V out = sigmoid(a, peep(a, o, c, variables.get("w_o_diag")));
      V h = a.mul(out, a.apply(Activation.TANH, c));
      if (variables.containsKey("projection/kernel")) {
        h = a.clip(a.product(h, variables.get("projection/kernel")), 0.6f);
      }
      return new Step<>(h, List.of(c, h));
    }
  }

  /** {@code GLSTMCell} in groups of its input, units and projection. */
  static NamedCell groups(RandomWeights random, int d, int n, int groups) {
    Map<String, Tensor> variables = new TreeMap<>();
    int units = n / groups;
    for (int g = 0; g < groups; g++) {
      variables.put("group" + g + "/kernel", random.kernel(d / groups + units, 4 * units));
    }
    for (String gate : List.of("i", "j", "f", "o")) {
      variables.put("bias_" + gate, random.bias(n));
    }
    variables.put("projection/kernel", random.kernel(n, n));
    String spec =
        "{'type': 'GLSTMCell', 'num_units': "
            + n
            + ", 'num_proj': "
            + n
            + ", 'number_of_groups': "
            + groups
            + ", 'forget_bias': 0.5}";
    return new Grouped(spec, variables, d, n, groups);
  }

  private record Grouped(
      String spec, Map<String, Tensor> variables, int inputSize, int units, int groups)
      implements NamedCell {
    @Override
    public String scope() {
      return "glstm_cell";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(units, units);
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      List<V> inputs = a.split(x, groups);
      List<V> hidden = a.split(state.get(1), groups);
      List<List<V>> parts = new java.util.ArrayList<>();
      int each = units / groups;
      for (int g = 0; g < groups; g++) {
        // The groups' biases are cut out of the gates'.
        float[] bias = new float[4 * each];
        for (int gate = 0; gate < 4; gate++) {
          variables.get("bias_" + "ijfo".charAt(gate)).copyTo(g * each, bias, gate * each, each);
        }
        V in = a.concat(List.of(inputs.get(g), hidden.get(g)));
        Tensor shared = Tensor.of(org.sparkrnn.tensor.Shape.of(4L * each), bias);
        parts.add(a.split(a.affine(in, variables.get("group" + g + "/kernel"), shared), 4));
      }
      List<V> gates = new java.util.ArrayList<>();
      for (int gate = 0; gate < 4; gate++) {
        int which = gate;
        gates.add(a.concat(parts.stream().map(part -> part.get(which)).toList()));
      }
      V kept = a.mul(sigmoid(a, a.add(gates.get(2), 0.5f)), state.get(0));
      V c = a.add(kept, a.mul(sigmoid(a, gates.get(0)), a.apply(Activation.TANH, gates.get(1))));
      V m = a.mul(sigmoid(a, gates.get(3)), a.apply(Activation.TANH, c));
      V h = a.product(m, variables.get("projection/kernel"));
      return new Step<>(h, List.of(c, h));
    }
  }
}
