package org.sparkrnn.oracle;

import java.util.List;
import java.util.Map;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.tensor.Tensor;

/**
 * The cells of {@code tf.contrib.rnn} with one part of state, and {@code NASCell}.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
final class PublishedGatedCells {
  private PublishedGatedCells() {}

  /** {@code UGRNNCell}. */
  static NamedCell ugRnn(RandomWeights random, int d, int n) {
    return new UgRnn(
        "{'type': 'UGRNNCell', 'num_units': " + n + ", 'forget_bias': 0.5}",
        Map.of("kernel", random.kernel(d + n, 2 * n), "bias", random.bias(2 * n)),
        d,
        n);
  }

  private record UgRnn(String spec, Map<String, Tensor> variables, int inputSize, int units)
      implements NamedCell {
    @Override
    public String scope() {
      return "ugrnn_cell";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(units);
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      V h = state.get(0);
      List<V> gc =
          a.split(
              a.affine(a.concat(List.of(x, h)), variables.get("kernel"), variables.get("bias")), 2);
      V gate = a.apply(Activation.SIGMOID, a.add(gc.get(0), 0.5f));
      V next = a.blend(gate, h, a.apply(Activation.TANH, gc.get(1)));
      return new Step<>(next, List.of(next));
    }
  }

  /** {@code IntersectionRNNCell}; without a projection its input must be as wide as its units. */
  static NamedCell intersection(RandomWeights random, int d, int n) {
    Tensor kernel = random.kernel(2 * n, 4 * n);
    Tensor bias = random.bias(4 * n);
    String spec = "{'type': 'IntersectionRNNCell', 'num_units': " + n;
    if (d == n) {
      return new Intersection(spec + ", 'forget_bias': 1.0}", Map.of("kernel", kernel, "bias", bias), d, n, 1);
    }
    return new Intersection(
        spec + ", 'num_in_proj': " + n + ", 'forget_bias': 0.5}",
        Map.of(
            "kernel",
            kernel,
            "bias",
            bias,
            "in_projection/kernel",
            random.kernel(d, n),
            "in_projection/bias",
            random.bias(n)),
        d,
        n,
        0.5f);
  }

  private record Intersection(
      String spec, Map<String, Tensor> variables, int inputSize, int units, float forgetBias)
      implements NamedCell {
    @Override
    public String scope() {
      return "intersection_rnn_cell";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(units);
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      V h = state.get(0);
      V in =
          inputSize == units
              ? x
              : a.affine(
                  x, variables.get("in_projection/kernel"), variables.get("in_projection/bias"));
      List<V> z =
          a.split(
              a.affine(a.concat(List.of(in, h)), variables.get("kernel"), variables.get("bias")),
              4);
      V gh = a.apply(Activation.SIGMOID, a.add(z.get(0), forgetBias));
      V gy = a.apply(Activation.SIGMOID, a.add(z.get(2), forgetBias));
      V next = a.blend(gh, h, a.apply(Activation.TANH, z.get(1)));
      V y = a.blend(gy, in, a.apply(Activation.RELU, z.get(3)));
      return new Step<>(y, List.of(next));
    }
  }

  /** {@code NASCell}, with a bias and a projection where {@code full}. */
  static NamedCell nas(RandomWeights random, int d, int n, boolean full) {
    int m = full ? (n + 2) / 2 : n;
    Tensor recurrent = random.kernel(m, 8 * n);
    Tensor kernel = random.kernel(d, 8 * n);
    if (!full) {
      return new Nas(
          "{'type': 'NASCell', 'num_units': " + n + "}",
          Map.of("recurrent_kernel", recurrent, "kernel", kernel),
          d,
          n,
          m);
    }
    return new Nas(
        "{'type': 'NASCell', 'num_units': " + n + ", 'num_proj': " + m + ", 'use_bias': true}",
        Map.of(
            "recurrent_kernel",
            recurrent,
            "kernel",
            kernel,
            "bias",
            random.bias(8 * n),
            "projection_weights",
            random.kernel(n, m)),
        d,
        n,
        m);
  }

  private record Nas(
      String spec, Map<String, Tensor> variables, int inputSize, int units, int projected)
      implements NamedCell {
    @Override
    public String scope() {
      return "nas_cell";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(units, projected);
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      Tensor bias = variables.getOrDefault("bias", Tensor.zeros(8L * units));
      List<V> m = a.split(a.affine(state.get(1), variables.get("recurrent_kernel"), bias), 8);
      List<V> i = a.split(a.product(x, variables.get("kernel")), 8);
      V l0 = a.apply(Activation.SIGMOID, a.add(i.get(0), m.get(0)));
      V l1 = a.apply(Activation.RELU, a.add(i.get(1), m.get(1)));
      V l2 = a.apply(Activation.SIGMOID, a.add(i.get(2), m.get(2)));
      V l3 = a.apply(Activation.RELU, a.mul(i.get(3), m.get(3)));
      V l4 = a.apply(Activation.TANH, a.add(i.get(4), m.get(4)));
      V l5 = a.apply(Activation.SIGMOID, a.add(i.get(5), m.get(5)));
      V l6 = a.apply(Activation.TANH, a.add(i.get(6), m.get(6)));
      V l7 = a.apply(Activation.SIGMOID, a.add(i.get(7), m.get(7)));
      V first = a.apply(Activation.TANH, a.mul(l0, l1));
      V second = a.apply(Activation.TANH, a.add(l2, l3));
      V third = a.apply(Activation.TANH, a.mul(l4, l5));
      V fourth = a.apply(Activation.SIGMOID, a.add(l6, l7));
      V c = a.mul(a.apply(Activation.TANH, a.add(first, state.get(0))), second);
      V h = a.apply(Activation.TANH, a.mul(c, a.apply(Activation.TANH, a.add(third, fourth))));
      if (variables.containsKey("projection_weights")) {
        h = a.product(h, variables.get("projection_weights"));
      }
      return new Step<>(h, List.of(c, h));
    }
  }

  /** {@code SRUCell}. */
  static NamedCell sru(RandomWeights random, int d, int n) {
    return new Sru(
        "{'type': 'SRUCell', 'num_units': " + n + "}",
        Map.of("kernel", random.kernel(d, 4 * n), "bias", random.bias(2 * n)),
        d,
        n);
  }

  private record Sru(String spec, Map<String, Tensor> variables, int inputSize, int units)
      implements NamedCell {
    @Override
    public String scope() {
      return "sru_cell";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(units);
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      float[] bias = new float[4 * units];
      variables.get("bias").copyTo(0, bias, units, 2 * units);
      Tensor padded = Tensor.of(org.sparkrnn.tensor.Shape.of(4L * units), bias);
      List<V> z = a.split(a.affine(x, variables.get("kernel"), padded), 4);
      V f = a.apply(Activation.SIGMOID, z.get(1));
      V r = a.apply(Activation.SIGMOID, z.get(2));
      V c = a.blend(f, state.get(0), z.get(0));
      V h = a.blend(r, a.apply(Activation.TANH, c), z.get(3));
      return new Step<>(h, List.of(c));
    }
  }

  /** {@code MinimalRNNCell}. */
  static NamedCell minimal(RandomWeights random, int d, int n) {
    Tensor kernel = random.kernel(d + 2 * n, n);
    return new Minimal(
        "{'type': 'MinimalRNNCell', 'num_units': " + n + "}",
        Map.of("kernel", kernel, "bias", random.bias(n)),
        d,
        n,
        kernel.rows(0, d),
        kernel.rows(d, 2 * n));
  }

  private record Minimal(
      String spec,
      Map<String, Tensor> variables,
      int inputSize,
      int units,
      Tensor feedForward,
      Tensor gate)
      implements NamedCell {
    @Override
    public String scope() {
      return "minimal_rnn_cell";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(units);
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      V z = a.apply(Activation.TANH, a.product(x, feedForward));
      V u = a.affine(a.concat(List.of(z, state.get(0))), gate, variables.get("bias"));
      V next = a.blend(a.apply(Activation.SIGMOID, u), state.get(0), z);
      return new Step<>(next, List.of(next));
    }
  }

  /** {@code CFNCell}. */
  static NamedCell cfn(RandomWeights random, int d, int n) {
    Tensor kernel = random.kernel(d, 3 * n);
    return new Cfn(
        "{'type': 'CFNCell', 'num_units': " + n + "}",
        Map.of(
            "kernel",
            kernel,
            "recurrent_kernel",
            random.kernel(n, 2 * n),
            "bias",
            random.bias(2 * n)),
        d,
        n,
        Kernels.columns(kernel, 0, 2 * n),
        Kernels.columns(kernel, 2 * n, n));
  }

  private record Cfn(
      String spec,
      Map<String, Tensor> variables,
      int inputSize,
      int units,
      Tensor gates,
      Tensor projection)
      implements NamedCell {
    @Override
    public String scope() {
      return "cfn_cell";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(units);
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      V h = state.get(0);
      V sums =
          a.affine(x, gates, h, variables.get("recurrent_kernel"), variables.get("bias"));
      List<V> z = a.split(a.apply(Activation.SIGMOID, sums), 2);
      V in = a.product(x, projection);
      V kept = a.mul(z.get(0), a.apply(Activation.TANH, h));
      V added = a.mul(a.complement(z.get(1)), a.apply(Activation.TANH, in));
      V next = a.add(kept, added);
      return new Step<>(next, List.of(next));
    }
  }
}
