package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.MinimalRnnCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Loop;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/** Cells and rows with seeded random weights. */
public final class RandomNetworks {
  private final Random random;

  /** With this seed. */
  public RandomNetworks(long seed) {
    this.random = new Random(seed);
  }

  /** A tensor of uniform values of at most {@code 1} in size. */
  public Tensor tensor(long... dims) {
    Shape shape = Shape.of(dims);
    return Tensor.owning(shape, floats(Math.toIntExact(shape.elements())));
  }

  /** Uniform values between -1 and 1. */
  public float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() * 2 - 1;
    }
    return values;
  }

  /** A {@code BasicRNNCell}. */
  public RnnCell basicRnn(int input, int units) {
    return new BasicRnnCell(tensor(input + units, units), tensor(units), Activation.TANH);
  }

  /** A {@code BasicLSTMCell}. */
  public LstmCell lstm(int input, int units) {
    return new LstmCell(
        tensor(input + units, 4L * units),
        tensor(4L * units),
        1f,
        Activation.TANH,
        Activation.SIGMOID,
        LstmCell.Peepholes.NONE,
        Float.POSITIVE_INFINITY,
        LstmCell.Projection.NONE);
  }

  /** An {@code LSTMCell} with everything on. */
  public LstmCell fullLstm(int input, int units, int projected) {
    return new LstmCell(
        tensor(input + projected, 4L * units),
        tensor(4L * units),
        0.5f,
        Activation.SOFTSIGN,
        Activation.SIGMOID,
        new LstmCell.Peepholes(tensor(units), tensor(units), tensor(units)),
        0.75f,
        new LstmCell.Projection(tensor(units, projected), 0.8f));
  }

  /** A {@code GRUCell}. */
  public GruCell gru(int input, int units) {
    return new GruCell(
        tensor(input + units, 2L * units),
        tensor(2L * units),
        tensor(input + units, units),
        tensor(units),
        Activation.TANH);
  }

  /** The GRU that resets after the product. */
  public ResetAfterGruCell resetAfterGru(int input, int units) {
    return new ResetAfterGruCell(
        tensor(input + units, 2L * units),
        tensor(2L * units),
        tensor(input, units),
        tensor(units),
        tensor(units, units),
        tensor(units),
        Activation.TANH);
  }

  /** {@code gru} with this activation of the gates. */
  public static GruCell withGates(GruCell gru, Activation gates) {
    return new GruCell(
        gru.gatesKernel(),
        gru.gatesBias(),
        gru.candidateKernel(),
        gru.candidateBias(),
        gru.activation(),
        gates);
  }

  /** {@code gru} with this activation of the gates. */
  public static ResetAfterGruCell withGates(ResetAfterGruCell gru, Activation gates) {
    return new ResetAfterGruCell(
        gru.gatesKernel(),
        gru.gatesBias(),
        gru.inputKernel(),
        gru.inputBias(),
        gru.hiddenKernel(),
        gru.hiddenBias(),
        gru.activation(),
        gates);
  }

  /** A {@code MinimalRNNCell}. */
  public RnnCell minimalRnn(int input, int units) {
    return new MinimalRnnCell(tensor(input + 2L * units, units), tensor(units), Activation.TANH);
  }

  /** One of each kind of cell. */
  public List<RnnCell> cells(int input, int units) {
    List<RnnCell> cells = new ArrayList<>();
    cells.add(basicRnn(input, units));
    cells.add(lstm(input, units));
    cells.add(fullLstm(input, units, Math.max(1, units / 2)));
    cells.add(gru(input, units));
    cells.add(resetAfterGru(input, units));
    cells.add(withGates(gru(input, units), Activation.HARD_SIGMOID));
    cells.add(withGates(resetAfterGru(input, units), Activation.HARD_SIGMOID));
    cells.add(minimalRnn(input, units));
    cells.addAll(new RandomContribCells(this).cells(input, units));
    cells.addAll(new RandomWrappers(this).cells(input, units));
    cells.addAll(new RandomSpatialCells(this).cells(input, units));
    cells.addAll(new RandomGridCells(this).cells(input, units));
    cells.addAll(new RandomOnnxCells(this).cells(input, units));
    return cells;
  }

  /** One direction from each row's end. */
  public static Layer.Rnn reversed(String name, RnnCell cell) {
    return new Layer.Rnn(
        name,
        Loop.TensorFlow.REVERSED_DYNAMIC_RNN,
        List.of(new Layer.Level(List.of(cell))),
        Layer.Merge.CONCAT);
  }

  /** A stack of two directions, one list of a forward and a backward cell for each level. */
  @SafeVarargs
  public static Layer.Rnn stack(String name, List<RnnCell>... levels) {
    return new Layer.Rnn(
        name,
        Loop.TensorFlow.STACK_BIDIRECTIONAL_DYNAMIC_RNN,
        Arrays.stream(levels).map(Layer.Level::new).toList(),
        Layer.Merge.CONCAT);
  }

  /** One of cuDNN's layers: stacked cells in one direction. */
  public static Layer.Rnn cudnn(String name, Loop.Cudnn loop, RnnCell... cells) {
    return new Layer.Rnn(
        name,
        loop,
        List.of(new Layer.Level(List.of(new MultiRnnCell(List.of(cells))))),
        Layer.Merge.CONCAT);
  }

  /** One of cuDNN's layers: for each of its layers a forward and a backward cell. */
  @SafeVarargs
  public static Layer.Rnn cudnn(String name, Loop.Cudnn loop, List<RnnCell>... levels) {
    return new Layer.Rnn(
        name, loop, Arrays.stream(levels).map(Layer.Level::new).toList(), Layer.Merge.CONCAT);
  }

  /** The same values in double precision. */
  public static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
