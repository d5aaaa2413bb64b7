package org.sparkrnn.bench;

import java.util.List;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.tensor.Tensor;

/**
 * A cell's weights as peers keep them: the inputs' and the recurrent ones apart, gates in an order
 * of theirs, each gate in rows.
 *
 * @param count how many gates
 * @param units {@code n}
 * @param inputs {@code in}
 * @param w {@code [count * n, in]}
 * @param r {@code [count * n, n]}
 * @param inputBias {@code [count * n]}
 * @param recurrentBias {@code [count * n]}
 */
@SuppressWarnings("ArrayRecordComponent")
record Gates(
    int count, int units, int inputs, float[] w, float[] r, float[] inputBias, float[] recurrentBias) {

  /**
   * @param order the gates by TensorFlow's letters, such as {@code iofj} or {@code urc}
   */
  static Gates of(RnnCell cell, String order) {
    int n = cell.outputSize();
    int in = cell.inputSize();
    int count = order.length();
    Gates gates =
        new Gates(
            count,
            n,
            in,
            new float[count * n * in],
            new float[count * n * n],
            new float[count * n],
            new float[count * n]);
    for (int g = 0; g < count; g++) {
      Source source = source(cell, order.charAt(g));
      for (int u = 0; u < n; u++) {
        int row = g * n + u;
        for (int k = 0; k < in; k++) {
          gates.w[row * in + k] = source.input.at(k, source.column + u);
        }
        for (int k = 0; k < n; k++) {
          gates.r[row * n + k] = source.recurrent.at(source.firstRow + k, source.column + u);
        }
        gates.inputBias[row] = source.bias.at(source.column + u) + source.added;
        gates.recurrentBias[row] = source.hiddenBias.isEmpty() ? 0 : source.hiddenBias.get(0).at(u);
      }
    }
    return gates;
  }

  /** Whether the second bias is not all zeros. */
  boolean twoBiases() {
    for (float each : recurrentBias) {
      if (each != 0) {
        return true;
      }
    }
    return false;
  }

  /** {@code rows} of {@code [rows, columns]}, turned. */
  static float[] turned(float[] matrix, int rows, int columns) {
    float[] turned = new float[matrix.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        turned[column * rows + row] = matrix[row * columns + column];
      }
    }
    return turned;
  }

  private record Source(
      Tensor input,
      Tensor recurrent,
      int firstRow,
      int column,
      Tensor bias,
      float added,
      List<Tensor> hiddenBias) {}

  private static Source source(RnnCell cell, char gate) {
    int n = cell.outputSize();
    int in = cell.inputSize();
    if (cell instanceof LstmCell lstm) {
      int place = "ijfo".indexOf(gate);
      float added = gate == 'f' ? lstm.forgetBias() : 0;
      return new Source(
          lstm.kernel(), lstm.kernel(), in, place * n, lstm.bias(), added, List.of());
    }
    int place = "ru".indexOf(gate);
    if (cell instanceof GruCell gru) {
      Tensor kernel = place < 0 ? gru.candidateKernel() : gru.gatesKernel();
      Tensor bias = place < 0 ? gru.candidateBias() : gru.gatesBias();
      return new Source(kernel, kernel, in, Math.max(0, place) * n, bias, 0, List.of());
    }
    ResetAfterGruCell gru = (ResetAfterGruCell) cell;
    return place < 0
        ? new Source(
            gru.inputKernel(),
            gru.hiddenKernel(),
            0,
            0,
            gru.inputBias(),
            0,
            List.of(gru.hiddenBias()))
        : new Source(
            gru.gatesKernel(), gru.gatesKernel(), in, place * n, gru.gatesBias(), 0, List.of());
  }
}
