package org.sparkrnn.oracle;

import java.util.List;
import java.util.Map;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.tensor.Tensor;

/**
 * Keras' cells, with their kernels apart and their gates in Keras' order. The state of the LSTM is
 * in TensorFlow's order here, {@code c} first.
 *
 * @see <a
 *     href="https://github.com/keras-team/keras/blob/2.3.1/keras/layers/recurrent.py">Keras 2.3.1,
 *     recurrent.py</a>
 */
final class PublishedKerasCells {
  private PublishedKerasCells() {}

  /** {@code LSTMCell} with the hard sigmoid of Keras 2's default. */
  static NamedCell lstm(RandomWeights random, int d, int n) {
    return new Lstm(
        "{'type': 'keras.LSTMCell', 'units': "
            + n
            + ", 'recurrent_activation': 'hard_sigmoid'}",
        weights(random, d, n, 4, random.bias(4 * n)),
        d,
        n);
  }

  private static Map<String, Tensor> weights(
      RandomWeights random, int d, int n, int gates, Tensor bias) {
    return Map.of(
        "kernel", random.kernel(d, gates * n),
        "recurrent_kernel", random.kernel(n, gates * n),
        "bias", bias);
  }

  private record Lstm(String spec, Map<String, Tensor> variables, int inputSize, int units)
      implements NamedCell {
    @Override
    public String scope() {
      return "lstm_cell";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(units, units);
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      List<V> z =
          a.split(
              a.affine(
                  x,
                  variables.get("kernel"),
                  state.get(1),
                  variables.get("recurrent_kernel"),
                  variables.get("bias")),
              4);
      V i = a.apply(Activation.HARD_SIGMOID, z.get(0));
      V f = a.apply(Activation.HARD_SIGMOID, z.get(1));
      V o = a.apply(Activation.HARD_SIGMOID, z.get(3));
      V c = a.add(a.mul(f, state.get(0)), a.mul(i, a.apply(Activation.TANH, z.get(2))));
      V h = a.mul(o, a.apply(Activation.TANH, c));
      return new Step<>(h, List.of(c, h));
    }
  }

  /** {@code GRUCell}, which resets after the product and has two rows of bias, or before. */
  static NamedCell gru(RandomWeights random, int d, int n, boolean resetAfter) {
    String spec =
        "{'type': 'keras.GRUCell', 'units': "
            + n
            + ", 'recurrent_activation': 'sigmoid', 'reset_after': "
            + resetAfter
            + "}";
    Tensor bias = random.bias((resetAfter ? 6 : 3) * n);
    Tensor stored = resetAfter ? Kernels.reshaped(bias, 2, 3L * n) : bias;
    Map<String, Tensor> variables = weights(random, d, n, 3, stored);
    Tensor recurrent = variables.get("recurrent_kernel");
    return new Gru(
        spec,
        variables,
        d,
        n,
        resetAfter,
        Kernels.columns(recurrent, 0, 2 * n),
        Kernels.columns(recurrent, 2 * n, n));
  }

  private record Gru(
      String spec,
      Map<String, Tensor> variables,
      int inputSize,
      int units,
      boolean resetAfter,
      Tensor ofGates,
      Tensor ofCandidate)
      implements NamedCell {
    @Override
    public String scope() {
      return "gru_cell";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(units);
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      V h = state.get(0);
      Tensor kernel = variables.get("kernel");
      Tensor zeros = Tensor.zeros(2L * units);
      List<V> in = a.split(a.affine(x, kernel, row(0)), 3);
      V recurrent = a.affine(h, ofGates, resetAfter ? Kernels.part(row(1), 0, 2 * units) : zeros);
      List<V> gates = a.split(recurrent, 2);
      V z = a.apply(Activation.SIGMOID, a.add(in.get(0), gates.get(0)));
      V r = a.apply(Activation.SIGMOID, a.add(in.get(1), gates.get(1)));
      V candidate;
      if (resetAfter) {
        V hidden = a.affine(h, ofCandidate, Kernels.part(row(1), 2 * units, units));
        candidate = a.add(in.get(2), a.mul(r, hidden));
      } else {
        candidate = a.add(in.get(2), a.product(a.mul(r, h), ofCandidate));
      }
      V next = a.blend(z, h, a.apply(Activation.TANH, candidate));
      return new Step<>(next, List.of(next));
    }

    private Tensor row(int row) {
      return Kernels.part(variables.get("bias"), row * 3 * units, 3 * units);
    }
  }

  /** {@code SimpleRNNCell}. */
  static NamedCell simpleRnn(RandomWeights random, int d, int n) {
    return new SimpleRnn(
        "{'type': 'keras.SimpleRNNCell', 'units': " + n + "}",
        weights(random, d, n, 1, random.bias(n)),
        d,
        n);
  }

  private record SimpleRnn(String spec, Map<String, Tensor> variables, int inputSize, int units)
      implements NamedCell {
    @Override
    public String scope() {
      return "simple_rnn_cell";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(units);
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      V z =
          a.affine(
              x,
              variables.get("kernel"),
              state.get(0),
              variables.get("recurrent_kernel"),
              variables.get("bias"));
      V h = a.apply(Activation.TANH, z);
      return new Step<>(h, List.of(h));
    }
  }
}
