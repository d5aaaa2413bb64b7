package org.sparkrnn.model.chain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.chain.ChainValue.Axis;
import org.sparkrnn.model.chain.ChainValue.Entry;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.model.chain.ChainValue.Part;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Loop;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/** Builds the chain of layers while a walk goes over a graph. */
public final class ChainBuilder extends Chain {
  private final NavigableMap<String, String> users = new TreeMap<>();
  private final Set<String> names = new HashSet<>();
  private final Set<Integer> shared = new HashSet<>();

  /** Says how many floats a step of the input has. */
  public void inputWidth(long floats) {
    inputWidth = Math.toIntExact(Math.max(0, floats));
  }

  /** Which layer uses which tensor. */
  public NavigableMap<String, String> users() {
    return users;
  }

  /** The model's input as a flow. */
  public static Flow input(int rank, boolean features) {
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < rank - (features ? 1 : 0); i++) {
      axes.add(Axis.input(i));
    }
    if (features) {
      axes.add(Axis.FEATURE);
    }
    return new Flow(Part.VALUE, List.of(new Entry(-1, Entry.WHOLE)), axes);
  }

  /** Says that several nodes or an output use a flow, so that its layer must stay as it is. */
  public void share(Flow flow) {
    flow.entries().forEach(entry -> shared.add(entry.layer()));
  }

  /** A free name for a layer: {@code word}, {@code word_2} and so on. */
  String name(String word) {
    String name = word;
    for (int i = 2; !names.add(name); i++) {
      name = word + "_" + i;
    }
    return name;
  }

  private void used(String layer, List<String> tensors) {
    tensors.forEach(t -> users.merge(t, layer, (a, b) -> a.equals(b) ? a : a + ", " + b));
  }

  /**
   * Makes a flow the chain's end: puts the reduction behind the chain that gives it.
   *
   * @throws IllegalArgumentException if it is not all of what the last layer gives
   */
  Flow end(Flow flow) {
    List<Axis> counted = flow.counted();
    if (counted.contains(Axis.FEATURE) && !counted.get(counted.size() - 1).equals(Axis.FEATURE)) {
      throw new IllegalArgumentException("its last axis is not the features");
    }
    return endAnyway(flow);
  }

  /** The same for what looks at each float alone, wherever the features stand. */
  private Flow endAnyway(Flow flow) {
    int layer = flow.entries().get(0).layer();
    if (layer != layers.size() - 1) {
      throw new IllegalArgumentException(
          "it takes a value from the middle of the chain of layers; only a chain runs");
    }
    if (!isWhole(flow, layer) || flow.counted().contains(Axis.STACK)) {
      throw new IllegalArgumentException("it takes a part of what layer '" + last() + "' gives");
    }
    if (flow.part() == Part.C) {
      throw new IllegalArgumentException("it takes the final c, only the final h runs on");
    }
    if (flow.part() == Part.VALUE) {
      return flow;
    }
    layers.add(new Layer.Reduce(name("final_state_of_" + last()), Layer.Reduction.FINAL_STATE));
    return here(flow.axes());
  }

  private Flow here(List<Axis> axes) {
    return new Flow(Part.VALUE, List.of(new Entry(layers.size() - 1, Entry.WHOLE)), axes);
  }

  /** Puts a recurrent layer behind the flow; its axes must be those of {@code X}. */
  public int rnn(Flow x, Loop loop, List<RnnCell> cells, boolean batchFirst, List<String> tensors) {
    return rnn(x, loop, cells, batchFirst, Tensor.zeros(0), tensors);
  }

  /** The same from a state of its own. */
  public int rnn(
      Flow x,
      Loop loop,
      List<RnnCell> cells,
      boolean batchFirst,
      Tensor initialState,
      List<String> tensors) {
    Flow from = end(x);
    if (from.axes().size() != 3 || !from.axes().get(2).equals(Axis.FEATURE)) {
      throw new IllegalArgumentException("X is not [steps, rows, floats]");
    }
    Axis steps = from.axes().get(batchFirst ? 1 : 0);
    if (steps.equals(Axis.ONE) || (time != null && !time.equals(steps))) {
      throw new IllegalArgumentException("its steps are not the input's steps");
    }
    time = steps;
    String name = name("rnn");
    layers.add(
        new Layer.Rnn(
            name, loop, List.of(new Layer.Level(cells)), Layer.Merge.CONCAT, initialState));
    used(name, tensors);
    return layers.size() - 1;
  }

  public Flow embedding(Flow ids, Tensor table, List<String> tensors) {
    if (!layers.isEmpty() || end(ids).axes().contains(Axis.FEATURE)) {
      throw new IllegalArgumentException("only the input's ids can be looked up in a table");
    }
    String name = name("embedding");
    layers.add(new Layer.Embedding(name, table));
    used(name, tensors);
    List<Axis> axes = new ArrayList<>(ids.axes());
    axes.add(Axis.FEATURE);
    return here(axes);
  }

  /** 1 at the id, 0 elsewhere. */
  public Flow oneHot(Flow ids, int depth) {
    if (!layers.isEmpty() || end(ids).axes().contains(Axis.FEATURE)) {
      throw new IllegalArgumentException("only the input's ids can be spread out");
    }
    layers.add(new Layer.OneHot(name("one_hot"), depth));
    List<Axis> axes = new ArrayList<>(ids.axes());
    axes.add(Axis.FEATURE);
    return here(axes);
  }

  public Flow dense(Flow in, Tensor kernel, Tensor bias, List<String> tensors) {
    Flow from = end(in);
    if (from.axes().isEmpty() || !from.axes().get(from.axes().size() - 1).equals(Axis.FEATURE)) {
      throw new IllegalArgumentException("its last axis is not the features");
    }
    String name = name("dense");
    layers.add(new Layer.Dense(name, kernel, bias, Activation.LINEAR));
    used(name, tensors);
    return here(from.axes());
  }

  /** The dense layer at the chain's end that {@code flow} is of, still without activation. */
  private Layer.Dense linear(Flow flow) {
    boolean last = flow.entries().get(0).layer() == layers.size() - 1 && !layers.isEmpty();
    return last
            && !shared.contains(layers.size() - 1)
            && layers.get(layers.size() - 1) instanceof Layer.Dense dense
            && dense.activation().equals(Activation.LINEAR)
        ? dense
        : null;
  }

  /** Whether a dense layer of so many units, still without a bias, gives the flow. */
  public boolean takesBias(Flow flow, int units) {
    Layer.Dense dense = linear(flow);
    return dense != null && dense.bias().shape().elements() == units && !anyNonZero(dense.bias());
  }

  /**
   * Adds a bias to the dense layer that gives the flow.
   *
   * @throws IllegalArgumentException if no dense layer without bias gives it
   */
  public Flow biased(Flow flow, Tensor bias, List<String> tensors) {
    Layer.Dense dense = linear(flow);
    if (dense == null || anyNonZero(dense.bias())) {
      throw new IllegalArgumentException("it adds constants to what is no matrix product");
    }
    Tensor flat = Tensor.of(Shape.of(bias.shape().elements()), bias.toArray());
    if (!flat.shape().equals(dense.bias().shape())) {
      throw new IllegalArgumentException(
          "it adds " + bias.shape() + " to " + dense.bias().shape() + " floats");
    }
    layers.set(
        layers.size() - 1, new Layer.Dense(dense.name(), dense.kernel(), flat, dense.activation()));
    used(dense.name(), tensors);
    return flow;
  }

  private static boolean anyNonZero(Tensor tensor) {
    for (float value : tensor.toArray()) {
      if (value != 0) {
        return true;
      }
    }
    return false;
  }

  /** Applies a function: in the dense layer that gives the flow, or in a layer of its own. */
  public Flow activated(Flow flow, Activation activation) {
    Layer.Dense dense = linear(flow);
    if (dense != null) {
      layers.set(
          layers.size() - 1,
          new Layer.Dense(dense.name(), dense.kernel(), dense.bias(), activation));
      return flow;
    }
    Flow from = endAnyway(flow);
    layers.add(new Layer.Activate(name("activation"), activation));
    return here(from.axes());
  }

  /**
   * The product of a value with the sigmoid of itself, or the hard sigmoid: one function in that
   * one's place.
   *
   * @param gate what the sigmoid gives
   * @return empty where others read the sigmoid as well
   */
  public Optional<Flow> gated(Flow gate) {
    int last = layers.size() - 1;
    if (gate.entries().get(0).layer() != last
        || shared.contains(last)
        || !(layers.get(last) instanceof Layer.Activate layer)) {
      return Optional.empty();
    }
    Activation sigmoid = layer.activation();
    Activation.Kind kind;
    if (sigmoid.equals(Activation.SIGMOID)) {
      kind = Activation.Kind.SILU;
    } else if (sigmoid.kind() == Activation.Kind.HARD_SIGMOID) {
      kind = Activation.Kind.HARD_SILU;
    } else {
      return Optional.empty();
    }
    layers.set(
        last,
        new Layer.Activate(layer.name(), new Activation(kind, sigmoid.alpha(), sigmoid.beta())));
    return Optional.of(gate);
  }

  /** Batch normalisation; {@code tensors} are gamma, beta, mean and variance. */
  public Flow batchNorm(Flow flow, List<Tensor> tensors, float epsilon, List<String> names) {
    Flow from = normalisable(flow, tensors);
    String name = name("batch_norm");
    layers.add(
        new Layer.BatchNorm(
            name, tensors.get(0), tensors.get(1), tensors.get(2), tensors.get(3), epsilon));
    used(name, names);
    return here(from.axes());
  }

  /** Layer normalisation. */
  public Flow layerNorm(Flow flow, Tensor gamma, Tensor beta, float epsilon, List<String> names) {
    end(flow);
    Flow from = normalisable(flow, List.of(gamma, beta));
    String name = name("layer_norm");
    layers.add(new Layer.LayerNorm(name, gamma, beta, epsilon));
    used(name, names);
    return here(from.axes());
  }

  /**
   * {@code x * factor + addend}, float by float: in the layer normalisation that gives the flow if
   * that has neither yet, else as batch normalisation by a mean of 0 and a variance of 1.
   */
  public Flow scaled(Flow flow, float[] factor, float[] addend, List<String> names) {
    Shape shape = Shape.of(factor.length);
    Tensor by = Tensor.owning(shape, factor);
    Tensor plus = Tensor.owning(shape, addend);
    int last = layers.size() - 1;
    if (last >= 0
        && flow.entries().get(0).layer() == last
        && !shared.contains(last)
        && layers.get(last) instanceof Layer.LayerNorm norm
        && norm.gamma().shape().equals(shape)
        && !anyNonZero(norm.beta())
        && (isOne(norm.gamma()) || isOne(by))) {
      Tensor gamma = isOne(by) ? norm.gamma() : by;
      layers.set(last, new Layer.LayerNorm(norm.name(), gamma, plus, norm.epsilon()));
      used(norm.name(), names);
      return flow;
    }
    Tensor zeros = Tensor.zeros(factor.length);
    return batchNorm(flow, List.of(by, plus, zeros, ones(factor.length)), 0, names);
  }

  private static Tensor ones(int size) {
    float[] ones = new float[size];
    Arrays.fill(ones, 1);
    return Tensor.owning(Shape.of(size), ones);
  }

  private static boolean isOne(Tensor tensor) {
    for (float value : tensor.toArray()) {
      if (value != 1) {
        return false;
      }
    }
    return true;
  }

  private Flow normalisable(Flow flow, List<Tensor> tensors) {
    Entry first = flow.entries().get(0);
    if (first.layer() >= 0 || inputWidth > 0) {
      Shape shape = Shape.of(width(flow));
      for (Tensor tensor : tensors) {
        if (!tensor.shape().equals(shape)) {
          throw new IllegalArgumentException(
              "it normalises with " + tensor.shape() + ", but there are " + shape + " floats");
        }
      }
    }
    return endAnyway(flow);
  }

  public Flow softmax(Flow flow) {
    Flow from = end(flow);
    layers.add(new Layer.Softmax(name("softmax")));
    return here(from.axes());
  }

  public Flow logSoftmax(Flow flow) {
    Flow from = end(flow);
    layers.add(new Layer.LogSoftmax(name("log_softmax")));
    return here(from.axes());
  }

  public Flow argMax(Flow flow) {
    Flow from = end(flow);
    layers.add(new Layer.ArgMax(name("argmax")));
    List<Axis> axes = new ArrayList<>(from.axes());
    axes.remove(Axis.FEATURE);
    return here(axes);
  }

  /** One entry per row out of one per step, along axis {@code axis}. */
  public Flow reduced(Flow flow, int axis, Layer.Reduction reduction, boolean keep) {
    if (time == null || !flow.axes().get(axis).equals(time)) {
      throw new IllegalArgumentException("it reduces an axis that is not the steps");
    }
    Flow from = endAnyway(flow);
    layers.add(new Layer.Reduce(name(reduction.word()), reduction));
    List<Axis> axes = new ArrayList<>(from.axes());
    if (keep) {
      axes.set(axis, Axis.ONE);
    } else {
      axes.remove(axis);
    }
    return here(axes);
  }

  /** All steps of a row as one entry; the flow's axes are rows, the input's steps and floats. */
  public Flow flattened(Flow flow, long steps) {
    Flow from = endAnyway(flow);
    layers.add(new Layer.Flatten(name("flatten"), Math.toIntExact(steps)));
    return here(List.of(from.axes().get(0), Axis.FEATURE));
  }
}
