package org.sparkrnn.oracle;

import java.util.List;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.tensor.Tensor;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.GRUBlockCell;
import org.tensorflow.op.nn.LSTMBlockCell;
import org.tensorflow.types.TFloat32;

/** TensorFlow's fused cells and its fused sequence: {@code contrib/rnn/python/ops/lstm_ops.py}. */
final class TensorFlowFused {
  /** What the Python cells pass for a clip of {@code None}; the op's own default would be 3. */
  private static final float NO_CLIP = -1;

  private final Ops tf;
  private final TensorFlowArithmetic arithmetic;

  TensorFlowFused(Ops tf) {
    this.tf = tf;
    this.arithmetic = new TensorFlowArithmetic(tf);
  }

  /** {@code LSTMBlockCell}. */
  TensorFlowLoop.Cell lstmBlockCell(LstmCell cell) {
    Operand<TFloat32> kernel = arithmetic.constant(cell.kernel());
    Operand<TFloat32> bias = arithmetic.constant(cell.bias());
    List<Operand<TFloat32>> peepholes = peepholes(cell);
    return (x, state) -> {
      LSTMBlockCell<TFloat32> step =
          tf.nn.lSTMBlockCell(
              x,
              state.get(0),
              state.get(1),
              kernel,
              peepholes.get(0),
              peepholes.get(1),
              peepholes.get(2),
              bias,
              LSTMBlockCell.forgetBias(cell.forgetBias()),
              LSTMBlockCell.cellClip(clip(cell)),
              LSTMBlockCell.usePeephole(cell.peepholes().present()));
      return new PublishedCell.Step<>(step.h(), List.of(step.cs(), step.h()));
    };
  }

  /** {@code GRUBlockCell}. */
  TensorFlowLoop.Cell gruBlockCell(GruCell cell) {
    Operand<TFloat32> gates = arithmetic.constant(cell.gatesKernel());
    Operand<TFloat32> gatesBias = arithmetic.constant(cell.gatesBias());
    Operand<TFloat32> candidate = arithmetic.constant(cell.candidateKernel());
    Operand<TFloat32> candidateBias = arithmetic.constant(cell.candidateBias());
    return (x, state) -> {
      GRUBlockCell<TFloat32> step =
          tf.nn.gRUBlockCell(x, state.get(0), gates, candidate, gatesBias, candidateBias);
      return new PublishedCell.Step<>(step.h(), List.of(step.h()));
    };
  }

  /**
   * {@code LSTMBlockFusedCell} over all steps at once. TensorFlow-Java offers only the second
   * version of the operation, which has another order of gates: this is the first.
   */
  Answers blockLstm(LstmCell cell, JudgedRows rows) {
    int n = cell.numUnits();
    int maxTime = rows.maxTime();
    List<Operand<TFloat32>> peepholes = peepholes(cell);
    OperationBuilder builder = tf.scope().opBuilder("BlockLSTM", "BlockLSTM");
    builder.addInput(tf.constant((long) maxTime).asOutput());
    builder.addInput(timeMajor(rows).asOutput());
    builder.addInput(state(rows, 0, n).asOutput());
    builder.addInput(state(rows, n, n).asOutput());
    builder.addInput(arithmetic.constant(cell.kernel()).asOutput());
    peepholes.forEach(weights -> builder.addInput(weights.asOutput()));
    builder.addInput(arithmetic.constant(cell.bias()).asOutput());
    builder.setAttr("forget_bias", cell.forgetBias());
    builder.setAttr("cell_clip", clip(cell));
    builder.setAttr("use_peephole", cell.peepholes().present());
    Operation done = builder.build();
    float[] c = TensorFlowLoop.floats(output(done, 1));
    float[] h = TensorFlowLoop.floats(output(done, 6));
    float[][][] outputs = new float[rows.rows()][][];
    float[][] states = new float[rows.rows()][];
    for (int row = 0; row < rows.rows(); row++) {
      int length = rows.length(row);
      outputs[row] = new float[length][n];
      for (int t = 0; t < length; t++) {
        System.arraycopy(h, (t * rows.rows() + row) * n, outputs[row][t], 0, n);
      }
      states[row] = rows.states()[row].clone();
      if (length > 0) {
        int last = ((length - 1) * rows.rows() + row) * n;
        System.arraycopy(c, last, states[row], 0, n);
        System.arraycopy(h, last, states[row], n, n);
      }
    }
    return new Answers(outputs, states);
  }

  private static Output<TFloat32> output(Operation operation, int index) {
    return operation.output(index);
  }

  private Operand<TFloat32> state(JudgedRows rows, int from, int size) {
    return tf.constant(Shape.of(rows.rows(), size), DataBuffers.of(rows.state(from, size)));
  }

  /** {@code [maxTime, rows, inputSize]}, with numbers behind each row's length. */
  private Operand<TFloat32> timeMajor(JudgedRows rows) {
    return tf.linalg.transpose(rows.batch(tf, 0.75f), tf.constant(new int[] {1, 0, 2}));
  }

  private List<Operand<TFloat32>> peepholes(LstmCell cell) {
    LstmCell.Peepholes given = cell.peepholes();
    Tensor none = Tensor.zeros(cell.numUnits());
    return given.present()
        ? List.of(
            arithmetic.constant(given.input()),
            arithmetic.constant(given.forget()),
            arithmetic.constant(given.output()))
        : List.of(
            arithmetic.constant(none), arithmetic.constant(none), arithmetic.constant(none));
  }

  private static float clip(LstmCell cell) {
    return cell.cellClip() == Float.POSITIVE_INFINITY ? NO_CLIP : cell.cellClip();
  }
}
