package org.sparkrnn.oracle;

import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.OnnxGruCell;
import org.sparkrnn.cell.OnnxLstmCell;
import org.sparkrnn.cell.OnnxRnnCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.tensor.Tensor;

/** ONNX' operators with their options on. */
final class RandomOnnxCells {
  private static final OnnxLstmCell.Functions FUNCTIONS =
      new OnnxLstmCell.Functions(Activation.SIGMOID, Activation.SOFTSIGN, Activation.TANH);

  private final RandomNetworks random;

  RandomOnnxCells(RandomNetworks random) {
    this.random = random;
  }

  /** One of each that computes something else. */
  List<RnnCell> cells(int input, int units) {
    return List.of(
        lstm(input, units, false, peepholes(units, units)),
        lstm(input, units, true, peepholes(units, 0)),
        lstm(input, units, true, LstmCell.Peepholes.NONE),
        gru(input, units, Tensor.zeros(0)),
        gru(input, units, tensor(units)),
        new OnnxRnnCell(tensor(input + units, units), tensor(units), Activation.TANH, 0.5f));
  }

  private Tensor tensor(long... dims) {
    return random.tensor(dims);
  }

  private LstmCell.Peepholes peepholes(int units, int forget) {
    return new LstmCell.Peepholes(tensor(units), tensor(forget), tensor(units));
  }

  private OnnxLstmCell lstm(int input, int units, boolean coupled, LstmCell.Peepholes peepholes) {
    long columns = (coupled ? 3L : 4L) * units;
    return new OnnxLstmCell(
        tensor(input + units, columns), tensor(columns), FUNCTIONS, peepholes, 0.75f, coupled);
  }

  private OnnxGruCell gru(int input, int units, Tensor hiddenBias) {
    return new OnnxGruCell(
        tensor(input + units, 2L * units),
        tensor(2L * units),
        tensor(input + units, units),
        tensor(units),
        hiddenBias,
        Activation.HARD_SIGMOID,
        Activation.TANH,
        0.75f);
  }
}
