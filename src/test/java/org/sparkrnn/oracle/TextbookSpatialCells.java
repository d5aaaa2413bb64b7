package org.sparkrnn.oracle;

import static org.sparkrnn.oracle.TextbookCell.activate;
import static org.sparkrnn.oracle.TextbookCell.affine;
import static org.sparkrnn.oracle.TextbookCell.clip;
import static org.sparkrnn.oracle.TextbookCell.concat;
import static org.sparkrnn.oracle.TextbookContribCells.sigmoid;
import static org.sparkrnn.oracle.TextbookContribLstmCells.diagonal;

import java.util.Arrays;
import java.util.List;
import org.sparkrnn.cell.BidirectionalGridLstmCell;
import org.sparkrnn.cell.ConvLstmCell;
import org.sparkrnn.cell.FrequencyBlocks;
import org.sparkrnn.cell.GlstmCell;
import org.sparkrnn.cell.GridLstmCell;
import org.sparkrnn.cell.GridRnnCell;
import org.sparkrnn.cell.TimeFreqLstmCell;
import org.sparkrnn.oracle.TextbookCell.Step;
import org.sparkrnn.tensor.Tensor;

/** The textbook's steps of cells whose features, or units, come in groups or have a place. */
final class TextbookSpatialCells {
  private TextbookSpatialCells() {}

  static Step glstm(GlstmCell cell, double[] x, double[] state) {
    int n = cell.numUnits();
    int groups = cell.kernels().size();
    int perGroup = n / groups;
    double[] h = Arrays.copyOfRange(state, n, state.length);
    double[] next = new double[n];
    double[] r = new double[n];
    for (int g = 0; g < groups; g++) {
      double[] seen =
          concat(
              Arrays.copyOfRange(x, g * x.length / groups, (g + 1) * x.length / groups),
              Arrays.copyOfRange(h, g * h.length / groups, (g + 1) * h.length / groups));
      double[] z = affine(seen, cell.kernels().get(g), Tensor.zeros(4L * perGroup));
      for (int k = 0; k < perGroup; k++) {
        int u = g * perGroup + k;
        double i = sigmoid(z[k] + cell.biases().get(0).at(u));
        double j = Math.tanh(z[perGroup + k] + cell.biases().get(1).at(u));
        double f = sigmoid(z[2 * perGroup + k] + cell.biases().get(2).at(u) + cell.forgetBias());
        double o = sigmoid(z[3 * perGroup + k] + cell.biases().get(3).at(u));
        next[u] = f * state[u] + i * j;
        r[u] = o * activate(cell.activation(), next[u]);
      }
    }
    double[] output =
        cell.projects() ? affine(r, cell.projection(), Tensor.zeros(cell.outputSize())) : r;
    return new Step(output, concat(next, output));
  }

  /** The convolution by its definition: from every place to every other that the window reaches. */
  static Step conv(ConvLstmCell cell, double[] x, double[] state) {
    List<Integer> shape = cell.inputShape();
    int channels = shape.get(shape.size() - 1);
    int out = cell.outputChannels();
    int places = x.length / channels;
    float[] kernel = cell.kernel().toArray();
    double[] next = new double[places * out];
    double[] h = new double[places * out];
    for (int place = 0; place < places; place++) {
      double[] z = new double[4 * out];
      for (int gate = 0; gate < z.length; gate++) {
        double sum = cell.usesBias() ? cell.bias().at(gate) : 0;
        for (int other = 0; other < places; other++) {
          int tap = tap(cell, place, other);
          for (int channel = 0; tap >= 0 && channel < channels + out; channel++) {
            double seen =
                channel < channels
                    ? x[other * channels + channel]
                    : state[places * out + other * out + channel - channels];
            sum += seen * kernel[(tap * (channels + out) + channel) * 4 * out + gate];
          }
        }
        z[gate] = sum;
      }
      for (int k = 0; k < out; k++) {
        int at = place * out + k;
        next[at] =
            sigmoid(z[2 * out + k] + cell.forgetBias()) * state[at]
                + sigmoid(z[k]) * Math.tanh(z[out + k]);
        h[at] = sigmoid(z[3 * out + k]) * Math.tanh(next[at]);
      }
    }
    double[] output = h;
    if (cell.skipConnection()) {
      output = new double[places * (out + channels)];
      for (int place = 0; place < places; place++) {
        System.arraycopy(h, place * out, output, place * (out + channels), out);
        System.arraycopy(x, place * channels, output, place * (out + channels) + out, channels);
      }
    }
    return new Step(output, concat(next, h));
  }

  /** Which of the window's places {@code other} is, seen from {@code place}; -1 for none. */
  private static int tap(ConvLstmCell cell, int place, int other) {
    List<Integer> window = cell.kernelShape();
    int tap = 0;
    int below = cell.inputShape().stream().limit(window.size()).reduce(1, (a, b) -> a * b);
    for (int axis = 0; axis < window.size(); axis++) {
      int size = cell.inputShape().get(axis);
      below /= size;
      int distance = other / below % size - place / below % size;
      int at = distance + (window.get(axis) - 1) / 2;
      if (at < 0 || at >= window.get(axis)) {
        return -1;
      }
      tap = tap * window.get(axis) + at;
    }
    return tap;
  }

  static Step timeFreq(TimeFreqLstmCell cell, double[] x, double[] state) {
    int n = cell.numUnits();
    int size = cell.windows().size();
    int count = state.length / (2 * n);
    double[] below = new double[n];
    double[] next = new double[state.length];
    double[] output = new double[count * n];
    for (int k = 0; k < count; k++) {
      int start = k * cell.windows().skip();
      double[] c = Arrays.copyOfRange(state, 2 * k * n, (2 * k + 1) * n);
      double[] h = Arrays.copyOfRange(state, (2 * k + 1) * n, (2 * k + 2) * n);
      double[] seen = concat(concat(Arrays.copyOfRange(x, start, start + size), h), below);
      double[] z = affine(seen, cell.kernel(), cell.bias());
      for (int u = 0; u < n; u++) {
        double i = sigmoid(z[u] + diagonal(cell.peepholes().input(), u) * c[u]);
        double f =
            sigmoid(
                z[2 * n + u] + cell.forgetBias() + diagonal(cell.peepholes().forget(), u) * c[u]);
        double updated = clip(f * c[u] + i * Math.tanh(z[n + u]), cell.cellClip());
        double o = sigmoid(z[3 * n + u] + diagonal(cell.peepholes().output(), u) * updated);
        next[2 * k * n + u] = updated;
        output[k * n + u] = o * Math.tanh(updated);
      }
      below = Arrays.copyOfRange(output, k * n, (k + 1) * n);
      System.arraycopy(below, 0, next, (2 * k + 1) * n, n);
    }
    return new Step(output, next);
  }

  static Step bidirectional(BidirectionalGridLstmCell cell, double[] x, double[] state) {
    Step up = grid(cell.forward(), x, Arrays.copyOf(state, state.length / 2));
    Step down = grid(cell.backward(), x, Arrays.copyOfRange(state, state.length / 2, state.length));
    return new Step(concat(up.output(), down.output()), concat(up.state(), down.state()));
  }

  static Step grid(GridLstmCell cell, double[] x, double[] state) {
    int n = cell.numUnits();
    FrequencyBlocks frequencies = cell.frequencies();
    double[] next = new double[state.length];
    double[] output = new double[state.length];
    int at = 0;
    for (int b = 0; b < cell.blocks().size(); b++) {
      GridLstmCell.Block block = cell.blocks().get(b);
      int count = frequencies.counts().get(b);
      double[] d = new double[n];
      double[] g = new double[n];
      for (int k = 0; k < count; k++, at += 2 * n) {
        int window = cell.backward().reversed() ? count - 1 - k : k;
        int start = frequencies.starts().isEmpty() ? 0 : frequencies.starts().get(b);
        start += window * frequencies.skip() + cell.backward().offset();
        double[] seen = new double[frequencies.size()];
        for (int i = 0; i < seen.length; i++) {
          seen[i] = start + i >= 0 && start + i < x.length ? x[start + i] : 0;
        }
        double[] c = Arrays.copyOfRange(state, at, at + n);
        seen = concat(concat(seen, Arrays.copyOfRange(state, at + n, at + 2 * n)), g);
        double[] zf = affine(seen, block.frequency().kernel(), block.frequency().bias());
        double[] zt = affine(seen, block.time().kernel(), block.time().bias());
        double[] nextD = new double[n];
        for (int u = 0; u < n; u++) {
          nextD[u] = updated(cell, block.frequency(), zf, u, new double[] {d[u], c[u], d[u]});
          next[at + u] = updated(cell, block.time(), zt, u, new double[] {d[u], c[u], c[u]});
        }
        for (int u = 0; u < n; u++) {
          double[] both = {nextD[u], next[at + u]};
          g[u] = opened(block.frequency(), zf, n, u, both) * Math.tanh(nextD[u]);
          double h = opened(block.time(), zt, n, u, both) * Math.tanh(next[at + u]);
          next[at + n + u] = h;
          output[at + u] = h;
          output[at + n + u] = g[u];
        }
        d = nextD;
      }
    }
    return new Step(output, next);
  }

  /** A new cell state; of the frequencies', the time's, and the one that is updated. */
  private static double updated(
      GridLstmCell cell, GridLstmCell.Gates gates, double[] z, int u, double[] states) {
    int n = cell.numUnits();
    double i =
        sigmoid(
            z[u]
                + diagonal(gates.fromFrequency().input(), u) * states[0]
                + diagonal(gates.fromTime().input(), u) * states[1]);
    double f = 1 - i;
    if (z.length == 4 * n) {
      f =
          sigmoid(
              z[2 * n + u]
                  + cell.forgetBias()
                  + diagonal(gates.fromFrequency().forget(), u) * states[0]
                  + diagonal(gates.fromTime().forget(), u) * states[1]);
    }
    return clip(f * states[2] + i * Math.tanh(z[n + u]), cell.cellClip());
  }

  private static double opened(
      GridLstmCell.Gates gates, double[] z, int n, int u, double[] states) {
    return sigmoid(
        z[z.length - n + u]
            + diagonal(gates.fromFrequency().output(), u) * states[0]
            + diagonal(gates.fromTime().output(), u) * states[1]);
  }

  static Step gridRnn(GridRnnCell cell, double[] x, double[] state) {
    int n = cell.numUnits();
    int count = cell.count();
    int from = cell.first().present() ? 1 : 0;
    int size = state.length / (count - from);
    double[][] h = new double[count][];
    double[][] c = new double[count][];
    for (int k = from; k < count; k++) {
      c[k] = Arrays.copyOfRange(state, (k - from) * size, (k - from) * size + size - n);
      h[k] = Arrays.copyOfRange(state, (k - from + 1) * size - n, (k - from + 1) * size);
    }
    h[0] = affine(x, cell.projectM(), Tensor.zeros(n));
    c[0] = size == n ? new double[0] : affine(x, cell.projectC(), Tensor.zeros(n));
    double[] next = new double[state.length];
    double[][] fresh = h.clone();
    for (int k = 1; k < count; k++) {
      double[] own = concat(c[k], h[count - 1]);
      Step step = TextbookCell.step(cell.dimension(k), seen(h), own);
      System.arraycopy(step.state(), 0, next, (k - from) * size, size);
      fresh[k] = step.output();
    }
    if (from == 1) {
      double[] all =
          affine(
              concat(seen(fresh), fresh[count - 1]), cell.first().weights(), cell.first().biases());
      return new Step(
          Arrays.stream(all).map(z -> activate(cell.first().activation(), z)).toArray(), next);
    }
    double[] own = concat(c[0], fresh[count - 1]);
    Step step = TextbookCell.step(cell.dimension(0), seen(fresh), own);
    System.arraycopy(step.state(), 0, next, 0, size);
    return new Step(step.output(), next);
  }

  /** All but the last, one behind the other. */
  private static double[] seen(double[][] h) {
    return Arrays.stream(h).limit(h.length - 1L).flatMapToDouble(Arrays::stream).toArray();
  }
}
