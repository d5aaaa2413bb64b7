package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.tensor.Tensor;

/**
 * The wrappers of {@code tf.nn.rnn_cell} and {@code tf.contrib.rnn}, around a {@code BasicLSTMCell}.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py and core_rnn_cell.py</a>
 */
final class PublishedWrappers {
  private PublishedWrappers() {}

  private static String around(String type, String options, NamedCell inner) {
    return "{'type': '" + type + "', " + options + "'cell': " + inner.spec() + "}";
  }

  private static Map<String, Tensor> with(NamedCell inner, Map<String, Tensor> own) {
    Map<String, Tensor> all = new TreeMap<>(own);
    all.putAll(NamedCell.within(inner.scope(), inner.variables()));
    return all;
  }

  /** The wrapped cell. */
  static NamedCell basicLstm(RandomWeights random, int d, int n) {
    return new BasicLstm(
        "{'type': 'BasicLSTMCell', 'num_units': " + n + ", 'forget_bias': 1.0}",
        Map.of("kernel", random.kernel(d + n, 4 * n), "bias", random.bias(4 * n)),
        d,
        n);
  }

  private record BasicLstm(String spec, Map<String, Tensor> variables, int inputSize, int units)
      implements NamedCell {
    @Override
    public String scope() {
      return "basic_lstm_cell";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(units, units);
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      V in = a.concat(List.of(x, state.get(1)));
      List<V> z = a.split(a.affine(in, variables.get("kernel"), variables.get("bias")), 4);
      V f = a.apply(Activation.SIGMOID, a.add(z.get(2), 1));
      V added = a.mul(a.apply(Activation.SIGMOID, z.get(0)), a.apply(Activation.TANH, z.get(1)));
      V c = a.add(a.mul(state.get(0), f), added);
      V h = a.mul(a.apply(Activation.TANH, c), a.apply(Activation.SIGMOID, z.get(3)));
      return new Step<>(h, List.of(c, h));
    }
  }

  /** {@code ResidualWrapper}: no variables and no scope. */
  static NamedCell residual(RandomWeights random, int n) {
    NamedCell inner = basicLstm(random, n, n);
    return new Residual(around("ResidualWrapper", "", inner), with(inner, Map.of()), inner);
  }

  private record Residual(String spec, Map<String, Tensor> variables, NamedCell inner)
      implements NamedCell {
    @Override
    public String scope() {
      return "";
    }

    @Override
    public int inputSize() {
      return inner.inputSize();
    }

    @Override
    public List<Integer> stateSizes() {
      return inner.stateSizes();
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      Step<V> step = inner.step(a, x, state);
      return new Step<>(a.add(x, step.output()), step.state());
    }
  }

  /** {@code HighwayWrapper}, its two gates coupled or not. */
  static NamedCell highway(RandomWeights random, int n, boolean coupled) {
    NamedCell inner = basicLstm(random, n, n);
    Map<String, Tensor> own = new TreeMap<>();
    own.put("carry_w", random.kernel(n, n));
    own.put("carry_b", random.bias(n));
    if (!coupled) {
      own.put("transform_w", random.kernel(n, n));
      own.put("transform_b", random.bias(n));
    }
    String option = coupled ? "" : "'couple_carry_transform_gates': false, ";
    return new Highway(around("HighwayWrapper", option, inner), with(inner, own), inner);
  }

  private record Highway(String spec, Map<String, Tensor> variables, NamedCell inner)
      implements NamedCell {
    @Override
    public String scope() {
      return "";
    }

    @Override
    public int inputSize() {
      return inner.inputSize();
    }

    @Override
    public List<Integer> stateSizes() {
      return inner.stateSizes();
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      Step<V> step = inner.step(a, x, state);
      V carry =
          a.apply(
              Activation.SIGMOID,
              a.affine(x, variables.get("carry_w"), variables.get("carry_b")));
      if (!variables.containsKey("transform_w")) {
        return new Step<>(a.blend(carry, x, step.output()), step.state());
      }
      V transform =
          a.apply(
              Activation.SIGMOID,
              a.affine(x, variables.get("transform_w"), variables.get("transform_b")));
      return new Step<>(a.add(a.mul(x, carry), a.mul(step.output(), transform)), step.state());
    }
  }

  /** {@code OutputProjectionWrapper} with an activation. */
  static NamedCell outputProjection(RandomWeights random, int d, int n) {
    NamedCell inner = basicLstm(random, d, n);
    int size = (n + 2) / 2;
    return new Projection(
        around(
            "OutputProjectionWrapper",
            "'output_size': " + size + ", 'activation': 'relu', ",
            inner),
        with(inner, Map.of("kernel", random.kernel(n, size), "bias", random.bias(size))),
        inner,
        d,
        false);
  }

  /** {@code InputProjectionWrapper}. */
  static NamedCell inputProjection(RandomWeights random, int d, int n) {
    int size = (d + 3) / 2;
    NamedCell inner = basicLstm(random, size, n);
    return new Projection(
        around(
            "InputProjectionWrapper",
            "'num_proj': " + size + ", 'activation': 'relu', ",
            inner),
        with(inner, Map.of("kernel", random.kernel(d, size), "bias", random.bias(size))),
        inner,
        d,
        true);
  }

  private record Projection(
      String spec,
      Map<String, Tensor> variables,
      NamedCell inner,
      int inputSize,
      boolean before)
      implements NamedCell {
    @Override
    public String scope() {
      return before ? "input_projection_wrapper" : "output_projection_wrapper";
    }

    @Override
    public List<Integer> stateSizes() {
      return inner.stateSizes();
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      if (before) {
        return inner.step(a, project(a, x), state);
      }
      Step<V> step = inner.step(a, x, state);
      return new Step<>(project(a, step.output()), step.state());
    }

    private <V> V project(Arithmetic<V> a, V x) {
      return a.apply(
          Activation.RELU, a.affine(x, variables.get("kernel"), variables.get("bias")));
    }
  }

  /** {@code AttentionCellWrapper} over a window of {@code length} outputs. */
  static NamedCell attention(RandomWeights random, int d, int n, int length) {
    NamedCell inner = basicLstm(random, d, n);
    int size = (n + 3) / 2;
    int vec = (n + 5) / 2;
    Map<String, Tensor> own = new TreeMap<>();
    own.put("kernel", random.kernel(d + size, d));
    own.put("bias", random.bias(d));
    own.put("attention/attn_w", Kernels.reshaped(random.kernel(size, vec), 1, 1, size, vec));
    own.put("attention/attn_v", random.bias(vec));
    own.put("attention/kernel", random.kernel(2 * n, vec));
    own.put("attention/bias", random.bias(vec));
    own.put("attn_output_projection/kernel", random.kernel(n + size, size));
    own.put("attn_output_projection/bias", random.bias(size));
    String options =
        String.format(
            "'attn_length': %d, 'attn_size': %d, 'attn_vec_size': %d, ", length, size, vec);
    return new Attention(
        around("AttentionCellWrapper", options, inner), with(inner, own), inner, length, size);
  }

  private record Attention(
      String spec, Map<String, Tensor> variables, NamedCell inner, int length, int size)
      implements NamedCell {
    @Override
    public String scope() {
      return "attention_cell_wrapper";
    }

    @Override
    public int inputSize() {
      return inner.inputSize();
    }

    @Override
    public List<Integer> stateSizes() {
      List<Integer> sizes = new ArrayList<>(inner.stateSizes());
      sizes.add(size);
      sizes.add(size * length);
      return sizes;
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      int parts = inner.stateSizes().size();
      V in = linear(a, a.concat(List.of(x, state.get(parts))), "");
      Step<V> step = inner.step(a, in, state.subList(0, parts));
      List<V> window = a.split(state.get(parts + 1), length);
      V query = linear(a, a.concat(step.state()), "attention/");
      Tensor weights = variables.get("attention/attn_w");
      int vec = Math.toIntExact(weights.shape().dim(3));
      Tensor features = Kernels.reshaped(weights, size, vec);
      Tensor scorer = Kernels.reshaped(variables.get("attention/attn_v"), vec, 1);
      List<V> scores = new ArrayList<>();
      for (V each : window) {
        V hidden = a.apply(Activation.TANH, a.add(a.product(each, features), query));
        scores.add(a.product(hidden, scorer));
      }
      List<V> shares = a.split(a.softmax(a.concat(scores)), length);
      List<V> weighted = new ArrayList<>();
      for (int i = 0; i < length; i++) {
        weighted.add(a.mul(a.tile(shares.get(i), size), window.get(i)));
      }
      V attended = a.sum(weighted);
      V output =
          linear(a, a.concat(List.of(step.output(), attended)), "attn_output_projection/");
      List<V> moved = new ArrayList<>(window.subList(1, length));
      moved.add(output);
      List<V> next = new ArrayList<>(step.state());
      next.add(attended);
      next.add(a.concat(moved));
      return new Step<>(output, next);
    }

    private <V> V linear(Arithmetic<V> a, V x, String scope) {
      return a.affine(x, variables.get(scope + "kernel"), variables.get(scope + "bias"));
    }
  }
}
