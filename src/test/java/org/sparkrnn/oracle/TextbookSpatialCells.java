package org.sparkrnn.oracle;

import static org.sparkrnn.oracle.TextbookCell.activate;
import static org.sparkrnn.oracle.TextbookCell.affine;
import static org.sparkrnn.oracle.TextbookCell.clip;
import static org.sparkrnn.oracle.TextbookCell.concat;
import static org.sparkrnn.oracle.TextbookContribCells.sigmoid;
import static org.sparkrnn.oracle.TextbookContribLstmCells.diagonal;

import java.util.Arrays;
import java.util.List;
import org.sparkrnn.cell.ConvLstmCell;
import org.sparkrnn.cell.GlstmCell;
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
}
