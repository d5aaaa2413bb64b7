package org.sparkrnn.rnn;

import static org.sparkrnn.rnn.Layer.Merge.CONCAT;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
  private Group group;
  private Mask mask;

  /** What is read of the layer's value. */
  private Needed needed = Needed.ALL;

  /** By turns the merged outputs of a level. */
  private final float[][] merged = {new float[0], new float[0]};

  /** By direction the outputs that Keras calls the last ones. */
  private final float[][] last = {new float[0], new float[0]};

  /**
   * @param packed the packed cells by direction, level by level
   * @param input what the steps that it takes are made of
   * @param table takes ids in place of steps; null where there is none
   * @param stateOffset where the layer's state starts in the network's flattened state
   * @param groupRows how many rows are stepped together at most
   */
  RnnLayerRunner(
      Layer.Rnn layer,
      List<List<PackedCell>> packed,
      Seen input,
      TokenTable table,
      int stateOffset,
      int groupRows) {
    this.layer = layer;
    this.stateOffset = stateOffset;
    this.finalOutput = new FinalOutput(layer);
    StateOrder order = StateOrder.of(layer);
    List<Direction.Between> between = List.of(new Direction.Between(), new Direction.Between());
    boolean backwards =
        layer.loop() == Loop.TensorFlow.REVERSED_DYNAMIC_RNN
            || layer.loop() instanceof Loop.Keras keras && keras.goBackwards();
    int held = 0;
    int next = 0;
    for (Layer.Level level : layer.levels()) {
      List<Direction> directions = new ArrayList<>();
      for (int d = 0; d < level.directions().size(); d++) {
        float[] sums = table == null || !levels.isEmpty() ? null : table.sums().get(d);
        boolean reversed = d == 1 != backwards;
        boolean shares = levels.isEmpty() && input.lets(reversed);
        Direction direction =
            new Direction(sums, reversed, shares, between.get(d), stateOffset, groupRows);
        List<PackedCell> cells = packed.get(next);
        for (int i = 0; i < cells.size(); i++) {
          PackedCell cell = sums != null && i == 0 ? table.cells().get(d) : cells.get(i);
          direction.add(cell, order.spans(held, cell.stateSize()));
          held += cell.stateSize();
        }
        directions.add(direction);
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
   * Whether all that is read of its value for such a mask is what the cells give, step by step, so
   * that they may write it where it is wanted.
   */
  boolean writesThrough(Mask mask) {
    return layer.perStep() && kept(mask) == Needed.ALL && together(mask);
  }

  /** Whether the cells' outputs, side by side, are the value of a level. */
  private boolean together(Mask mask) {
    boolean turned = layer.loop() instanceof Loop.Keras keras && keras.goBackwards();
    return mask == null && !turned && (!layer.bidirectional() || layer.merge() == CONCAT);
  }

  /**
   * Runs the layer.
   *
   * @param mask of {@code x}; null where nothing is masked
   * @param x the packed input {@code [steps, inputSize]}; null where it is read from the window;
   *     not looked at where there is a table
   * @param ids the packed ids {@code [steps]}; only read where there is a table
   * @param target receives the outputs in the window's order, where it {@link #writesThrough}; null
   *     where they stay here
   * @return the packed merged outputs {@code [steps, outputSize]}, or {@code [rows, outputSize]}
   *     where the layer gives one per row or one is {@link #kept}; valid until the next run. The
   *     target's array where there is one.
   */
  float[] run(
      Group group, Mask mask, float[] x, int[] ids, Direction.States states, float[] target) {
    this.group = group;
    this.mask = mask;
    Steps taken = mask == null ? steps.all(group) : steps.unmasked(group, mask);
    float[] value = x;
    for (int i = 0; i < levels.size(); i++) {
      boolean top = i == levels.size() - 1;
      Layer.Level level = layer.levels().get(i);
      Needed kept = top ? kept(mask) : Needed.ALL;
      if (kept == Needed.ALL && together(mask) && (!top || layer.perStep())) {
        value = side(i, taken, value, ids, states, top ? target : null);
        continue;
      }
      float[] forward = outputs(i, 0, taken, value, ids, states, kept);
      if (layer.bidirectional()) {
        float[] backward = outputs(i, 1, taken, value, ids, states, kept);
        int entries = kept == Needed.ALL && layer.perStep() ? group.steps() : group.rows();
        value = merge(level, entries, forward, backward, i % 2);
      } else {
        value = forward;
      }
    }
    return value;
  }

  /** A level whose directions write side by side. */
  private float[] side(
      int index, Steps taken, float[] x, int[] ids, Direction.States states, float[] target) {
    int width = layer.levels().get(index).outputSize(layer.merge());
    List<Direction> directions = levels.get(index);
    float[] values = target;
    if (target == null && directions.size() == 1) {
      values = directions.get(0).own(taken.stored());
    } else if (target == null) {
      merged[index % 2] = Window.grown(merged[index % 2], taken.stored() * width);
      values = merged[index % 2];
    }
    int column = 0;
    for (Direction direction : directions) {
      StepOutput output =
          target == null
              ? new StepOutput.Packed(values, width, column)
              : new StepOutput.Placed(values, states.window(), width, column);
      direction.run(taken, x, ids, states, output);
      column += direction.outputSize();
    }
    return values;
  }

  /** A direction's outputs, of each row the one that is kept if not all are. */
  private float[] outputs(
      int level, int d, Steps taken, float[] x, int[] ids, Direction.States states, Needed kept) {
    Direction direction = levels.get(level).get(d);
    int size = direction.outputSize();
    Needed takenLast = direction.reversed() ? Needed.FIRST : Needed.LAST;
    Needed here = layer.perStep() || mask != null ? kept : takenLast;
    if (here == Needed.ALL) {
      float[] y = direction.own(taken.stored());
      direction.run(taken, x, ids, states, new StepOutput.Packed(y, size, 0));
      return completed(direction, d, y);
    }
    float[] y = direction.own(2 * group.rows());
    direction.run(taken, x, ids, states, new StepOutput.Picked(y, size, here));
    Arrays.fill(y, group.nonEmpty() * size, group.rows() * size, 0f);
    return y;
  }

  /** What the loop makes of a direction's outputs, which stand where its inputs were. */
  private float[] completed(Direction direction, int d, float[] y) {
    if (!(layer.loop() instanceof Loop.Keras keras)) {
      return y;
    }
    int size = direction.outputSize();
    KerasOutputs outputs = new KerasOutputs(keras, direction.reversed(), size);
    outputs.complete(group, mask, y);
    if (keras.returnSequences()) {
      return y;
    }
    last[d] = Window.grown(last[d], group.rows() * size);
    outputs.last(group, y, last[d]);
    return last[d];
  }

  /** All its directions. */
  List<Direction> directions() {
    return levels.stream().flatMap(List::stream).toList();
  }

  /** Steps computed so far, one for each step of each row under each cell. */
  long cellSteps() {
    return levels.stream().flatMap(List::stream).mapToLong(Direction::cellSteps).sum();
  }

  /** Floating-point operations of those steps. */
  long flops() {
    return levels.stream().flatMap(List::stream).mapToLong(Direction::flops).sum();
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
    if (layer.merge() == CONCAT) {
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
}
