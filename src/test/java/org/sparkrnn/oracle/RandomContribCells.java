package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.CfnCell;
import org.sparkrnn.cell.CoupledGateLstmCell;
import org.sparkrnn.cell.GateNorms;
import org.sparkrnn.cell.IndRnnCell;
import org.sparkrnn.cell.IndyGruCell;
import org.sparkrnn.cell.IndyLstmCell;
import org.sparkrnn.cell.IntersectionRnnCell;
import org.sparkrnn.cell.LayerNormLstmCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.NasCell;
import org.sparkrnn.cell.Norm;
import org.sparkrnn.cell.PhasedLstmCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.cell.SruCell;
import org.sparkrnn.cell.UgrnnCell;
import org.sparkrnn.cell.WeightNormLstmCell;
import org.sparkrnn.tensor.Tensor;

/** The cells of {@code tf.contrib.rnn} with seeded random weights. */
final class RandomContribCells {
  private final RandomNetworks random;

  RandomContribCells(RandomNetworks random) {
    this.random = random;
  }

  /** One of each kind of cell, with its options on. */
  List<RnnCell> cells(int input, int units) {
    List<RnnCell> cells = new ArrayList<>(others(input, units));
    cells.add(coupled(input, units));
    cells.add(layerNormLstm(input, units));
    cells.add(
        new WeightNormLstmCell(
            random.fullLstm(input, units, Math.max(1, units / 2)),
            tensor(4L * units),
            tensor(4L * units),
            tensor(Math.max(1, units / 2))));
    cells.add(nas(input, units));
    cells.add(
        new IndyLstmCell(
            tensor(input, 4L * units),
            tensor(1, 4L * units),
            tensor(4L * units),
            0.5f,
            Activation.TANH));
    if (input > 1) {
      cells.add(phased(input, units, true));
      cells.add(phased(input, units, false));
    }
    return cells;
  }

  /** Those that are no LSTM. */
  private List<RnnCell> others(int input, int units) {
    return List.of(
        new UgrnnCell(tensor(input + units, 2L * units), tensor(2L * units), 0.5f, Activation.TANH),
        new IntersectionRnnCell(
            new IntersectionRnnCell.InProjection(tensor(input, units), tensor(units)),
            tensor(2L * units, 4L * units),
            tensor(4L * units),
            0.5f,
            Activation.RELU),
        new SruCell(tensor(input, 4L * units), tensor(2L * units), Activation.TANH),
        new IndRnnCell(tensor(input, units), tensor(1, units), tensor(units), Activation.TANH),
        new IndyGruCell(
            tensor(input, 2L * units),
            tensor(1, 2L * units),
            tensor(2L * units),
            tensor(input, units),
            tensor(1, units),
            tensor(units),
            Activation.TANH),
        new CfnCell(
            tensor(input, 3L * units),
            tensor(units, 2L * units),
            tensor(2L * units),
            Activation.TANH));
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

  private NasCell nas(int input, int units) {
    int projected = Math.max(1, units / 2);
    return new NasCell(
        tensor(input, 8L * units),
        tensor(projected, 8L * units),
        tensor(8L * units),
        tensor(units, projected));
  }

  /** With periods from 1.5 to 3.5, so that no unit changes steeply with the time. */
  private PhasedLstmCell phased(int input, int units, boolean peepholes) {
    int rows = input - 1 + units;
    int more = rows + (peepholes ? units : 0);
    return new PhasedLstmCell(
        new PhasedLstmCell.Linear(tensor(more, 2L * units), tensor(2L * units)),
        new PhasedLstmCell.Linear(tensor(rows, units), tensor(units)),
        new PhasedLstmCell.Linear(tensor(more, units), tensor(units)),
        new PhasedLstmCell.Rhythm(
            shifted(tensor(units), 1, 2.5f), tensor(units), shifted(tensor(units), 0.25f, 0.5f)),
        0.01f);
  }

  private static Tensor shifted(Tensor tensor, float factor, float addend) {
    float[] values = tensor.toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] * factor + addend;
    }
    return Tensor.owning(tensor.shape(), values);
  }

  private Norm norm(int units) {
    return new Norm(tensor(units), tensor(units));
  }
}
