package org.sparkrnn.bench;

import java.util.List;
import java.util.Random;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/** The cells that are measured, with random weights, as wide in their input as in their units. */
final class Cells {
  private Cells() {}

  /** {@code lstm}, {@code gru} (TensorFlow's) or {@code lbr} (that resets after the product). */
  static RnnCell of(String name, int units) {
    Random random = new Random(units);
    int n = units;
    return switch (name) {
      case "lstm" -> lstm(units, units);
      case "gru" ->
          new GruCell(
              tensor(random, n, 2 * n, 2 * n),
              tensor(random, n, 2 * n),
              tensor(random, n, 2 * n, n),
              tensor(random, n, n),
              Activation.TANH);
      case "lbr" ->
          new ResetAfterGruCell(
              tensor(random, n, 2 * n, 2 * n),
              tensor(random, n, 2 * n),
              tensor(random, n, n, n),
              tensor(random, n, n),
              tensor(random, n, n, n),
              tensor(random, n, n),
              Activation.TANH,
              Activation.SIGMOID);
      default -> throw new IllegalArgumentException("cell '" + name + "', expected lstm, gru, lbr");
    };
  }

  /** An LSTM with an input of this width. */
  static RnnCell lstm(int inputs, int units) {
    Random random = new Random(units);
    return new LstmCell(
        tensor(random, units, inputs + units, 4 * units),
        tensor(random, units, 4 * units),
        1f,
        Activation.TANH,
        Activation.SIGMOID,
        LstmCell.Peepholes.NONE,
        Float.POSITIVE_INFINITY,
        LstmCell.Projection.NONE);
  }

  /** Two for each weight; gates not counted. */
  static double flops(RnnCell cell) {
    double gates = cell instanceof LstmCell ? 4 : 3;
    return 2 * gates * cell.outputSize() * (cell.inputSize() + cell.outputSize());
  }

  /** A model of one layer with this cell. */
  static SequenceModel model(RnnCell cell) {
    Network network =
        new Network(
            new Network.Input.Features(cell.inputSize()),
            List.of(new Layer.Rnn("rnn", List.of(cell), Layer.Merge.CONCAT)));
    return new SequenceModel(
        "bench",
        new InputSpec.Features(cell.inputSize()),
        network,
        List.of("outputs"),
        "bench-" + cell.getClass().getSimpleName() + "-" + cell.outputSize());
  }

  private static Tensor tensor(Random random, int units, int... dims) {
    long[] shape = new long[dims.length];
    int size = 1;
    for (int i = 0; i < dims.length; i++) {
      shape[i] = dims[i];
      size *= dims[i];
    }
    float bound = (float) (1 / Math.sqrt(units));
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = bound * (2 * random.nextFloat() - 1);
    }
    return Tensor.owning(Shape.of(shape), values);
  }
}
