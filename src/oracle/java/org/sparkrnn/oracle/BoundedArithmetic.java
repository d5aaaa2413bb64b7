package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/**
 * Exact values with running bounds on {@code float32} evaluation: where every tolerance against
 * other people's arithmetic comes from.
 *
 * <p>The model (N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, chapters
 * 2 and 3), with {@code u = 2^-24}:
 *
 * <ul>
 *   <li>an operation rounds once: {@code fl(a op b) = (a op b)(1 + d), |d| <= u};
 *   <li>a sum of {@code k} products and a bias, in any order, with or without fused multiply-adds,
 *       is off by at most {@code g(k + 1)} of the sum of the terms' sizes, {@code g(m) = m u / (1 -
 *       m u)}; one more rounding is granted, for a constant that was added to the bias beforehand;
 *   <li>{@code tanh} is right to 5 ulp or 3 u, {@code exp} to 2 ulp, {@code sigmoid} to 3 u absolutely,
 *       other activations to 8 u of the largest of 1, argument and result: {@code
 *       JudgesAccuracyTest} holds the judges to it, {@code ElementaryTest} and {@code
 *       ActivationsTest} ours;
 *   <li>an error {@code e} of an operand takes a function as far as its value {@code e} away.
 * </ul>
 *
 * <p>Any two implementations that keep to the model are within one bound of the exact value, so
 * within two of each other, whichever way their sums run.
 */
final class BoundedArithmetic implements Arithmetic<Bounded> {
  /** Half the distance from 1 to the next float. */
  static final double U = 0x1p-24;

  /**
   * {@code tanh}: 5 ulp; an ulp is at most {@code 2 u} of the value. Or else {@code 3 u}
   * absolutely: ONNX Runtime takes it from its sigmoid.
   */
  static final double TANH = 10 * U;

  /** {@code sigmoid}, absolutely. */
  static final double SIGMOID = 3 * U;

  /** {@code exp}: 2 ulp. */
  static final double EXP = 4 * U;

  /** All other activations, of the largest of 1, the argument and the result. */
  static final double OTHERS = 8 * U;

  /** With bounds. */
  static final BoundedArithmetic BOUNDS = new BoundedArithmetic(1);

  /** The values alone: all bounds are 0. */
  static final BoundedArithmetic VALUES = new BoundedArithmetic(0);

  /** 1 with bounds, 0 without. */
  private final double on;

  private BoundedArithmetic(double on) {
    this.on = on;
  }

  /** {@code u}, or 0 without bounds. */
  double unit() {
    return on * U;
  }

  double gamma(int m) {
    return on * m * U / (1 - m * U);
  }

  @Override
  public Bounded affine(Bounded x, Tensor kernel, Tensor bias) {
    int out = Math.toIntExact(kernel.shape().dim(1));
    int in = Math.toIntExact(kernel.shape().dim(0));
    if (in != x.size()) {
      throw new IllegalArgumentException("kernel " + kernel + " for " + x.size() + " inputs");
    }
    float[] w = kernel.toArray();
    double[] value = new double[out];
    double[] error = new double[out];
    double[] terms = new double[out];
    for (int j = 0; j < out; j++) {
      value[j] = bias.at(j);
      terms[j] = Math.abs(bias.at(j));
    }
    for (int k = 0; k < in; k++) {
      double v = x.value()[k];
      double e = x.error()[k];
      double size = Math.abs(v) + e;
      int row = k * out;
      addProducts(value, v, w, row);
      if (on != 0) {
        addSizes(error, e, w, row);
        addSizes(terms, size, w, row);
      }
    }
    double g = gamma(in + 2);
    for (int j = 0; j < out; j++) {
      error[j] += g * terms[j];
    }
    return new Bounded(value, error);
  }

  /** One sum of all products: it bounds the sum of two sums as well. */
  @Override
  public Bounded affine(Bounded x, Tensor kernel, Bounded h, Tensor recurrent, Tensor bias) {
    int columns = Math.toIntExact(kernel.shape().dim(1));
    float[] all = Answers.concat(kernel.toArray(), recurrent.toArray());
    Tensor both = Tensor.owning(Shape.of(x.size() + h.size(), columns), all);
    return affine(Bounded.concat(List.of(x, h)), both, bias);
  }

  private static void addProducts(double[] sum, double factor, float[] w, int from) {
    for (int j = 0; j < sum.length; j++) {
      sum[j] += factor * w[from + j];
    }
  }

  private static void addSizes(double[] sum, double factor, float[] w, int from) {
    for (int j = 0; j < sum.length; j++) {
      sum[j] += factor * Math.abs(w[from + j]);
    }
  }

  @Override
  public Bounded product(Bounded x, Tensor kernel) {
    return affine(x, kernel, Tensor.zeros(kernel.shape().dim(1)));
  }

  @Override
  public Bounded concat(List<Bounded> parts) {
    return Bounded.concat(parts);
  }

  @Override
  public List<Bounded> split(Bounded x, int parts) {
    int size = x.size() / parts;
    List<Bounded> all = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      all.add(x.slice(i * size, size));
    }
    return all;
  }

  @Override
  public Bounded slice(Bounded x, int from, int size) {
    return x.slice(from, size);
  }

  @Override
  public Bounded tile(Bounded x, int columns) {
    return Bounded.concat(Collections.nCopies(columns / x.size(), x));
  }

  @Override
  public Bounded sum(List<Bounded> terms) {
    int size = terms.get(0).size();
    Bounded sum = Bounded.exact(new double[size]);
    for (Bounded term : terms) {
      for (int i = 0; i < size; i++) {
        sum.value()[i] += term.value()[i];
        sum.error()[i] += term.error()[i] + gamma(terms.size()) * high(term, i);
      }
    }
    return sum;
  }

  @Override
  public Bounded complement(Bounded a) {
    double[] value = new double[a.size()];
    double[] error = new double[a.size()];
    for (int i = 0; i < value.length; i++) {
      value[i] = 1 - a.value()[i];
      error[i] = a.error()[i] + on * U * (1 + high(a, i));
    }
    return new Bounded(value, error);
  }

  @Override
  public Bounded add(Bounded a, Bounded b) {
    Bounded sum = Bounded.exact(new double[a.size()]);
    for (int i = 0; i < a.size(); i++) {
      // The rounding is granted in the size of both, so that neighbouring sums may be regrouped.
      sum.value()[i] = a.value()[i] + b.value()[i];
      sum.error()[i] = a.error()[i] + b.error()[i] + on * U * (high(a, i) + high(b, i));
    }
    return sum;
  }

  @Override
  public Bounded add(Bounded a, float constant) {
    return add(a, constants(a.size(), constant));
  }

  @Override
  public Bounded mul(Bounded a, Bounded b) {
    Bounded product = Bounded.exact(new double[a.size()]);
    for (int i = 0; i < a.size(); i++) {
      product.value()[i] = a.value()[i] * b.value()[i];
      product.error()[i] =
          high(a, i) * high(b, i) * (1 + on * U) - Math.abs(a.value()[i] * b.value()[i]);
    }
    return product;
  }

  @Override
  public Bounded scale(Bounded a, Tensor weights) {
    return mul(a, Bounded.exact(weights.toArray()));
  }

  @Override
  public Bounded times(Bounded a, float factor) {
    return mul(a, constants(a.size(), factor));
  }

  @Override
  public Bounded divide(Bounded a, Tensor divisors) {
    Bounded quotient = Bounded.exact(new double[a.size()]);
    for (int i = 0; i < a.size(); i++) {
      double by = Math.abs(divisors.at(i));
      quotient.value()[i] = a.value()[i] / divisors.at(i);
      quotient.error()[i] = (a.error()[i] + on * U * high(a, i)) / by;
    }
    return quotient;
  }

  /** Random numbers do not stand within an error of a bound. */
  @Override
  public Bounded lessThan(Bounded a, Tensor bounds, Bounded below, Bounded above) {
    Bounded chosen = Bounded.exact(new double[a.size()]);
    for (int i = 0; i < a.size(); i++) {
      Bounded from = a.value()[i] < bounds.at(i) ? below : above;
      chosen.value()[i] = from.value()[i];
      chosen.error()[i] = from.error()[i];
    }
    return chosen;
  }

  /** The remainder's error is that of the time and of the multiples of the period taken off. */
  @Override
  public Bounded cycleRatio(Bounded time, Tensor phase, Tensor period) {
    Bounded remainder = Bounded.exact(new double[time.size()]);
    for (int i = 0; i < time.size(); i++) {
      double p = period.at(i);
      double shifted = time.value()[i] - phase.at(i);
      remainder.value()[i] = shifted - Math.floor(shifted / p) * p;
      double sizes = high(time, i) + Math.abs(phase.at(i)) + p;
      remainder.error()[i] = time.error()[i] + on * 6 * U * sizes;
    }
    return divide(remainder, period);
  }

  /**
   * The larger bound of two ways to compute it: {@code g a + (1 - g) b} and {@code b + g (a - b)},
   * which TensorFlow's {@code GRUBlockCell} takes.
   */
  @Override
  public Bounded blend(Bounded gate, Bounded a, Bounded b) {
    Bounded blend = Bounded.exact(new double[a.size()]);
    for (int i = 0; i < a.size(); i++) {
      double g = high(gate, i);
      double rest = Math.abs(1 - gate.value()[i]) + gate.error()[i];
      double spread = Math.abs(a.value()[i] - b.value()[i]) + a.error()[i] + b.error()[i];
      blend.value()[i] = gate.value()[i] * a.value()[i] + (1 - gate.value()[i]) * b.value()[i];
      double one = 2 * g * high(a, i) + (1 + g + 2 * rest) * high(b, i);
      double other = 3 * g * spread + high(b, i);
      blend.error()[i] =
          g * a.error()[i]
              + rest * b.error()[i]
              + spread * gate.error()[i]
              + on * U * Math.max(one, other);
    }
    return blend;
  }

  @Override
  public Bounded apply(Activation activation, Bounded x) {
    Bounded y = Bounded.exact(new double[x.size()]);
    for (int i = 0; i < x.size(); i++) {
      double v = x.value()[i];
      double e = x.error()[i];
      double exact = TextbookCell.activate(activation, v);
      y.value()[i] = exact;
      y.error()[i] = spread(activation, v, e, exact) + on * rounding(activation, v, e, exact);
    }
    return y;
  }

  @Override
  public Bounded clip(Bounded x, float bound) {
    double[] value = new double[x.size()];
    for (int i = 0; i < value.length; i++) {
      value[i] = Math.min(Math.max(x.value()[i], -bound), bound);
    }
    return new Bounded(value, x.error().clone());
  }

  @Override
  public Bounded softmax(Bounded x) {
    return BoundedRows.softmax(this, x);
  }

  @Override
  public Bounded layerNorm(Bounded x, Tensor gamma, Tensor beta) {
    return BoundedRows.layerNorm(this, x, gamma, beta);
  }

  @Override
  public Bounded normalized(
      List<Bounded> parts, Tensor kernel, List<Tensor> norms, Tensor bias) {
    return BoundedRows.normalized(this, parts, kernel, norms, bias);
  }

  @Override
  public List<Bounded> convolved(
      List<Bounded> parts, int places, Tensor kernel, Tensor bias, int gates) {
    return BoundedRows.convolved(this, parts, places, kernel, bias, gates);
  }

  /** How far an argument within {@code e} of {@code v} takes the function from {@code y}. */
  private static double spread(Activation activation, double v, double e, double y) {
    if (e == 0) {
      return 0;
    }
    double above = Math.abs(TextbookCell.activate(activation, v + e) - y);
    double below = Math.abs(TextbookCell.activate(activation, v - e) - y);
    return Math.max(above, below);
  }

  /** What the function itself may lose at an argument within {@code e} of {@code v}. */
  private static double rounding(Activation activation, double v, double e, double y) {
    double size = Math.abs(v) + e;
    return switch (activation.kind()) {
      case LINEAR, CLIP, HARD_SHRINK, THRESHOLD -> 0;
      case TANH -> Math.max(TANH * (Math.abs(y) + e), SIGMOID);
      case SIGMOID -> SIGMOID;
      case SOFTSIGN -> 3 * U * (Math.abs(y) + e);
      case EXPONENTIAL -> EXP * Math.exp(v + e);
      default -> OTHERS * Math.max(1, Math.max(size, Math.abs(y)));
    };
  }

  static double high(Bounded x, int i) {
    return Math.abs(x.value()[i]) + x.error()[i];
  }

  private static Bounded constants(int size, double constant) {
    double[] value = new double[size];
    Arrays.fill(value, constant);
    return Bounded.exact(value);
  }
}
