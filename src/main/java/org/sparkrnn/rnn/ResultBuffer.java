package org.sparkrnn.rnn;

import java.util.Arrays;

/** Where one selected output of a window is gathered, in the order the rows were added. */
final class ResultBuffer implements Result {
  private final Output output;
  private final Window window;
  private final boolean perStep;
  private final boolean integers;
  private final int size;
  private float[] floats = new float[0];
  private int[] ints = new int[0];

  /** Whether the floats are somebody else's. */
  private boolean shared;

  ResultBuffer(Output output, Window window) {
    this.output = output;
    this.window = window;
    if (output instanceof Output.LayerValue layer) {
      perStep = layer.value().perStep();
      integers = layer.value().type() == Value.Type.INT;
      size = layer.value().size();
    } else {
      perStep = false;
      integers = false;
      size =
          output instanceof Output.LastOutput lastOutput
              ? lastOutput.size()
              : ((Output.FinalState) output).shape().size();
    }
  }

  /** Bytes that one step of a row takes. */
  static long bytesPerStep(Output output) {
    return output instanceof Output.LayerValue layer && layer.value().perStep()
        ? 4L * layer.value().size()
        : 0;
  }

  /** Bytes that a row takes besides its steps. */
  static long bytesPerRow(Output output) {
    if (output instanceof Output.LayerValue layer) {
      return layer.value().perStep() ? 0 : 4L * layer.value().size();
    }
    return output instanceof Output.LastOutput lastOutput
        ? 4L * lastOutput.size()
        : 4L * ((Output.FinalState) output).shape().size();
  }

  /** Makes room for all rows of the window; a final state is shared, not gathered. */
  void prepare() {
    if (output instanceof Output.FinalState) {
      return;
    }
    int length = (perStep ? window.steps() : window.rows()) * size;
    if (!integers) {
      floats = Window.grown(floats, length);
    } else {
      ints = Window.grown(ints, length);
    }
  }

  /** Uses an array of all rows' numbers, which its owner does not change until the next window. */
  void share(float[] all) {
    floats = all;
    shared = true;
  }

  /** Takes the value of a group's rows from the group's packed order or row order. */
  void gather(Group group, float[] value, int[] intValue) {
    Object source = integers ? intValue : value;
    Object target = integers ? ints : floats;
    for (int r = 0; r < group.rows(); r++) {
      int to = offset(group.windowRow(r));
      if (!perStep) {
        System.arraycopy(source, r * size, target, to, size);
        continue;
      }
      for (int t = 0; t < group.length(r); t++) {
        System.arraycopy(source, group.index(r, t) * size, target, to + t * size, size);
      }
    }
  }

  /** Takes of a group's rows what another result has for their last steps. */
  void gatherLast(Group group, ResultBuffer perStep) {
    for (int r = 0; r < group.rows(); r++) {
      int row = group.windowRow(r);
      int to = offset(row);
      if (group.length(r) == 0) {
        Arrays.fill(floats, to, to + size, 0f);
      } else {
        int last = perStep.offset(row) + (group.length(r) - 1) * size;
        System.arraycopy(perStep.floats, last, floats, to, size);
      }
    }
  }

  /** Gives a row the numbers of another one, which has as many steps. */
  void copy(int from, int to) {
    Object all = integers ? ints : floats;
    System.arraycopy(all, offset(from), all, offset(to), size * entries(from));
  }

  @Override
  public Output output() {
    return output;
  }

  @Override
  public float[] floats() {
    return floats;
  }

  @Override
  public int[] ints() {
    return ints;
  }

  @Override
  public float[] takeFloats() {
    int used = (perStep ? window.steps() : window.rows()) * size;
    if (shared || floats.length != used) {
      return Arrays.copyOf(floats, used);
    }
    float[] taken = floats;
    floats = new float[0];
    return taken;
  }

  @Override
  public int offset(int row) {
    return (perStep ? window.start(row) : row) * size;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int entries(int row) {
    return perStep ? window.length(row) : 1;
  }

  @Override
  public boolean perStep() {
    return perStep;
  }
}
