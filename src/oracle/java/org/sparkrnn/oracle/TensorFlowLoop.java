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

  /**
   * Runs the padded batch forward.
   *
   * @param stateSizes the sizes of the state's parts
   * @param stateOffset where they begin in the rows' states
   * @param filler what stands behind each row's length
   */
  Answers forward(Cell cell, List<Integer> stateSizes, int stateOffset, float filler) {
    return run(cell, stateSizes, stateOffset, rows.batch(tf, filler));
  }

  /** Runs the padded batch backward: reversed within each row's length before and after. */
  Answers backward(Cell cell, List<Integer> stateSizes, int stateOffset, float filler) {
    Answers reversed = run(cell, stateSizes, stateOffset, reverse(rows.batch(tf, filler)));
    int maxTime = rows.maxTime();
    int size = reversed.outputs()[0][0].length;
    float[] flat = new float[rows.rows() * maxTime * size];
    for (int row = 0; row < rows.rows(); row++) {
      for (int t = 0; t < maxTime; t++) {
        System.arraycopy(
            reversed.outputs()[row][t], 0, flat, (row * maxTime + t) * size, size);
      }
    }
    float[] turned =
        floats(
            reverse(tf.constant(Shape.of(rows.rows(), maxTime, size), DataBuffers.of(flat))));
    float[][][] outputs = new float[rows.rows()][maxTime][];
    for (int row = 0; row < rows.rows(); row++) {
      for (int t = 0; t < maxTime; t++) {
        int from = (row * maxTime + t) * size;
        outputs[row][t] = Arrays.copyOfRange(turned, from, from + size);
      }
    }
    return new Answers(outputs, reversed.states());
  }

  private Answers run(
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
