package org.sparkrnn.rnn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sparkrnn.ops.Normalisation;
import org.sparkrnn.ops.PackedDense;

/** Runs the layers of a network, one after the other, over one group of rows. */
final class LayerChain {
  private final PackedNetwork packed;
  private final int layers;
  private final List<Value> values;
  private final List<Needed> needed;
  private final RnnLayerRunner[] rnn;
  private final PackedDense.Runner[] dense;

  /** Whether the second layer takes ids, so that nobody needs the first one's value. */
  private final boolean tabulated;

  private final int stateSize;
  private float[] finalStates = new float[0];
  private float[] lastOutputs = new float[0];

  /** By turns the input and the output of a layer. */
  private final float[][] buffers = {new float[0], new float[0]};

  /** One of the reductions of a pool. */
  private float[] reduced = new float[0];

  private int[] integers = new int[0];
  private final Mask mask = new Mask();

  /** Whether {@link #mask} is the value's at hand. */
  private boolean masked;

  /** Which entries of its rows the value at hand holds, where it is one per step. */
  private Needed held = Needed.ALL;

  private long denseFlops;

  LayerChain(PackedNetwork packed, int layers, List<Output> selected, int groupRows) {
    this.packed = packed;
    this.layers = layers;
    this.values = packed.chain().values();
    this.needed = Needed.plan(packed.chain(), layers, selected);
    this.rnn = new RnnLayerRunner[layers];
    this.dense = new PackedDense.Runner[layers];
    this.stateSize = packed.chain().stateShape().size();
    this.tabulated =
        packed.table().isPresent()
            && selected.stream()
                .noneMatch(out -> out instanceof Output.LayerValue value && value.layer() == 0);
    List<Seen> inputs = Seen.ofInputs(packed.chain());
    int stateOffset = 0;
    for (int i = 0; i < layers; i++) {
      if (packed.chain().layers().get(i) instanceof Layer.Rnn layer) {
        TokenTable table = tabulated && i == 1 ? packed.table().orElseThrow() : null;
        rnn[i] =
            new RnnLayerRunner(
                layer, packed.cells(i), inputs.get(i), table, stateOffset, groupRows);
        rnn[i].need(needed.get(i));
        stateOffset += layer.stateShape().size();
      }
      dense[i] = packed.dense(i) == null ? null : packed.dense(i).runner();
    }
  }

  /** The last layer that must run for an output. */
  static int lastLayer(Network network, Output output) {
    if (output instanceof Output.LayerValue value) {
      return value.layer();
    }
    if (output instanceof Output.LastOutput lastOutput) {
      return lastOutput.layer();
    }
    int last = 0;
    for (int i = 0; i < network.layers().size(); i++) {
      if (network.layers().get(i) instanceof Layer.Rnn) {
        last = i;
      }
    }
    return last;
  }

  /** The directions of all its rnn layers. */
  List<Direction> directions() {
    List<Direction> found = new ArrayList<>();
    for (RnnLayerRunner runner : rnn) {
      if (runner != null) {
        found.addAll(runner.directions());
      }
    }
    return found;
  }

  /** What rows take in memory when the first {@code layers} layers run. */
  static Footprint footprint(
      PackedNetwork packed, int layers, List<Output> selected, Limits limits) {
    Network network = packed.chain();
    long inputFloats = network.input() instanceof Network.Input.Features given ? given.size() : 1;
    // Initial and final states, and the index arrays of the window and of the sort.
    long perRow = 8L * network.stateShape().size() + 24;
    long perStep = 4 * inputFloats;
    for (Output output : selected) {
      perRow += ResultBuffer.bytesPerRow(output);
      perStep += ResultBuffer.bytesPerStep(output);
    }
    List<Needed> needed = Needed.plan(network, layers, selected);
    long widest = inputFloats;
    long widestPicked = 0;
    long rnnFloats = 0;
    for (int i = 0; i < layers; i++) {
      Value value = network.values().get(i);
      if (network.layers().get(i) instanceof Layer.Rnn layer) {
        rnnFloats += RnnLayerRunner.workFloatsPerStep(layer, packed.cells(i));
      } else if (value.perStep() && needed.get(i) == Needed.ALL) {
        widest = Math.max(widest, value.size());
      } else {
        widestPicked = Math.max(widestPicked, value.size());
      }
    }
    // Both buffers, and one of the reductions of a pool.
    perRow += 3 * 4 * widestPicked;
    return new Footprint(limits, perRow, perStep, 4 * (2 * widest + rnnFloats));
  }

  /** Makes room for the final states of a window's rows. */
  void prepare(Window window) {
    finalStates = Window.grown(finalStates, window.rows() * stateSize);
  }

  /** Runs the layers and gathers the selected outputs on the way. */
  void run(Group group, Window window, List<ResultBuffer> results) {
    // The steps of a recurrent layer may be anywhere.
    boolean staged = !(packed.chain().layers().get(0) instanceof Layer.Rnn);
    float[] value = staged ? stageInput(group, window) : null;
    boolean perStep = true;
    masked = false;
    held = Needed.ALL;
    for (int i = 0; i < layers; i++) {
      if (needed.get(i).picked() && held == Needed.ALL && entryByEntry(i)) {
        value = pick(needed.get(i), inputSize(i), group, value);
      }
      int entries = perStep ? group.steps() : group.rows();
      if (held.picked()) {
        entries = group.nonEmpty();
      }
      ResultBuffer target = target(i, results);
      value = apply(i, group, window, value, entries, target);
      perStep = values.get(i).perStep();
      held = perStep ? held : Needed.ALL;
      masked &= perStep;
      for (ResultBuffer result : results) {
        gather(result, i, group, value, target);
      }
    }
  }

  /**
   * Where a layer may write its value at once: the only result that it is, if no other layer reads
   * it. Null where there is none.
   */
  private ResultBuffer target(int index, List<ResultBuffer> results) {
    if (index < layers - 1
        || rnn[index] == null
        || !rnn[index].writesThrough(masked ? mask : null)) {
      return null;
    }
    ResultBuffer found = null;
    for (ResultBuffer result : results) {
      if (result.output() instanceof Output.LayerValue given && given.layer() == index) {
        if (found != null) {
          return null;
        }
        found = result;
      }
    }
    return found;
  }

  /** How many floats an entry of a layer's input has. */
  private int inputSize(int index) {
    return index > 0
        ? values.get(index - 1).size()
        : ((Network.Input.Features) packed.chain().input()).size();
  }

  /** Whether a layer makes each entry of its value of one entry of the layer before. */
  private boolean entryByEntry(int index) {
    Layer layer = packed.chain().layers().get(index);
    return layer instanceof Layer.Dense
        || layer instanceof Layer.Activate
        || layer instanceof Layer.BatchNorm
        || layer instanceof Layer.LayerNorm
        || layer instanceof Layer.Softmax
        || layer instanceof Layer.LogSoftmax
        || layer instanceof Layer.ArgMax
        || layer instanceof Layer.Masking;
  }

  /** Keeps of each row the entry that is needed; rows without steps are the last ones. */
  private float[] pick(Needed which, int size, Group group, float[] x) {
    float[] y = buffer(x, group.rows() * size);
    Layer.Reduction reduction =
        which == Needed.FIRST ? Layer.Reduction.FIRST : Layer.Reduction.LAST;
    Reductions.reduce(reduction, group, size, x, y);
    held = which;
    masked = false;
    return y;
  }

  /** The states that the rnn layers left, flattened, by the window's rows. */
  float[] finalStates() {
    return finalStates;
  }

  /** Brings a group's steps into packed order. */
  private float[] stageInput(Group group, Window window) {
    boolean ids = packed.chain().input() instanceof Network.Input.Ids;
    int size = ids ? 1 : ((Network.Input.Features) packed.chain().input()).size();
    float[] target = ids ? buffers[0] : buffer(null, group.steps() * size);
    integers = ids ? Window.grown(integers, group.steps()) : integers;
    for (int r = 0; r < group.rows(); r++) {
      int row = group.windowRow(r);
      for (int t = 0; t < group.length(r); t++) {
        int to = group.index(r, t);
        if (ids) {
          integers[to] = window.id(row, t);
        } else {
          System.arraycopy(window.source(row, t), window.place(row, t), target, to * size, size);
        }
      }
    }
    return target;
  }

  /**
   * One layer: {@code entries} entries of {@code x} to the returned array, which is the target's
   * where there is one.
   *
   * @param x null where a recurrent layer reads the window
   */
  private float[] apply(
      int index, Group group, Window window, float[] x, int entries, ResultBuffer target) {
    Layer layer = packed.chain().layers().get(index);
    int size = values.get(index).size();
    if (layer instanceof Layer.Rnn) {
      Direction.States states = new Direction.States(window, finalStates, stateSize);
      Mask given = masked ? mask : null;
      Needed kept = rnn[index].kept(given);
      held = kept.picked() ? kept : Needed.ALL;
      float[] direct = target == null ? null : target.floats();
      return rnn[index].run(group, given, x, integers, states, direct);
    }
    if (layer instanceof Layer.Masking masking) {
      mask.ofFeatures(x, entries, size, masking.maskValue());
      masked = held == Needed.ALL;
      return x;
    }
    if (layer instanceof Layer.Softmax) {
      packed.ops().softmax(x, 0, entries, size);
      return x;
    }
    if (layer instanceof Layer.LogSoftmax) {
      Normalisation.logSoftmax(x, entries, size);
      return x;
    }
    if (layer instanceof Layer.Activate activate) {
      packed.ops().activate(activate.activation(), x, entries * size);
      return x;
    }
    if (layer instanceof Layer.ArgMax) {
      argMax(x, entries, inputSize(index));
      return x;
    }
    if (tabulated && index == 0) {
      maskIds(layer, entries);
      return x;
    }
    boolean perStep = values.get(index).perStep() && held == Needed.ALL;
    float[] y = buffer(x, (perStep ? group.steps() : group.rows()) * size);
    if (layer instanceof Layer.Dense given) {
      dense[index].apply(entries, x, 0, y, 0);
      denseFlops += entries * packed.dense(index).flopsPerRow();
      if (!given.activation().elementwise()) {
        packed.ops().softmax(y, 0, entries, size);
      }
    } else if (layer instanceof Layer.Embedding || layer instanceof Layer.OneHot) {
      for (int s = 0; s < entries; s++) {
        TokenTable.write(layer, integers[s], y, s * size, size);
      }
      maskIds(layer, entries);
    } else if (layer instanceof Layer.BatchNorm || layer instanceof Layer.LayerNorm) {
      packed.norm(index).apply(x, y, entries);
    } else if (layer instanceof Layer.Repeat) {
      repeat(group, size, x, y);
    } else if (layer instanceof Layer.Flatten flatten) {
      Reductions.flatten(group, flatten.steps(), size / flatten.steps(), x, y);
    } else if (layer instanceof Layer.Reduce reduce) {
      reduce(index, reduce.reduction(), size, group, x, y);
    } else if (layer instanceof Layer.Pool pool) {
      pool(index, pool, group, x, y);
    }
    return y;
  }

  /** One reduction after the other, each into its columns. */
  private void pool(int index, Layer.Pool pool, Group group, float[] x, float[] y) {
    int size = values.get(index).size();
    int column = 0;
    for (Layer.Reduction reduction : pool.reductions()) {
      int width =
          reduction == Layer.Reduction.FINAL_STATE
              ? FinalOutput.size((Layer.Rnn) packed.chain().layers().get(index - 1))
              : inputSize(index);
      reduced = Window.grown(reduced, group.rows() * width);
      reduce(index, reduction, width, group, x, reduced);
      for (int r = 0; r < group.rows(); r++) {
        System.arraycopy(reduced, r * width, y, r * size + column, width);
      }
      column += width;
    }
  }

  private void maskIds(Layer layer, int entries) {
    if (layer instanceof Layer.Embedding embedding && embedding.maskZero()) {
      mask.ofIds(integers, entries);
      masked = true;
    }
  }

  private void reduce(
      int index, Layer.Reduction reduction, int size, Group group, float[] x, float[] y) {
    if (reduction == Layer.Reduction.FINAL_STATE) {
      for (int r = 0; r < group.rows(); r++) {
        rnn[index - 1].finalOutput(finalStates, group.windowRow(r) * stateSize, y, r * size);
      }
    } else if (held.picked()) {
      System.arraycopy(x, 0, y, 0, group.nonEmpty() * size);
      Arrays.fill(y, group.nonEmpty() * size, group.rows() * size, 0f);
    } else if (reduction == Layer.Reduction.MEAN && masked) {
      Reductions.mean(mask, group, size, x, y);
    } else {
      Reductions.reduce(reduction, group, size, x, y);
    }
  }

  private static void repeat(Group group, int size, float[] x, float[] y) {
    for (int t = 0; t < group.longest(); t++) {
      System.arraycopy(x, 0, y, group.index(0, t) * size, group.active(t) * size);
    }
  }

  private void argMax(float[] x, int entries, int size) {
    integers = Window.grown(integers, entries);
    for (int s = 0; s < entries; s++) {
      int from = s * size;
      int best = from;
      float most = x[from];
      for (int i = from + 1; i < from + size; i++) {
        if (x[i] > most) {
          most = x[i];
          best = i;
        }
      }
      integers[s] = best - from;
    }
  }

  private void gather(
      ResultBuffer result, int layer, Group group, float[] value, ResultBuffer target) {
    if (result == target) {
      return;
    }
    if (result.output() instanceof Output.LayerValue given && given.layer() == layer) {
      result.gather(group, value, integers);
    } else if (result.output() instanceof Output.LastOutput given && given.layer() == layer) {
      if (target != null) {
        result.gatherLast(group, target);
        return;
      }
      float[] last = value;
      if (!held.picked()) {
        lastOutputs = Window.grown(lastOutputs, group.rows() * given.size());
        Reductions.reduce(Layer.Reduction.LAST, group, given.size(), value, lastOutputs);
        last = lastOutputs;
      }
      result.gather(group, last, integers);
    }
  }

  /** The one of the two buffers that {@code x} is not in, at least {@code length} long. */
  private float[] buffer(float[] x, int length) {
    int which = x == buffers[0] ? 1 : 0;
    if (buffers[which].length < length) {
      buffers[which] = Window.grown(buffers[which], length);
    }
    return buffers[which];
  }

  long cellSteps() {
    long sum = 0;
    for (RnnLayerRunner runner : rnn) {
      sum += runner == null ? 0 : runner.cellSteps();
    }
    return sum;
  }

  long flops() {
    long sum = denseFlops;
    for (RnnLayerRunner runner : rnn) {
      sum += runner == null ? 0 : runner.flops();
    }
    return sum;
  }
}
