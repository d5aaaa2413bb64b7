package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReverseSequence;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * {@code dynamic_rnn} and its backward direction, of TensorFlow's own operations: per step and row
 * a {@code Select} between the cell's results and zeros or the old state.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/python/ops/rnn.py">TensorFlow
 *     1.15, rnn.py</a>
 */
final class TensorFlowLoop {
  private final Ops tf;
  private final JudgedRows rows;

  /** One step of a cell, of TensorFlow's operations. */
  interface Cell {
    PublishedCell.Step<Operand<TFloat32>> step(
        Operand<TFloat32> x, List<Operand<TFloat32>> state);
  }

  TensorFlowLoop(Ops tf, JudgedRows rows) {
    this.tf = tf;
    this.rows = rows;
  }

  /** The cell composed as its formula is published. */
  Cell composed(PublishedCell cell) {
    TensorFlowArithmetic arithmetic = new TensorFlowArithmetic(tf);
    return (x, state) -> cell.step(arithmetic, x, state);
  }

  /** {@code dynamic_rnn} of one cell, or {@code bidirectional_dynamic_rnn}; NaN is the padding. */
  Answers run(List<PublishedCell> directions) {
    return run(List.of(directions), rows.batch(tf, Float.NaN));
  }

  /** {@code stack_bidirectional_dynamic_rnn}. */
  Answers stack(List<List<PublishedCell>> levels) {
    return run(levels, rows.batch(tf, Float.NaN));
  }

  private Answers run(List<List<PublishedCell>> levels, Operand<TFloat32> batch) {
    List<List<float[][]>> states = List.of(new ArrayList<>(), new ArrayList<>());
    Operand<TFloat32> x = batch;
    Answers merged = null;
    for (int level = 0; level < levels.size(); level++) {
      for (int d = 0; d < levels.get(level).size(); d++) {
        PublishedCell cell = levels.get(level).get(d);
        int offset = Answers.stateOffset(levels, level, d);
        Answers one =
            d == 0
                ? forward(composed(cell), cell.stateSizes(), offset, x)
                : backward(composed(cell), cell.stateSizes(), offset, x);
        states.get(d).add(one.states());
        merged = d == 0 ? one : Answers.both(merged, one);
      }
      x = batch(merged.outputs());
    }
    float[][] all = new float[rows.rows()][0];
    states.stream()
        .flatMap(List::stream)
        .forEach(each -> Arrays.setAll(all, row -> Answers.concat(all[row], each[row])));
    return new Answers(merged.outputs(), all);
  }

  /**
   * Runs the padded batch forward.
   *
   * @param stateSizes the sizes of the state's parts
   * @param stateOffset where they begin in the rows' states
   * @param batch {@code [rows, maxTime, size]}
   */
  Answers forward(
      Cell cell, List<Integer> stateSizes, int stateOffset, Operand<TFloat32> batch) {
    return step(cell, stateSizes, stateOffset, batch);
  }

  /** Runs the padded batch backward: reversed within each row's length before and after. */
  private Answers backward(
      Cell cell, List<Integer> stateSizes, int stateOffset, Operand<TFloat32> batch) {
    Answers reversed = step(cell, stateSizes, stateOffset, reverse(batch));
    int size = reversed.outputs()[0][0].length;
    float[] turned = floats(reverse(batch(reversed.outputs())));
    float[][][] outputs = new float[rows.rows()][rows.maxTime()][];
    for (int row = 0; row < rows.rows(); row++) {
      for (int t = 0; t < rows.maxTime(); t++) {
        int from = (row * rows.maxTime() + t) * size;
        outputs[row][t] = Arrays.copyOfRange(turned, from, from + size);
      }
    }
    return new Answers(outputs, reversed.states());
  }

  private Operand<TFloat32> batch(float[][][] outputs) {
    int size = outputs[0][0].length;
    float[] flat = new float[rows.rows() * rows.maxTime() * size];
    for (int row = 0; row < rows.rows(); row++) {
      for (int t = 0; t < rows.maxTime(); t++) {
        System.arraycopy(outputs[row][t], 0, flat, (row * rows.maxTime() + t) * size, size);
      }
    }
    return tf.constant(Shape.of(rows.rows(), rows.maxTime(), size), DataBuffers.of(flat));
  }

  private Answers step(
      Cell cell, List<Integer> stateSizes, int stateOffset, Operand<TFloat32> batch) {
    List<Operand<TFloat32>> state = new ArrayList<>();
    int offset = stateOffset;
    for (int size : stateSizes) {
      state.add(
          tf.constant(Shape.of(rows.rows(), size), DataBuffers.of(rows.state(offset, size))));
      offset += size;
    }
    List<Operand<TFloat32>> steps = tf.unstack(batch, (long) rows.maxTime(), axis()).output()
        .stream().map(step -> (Operand<TFloat32>) step).toList();
    float[][][] outputs = new float[rows.rows()][rows.maxTime()][];
    for (int t = 0; t < rows.maxTime(); t++) {
      PublishedCell.Step<Operand<TFloat32>> step = cell.step(steps.get(t), state);
      float[] output = floats(select(t, step.output(), tf.zerosLike(step.output())));
      int size = output.length / rows.rows();
      for (int row = 0; row < rows.rows(); row++) {
        outputs[row][t] = Arrays.copyOfRange(output, row * size, (row + 1) * size);
      }
      List<Operand<TFloat32>> next = new ArrayList<>();
      for (int part = 0; part < state.size(); part++) {
        next.add(select(t, step.state().get(part), state.get(part)));
      }
      state = next;
    }
    return new Answers(outputs, states(state));
  }

  private float[][] states(List<Operand<TFloat32>> parts) {
    float[] all = floats(new TensorFlowArithmetic(tf).concat(parts));
    int size = all.length / rows.rows();
    float[][] states = new float[rows.rows()][];
    for (int row = 0; row < rows.rows(); row++) {
      states[row] = Arrays.copyOfRange(all, row * size, (row + 1) * size);
    }
    return states;
  }

  /** For each row {@code fresh} where the row has a step {@code t}, else {@code otherwise}. */
  private Operand<TFloat32> select(
      int t, Operand<TFloat32> fresh, Operand<TFloat32> otherwise) {
    boolean[][] going = new boolean[rows.rows()][1];
    for (int row = 0; row < rows.rows(); row++) {
      going[row][0] = t < rows.length(row);
    }
    return tf.select(tf.constant(going), fresh, otherwise);
  }

  private <T extends TType> Operand<T> reverse(Operand<T> batch) {
    Operand<TInt32> lengths = tf.constant(rows.lengths());
    return tf.reverseSequence(batch, lengths, 1L, ReverseSequence.batchDim(0L));
  }

  private static org.tensorflow.op.core.Unstack.Options axis() {
    return org.tensorflow.op.core.Unstack.axis(1L);
  }

  static float[] floats(Operand<TFloat32> operand) {
    TFloat32 tensor = operand.asTensor();
    float[] values = new float[Math.toIntExact(tensor.size())];
    tensor.copyTo(DataBuffers.of(values, false, false));
    return values;
  }
}
