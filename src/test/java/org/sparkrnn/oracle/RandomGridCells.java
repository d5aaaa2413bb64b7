package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.GridRnnCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.tensor.Tensor;

/** The cells of {@code tf.contrib.grid_rnn} with seeded random weights. */
final class RandomGridCells {
  private final RandomNetworks random;

  RandomGridCells(RandomNetworks random) {
    this.random = random;
  }

  /** Every named grid, and one each with tied weights and with a first dimension without state. */
  List<RnnCell> cells(int input, int units) {
    RnnCell tied = random.lstm(units, units);
    return List.of(
        grid(input, random.basicRnn(0, units)),
        grid(input, random.basicRnn(units, units), random.basicRnn(units, units)),
        grid(input, random.lstm(0, units)),
        grid(input, tied, tied),
        grid(input, lstm(2 * units, units), lstm(2 * units, units), lstm(2 * units, units)),
        grid(input, random.gru(units, units), random.gru(units, units)),
        new GridRnnCell(
            List.of(random.gru(units, units)),
            new GridRnnCell.Dense(
                random.tensor(2L * units, units), random.tensor(units), Activation.RELU),
            random.tensor(input, units),
            Tensor.zeros(0, 0)));
  }

  private GridRnnCell grid(int input, RnnCell... cells) {
    List<RnnCell> dimensions = new ArrayList<>(List.of(cells));
    int units = cells[0].outputSize();
    return new GridRnnCell(
        dimensions,
        GridRnnCell.Dense.NONE,
        random.tensor(input, units),
        cells[0] instanceof LstmCell ? random.tensor(input, units) : Tensor.zeros(0, 0));
  }

  private LstmCell lstm(int input, int units) {
    LstmCell plain = random.lstm(input, units);
    return new LstmCell(
        plain.kernel(),
        plain.bias(),
        1,
        Activation.TANH,
        Activation.SIGMOID,
        new LstmCell.Peepholes(random.tensor(units), random.tensor(units), random.tensor(units)),
        Float.POSITIVE_INFINITY,
        LstmCell.Projection.NONE);
  }
}
