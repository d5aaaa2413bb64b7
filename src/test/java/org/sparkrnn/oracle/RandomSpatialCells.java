package org.sparkrnn.oracle;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BidirectionalGridLstmCell;
import org.sparkrnn.cell.ConvLstmCell;
import org.sparkrnn.cell.FrequencyBlocks;
import org.sparkrnn.cell.FrequencyWindows;
import org.sparkrnn.cell.GlstmCell;
import org.sparkrnn.cell.GridLstmCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.cell.TimeFreqLstmCell;
import org.sparkrnn.tensor.Tensor;

/** Cells whose features, or units, come in groups or have a place, with seeded random weights. */
final class RandomSpatialCells {
  private final RandomNetworks random;

  RandomSpatialCells(RandomNetworks random) {
    this.random = random;
  }

  /** One of each kind of cell that can be made for this input. */
  List<RnnCell> cells(int input, int units) {
    List<RnnCell> cells = new ArrayList<>();
    cells.add(glstm(input, units));
    cells.add(conv(List.of(input, 1), List.of(3), Math.min(units, 3)));
    if (input % 4 == 0) {
      cells.add(conv(List.of(2, input / 4, 2), List.of(2, 3), 2));
    }
    cells.add(timeFreq(input, units));
    cells.add(grid(input, units, false, GridLstmCell.Backward.NO));
    GridLstmCell up = grid(input, units, true, GridLstmCell.Backward.NO);
    GridLstmCell.Backward down = new GridLstmCell.Backward(true, input == 3 ? 0 : 1);
    cells.add(new BidirectionalGridLstmCell(up, grid(input, units, true, down)));
    return cells;
  }

  private Tensor tensor(long... dims) {
    return random.tensor(dims);
  }

  private GlstmCell glstm(int input, int units) {
    int groups = BigInteger.valueOf(input).gcd(BigInteger.valueOf(units)).intValueExact();
    return new GlstmCell(
        IntStream.range(0, groups)
            .mapToObj(g -> tensor((input + units) / groups, 4L * units / groups))
            .toList(),
        List.of(tensor(units), tensor(units), tensor(units), tensor(units)),
        0.5f,
        Activation.SOFTSIGN,
        groups > 1 ? tensor(units, units) : Tensor.zeros(0, 0));
  }

  private ConvLstmCell conv(List<Integer> grid, List<Integer> window, int out) {
    long[] dims = new long[window.size() + 2];
    for (int axis = 0; axis < window.size(); axis++) {
      dims[axis] = window.get(axis);
    }
    dims[window.size()] = grid.get(grid.size() - 1) + out;
    dims[window.size() + 1] = 4L * out;
    boolean flat = window.size() == 1;
    return new ConvLstmCell(
        grid, tensor(dims), flat ? tensor(4L * out) : Tensor.zeros(0), 0.5f, !flat);
  }

  private TimeFreqLstmCell timeFreq(int input, int units) {
    int size = Math.max(1, input - 1);
    return new TimeFreqLstmCell(
        tensor(size + 2L * units, 4L * units),
        tensor(4L * units),
        0.5f,
        new LstmCell.Peepholes(tensor(units), tensor(units), tensor(units)),
        0.75f,
        new FrequencyWindows(input, size, 1));
  }

  /** Windows over all features; with shared weights and coupled gates, or with neither. */
  private GridLstmCell grid(int input, int units, boolean simple, GridLstmCell.Backward backward) {
    int size = Math.max(1, input - 1);
    int count = input - size + 1;
    FrequencyBlocks frequencies =
        simple || input == 1
            ? new FrequencyBlocks(input, size, 1, List.of(count), List.of(), List.of())
            : new FrequencyBlocks(
                input, size, 1, List.of(1, 2), List.of(1, 0), List.of(input, input));
    List<GridLstmCell.Block> blocks =
        frequencies.counts().stream().map(block -> block(size, units, simple)).toList();
    return new GridLstmCell(
        units, blocks, 0.5f, simple ? Float.POSITIVE_INFINITY : 0.75f, frequencies, backward);
  }

  private GridLstmCell.Block block(int size, int units, boolean simple) {
    GridLstmCell.Gates gates = gates(size, units, simple);
    return new GridLstmCell.Block(gates, simple ? gates : gates(size, units, false));
  }

  private GridLstmCell.Gates gates(int size, int units, boolean simple) {
    long columns = (simple ? 3L : 4L) * units;
    return new GridLstmCell.Gates(
        tensor(size + 2L * units, columns),
        tensor(columns),
        simple ? LstmCell.Peepholes.NONE : peepholes(units),
        simple ? LstmCell.Peepholes.NONE : peepholes(units));
  }

  private LstmCell.Peepholes peepholes(int units) {
    return new LstmCell.Peepholes(tensor(units), tensor(units), tensor(units));
  }
}
