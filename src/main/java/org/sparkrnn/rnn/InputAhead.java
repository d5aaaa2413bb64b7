package org.sparkrnn.rnn;

import java.util.Arrays;
import org.sparkrnn.ops.CellStepper;
import org.sparkrnn.ops.PackedCell;
import org.sparkrnn.ops.PackedDense;

/**
 * Steps a few rows of a group with the input's part of the sums computed ahead, for many steps in
 * one product.
 *
 * <p>A step of few rows is bound by how fast the weights arrive: each is used once or twice and
 * dropped. Of those of the input a product over many steps makes full use, and half of what a step
 * needs then stays nearer by. With many rows it does not pay, for its results must be written and
 * read again; the further away the weights are, the more rows are few. The bits are those of a cell
 * in one piece.
 */
final class InputAhead {
  /** Rows up to which it pays whatever the cell. */
  private static final int VERY_FEW = 2;

  /** Rows up to which it pays at least where the weights do not fit a core's own cache. */
  private static final int FEW = 8;

  private static final long OWN_CACHE_BYTES = 1 << 20;

  /** Weights for each of which it pays for another row, where there are more of them. */
  private static final long BYTES_PER_ROW = 1 << 19;

  /** Rows up to which it may pay at all. */
  private static final int MOST_FEW = 64;

  /** Steps of all rows together below which the state is not worth carrying over. */
  private static final int FEWEST_STEPS = 16;

  /** The same of each row. */
  private static final int FEWEST_STEPS_OF_A_ROW = 4;

  /** Bounds of a product, in rows and in floats of its result. */
  private static final int MOST_ROWS = 256;

  private static final int MOST_FLOATS = 1 << 20;

  private final int inputSize;
  private final int few;
  private final PackedDense product;
  private final PackedDense.Runner runner;
  private final CellStepper stepper;
  private final float[] state;
  private final float[][] x;
  private final int[] from;

  /** The product's rows: those of the steps {@code first .. end - 1}. */
  private float[] sums = new float[0];

  /** The input's rows, where they do not stand together. */
  private float[] gathered = new float[0];

  private Steps taken;
  private boolean reversed;
  private StepInput input;
  private int first;
  private int end;

  private InputAhead(PackedCell cell, PackedCell.Split split) {
    inputSize = cell.inputSize();
    few = few(cell.bytes());
    x = new float[few][];
    from = new int[few];
    product = split.input();
    runner = product.runner();
    stepper = split.rest().stepper(few);
    state = new float[cell.stateSize()];
  }

  private static int few(long bytes) {
    return bytes > OWN_CACHE_BYTES
        ? (int) Math.min(MOST_FEW, Math.max(FEW, bytes / BYTES_PER_ROW))
        : VERY_FEW;
  }

  /** For one cell; null where that is only run in one piece. */
  static InputAhead of(PackedCell cell) {
    return cell.split().map(split -> new InputAhead(cell, split)).orElse(null);
  }

  /**
   * Takes the rows over from step {@code t} on, if it pays.
   *
   * @param input where the rows' steps are
   * @param whole the stepper that has their state
   * @return that stepper, or the one that has it now, whose steps {@link #step} takes
   */
  CellStepper from(Steps taken, int t, boolean reversed, StepInput input, CellStepper whole) {
    Group group = taken.group();
    int rows = group.active(t);
    int fewest = Math.max(FEWEST_STEPS, rows * FEWEST_STEPS_OF_A_ROW);
    if (rows > few || group.steps() - group.index(0, t) < fewest) {
      return whole;
    }
    this.taken = taken;
    this.reversed = reversed;
    this.input = input;
    first = t;
    end = t;
    for (int r = 0; r < rows; r++) {
      whole.getState(r, state, 0);
      stepper.setState(r, state, 0);
    }
    return stepper;
  }

  /**
   * Takes step {@code t}; steps come one after another.
   *
   * @param to for each row where its output begins in {@code out}
   */
  void step(int t, float[] out, int[] to) {
    Group group = taken.group();
    if (t == end) {
      multiply();
    }
    int active = group.active(t);
    int row = group.index(0, t) - group.index(0, first);
    Arrays.fill(x, 0, active, sums);
    for (int r = 0; r < active; r++) {
      from[r] = (row + r) * product.outputSize();
    }
    stepper.step(active, x, from, out, to);
  }

  /** The product for as many steps from {@link #end} on as fit. */
  private void multiply() {
    Group group = taken.group();
    int most = Math.max(few, Math.min(MOST_ROWS, MOST_FLOATS / product.outputSize()));
    first = end;
    int start = group.index(0, first);
    end++;
    while (end < group.longest() && group.index(0, end) + group.active(end) - start <= most) {
      end++;
    }
    int rows = group.index(0, end - 1) + group.active(end - 1) - start;
    sums = Window.grown(sums, rows * product.outputSize());
    if (input instanceof StepInput.Packed packed && !reversed && taken.all()) {
      runner.apply(rows, packed.values(), start * inputSize, sums, 0);
      return;
    }
    gathered = Window.grown(gathered, rows * inputSize);
    int row = 0;
    for (int t = first; t < end; t++) {
      int active = group.active(t);
      input.find(taken, t, active, reversed, x, from);
      for (int r = 0; r < active; r++) {
        System.arraycopy(x[r], from[r], gathered, row * inputSize, inputSize);
        row++;
      }
    }
    runner.apply(rows, gathered, 0, sums, 0);
  }
}
