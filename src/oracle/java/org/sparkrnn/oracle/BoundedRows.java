package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sparkrnn.tensor.Tensor;

/** The parts of {@link BoundedArithmetic} in which each result depends on a whole row. */
final class BoundedRows {
  private BoundedRows() {}

  /** An error of an exponent is a relative one of the power; the powers' sum has the largest. */
  static Bounded softmax(BoundedArithmetic a, Bounded x) {
    double max = Arrays.stream(x.value()).max().orElseThrow();
    double widest = Arrays.stream(x.error()).max().orElseThrow();
    double[] y = Arrays.stream(x.value()).map(v -> Math.exp(v - max)).toArray();
    double sum = Arrays.stream(y).sum();
    double[] relative = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      double exponent = x.error()[i] + widest + a.unit() * (max - x.value()[i] + widest);
      relative[i] = Math.expm1(exponent) + 4 * a.unit();
      y[i] /= sum;
    }
    double ofSum = Arrays.stream(relative).max().orElseThrow() + a.gamma(y.length + 1);
    double[] error = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      error[i] = y[i] * (relative[i] + ofSum);
    }
    return new Bounded(y, error);
  }

  /**
   * The bound holds for {@code (x - mean) * scale + beta} and for TensorFlow's {@code x * scale +
   * (beta - mean * scale)}, which cancels. The inverse root is granted 3 roundings.
   */
  static Bounded layerNorm(
      BoundedArithmetic a, Bounded x, Tensor gamma, Tensor beta) {
    int n = x.size();
    double mean = 0;
    double meanError = 0;
    for (int i = 0; i < n; i++) {
      mean += x.value()[i] / n;
      meanError += (x.error()[i] + a.gamma(n + 1) * BoundedArithmetic.high(x, i)) / n;
    }
    double variance = 0;
    double varianceError = 0;
    for (int i = 0; i < n; i++) {
      double d = Math.abs(x.value()[i] - mean);
      double e = x.error()[i] + meanError + a.unit() * d;
      variance += d * d / n;
      varianceError += (e * (2 * d + e) + a.gamma(n + 3) * (d + e) * (d + e)) / n;
    }
    double inverse = 1 / Math.sqrt(variance + 1e-12);
    double relative = varianceError / (2 * (variance + 1e-12)) + 3 * a.unit();
    Bounded y = Bounded.exact(new double[n]);
    for (int i = 0; i < n; i++) {
      double scale = inverse * gamma.at(i);
      double d = x.value()[i] - mean;
      y.value()[i] = d * scale + beta.at(i);
      double moved = Math.abs(scale) * (x.error()[i] + meanError + Math.abs(d) * relative);
      double sizes = Math.abs(scale) * (BoundedArithmetic.high(x, i) + Math.abs(mean)) + Math.abs(beta.at(i));
      y.error()[i] = moved + 4 * a.unit() * sizes;
    }
    return y;
  }

  /**
   * A weight is a product with an inverse root of a sum of squares: half of the sum's error, and 3
   * roundings for the root, one for its argument's bound and two for the products.
   */
  static Bounded normalized(
      BoundedArithmetic a, List<Bounded> parts, Tensor kernel, List<Tensor> norms, Tensor bias) {
    int out = Math.toIntExact(kernel.shape().dim(1));
    int in = Math.toIntExact(kernel.shape().dim(0));
    Bounded y = Bounded.exact(new double[out]);
    for (int j = 0; j < out; j++) {
      double sum = bias.at(j);
      double terms = Math.abs(bias.at(j));
      double error = 0;
      int row = 0;
      for (int part = 0; part < parts.size(); part++) {
        Bounded x = parts.get(part);
        double squares = 0;
        for (int k = 0; k < x.size(); k++) {
          squares += Math.pow(kernel.at(row + k, j), 2);
        }
        double scale = norms.get(part).at(j) / Math.sqrt(Math.max(squares, 1e-12));
        double relative = a.gamma(x.size() + 1) / 2 + 6 * a.unit();
        for (int k = 0; k < x.size(); k++) {
          double weight = kernel.at(row + k, j) * scale;
          double term = Math.abs(weight) * BoundedArithmetic.high(x, k);
          sum += weight * x.value()[k];
          terms += term;
          error += Math.abs(weight) * x.error()[k] + relative * term;
        }
        row += x.size();
      }
      y.value()[j] = sum;
      y.error()[j] = error + a.gamma(in + 2) * terms;
    }
    return y;
  }

  static List<Bounded> convolved(
      BoundedArithmetic a,
      List<Bounded> parts,
      int places,
      Tensor kernel,
      Tensor bias,
      int gates) {
    int size = Math.toIntExact(kernel.shape().dim(0));
    int channels = Math.toIntExact(kernel.shape().dim(1));
    int out = Math.toIntExact(kernel.shape().dim(2));
    Tensor flat = Kernels.reshaped(kernel, (long) size * channels, out);
    List<List<Bounded>> byGate = new ArrayList<>();
    for (int gate = 0; gate < gates; gate++) {
      byGate.add(new ArrayList<>());
    }
    for (int place = 0; place < places; place++) {
      List<Bounded> seen = new ArrayList<>();
      for (int k = 0; k < size; k++) {
        int at = place + k - (size - 1) / 2;
        for (Bounded part : parts) {
          int width = part.size() / places;
          boolean inside = at >= 0 && at < places;
          seen.add(
              inside ? part.slice(at * width, width) : Bounded.exact(new double[width]));
        }
      }
      List<Bounded> here = a.split(a.affine(Bounded.concat(seen), flat, bias), gates);
      for (int gate = 0; gate < gates; gate++) {
        byGate.get(gate).add(here.get(gate));
      }
    }
    return byGate.stream().map(Bounded::concat).toList();
  }
}
