package org.sparkrnn.oracle;

import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.CoupledGateLstmCell;
import org.sparkrnn.cell.GateNorms;
import org.sparkrnn.cell.IntersectionRnnCell;
import org.sparkrnn.cell.LayerNormLstmCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.Norm;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.cell.SruCell;
import org.sparkrnn.cell.UgrnnCell;
import org.sparkrnn.tensor.Tensor;

/** The cells of {@code tf.contrib.rnn} with seeded random weights. */
final class RandomContribCells {
  private final RandomNetworks random;

  RandomContribCells(RandomNetworks random) {
    this.random = random;
  }

  /** One of each kind of cell, with its options on. */
  List<RnnCell> cells(int input, int units) {
    return List.of(
        new UgrnnCell(tensor(input + units, 2L * units), tensor(2L * units), 0.5f, Activation.TANH),
        new IntersectionRnnCell(
            new IntersectionRnnCell.InProjection(tensor(input, units), tensor(units)),
            tensor(2L * units, 4L * units),
            tensor(4L * units),
            0.5f,
            Activation.RELU),
        new SruCell(tensor(input, 4L * units), tensor(2L * units), Activation.TANH),
        coupled(input, units),
        layerNormLstm(input, units));
  }

  private Tensor tensor(long... dims) {
    return random.tensor(dims);
  }

  private CoupledGateLstmCell coupled(int input, int units) {
    int projected = Math.max(1, units / 2);
    return new CoupledGateLstmCell(
        tensor(input + projected, 3L * units),
        tensor(3L * units),
        0.5f,
        Activation.SOFTSIGN,
        new LstmCell.Peepholes(Tensor.zeros(0), tensor(units), tensor(units)),
        new LstmCell.Projection(tensor(units, projected), 0.8f),
        GateNorms.NONE);
  }

  private LayerNormLstmCell layerNormLstm(int input, int units) {
    return new LayerNormLstmCell(
        tensor(input + units, 4L * units),
        new GateNorms(norm(units), norm(units), norm(units), norm(units), norm(units)),
        0.5f,
        Activation.TANH,
        new LstmCell.Peepholes(tensor(units), tensor(units), tensor(units)),
        0.75f,
        LstmCell.Projection.NONE);
  }

  private Norm norm(int units) {
    return new Norm(tensor(units), tensor(units));
  }
}
