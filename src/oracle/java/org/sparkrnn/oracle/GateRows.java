package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.OnnxGruCell;
import org.sparkrnn.cell.OnnxLstmCell;
import org.sparkrnn.cell.OnnxRnnCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/**
 * One cell's weights as ONNX and PyTorch keep them, gates in rows: {@code w [gates * n, in]}, {@code
 * r [gates * n, n]}, {@code b} the inputs' bias, then the recurrent one, {@code p} ONNX's peepholes
 * in the order i, o, f.
 *
 * @param operation {@code LSTM}, {@code GRU} or {@code RNN}
 * @param activations one for each activation of the operation
 * @param attributes what else ONNX' node has to say
 */
@SuppressWarnings("ArrayRecordComponent")
record GateRows(
    String operation,
    List<Activation> activations,
    Map<String, Object> attributes,
    int units,
    float[] w,
    float[] r,
    float[] b,
    float[] p) {

  private static final Map<String, Object> LATE = Map.of("linear_before_reset", 1L);

  private GateRows with(Map<String, Object> more, float[] peepholes) {
    return new GateRows(operation, activations, more, units, w, r, b, peepholes);
  }

  /** In which order the gates stand, by the places where TensorFlow has them. */
  enum Order {
    /** i, o, f, c and z, r, h. */
    ONNX(new int[] {0, 3, 2, 1}, new int[] {1, 0}),
    /** i, f, g, o and r, z, n. */
    PYTORCH(new int[] {0, 2, 1, 3}, new int[] {0, 1});

    private final int[] lstm;
    private final int[] gru;

    Order(int[] lstm, int[] gru) {
      this.lstm = lstm;
      this.gru = gru;
    }
  }

  /** The weights of one of the cells that ONNX has. */
  static GateRows of(RnnCell cell, Order order) {
    if (cell instanceof BasicRnnCell basic) {
      Block all = new Block(basic.kernel(), basic.bias(), 0);
      return of("RNN", Map.of(), basic.numUnits(), List.of(all), List.of(basic.activation()));
    }
    if (cell instanceof LstmCell lstm) {
      return lstm(lstm, order);
    }
    if (cell instanceof OnnxRnnCell rnn) {
      Block all = new Block(rnn.kernel(), rnn.bias(), 0);
      return of(
          "RNN", clip(rnn.clip()), rnn.numUnits(), List.of(all), List.of(rnn.activation()));
    }
    if (cell instanceof OnnxLstmCell lstm) {
      return fullLstm(lstm);
    }
    if (cell instanceof OnnxGruCell gru) {
      return fullGru(gru);
    }
    List<Block> blocks = new ArrayList<>();
    if (cell instanceof GruCell gru) {
      for (int gate : order.gru) {
        blocks.add(new Block(gru.gatesKernel(), gru.gatesBias(), gate));
      }
      blocks.add(new Block(gru.candidateKernel(), gru.candidateBias(), 0));
      List<Activation> activations = List.of(Activation.SIGMOID, gru.activation());
      return of("GRU", Map.of(), gru.numUnits(), blocks, activations);
    }
    ResetAfterGruCell gru = (ResetAfterGruCell) cell;
    int n = gru.numUnits();
    for (int gate : order.gru) {
      blocks.add(new Block(gru.gatesKernel(), gru.gatesBias(), gate));
    }
    float[] both = Answers.concat(gru.inputKernel().toArray(), gru.hiddenKernel().toArray());
    Tensor candidate = Tensor.owning(Shape.of(gru.inputSize() + n, n), both);
    blocks.add(new Block(candidate, gru.inputBias(), 0));
    GateRows rows = of("GRU", LATE, n, blocks, List.of(Activation.SIGMOID, gru.activation()));
    gru.hiddenBias().copyTo(0, rows.b, 5 * n, n);
    return rows;
  }

  private static GateRows lstm(LstmCell lstm, Order order) {
    int n = lstm.numUnits();
    List<Block> blocks = new ArrayList<>();
    for (int gate : order.lstm) {
      blocks.add(new Block(lstm.kernel(), lstm.bias(), gate));
    }
    GateRows weights =
        of(
            "LSTM",
            Map.of(),
            n,
            blocks,
            List.of(lstm.gateActivation(), lstm.activation(), lstm.activation()));
    // The recurrent bias is added to the other one: it may carry the forget gate's.
    int forget = 4 + (order == Order.ONNX ? 2 : 1);
    Arrays.fill(weights.b, forget * n, (forget + 1) * n, lstm.forgetBias());
    if (!lstm.peepholes().present()) {
      return weights;
    }
    float[] p = new float[3 * n];
    lstm.peepholes().input().copyTo(0, p, 0, n);
    lstm.peepholes().output().copyTo(0, p, n, n);
    lstm.peepholes().forget().copyTo(0, p, 2 * n, n);
    return weights.with(weights.attributes, p);
  }

  private static Map<String, Object> clip(float clip) {
    return clip < Float.POSITIVE_INFINITY ? Map.of("clip", clip) : Map.of();
  }

  /** ONNX' own: of coupled gates, the forget gate's rows are never read. */
  private static GateRows fullLstm(OnnxLstmCell lstm) {
    int n = lstm.numUnits();
    List<Block> blocks = new ArrayList<>();
    for (int gate : lstm.coupled() ? new int[] {0, 2, 0, 1} : Order.ONNX.lstm) {
      blocks.add(new Block(lstm.kernel(), lstm.bias(), gate));
    }
    OnnxLstmCell.Functions functions = lstm.functions();
    Map<String, Object> attributes = new TreeMap<>(clip(lstm.clip()));
    if (lstm.coupled()) {
      attributes.put("input_forget", 1L);
    }
    float[] p = new float[lstm.peepholes().present() ? 3 * n : 0];
    if (lstm.peepholes().present()) {
      lstm.peepholes().input().copyTo(0, p, 0, n);
      lstm.peepholes().output().copyTo(0, p, n, n);
      lstm.peepholes().forget().copyTo(0, p, 2 * n, lstm.coupled() ? 0 : n);
    }
    return of(
            "LSTM",
            Map.of(),
            n,
            blocks,
            List.of(functions.f(), functions.g(), functions.h()))
        .with(attributes, p);
  }

  private static GateRows fullGru(OnnxGruCell gru) {
    int n = gru.numUnits();
    List<Block> blocks = new ArrayList<>();
    for (int gate : Order.ONNX.gru) {
      blocks.add(new Block(gru.gatesKernel(), gru.gatesBias(), gate));
    }
    blocks.add(new Block(gru.candidateKernel(), gru.candidateBias(), 0));
    Map<String, Object> attributes = new TreeMap<>(clip(gru.clip()));
    if (gru.linearBeforeReset()) {
      attributes.putAll(LATE);
    }
    GateRows rows =
        of("GRU", attributes, n, blocks, List.of(gru.gateActivation(), gru.activation()));
    if (gru.linearBeforeReset()) {
      gru.hiddenBias().copyTo(0, rows.b, 5 * n, n);
    }
    return rows;
  }

  private static GateRows of(
      String operation,
      Map<String, Object> attributes,
      int n,
      List<Block> blocks,
      List<Activation> activations) {
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
    return new GateRows(operation, activations, attributes, n, w, r, b, new float[0]);
  }

  /** A gate: the columns {@code gate * n ..} of a kernel and a bias. */
  private record Block(Tensor kernel, Tensor bias, int gate) {}
}
