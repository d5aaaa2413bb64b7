package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Loop;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.rnn.Output;

/**
 * Networks in double precision, one row at a time, every step by a plain loop: {@code dynamic_rnn}
 * as its documentation describes it, and Keras' loop in {@link TextbookKeras}.
 */
public final class TextbookNetwork {
  private final Network network;

  /** For this network. */
  public TextbookNetwork(Network network) {
    this.network = network;
  }

  /**
   * Runs a row of features.
   *
   * @param steps {@code [length][size]}
   * @param initial the flattened initial state
   * @return by output name all numbers of the row, step by step
   */
  public Map<String, double[]> run(double[][] steps, double[] initial) {
    return run(steps, null, initial);
  }

  /** Runs a row of ids. */
  public Map<String, double[]> run(int[] ids, double[] initial) {
    return run(null, ids, initial);
  }

  private Map<String, double[]> run(double[][] features, int[] ids, double[] initial) {
    Map<String, double[]> outputs = new TreeMap<>();
    double[] state = initial.clone();
    List<double[]> value = features == null ? null : List.of(features);
    List<double[]> lastHidden = List.of();
    int stateOffset = 0;
    int length = features == null ? ids.length : features.length;
    boolean[] mask = new boolean[length];
    for (Layer layer : network.layers()) {
      if (layer instanceof Layer.Rnn rnn) {
        int size = rnn.stateShape().size();
        double[] part = Arrays.copyOfRange(state, stateOffset, stateOffset + size);
        lastHidden = new ArrayList<>();
        value = rnn(rnn, value, mask, part, lastHidden);
        System.arraycopy(part, 0, state, stateOffset, size);
        stateOffset += size;
        outputs.put(Output.OUTPUTS, flat(value));
        double[] zeros = new double[rnn.outputSize()];
        outputs.put(Output.LAST_OUTPUT, value.isEmpty() ? zeros : value.get(value.size() - 1));
      } else if (layer instanceof Layer.Masking masking) {
        value = TextbookKeras.masking(masking, value, mask);
      } else if (layer instanceof Layer.Reduce reduce
          && reduce.reduction() == Layer.Reduction.MEAN) {
        value = List.of(mean(value, mask));
      } else if (layer instanceof Layer.Pool pool) {
        List<double[]> parts = new ArrayList<>();
        for (Layer.Reduction reduction : pool.reductions()) {
          parts.add(
              reduction == Layer.Reduction.MEAN
                  ? mean(value, mask)
                  : reduce(reduction, value, lastHidden));
        }
        value = List.of(flat(parts));
      } else {
        value = apply(layer, value, ids, length, lastHidden);
        if (layer instanceof Layer.Embedding embedding && embedding.maskZero()) {
          for (int t = 0; t < length; t++) {
            mask[t] = ids[t] == 0;
          }
        }
      }
      outputs.put(layer.name(), flat(value));
    }
    outputs.put(Output.FINAL_STATE, state);
    return outputs;
  }

  /** Level by level; {@code state} is as it stands in {@code final_state}. */
  private static List<double[]> rnn(
      Layer.Rnn rnn, List<double[]> x, boolean[] mask, double[] state, List<double[]> lastHidden) {
    if (rnn.loop() instanceof Loop.Cudnn) {
      return TextbookCudnn.run(rnn, x, state, lastHidden);
    }
    if (rnn.loop() instanceof Loop.Keras) {
      return keras(rnn, x, mask, state, lastHidden);
    }
    int[] offsets = new int[2];
    for (Layer.Level level : rnn.levels()) {
      offsets[1] += level.directions().get(0).stateShape().size();
    }
    List<double[]> value = x;
    for (Layer.Level level : rnn.levels()) {
      lastHidden.clear();
      List<List<double[]>> directions = new ArrayList<>();
      for (int d = 0; d < level.directions().size(); d++) {
        RnnCell cell = level.directions().get(d);
        int size = cell.stateShape().size();
        double[] own = Arrays.copyOfRange(state, offsets[d], offsets[d] + size);
        directions.add(direction(cell, d == 1, value, own));
        System.arraycopy(own, 0, state, offsets[d], size);
        offsets[d] += size;
        lastHidden.add(Arrays.copyOfRange(own, size - cell.outputSize(), size));
      }
      value = merged(rnn.merge(), directions);
    }
    return value;
  }

  private static List<double[]> keras(
      Layer.Rnn rnn, List<double[]> x, boolean[] mask, double[] state, List<double[]> lastHidden) {
    int[] sizes = rnn.cells().stream().mapToInt(cell -> cell.stateShape().size()).toArray();
    int[] border = KerasStates.held(rnn.cells());
    double[] held = new double[state.length];
    for (int i = 0; i < border.length; i++) {
      held[border[i]] = state[i];
    }
    double[][] states = new double[sizes.length][];
    states[0] = Arrays.copyOfRange(held, 0, sizes[0]);
    if (sizes.length == 2) {
      states[1] = Arrays.copyOfRange(held, sizes[0], sizes[0] + sizes[1]);
    }
    List<double[]> y = TextbookKeras.run(rnn, x, mask, states);
    double[] last = flat(List.of(states));
    for (int i = 0; i < border.length; i++) {
      state[i] = last[border[i]];
    }
    for (int d = 0; d < sizes.length; d++) {
      int width = rnn.cells().get(d).outputSize();
      lastHidden.add(Arrays.copyOfRange(states[d], sizes[d] - width, sizes[d]));
    }
    return y;
  }

  static List<double[]> direction(
      RnnCell cell, boolean backward, List<double[]> x, double[] state) {
    double[] current = state.clone();
    double[][] y = new double[x.size()][];
    for (int t = 0; t < x.size(); t++) {
      int at = backward ? x.size() - 1 - t : t;
      TextbookCell.Step step = TextbookCell.step(cell, x.get(at), current);
      y[at] = step.output();
      current = step.state();
    }
    System.arraycopy(current, 0, state, 0, state.length);
    return List.of(y);
  }

  static List<double[]> merged(Layer.Merge merge, List<List<double[]>> directions) {
    if (directions.size() == 1) {
      return directions.get(0);
    }
    List<double[]> merged = new ArrayList<>();
    for (int t = 0; t < directions.get(0).size(); t++) {
      merged.add(merge(merge, directions.get(0).get(t), directions.get(1).get(t)));
    }
    return merged;
  }

  private static double[] merge(Layer.Merge merge, double[] fw, double[] bw) {
    if (merge == Layer.Merge.CONCAT) {
      return flat(List.of(fw, bw));
    }
    double[] y = new double[fw.length];
    for (int i = 0; i < y.length; i++) {
      y[i] =
          switch (merge) {
            case CONCAT -> throw new IllegalStateException();
            case SUM -> fw[i] + bw[i];
            case MUL -> fw[i] * bw[i];
            case AVE -> (fw[i] + bw[i]) / 2;
          };
    }
    return y;
  }

  private static List<double[]> apply(
      Layer layer, List<double[]> x, int[] ids, int length, List<double[]> lastHidden) {
    if (layer instanceof Layer.Embedding embedding) {
      List<double[]> y = new ArrayList<>();
      for (int id : ids) {
        double[] row = new double[Math.toIntExact(embedding.table().shape().dim(1))];
        for (int i = 0; i < row.length; i++) {
          row[i] = embedding.table().at(id, i);
        }
        y.add(row);
      }
      return y;
    }
    if (layer instanceof Layer.OneHot oneHot) {
      List<double[]> y = new ArrayList<>();
      for (int id : ids) {
        double[] row = new double[oneHot.depth()];
        row[id] = 1;
        y.add(row);
      }
      return y;
    }
    if (layer instanceof Layer.Reduce reduce) {
      return List.of(reduce(reduce.reduction(), x, lastHidden));
    }
    if (layer instanceof Layer.Flatten) {
      return List.of(x.stream().flatMapToDouble(Arrays::stream).toArray());
    }
    if (layer instanceof Layer.Repeat) {
      return Collections.nCopies(length, x.get(0));
    }
    List<double[]> y = new ArrayList<>();
    for (double[] entry : x) {
      y.add(entry(layer, entry));
    }
    return y;
  }

  private static double[] entry(Layer layer, double[] x) {
    if (layer instanceof Layer.Dense dense) {
      double[] y = TextbookCell.affine(x, dense.kernel(), dense.bias());
      if (dense.activation().equals(Activation.SOFTMAX)) {
        return softmax(y);
      }
      for (int i = 0; i < y.length; i++) {
        y[i] = TextbookCell.activate(dense.activation(), y[i]);
      }
      return y;
    }
    if (layer instanceof Layer.Softmax) {
      return softmax(x);
    }
    if (layer instanceof Layer.LogSoftmax) {
      double max = Arrays.stream(x).max().orElseThrow();
      double sum = Arrays.stream(x).map(each -> Math.exp(each - max)).sum();
      return Arrays.stream(x).map(each -> each - max - Math.log(sum)).toArray();
    }
    if (layer instanceof Layer.Activate activate) {
      return Arrays.stream(x)
          .map(each -> TextbookCell.activate(activate.activation(), each))
          .toArray();
    }
    if (layer instanceof Layer.BatchNorm norm) {
      double[] y = new double[x.length];
      for (int i = 0; i < y.length; i++) {
        double deviation = Math.sqrt((double) norm.variance().at(i) + norm.epsilon());
        double centred = x[i] - norm.mean().at(i);
        y[i] = centred / deviation * norm.gamma().at(i) + norm.beta().at(i);
      }
      return y;
    }
    if (layer instanceof Layer.LayerNorm norm) {
      double mean = Arrays.stream(x).sum() / x.length;
      double squares = Arrays.stream(x).map(each -> (each - mean) * (each - mean)).sum();
      double deviation = Math.sqrt(squares / x.length + norm.epsilon());
      double[] y = new double[x.length];
      for (int i = 0; i < y.length; i++) {
        y[i] = (x[i] - mean) / deviation * norm.gamma().at(i) + norm.beta().at(i);
      }
      return y;
    }
    int best = 0;
    for (int i = 1; i < x.length; i++) {
      best = x[i] > x[best] ? i : best;
    }
    return new double[] {best};
  }

  private static double[] softmax(double[] x) {
    double max = Arrays.stream(x).max().orElseThrow();
    double[] y = Arrays.stream(x).map(v -> Math.exp(v - max)).toArray();
    double sum = Arrays.stream(y).sum();
    return Arrays.stream(y).map(v -> v / sum).toArray();
  }

  private static double[] reduce(
      Layer.Reduction reduction, List<double[]> x, List<double[]> lastHidden) {
    if (reduction == Layer.Reduction.FINAL_STATE) {
      return flat(lastHidden);
    }
    if (x.isEmpty()) {
      throw new IllegalArgumentException(
          "the reduction of a row of length 0 is zeros; ask for none");
    }
    double[] y = x.get(reduction == Layer.Reduction.LAST ? x.size() - 1 : 0).clone();
    if (reduction == Layer.Reduction.FIRST || reduction == Layer.Reduction.LAST) {
      return y;
    }
    for (double[] entry : x.subList(1, x.size())) {
      for (int i = 0; i < y.length; i++) {
        y[i] = reduction == Layer.Reduction.MAX ? Math.max(y[i], entry[i]) : y[i] + entry[i];
      }
    }
    return y;
  }

  /** Over the steps that are not masked; zeros where all are. */
  private static double[] mean(List<double[]> x, boolean[] mask) {
    double[] y = new double[x.isEmpty() ? 0 : x.get(0).length];
    int count = 0;
    for (int t = 0; t < x.size(); t++) {
      for (int i = 0; i < y.length && !mask[t]; i++) {
        y[i] += x.get(t)[i];
      }
      count += mask[t] ? 0 : 1;
    }
    double steps = Math.max(1, count);
    return Arrays.stream(y).map(v -> v / steps).toArray();
  }

  private static double[] flat(List<double[]> entries) {
    return entries.stream().flatMapToDouble(Arrays::stream).toArray();
  }
}
