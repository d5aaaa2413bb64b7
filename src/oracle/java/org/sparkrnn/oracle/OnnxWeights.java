package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.tensor.Tensor;

/**
 * One cell's weights in ONNX's layout: {@code W [gates * n, in]}, {@code R [gates * n, n]}, {@code B
 * = [Wb, Rb]}, peepholes in the order i, o, f.
 *
 * @param operation {@code LSTM}, {@code GRU} or {@code RNN}
 * @param activations one for each activation of the operation
 * @param linearBeforeReset of a GRU
 */
@SuppressWarnings("ArrayRecordComponent")
record OnnxWeights(
    String operation,
    List<String> activations,
    long linearBeforeReset,
    int units,
    float[] w,
    float[] r,
    float[] b,
    float[] p) {

  /** The weights of one of the cells that ONNX has. */
  static OnnxWeights of(RnnCell cell) {
    if (cell instanceof BasicRnnCell basic) {
      Block all = new Block(basic.kernel(), basic.bias(), 0);
      return of("RNN", 0, basic.numUnits(), List.of(all), List.of(basic.activation()));
    }
    if (cell instanceof LstmCell lstm) {
      return lstm(lstm);
    }
    if (cell instanceof GruCell gru) {
      return of(
          "GRU",
          0,
          gru.numUnits(),
          List.of(
              new Block(gru.gatesKernel(), gru.gatesBias(), 1),
              new Block(gru.gatesKernel(), gru.gatesBias(), 0),
              new Block(gru.candidateKernel(), gru.candidateBias(), 0)),
          List.of(Activation.SIGMOID, gru.activation()));
    }
    ResetAfterGruCell gru = (ResetAfterGruCell) cell;
    int n = gru.numUnits();
    int d = gru.inputSize();
    float[] candidate = new float[(d + n) * n];
    gru.inputKernel().copyTo(0, candidate, 0, d * n);
    gru.hiddenKernel().copyTo(0, candidate, d * n, n * n);
    Tensor kernel = Tensor.of(org.sparkrnn.tensor.Shape.of(d + n, n), candidate);
    OnnxWeights weights =
        of(
            "GRU",
            1,
            n,
            List.of(
                new Block(gru.gatesKernel(), gru.gatesBias(), 1),
                new Block(gru.gatesKernel(), gru.gatesBias(), 0),
                new Block(kernel, gru.inputBias(), 0)),
            List.of(Activation.SIGMOID, gru.activation()));
    gru.hiddenBias().copyTo(0, weights.b, 5 * n, n);
    return weights;
  }

  private static OnnxWeights lstm(LstmCell lstm) {
    int n = lstm.numUnits();
    List<Block> blocks = new ArrayList<>();
    for (int gate : new int[] {0, 3, 2, 1}) {
      blocks.add(new Block(lstm.kernel(), lstm.bias(), gate));
    }
    OnnxWeights weights =
        of(
            "LSTM",
            0,
            n,
            blocks,
            List.of(lstm.gateActivation(), lstm.activation(), lstm.activation()));
    // The recurrent bias is added to the other one: it may carry the forget gate's.
    java.util.Arrays.fill(weights.b, 6 * n, 7 * n, lstm.forgetBias());
    if (!lstm.peepholes().present()) {
      return weights;
    }
    float[] p = new float[3 * n];
    lstm.peepholes().input().copyTo(0, p, 0, n);
    lstm.peepholes().output().copyTo(0, p, n, n);
    lstm.peepholes().forget().copyTo(0, p, 2 * n, n);
    return new OnnxWeights("LSTM", weights.activations, 0, n, weights.w, weights.r, weights.b, p);
  }

  private static OnnxWeights of(
      String operation, long linear, int n, List<Block> blocks, List<Activation> activations) {
    int in = Math.toIntExact(blocks.get(0).kernel.shape().dim(0)) - n;
    int gates = blocks.size();
    float[] w = new float[gates * n * in];
    float[] r = new float[gates * n * n];
    float[] b = new float[2 * gates * n];
    for (int g = 0; g < gates; g++) {
      Block block = blocks.get(g);
      for (int u = 0; u < n; u++) {
        int row = g * n + u;
        int column = block.gate * n + u;
        for (int k = 0; k < in; k++) {
          w[row * in + k] = block.kernel.at(k, column);
        }
        for (int k = 0; k < n; k++) {
          r[row * n + k] = block.kernel.at(in + k, column);
        }
        b[row] = block.bias.at(column);
      }
    }
    List<String> words = activations.stream().map(OnnxWeights::word).toList();
    return new OnnxWeights(operation, words, linear, n, w, r, b, new float[0]);
  }

  /** A gate: the columns {@code gate * n ..} of a kernel and a bias. */
  private record Block(Tensor kernel, Tensor bias, int gate) {}

  private static String word(Activation activation) {
    if (activation.equals(Activation.RELU)) {
      return "Relu";
    }
    return switch (activation.kind()) {
      case TANH, SIGMOID, SOFTSIGN, SOFTPLUS, ELU -> {
        String name = activation.kind().name();
        yield name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
      }
      case HARD_SIGMOID -> "HardSigmoid";
      case LEAKY_RELU -> "LeakyRelu";
      case THRESHOLD -> "ThresholdedRelu";
      case SCALED_TANH -> "ScaledTanh";
      case AFFINE -> "Affine";
      default -> throw new IllegalArgumentException("ONNX has no " + activation);
    };
  }
}
