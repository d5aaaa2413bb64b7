package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.InputProjectionWrapper;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.OnnxGruCell;
import org.sparkrnn.cell.OnnxLstmCell;
import org.sparkrnn.cell.OnnxRnnCell;
import org.sparkrnn.cell.OutputProjectionWrapper;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.ResidualWrapper;
import org.sparkrnn.cell.RnnCell;

/**
 * The cells of {@code tf.nn.rnn_cell} as TensorFlow publishes them.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/python/ops/rnn_cell_impl.py">TensorFlow
 *     1.15, rnn_cell_impl.py</a>
 */
final class PublishedCells {
  private PublishedCells() {}

  /** The published formula with the weights of {@code cell}. */
  static PublishedCell of(RnnCell cell) {
    if (cell instanceof BasicRnnCell basic) {
      return new BasicRnn(basic);
    }
    if (cell instanceof LstmCell lstm) {
      return new Lstm(lstm);
    }
    if (cell instanceof GruCell gru) {
      return new Gru(gru);
    }
    if (cell instanceof ResetAfterGruCell gru) {
      return new CudnnCompatibleGru(gru);
    }
    if (cell instanceof MultiRnnCell multi) {
      return new Multi(multi.cells().stream().map(PublishedCells::of).toList());
    }
    if (cell instanceof OnnxLstmCell lstm) {
      return new PublishedOnnxCells.Lstm(lstm);
    }
    if (cell instanceof OnnxGruCell gru) {
      return new PublishedOnnxCells.Gru(gru);
    }
    if (cell instanceof OnnxRnnCell rnn) {
      return new PublishedOnnxCells.Rnn(rnn);
    }
    if (cell instanceof ResidualWrapper residual) {
      return new Residual(of(residual.cell()));
    }
    if (cell instanceof OutputProjectionWrapper projection) {
      return new OutputProjection(of(projection.cell()), projection);
    }
    if (cell instanceof InputProjectionWrapper projection) {
      return new InputProjection(of(projection.cell()), projection);
    }
    throw new IllegalArgumentException("no published formula for " + cell.getClass());
  }

  private record BasicRnn(BasicRnnCell weights) implements PublishedCell {
    @Override
    public List<Integer> stateSizes() {
      return List.of(weights.numUnits());
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      V z = a.affine(a.concat(List.of(x, state.get(0))), weights.kernel(), weights.bias());
      V h = a.apply(weights.activation(), z);
      return new Step<>(h, List.of(h));
    }
  }

  private record Lstm(LstmCell weights) implements PublishedCell {
    @Override
    public List<Integer> stateSizes() {
      return List.of(weights.numUnits(), weights.outputSize());
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      V before = state.get(0);
      V h = state.get(1);
      LstmCell.Peepholes peepholes = weights.peepholes();
      List<V> z =
          a.split(a.affine(a.concat(List.of(x, h)), weights.kernel(), weights.bias()), 4);
      V i = z.get(0);
      V f = a.add(z.get(2), weights.forgetBias());
      V o = z.get(3);
      if (peepholes.present()) {
        i = a.add(i, a.scale(before, peepholes.input()));
        f = a.add(f, a.scale(before, peepholes.forget()));
      }
      V kept = a.mul(gate(a, f), before);
      V added = a.mul(gate(a, i), a.apply(weights.activation(), z.get(1)));
      V c = a.add(kept, added);
      if (weights.cellClip() < Float.POSITIVE_INFINITY) {
        c = a.clip(c, weights.cellClip());
      }
      if (peepholes.present()) {
        o = a.add(o, a.scale(c, peepholes.output()));
      }
      V m = a.mul(gate(a, o), a.apply(weights.activation(), c));
      if (weights.projection().present()) {
        m = a.product(m, weights.projection().kernel());
        if (weights.projection().clip() < Float.POSITIVE_INFINITY) {
          m = a.clip(m, weights.projection().clip());
        }
      }
      return new Step<>(m, List.of(c, m));
    }

    private <V> V gate(Arithmetic<V> a, V z) {
      return a.apply(weights.gateActivation(), z);
    }
  }

  private record Gru(GruCell weights) implements PublishedCell {
    @Override
    public List<Integer> stateSizes() {
      return List.of(weights.numUnits());
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      V h = state.get(0);
      V gates = a.affine(a.concat(List.of(x, h)), weights.gatesKernel(), weights.gatesBias());
      List<V> ru = a.split(a.apply(Activation.SIGMOID, gates), 2);
      V reset = a.mul(ru.get(0), h);
      V z =
          a.affine(
              a.concat(List.of(x, reset)), weights.candidateKernel(), weights.candidateBias());
      V next = a.blend(ru.get(1), h, a.apply(weights.activation(), z));
      return new Step<>(next, List.of(next));
    }
  }

  /** {@code cudnn_rnn_ops.py}: the reset comes after the recurrent product. */
  private record CudnnCompatibleGru(ResetAfterGruCell weights) implements PublishedCell {
    @Override
    public List<Integer> stateSizes() {
      return List.of(weights.numUnits());
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      V h = state.get(0);
      V gates = a.affine(a.concat(List.of(x, h)), weights.gatesKernel(), weights.gatesBias());
      List<V> ru = a.split(a.apply(Activation.SIGMOID, gates), 2);
      V hidden = a.affine(h, weights.hiddenKernel(), weights.hiddenBias());
      V input = a.affine(x, weights.inputKernel(), weights.inputBias());
      V z = a.add(input, a.mul(ru.get(0), hidden));
      V next = a.blend(ru.get(1), h, a.apply(weights.activation(), z));
      return new Step<>(next, List.of(next));
    }
  }

  private record Multi(List<PublishedCell> cells) implements PublishedCell {
    @Override
    public List<Integer> stateSizes() {
      return cells.stream().flatMap(cell -> cell.stateSizes().stream()).toList();
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      List<V> next = new ArrayList<>();
      V value = x;
      for (PublishedCell cell : cells) {
        int from = next.size();
        Step<V> step = cell.step(a, value, state.subList(from, from + cell.stateSizes().size()));
        value = step.output();
        next.addAll(step.state());
      }
      return new Step<>(value, next);
    }
  }

  private record Residual(PublishedCell cell) implements PublishedCell {
    @Override
    public List<Integer> stateSizes() {
      return cell.stateSizes();
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      Step<V> step = cell.step(a, x, state);
      return new Step<>(a.add(x, step.output()), step.state());
    }
  }

  private record OutputProjection(PublishedCell cell, OutputProjectionWrapper weights)
      implements PublishedCell {
    @Override
    public List<Integer> stateSizes() {
      return cell.stateSizes();
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      Step<V> step = cell.step(a, x, state);
      V z = a.affine(step.output(), weights.kernel(), weights.bias());
      return new Step<>(a.apply(weights.activation(), z), step.state());
    }
  }

  private record InputProjection(PublishedCell cell, InputProjectionWrapper weights)
      implements PublishedCell {
    @Override
    public List<Integer> stateSizes() {
      return cell.stateSizes();
    }

    @Override
    public <V> Step<V> step(Arithmetic<V> a, V x, List<V> state) {
      V z = a.affine(x, weights.kernel(), weights.bias());
      return cell.step(a, a.apply(weights.activation(), z), state);
    }
  }
}
