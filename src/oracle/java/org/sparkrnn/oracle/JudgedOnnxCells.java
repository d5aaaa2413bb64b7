package org.sparkrnn.oracle;

import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.OnnxGruCell;
import org.sparkrnn.cell.OnnxLstmCell;
import org.sparkrnn.cell.OnnxRnnCell;
import org.sparkrnn.tensor.Tensor;

/** ONNX' operators with the options that TensorFlow's cells do not have. */
final class JudgedOnnxCells {
  private static final float CLIP = 0.4f;
  private static final float NONE = Float.POSITIVE_INFINITY;

  private JudgedOnnxCells() {}

  static List<JudgedCell> all() {
    return List.of(
        new JudgedCell(
            "onnx.LSTM", "clip", (random, d, n) -> lstm(random, d, n, Activation.TANH, CLIP)),
        new JudgedCell(
            "onnx.LSTM",
            "h=softsign",
            (random, d, n) -> lstm(random, d, n, Activation.SOFTSIGN, NONE)),
        new JudgedCell(
            "onnx.LSTM", "input_forget", (random, d, n) -> coupled(random, d, n, false, NONE)),
        new JudgedCell(
            "onnx.LSTM",
            "input_forget, peepholes, clip",
            (random, d, n) -> coupled(random, d, n, true, CLIP)),
        new JudgedCell(
            "onnx.GRU", "clip", (random, d, n) -> gru(random, d, n, Tensor.zeros(0))),
        new JudgedCell(
            "onnx.GRU",
            "linear_before_reset, clip",
            (random, d, n) -> gru(random, d, n, random.bias(n))),
        new JudgedCell(
            "onnx.RNN",
            "clip",
            (random, d, n) ->
                new OnnxRnnCell(
                    random.kernel(d + n, n), random.bias(n), Activation.TANH, CLIP)));
  }

  private static OnnxLstmCell lstm(
      RandomWeights random, int d, int n, Activation h, float clip) {
    return new OnnxLstmCell(
        random.kernel(d + n, 4 * n),
        random.bias(4 * n),
        new OnnxLstmCell.Functions(Activation.SIGMOID, Activation.TANH, h),
        new LstmCell.Peepholes(random.bias(n), random.bias(n), random.bias(n)),
        clip,
        false);
  }

  private static OnnxLstmCell coupled(
      RandomWeights random, int d, int n, boolean peepholes, float clip) {
    return new OnnxLstmCell(
        random.kernel(d + n, 3 * n),
        random.bias(3 * n),
        new OnnxLstmCell.Functions(Activation.SIGMOID, Activation.TANH, Activation.TANH),
        peepholes
            ? new LstmCell.Peepholes(random.bias(n), Tensor.zeros(0), random.bias(n))
            : LstmCell.Peepholes.NONE,
        clip,
        true);
  }

  private static OnnxGruCell gru(RandomWeights random, int d, int n, Tensor hiddenBias) {
    return new OnnxGruCell(
        random.kernel(d + n, 2 * n),
        random.bias(2 * n),
        random.kernel(d + n, n),
        random.bias(n),
        hiddenBias,
        Activation.SIGMOID,
        Activation.TANH,
        CLIP);
  }
}
