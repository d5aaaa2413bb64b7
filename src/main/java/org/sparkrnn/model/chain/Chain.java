package org.sparkrnn.model.chain;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.sparkrnn.cell.InputProjectionWrapper;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.OutputProjectionWrapper;
import org.sparkrnn.cell.ResidualWrapper;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.chain.ChainValue.Axis;
import org.sparkrnn.model.chain.ChainValue.Entry;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.rnn.Layer;

/** The layers that a walk over a graph has found so far, and what its values are of them. */
public abstract class Chain {
  final List<Layer> layers = new ArrayList<>();

  /** The axis that the layers step along; null before the first of them. */
  Axis time;

  /** Floats in a step of the input; 0 where the graph does not say. */
  int inputWidth;

  Chain() {}

  public boolean knowsInputWidth() {
    return inputWidth > 0;
  }

  public List<Layer> layers() {
    return Collections.unmodifiableList(layers);
  }

  /** Whether the entries are all directions of one layer in order. */
  public boolean isWhole(Flow flow, int layer) {
    int ways = ways(layer);
    if (flow.entries().size() != ways) {
      return false;
    }
    for (int way = 0; way < ways; way++) {
      Entry entry = flow.entries().get(way);
      if (entry.layer() != layer || (entry.direction() != way && entry.direction() >= 0)) {
        return false;
      }
    }
    return true;
  }

  int ways(int layer) {
    return layer >= 0 && layers.get(layer) instanceof Layer.Rnn rnn && rnn.bidirectional() ? 2 : 1;
  }

  String last() {
    return layers.isEmpty() ? "input" : layers.get(layers.size() - 1).name();
  }

  /** Width of what a layer gives. */
  int size(int layer) {
    if (layer < 0 && inputWidth == 0) {
      throw new IllegalArgumentException("it stands before any layer with weights");
    }
    if (layer < 0) {
      return inputWidth;
    }
    Layer of = layers.get(layer);
    if (of instanceof Layer.BatchNorm norm) {
      return Math.toIntExact(norm.gamma().shape().elements());
    }
    if (of instanceof Layer.LayerNorm norm) {
      return Math.toIntExact(norm.gamma().shape().elements());
    }
    if (of instanceof Layer.Flatten flatten) {
      return Math.multiplyExact(flatten.steps(), size(layer - 1));
    }
    if (of instanceof Layer.Rnn rnn) {
      return rnn.outputSize();
    }
    if (of instanceof Layer.Dense dense) {
      return Math.toIntExact(dense.kernel().shape().dim(1));
    }
    return of instanceof Layer.Embedding table
        ? Math.toIntExact(table.table().shape().dim(1))
        : size(layer - 1);
  }

  /** Width of an entry. */
  public int width(Entry entry) {
    return entry.direction() >= 0 && layers.get(entry.layer()) instanceof Layer.Rnn rnn
        ? rnn.levels().get(0).directions().get(entry.direction()).outputSize()
        : size(entry.layer());
  }

  /** Width of a flow's entries, joined. */
  public int width(Flow flow) {
    return flow.entries().stream().mapToInt(this::width).sum();
  }

  /** A flow's entries, the whole of a bidirectional layer as its two. */
  public List<Entry> directions(Flow flow) {
    Entry first = flow.entries().get(0);
    return first.direction() == Entry.WHOLE && ways(first.layer()) == 2
        ? List.of(new Entry(first.layer(), 0), new Entry(first.layer(), 1))
        : flow.entries();
  }

  /** Whether a flow is one direction of a bidirectional layer. */
  public boolean isOneOfTwo(Flow flow) {
    Entry first = flow.entries().get(0);
    return flow.entries().size() == 1 && first.direction() >= 0 && ways(first.layer()) == 2;
  }

  /** Whether what a direction gives is its {@code h}: not so where a wrapper stands behind it. */
  public boolean givesState(Entry entry) {
    Layer.Rnn rnn = (Layer.Rnn) layers.get(entry.layer());
    return givesState(rnn.levels().get(0).directions().get(Math.max(0, entry.direction())));
  }

  private static boolean givesState(RnnCell cell) {
    if (cell instanceof MultiRnnCell stack) {
      return givesState(stack.cells().get(stack.cells().size() - 1));
    }
    return cell instanceof InputProjectionWrapper projection
        ? givesState(projection.cell())
        : !(cell instanceof ResidualWrapper || cell instanceof OutputProjectionWrapper);
  }

  /** Whether a flow is of ids or indices. */
  public boolean givesIntegers(Flow flow) {
    int layer = flow.entries().get(0).layer();
    return layer < 0
        ? !flow.axes().contains(Axis.FEATURE)
        : layers.get(layer) instanceof Layer.ArgMax;
  }

  /** Whether an axis is the steps. */
  public boolean isTime(Axis axis) {
    return axis.equals(time);
  }
}
