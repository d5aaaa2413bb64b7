package org.sparkrnn.oracle;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.tensor.Tensor;

/**
 * The cells of {@code tf.contrib.rnn} whose units see only their own state.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
final class PublishedIndependentCells {
  private PublishedIndependentCells() {}

  /** {@code x * kernel + tile(h) * recurrent + bias}. */
  private static <V> V gates(
      Arithmetic<V> a, V x, V h, Tensor kernel, Tensor recurrent, Tensor bias) {
    int columns = Math.toIntExact(recurrent.shape().elements());
    return a.add(a.affine(x, kernel, bias), a.scale(a.tile(h, columns), recurrent));
  }

  /** {@code IndRNNCell}. */
  static NamedCell indRnn(RandomWeights random, int d, int n) {
    return new IndRnn(
        "{'type': 'IndRNNCell', 'num_units': " + n + ", 'activation': 'relu'}",
        Map.of(
            "kernel_w", random.kernel(d, n),
            "kernel_u", random.row(n),
            "bias", random.bias(n)),
        d,
        n);
  }

  private record IndRnn(String spec, Map<String, Tensor> variables, int inputSize, int units)
      implements NamedCell {
    @Override
    public String scope() {
      return "ind_rnn_cell";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(units);
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      V h = a.apply(Activation.RELU, gates(a, x, state.get(0), variables.get("kernel_w"), variables.get("kernel_u"), variables.get("bias")));
      return new Step<>(h, List.of(h));
    }
  }

  /** {@code IndyGRUCell}. */
  static NamedCell indyGru(RandomWeights random, int d, int n) {
    return new IndyGru(
        "{'type': 'IndyGRUCell', 'num_units': " + n + "}",
        Map.of(
            "gates/kernel_w", random.kernel(d, 2 * n),
            "gates/kernel_u", random.row(2 * n),
            "gates/bias", random.bias(2 * n),
            "candidate/kernel", random.kernel(d, n),
            "candidate/kernel_u", random.row(n),
            "candidate/bias", random.bias(n)),
        d,
        n);
  }

  /** TensorFlow spells the candidate's kernel without {@code _w}. */
  private record IndyGru(String spec, Map<String, Tensor> variables, int inputSize, int units)
      implements NamedCell {
    @Override
    public String scope() {
      return "indy_gru_cell";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(units);
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      V h = state.get(0);
      List<V> ru = a.split(a.apply(Activation.SIGMOID, gates(a, x, h, variables.get("gates/kernel_w"), variables.get("gates/kernel_u"), variables.get("gates/bias"))), 2);
      V z = gates(a, x, a.mul(ru.get(0), h), variables.get("candidate/kernel"), variables.get("candidate/kernel_u"), variables.get("candidate/bias"));
      V next = a.blend(ru.get(1), h, a.apply(Activation.TANH, z));
      return new Step<>(next, List.of(next));
    }
  }

  /** {@code IndyLSTMCell}. */
  static NamedCell indyLstm(RandomWeights random, int d, int n) {
    return new IndyLstm(
        "{'type': 'IndyLSTMCell', 'num_units': " + n + ", 'forget_bias': 0.5}",
        Map.of(
            "kernel_w", random.kernel(d, 4 * n),
            "kernel_u", random.row(4 * n),
            "bias", random.bias(4 * n)),
        d,
        n);
  }

  private record IndyLstm(String spec, Map<String, Tensor> variables, int inputSize, int units)
      implements NamedCell {
    @Override
    public String scope() {
      return "indy_lstm_cell";
    }

    @Override
    public List<Integer> stateSizes() {
      return Collections.nCopies(2, units);
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      List<V> z = a.split(gates(a, x, state.get(1), variables.get("kernel_w"), variables.get("kernel_u"), variables.get("bias")), 4);
      V f = a.apply(Activation.SIGMOID, a.add(z.get(2), 0.5f));
      V added = a.mul(a.apply(Activation.SIGMOID, z.get(0)), a.apply(Activation.TANH, z.get(1)));
      V c = a.add(a.mul(state.get(0), f), added);
      V h = a.mul(a.apply(Activation.TANH, c), a.apply(Activation.SIGMOID, z.get(3)));
      return new Step<>(h, List.of(c, h));
    }
  }
}
