package org.sparkrnn.oracle;

import java.util.List;
import org.sparkrnn.cell.OnnxGruCell;
import org.sparkrnn.cell.OnnxLstmCell;
import org.sparkrnn.cell.OnnxRnnCell;
import org.sparkrnn.tensor.Tensor;

/**
 * ONNX' operators as their documentation publishes them.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/v1.17.0/docs/Operators.md#LSTM">ONNX operators,
 *     1.17</a>
 */
final class PublishedOnnxCells {
  private PublishedOnnxCells() {}

  private static <V> V bounded(Arithmetic<V> a, V x, float clip) {
    return clip < Float.POSITIVE_INFINITY ? a.clip(x, clip) : x;
  }

  /** {@code LSTM}. */
  record Lstm(OnnxLstmCell weights) implements PublishedCell {
    @Override
    public List<Integer> stateSizes() {
      return List.of(weights.numUnits(), weights.numUnits());
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      V before = state.get(0);
      OnnxLstmCell.Functions functions = weights.functions();
      V given = a.concat(List.of(x, state.get(1)));
      List<V> z =
          a.split(a.affine(given, weights.kernel(), weights.bias()), weights.coupled() ? 3 : 4);
      V i = gate(a, z.get(0), before, weights.peepholes().input());
      V g = a.apply(functions.g(), bounded(a, z.get(1), weights.clip()));
      V c;
      if (weights.coupled()) {
        c = a.add(a.mul(a.complement(i), before), a.mul(i, g));
      } else {
        V f = gate(a, z.get(2), before, weights.peepholes().forget());
        c = a.add(a.mul(f, before), a.mul(i, g));
      }
      V o = gate(a, z.get(z.size() - 1), c, weights.peepholes().output());
      V h = a.mul(o, a.apply(functions.h(), c));
      return new Step<>(h, List.of(c, h));
    }

    private <V> V gate(Arithmetic<V> a, V z, V c, Tensor diagonal) {
      V seen = diagonal.shape().elements() > 0 ? a.add(z, a.scale(c, diagonal)) : z;
      return a.apply(weights.functions().f(), bounded(a, seen, weights.clip()));
    }
  }

  /** {@code GRU}. */
  record Gru(OnnxGruCell weights) implements PublishedCell {
    @Override
    public List<Integer> stateSizes() {
      return List.of(weights.numUnits());
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      V h = state.get(0);
      V gates = a.affine(a.concat(List.of(x, h)), weights.gatesKernel(), weights.gatesBias());
      List<V> rz =
          a.split(a.apply(weights.gateActivation(), bounded(a, gates, weights.clip())), 2);
      Tensor kernel = weights.candidateKernel();
      V sum;
      if (weights.linearBeforeReset()) {
        int d = weights.inputSize();
        V input = a.affine(x, kernel.rows(0, d), weights.candidateBias());
        V hidden = a.affine(h, kernel.rows(d, weights.numUnits()), weights.hiddenBias());
        sum = a.add(input, a.mul(rz.get(0), hidden));
      } else {
        V reset = a.mul(rz.get(0), h);
        sum = a.affine(a.concat(List.of(x, reset)), kernel, weights.candidateBias());
      }
      V fresh = a.apply(weights.activation(), bounded(a, sum, weights.clip()));
      V next = a.blend(rz.get(1), h, fresh);
      return new Step<>(next, List.of(next));
    }
  }

  /** {@code RNN}. */
  record Rnn(OnnxRnnCell weights) implements PublishedCell {
    @Override
    public List<Integer> stateSizes() {
      return List.of(weights.numUnits());
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      V given = a.concat(List.of(x, state.get(0)));
      V sum = a.affine(given, weights.kernel(), weights.bias());
      V next = a.apply(weights.activation(), bounded(a, sum, weights.clip()));
      return new Step<>(next, List.of(next));
    }
  }
}
