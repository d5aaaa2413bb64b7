package org.sparkrnn.rnn;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.ops.CellStepper;
import org.sparkrnn.ops.PackedCell;

/**
 * Runs one rnn layer over groups: {@code dynamic_rnn} for each direction, cell after cell.
 *
 * <p>At step {@code t} of a direction the rows that are at least {@code t + 1} long take their
 * step; a row that has ended keeps its state and is not touched again. The backward direction takes
 * the steps of each row from its own last one to its first and stores its outputs where the inputs
 * were, which is {@code reverse_sequence} before and after without copying anything.
 */
final class RnnLayerRunner {
  private final Layer.Rnn layer;
  private final List<Direction> directions = new ArrayList<>();
  private final int[] at;
  private float[] merged = new float[0];
  private long cellSteps;
  private long flops;

  /**
   * @param packed the packed cells by direction
   * @param stateOffset where the layer's state starts in the network's flattened state
   * @param groupRows the largest group
   */
  RnnLayerRunner(Layer.Rnn layer, List<List<PackedCell>> packed, int stateOffset, int groupRows) {
    this.layer = layer;
    this.at = new int[groupRows];
    int offset = stateOffset;
    for (List<PackedCell> cells : packed) {
      directions.add(new Direction(cells, offset, groupRows));
      offset += cells.stream().mapToInt(PackedCell::stateSize).sum();
    }
  }

  /** Floats that one step of a group takes in this layer, besides the layer's input. */
  static int workFloatsPerStep(Layer.Rnn layer, List<List<PackedCell>> packed) {
    int floats = packed.size() > 1 ? layer.outputSize() : 0;
    for (List<PackedCell> cells : packed) {
      int widest = cells.stream().mapToInt(PackedCell::outputSize).max().orElse(0);
      floats += cells.size() > 1 ? 2 * widest : widest;
    }
    return floats;
  }

  /**
   * Runs the layer.
   *
   * @param x the packed input {@code [steps, inputSize]}
   * @param initial flattened states of the window's rows {@code [rows, stateSize]}
   * @param last receives the final states, laid out as {@code initial}
   * @param stateSize floats in the network's flattened state
   * @return the packed merged outputs {@code [steps, outputSize]}, valid until the next run
   */
  float[] run(Group group, float[] x, float[] initial, float[] last, int stateSize) {
    float[] forward = directions.get(0).run(group, x, initial, last, stateSize);
    if (directions.size() == 1) {
      return forward;
    }
    float[] backward = directions.get(1).run(group, x, initial, last, stateSize);
    return merge(group, forward, backward);
  }

  /** Steps computed so far, one for each step of each row under each cell. */
  long cellSteps() {
    return cellSteps;
  }

  /** Floating-point operations of those steps. */
  long flops() {
    return flops;
  }

  /** Copies {@code h} of the last cell of each direction of a row's flattened state. */
  void finalOutput(float[] states, int offset, float[] target, int targetOffset) {
    int to = targetOffset;
    for (int d = 0; d < directions.size(); d++) {
      StateShape.Part h = lastOutputPart(d);
      System.arraycopy(
          states, offset + directions.get(d).offset + h.offset(), target, to, h.size());
      to += h.size();
    }
  }

  private StateShape.Part lastOutputPart(int direction) {
    List<StateShape.Part> parts = layer.cells().get(direction).stateShape().parts();
    return parts.get(parts.size() - 1);
  }

  private float[] merge(Group group, float[] forward, float[] backward) {
    int fw = layer.cells().get(0).outputSize();
    int bw = layer.cells().get(1).outputSize();
    int steps = group.steps();
    merged = Window.grown(merged, steps * layer.outputSize());
    if (layer.merge() == Layer.Merge.CONCAT) {
      for (int s = 0; s < steps; s++) {
        System.arraycopy(forward, s * fw, merged, s * (fw + bw), fw);
        System.arraycopy(backward, s * bw, merged, s * (fw + bw) + fw, bw);
      }
      return merged;
    }
    for (int i = 0; i < steps * fw; i++) {
      merged[i] =
          switch (layer.merge()) {
            case CONCAT -> throw new IllegalStateException("handled above");
            case SUM -> forward[i] + backward[i];
            case MUL -> forward[i] * backward[i];
            case AVE -> (forward[i] + backward[i]) * 0.5f;
          };
    }
    return merged;
  }

  /** One direction: its cells, their steppers, and the outputs between and behind them. */
  private final class Direction {
    private final List<PackedCell> cells;
    private final List<CellStepper> steppers;
    private final int offset;
    private final boolean backward;
    private float[] even = new float[0];
    private float[] odd = new float[0];

    Direction(List<PackedCell> cells, int offset, int groupRows) {
      this.cells = cells;
      this.steppers = cells.stream().map(cell -> cell.stepper(groupRows)).toList();
      this.offset = offset;
      this.backward = !directions.isEmpty();
    }

    float[] run(Group group, float[] x, float[] initial, float[] last, int stateSize) {
      float[] in = x;
      int cellOffset = offset;
      for (int i = 0; i < cells.size(); i++) {
        PackedCell cell = cells.get(i);
        int size = group.steps() * cell.outputSize();
        float[] out;
        if (i % 2 == 0) {
          even = Window.grown(even, size);
          out = even;
        } else {
          odd = Window.grown(odd, size);
          out = odd;
        }
        CellStepper stepper = steppers.get(i);
        for (int r = 0; r < group.rows(); r++) {
          stepper.setState(r, initial, group.windowRow(r) * stateSize + cellOffset);
        }
        stepAll(group, cell, stepper, in, out, last, cellOffset, stateSize);
        in = out;
        cellOffset += cell.stateSize();
      }
      return in;
    }

    private void stepAll(
        Group group,
        PackedCell cell,
        CellStepper stepper,
        float[] in,
        float[] out,
        float[] last,
        int cellOffset,
        int stateSize) {
      int alive = group.rows();
      for (int t = 0; t <= group.longest(); t++) {
        int active = t < group.longest() ? group.active(t) : 0;
        while (alive > active) {
          alive--;
          stepper.getState(alive, last, group.windowRow(alive) * stateSize + cellOffset);
        }
        if (active == 0) {
          break;
        }
        for (int r = 0; r < active; r++) {
          at[r] = group.index(r, backward ? group.length(r) - 1 - t : t);
        }
        stepper.step(active, at, in, out);
        cellSteps += active;
        flops += active * cell.flopsPerStep();
      }
    }
  }
}
