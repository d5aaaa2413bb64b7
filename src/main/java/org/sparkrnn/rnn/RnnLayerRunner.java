package org.sparkrnn.rnn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sparkrnn.ops.CellStepper;
import org.sparkrnn.ops.PackedCell;

/**
 * Runs one rnn layer over groups: level by level, {@code dynamic_rnn} for each direction, cell
 * after cell.
 *
 * <p>At step {@code t} of a direction the rows that are at least {@code t + 1} long take their
 * step; a row that has ended keeps its state and is not touched again. The backward direction takes
 * the steps of each row from its own last one to its first and stores its outputs where the inputs
 * were, which is {@code reverse_sequence} before and after without copying anything. What Keras
 * does besides, it does to the outputs when the cells are done.
 */
final class RnnLayerRunner {
  private final Layer.Rnn layer;
  private final int stateOffset;
  private final FinalOutput finalOutput;
  private final List<List<Direction>> levels = new ArrayList<>();
  private final Steps steps = new Steps();
  private final int[] at;
  private final int[] to;
  private final int[] idAt;
  private int[] ids = new int[0];
  private Group group;
  private Mask mask;
  private States states;

  /** What is read of the layer's value. */
  private Needed needed = Needed.ALL;

  /** By turns the merged outputs of a level. */
  private final float[][] merged = {new float[0], new float[0]};

  private float[] cellState = new float[0];
  private long cellSteps;
  private long flops;

  /**
   * @param packed the packed cells by direction, level by level
   * @param table takes ids in place of steps; null where there is none
   * @param stateOffset where the layer's state starts in the network's flattened state
   * @param groupRows the largest group
   */
  RnnLayerRunner(
      Layer.Rnn layer,
      List<List<PackedCell>> packed,
      TokenTable table,
      int stateOffset,
      int groupRows) {
    this.layer = layer;
    this.stateOffset = stateOffset;
    this.finalOutput = new FinalOutput(layer);
    this.at = new int[groupRows];
    this.to = new int[groupRows];
    this.idAt = new int[table == null ? 0 : groupRows];
    StateOrder order = StateOrder.of(layer);
    List<Between> between = List.of(new Between(), new Between());
    int held = 0;
    int next = 0;
    for (Layer.Level level : layer.levels()) {
      List<Direction> directions = new ArrayList<>();
      for (int d = 0; d < level.directions().size(); d++) {
        List<SteppedCell> cells = new ArrayList<>();
        float[] sums = table == null || !levels.isEmpty() ? null : table.sums().get(d);
        for (PackedCell whole : packed.get(next)) {
          boolean tabulated = sums != null && cells.isEmpty();
          PackedCell cell = tabulated ? table.cells().get(d) : whole;
          cells.add(
              new SteppedCell(
                  cell,
                  cell.stepper(groupRows),
                  tabulated ? null : InputAhead.of(cell),
                  order.spans(held, cell.stateSize())));
          held += cell.stateSize();
        }
        boolean backwards =
            layer.loop() == Loop.TensorFlow.REVERSED_DYNAMIC_RNN
                || layer.loop() instanceof Loop.Keras keras && keras.goBackwards();
        directions.add(new Direction(cells, sums, d == 1 != backwards, between.get(d)));
        next++;
      }
      levels.add(directions);
    }
  }

  /** Floats that one step of a group takes in this layer, besides the layer's input. */
  static int workFloatsPerStep(Layer.Rnn layer, List<List<PackedCell>> packed) {
    int directions = layer.bidirectional() ? 2 : 1;
    int floats = 0;
    for (int d = 0; d < directions; d++) {
      int even = 0;
      int odd = 0;
      for (int level = 0; level < layer.levels().size(); level++) {
        List<PackedCell> cells = packed.get(level * directions + d);
        for (int i = 0; i < cells.size(); i++) {
          int size = cells.get(i).outputSize();
          even = i % 2 == 0 ? Math.max(even, size) : even;
          odd = i % 2 == 1 ? Math.max(odd, size) : odd;
        }
      }
      floats += even + odd;
    }
    int widest =
        layer.levels().stream().mapToInt(level -> level.outputSize(layer.merge())).max().orElse(0);
    int levels = Math.min(2, layer.levels().size());
    int masked = layer.loop() instanceof Loop.Keras ? 2 : 0;
    return floats + masked + (layer.bidirectional() ? levels * widest : 0);
  }

  /** Says what is read of the layer's value: no other outputs are kept. */
  void need(Needed part) {
    needed = part;
  }

  /** Which entries of its value {@link #run} returns for such a mask. */
  Needed kept(Mask mask) {
    boolean turned = layer.loop() instanceof Loop.Keras keras && keras.goBackwards();
    return turned || mask != null || !layer.perStep() ? Needed.ALL : needed;
  }

  /**
   * Runs the layer.
   *
   * @param mask of {@code x}; null where nothing is masked
   * @param x the packed input {@code [steps, inputSize]}; not read where there is a table
   * @param ids the packed ids {@code [steps]}; only read where there is a table
   * @return the packed merged outputs {@code [steps, outputSize]}, or {@code [rows, outputSize]}
   *     where the layer gives one per row or one is {@link #kept}; valid until the next run
   */
  float[] run(Group group, Mask mask, float[] x, int[] ids, States states) {
    this.ids = ids;
    this.group = group;
    this.mask = mask;
    this.states = states;
    Steps taken = mask == null ? steps.all(group) : steps.unmasked(group, mask);
    float[] value = x;
    for (int i = 0; i < levels.size(); i++) {
      List<Direction> directions = levels.get(i);
      Needed kept = i == levels.size() - 1 ? kept(mask) : Needed.ALL;
      float[] forward = outputs(directions.get(0), taken, value, kept);
      if (directions.size() == 1) {
        value = forward;
      } else {
        float[] backward = outputs(directions.get(1), taken, value, kept);
        int entries = kept == Needed.ALL && layer.perStep() ? group.steps() : group.rows();
        value = merge(layer.levels().get(i), entries, forward, backward, i % 2);
      }
    }
    return value;
  }

  /** A direction's outputs, of each row the one that is kept if not all are. */
  private float[] outputs(Direction direction, Steps taken, float[] x, Needed kept) {
    Needed takenLast = direction.reversed ? Needed.FIRST : Needed.LAST;
    Needed here = layer.perStep() || mask != null ? kept : takenLast;
    float[] y = direction.run(taken, x, here);
    int size = direction.outputSize();
    if (here == Needed.ALL) {
      return completed(direction, y);
    }
    Arrays.fill(y, group.nonEmpty() * size, group.rows() * size, 0f);
    return y;
  }

  /** What the loop makes of a direction's outputs, which stand where its inputs were. */
  private float[] completed(Direction direction, float[] y) {
    if (!(layer.loop() instanceof Loop.Keras keras)) {
      return y;
    }
    int size = direction.outputSize();
    KerasOutputs outputs = new KerasOutputs(keras, direction.reversed, size);
    outputs.complete(group, mask, y);
    if (keras.returnSequences()) {
      return y;
    }
    direction.last = Window.grown(direction.last, group.rows() * size);
    outputs.last(group, y, direction.last);
    return direction.last;
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
    finalOutput.copy(states, offset + stateOffset, target, targetOffset);
  }

  private float[] merge(
      Layer.Level level, int entries, float[] forward, float[] backward, int turn) {
    int fw = level.directions().get(0).outputSize();
    int bw = level.directions().get(1).outputSize();
    merged[turn] = Window.grown(merged[turn], entries * level.outputSize(layer.merge()));
    float[] y = merged[turn];
    if (layer.merge() == Layer.Merge.CONCAT) {
      for (int s = 0; s < entries; s++) {
        System.arraycopy(forward, s * fw, y, s * (fw + bw), fw);
        System.arraycopy(backward, s * bw, y, s * (fw + bw) + fw, bw);
      }
      return y;
    }
    for (int i = 0; i < entries * fw; i++) {
      y[i] =
          switch (layer.merge()) {
            case CONCAT -> throw new IllegalStateException("handled above");
            case SUM -> forward[i] + backward[i];
            case MUL -> forward[i] * backward[i];
            case AVE -> (forward[i] + backward[i]) * 0.5f;
          };
    }
    return y;
  }

  /**
   * The states of the window's rows, as they stand at the border.
   *
   * @param initial {@code [rows, size]}
   * @param last receives the final states
   * @param size floats in the network's flattened state
   */
  @SuppressWarnings("ArrayRecordComponent") // handed down, never compared
  record States(float[] initial, float[] last, int size) {}

  /**
   * A cell with the state of the rows that it steps.
   *
   * @param ahead steps a few rows; null where the cell is only run in one piece
   */
  private record SteppedCell(
      PackedCell packed, CellStepper stepper, InputAhead ahead, List<StateOrder.Span> spans) {}

  /** What the cells of one direction hand on: by turns the output of a cell. */
  private static final class Between {
    private final float[][] outputs = {new float[0], new float[0]};

    float[] of(int cell, int size) {
      outputs[cell % 2] = Window.grown(outputs[cell % 2], size);
      return outputs[cell % 2];
    }
  }

  /** One direction of a level. */
  private final class Direction {
    private final List<SteppedCell> cells;

    /** What the first cell reads by ids, {@code [ids, inputSize]}; null where it reads steps. */
    private final float[] sums;

    private final boolean reversed;
    private final Between between;

    /** The outputs that Keras calls the last ones. */
    private float[] last = new float[0];

    Direction(List<SteppedCell> cells, float[] sums, boolean reversed, Between between) {
      this.cells = cells;
      this.sums = sums;
      this.reversed = reversed;
      this.between = between;
    }

    int outputSize() {
      return cells.get(cells.size() - 1).packed().outputSize();
    }

    float[] run(Steps taken, float[] x, Needed part) {
      Group group = taken.group();
      float[] in = sums == null ? x : sums;
      for (int i = 0; i < cells.size(); i++) {
        SteppedCell cell = cells.get(i);
        Needed kept = i == cells.size() - 1 ? part : Needed.ALL;
        int entries = kept == Needed.ALL ? taken.stored() : 2 * group.rows();
        float[] out = between.of(i, entries * cell.packed().outputSize());
        for (int r = 0; r < group.rows(); r++) {
          set(cell, r, states, group.windowRow(r));
        }
        stepAll(taken, kept, cell, in, out);
        in = out;
      }
      return in;
    }

    private void stepAll(Steps taken, Needed kept, SteppedCell cell, float[] in, float[] out) {
      Group group = taken.group();
      CellStepper stepper = cell.stepper();
      int alive = group.rows();
      for (int t = 0; t <= group.longest(); t++) {
        int active = t < group.longest() ? group.active(t) : 0;
        while (alive > active) {
          alive--;
          get(cell, stepper, alive, states, group.windowRow(alive));
        }
        if (active == 0) {
          break;
        }
        if (stepper == cell.stepper() && cell.ahead() != null) {
          stepper = cell.ahead().from(taken, t, reversed, kept, stepper);
        }
        if (stepper == cell.stepper()) {
          for (int r = 0; r < active; r++) {
            at[r] = taken.at(r, t, reversed);
            to[r] = taken.to(r, t, reversed, kept);
          }
          if (in == sums) {
            for (int r = 0; r < active; r++) {
              idAt[r] = ids[at[r]];
            }
            stepper.step(active, idAt, in, to, out);
          } else {
            stepper.step(active, at, in, to, out);
          }
        } else {
          cell.ahead().step(t, in, out);
        }
        cellSteps += active;
        flops += active * cell.packed().flopsPerStep();
      }
    }
  }

  /** Sets the state of a group's row from the window's row's initial one. */
  private void set(SteppedCell cell, int row, States states, int windowRow) {
    int offset = windowRow * states.size() + stateOffset;
    if (cell.spans().size() == 1) {
      cell.stepper().setState(row, states.initial(), offset + cell.spans().get(0).border());
      return;
    }
    cellState = Window.grown(cellState, cell.packed().stateSize());
    for (StateOrder.Span span : cell.spans()) {
      System.arraycopy(
          states.initial(), offset + span.border(), cellState, span.held(), span.size());
    }
    cell.stepper().setState(row, cellState, 0);
  }

  /** The opposite: the state of a group's row becomes the window's row's final one. */
  private void get(SteppedCell cell, CellStepper stepper, int row, States states, int windowRow) {
    int offset = windowRow * states.size() + stateOffset;
    if (cell.spans().size() == 1) {
      stepper.getState(row, states.last(), offset + cell.spans().get(0).border());
      return;
    }
    cellState = Window.grown(cellState, cell.packed().stateSize());
    stepper.getState(row, cellState, 0);
    for (StateOrder.Span span : cell.spans()) {
      System.arraycopy(cellState, span.held(), states.last(), offset + span.border(), span.size());
    }
  }
}
