package org.sparkrnn.oracle;

import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.AttentionCellWrapper;
import org.sparkrnn.cell.FlatStateCell;
import org.sparkrnn.cell.HighwayWrapper;
import org.sparkrnn.cell.InputProjectionWrapper;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.OutputProjectionWrapper;
import org.sparkrnn.cell.ResidualWrapper;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/** Random cells around random cells. */
final class RandomWrappers {
  private final RandomNetworks random;

  RandomWrappers(RandomNetworks random) {
    this.random = random;
  }

  /** One of each wrapper, and of each of its forms. */
  List<RnnCell> cells(int input, int units) {
    return List.of(
        new ResidualWrapper(random.lstm(input, input)),
        highway(input, HighwayWrapper.Transform.COUPLED),
        highway(
            input, new HighwayWrapper.Transform(random.tensor(input, input), random.tensor(input))),
        inputProjection(input, units),
        outputProjection(input, units),
        new FlatStateCell(random.lstm(input, units)),
        new FlatStateCell(random.minimalRnn(input, units)),
        attention(input, units, 1),
        attention(input, units, 3));
  }

  /** A kernel whose columns sum to at most 1 in size, so that what it gives is at most 2. */
  private Tensor mild(long rows, long columns) {
    float[] values = random.floats(Math.toIntExact(rows * columns));
    for (int i = 0; i < values.length; i++) {
      values[i] /= rows;
    }
    return Tensor.owning(Shape.of(rows, columns), values);
  }

  /** A {@code HighwayWrapper}, with one gate or with two. */
  private RnnCell highway(int input, HighwayWrapper.Transform transform) {
    return new HighwayWrapper(
        random.gru(input, input), random.tensor(input, input), random.tensor(input), transform);
  }

  /** An {@code InputProjectionWrapper} with an activation. */
  private RnnCell inputProjection(int input, int units) {
    int projected = units + 1;
    return new InputProjectionWrapper(
        random.lstm(projected, units),
        mild(input, projected),
        random.tensor(projected),
        Activation.TANH);
  }

  /** An {@code OutputProjectionWrapper} around a stack. */
  private RnnCell outputProjection(int input, int units) {
    MultiRnnCell stack =
        new MultiRnnCell(
            List.of(random.gru(input, units), new FlatStateCell(random.lstm(units, units))));
    int size = units / 2 + 1;
    return new OutputProjectionWrapper(
        stack, mild(units, size), random.tensor(size), Activation.LINEAR);
  }

  /** An {@code AttentionCellWrapper} over the last {@code length} outputs. */
  private RnnCell attention(int input, int units, int length) {
    int a = units / 2 + 1;
    int v = 3;
    int inner = input + 1;
    RnnCell cell = random.lstm(inner, units);
    return new AttentionCellWrapper(
        cell,
        length,
        mild(input + a, inner),
        random.tensor(inner),
        new AttentionCellWrapper.Attention(
            Tensor.owning(Shape.of(1, 1, a, v), mild(a, v).toArray()),
            random.tensor(v),
            mild(2L * units, v),
            random.tensor(v)),
        mild(units + a, a),
        random.tensor(a));
  }
}
