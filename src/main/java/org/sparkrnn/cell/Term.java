package org.sparkrnn.cell;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sparkrnn.tensor.Tensor;

/**
 * A value of a {@link Formula}: for each row {@link #size()} floats, made of other values.
 *
 * <p>Terms are compared by identity: using one twice computes it once. Constructors and methods
 * refuse sizes that do not fit.
 */
public sealed interface Term
    permits Terms.Input,
        Terms.State,
        Terms.Constant,
        Terms.Concat,
        Terms.Product,
        Terms.Binary,
        Terms.MultiplyAdd,
        Terms.Scaled,
        Terms.Activated,
        Terms.Clipped,
        Terms.Choice,
        Terms.Slice,
        Terms.Gather,
        Terms.Sum,
        Terms.Softmax,
        Terms.LayerNorm,
        Terms.Inner,
        Terms.InnerState {

  /** How many floats it has for each row. */
  int size();

  /** The terms it is made of, in order. */
  List<Term> operands();

  // ---- where values come from

  /** The cell's input. */
  static Term input(int size) {
    return new Terms.Input(size);
  }

  /** Part {@code index} of the state before the step. */
  static Term state(int index, int size) {
    return new Terms.State(index, size);
  }

  /** The same numbers for every row, all elements of {@code values} in order. */
  static Term constant(Tensor values) {
    return new Terms.Constant(values);
  }

  /** The terms' floats one after another. */
  static Term concat(Term... terms) {
    return new Terms.Concat(List.of(terms));
  }

  // ---- products

  /**
   * {@code this * kernel + bias}: each sum starts as its bias and takes one fused multiply-add per
   * input, in order.
   *
   * @param kernel {@code [in, out]}; where {@code in} is a part of {@code size()}, the value is a
   *     matrix {@code [size / in, in]} and so is the result, {@code [size / in, out]}
   * @param bias {@code [out]}
   */
  default Term product(Tensor kernel, Tensor bias) {
    return new Terms.Product(this, kernel, bias);
  }

  /** {@code this * kernel}, as {@link #product(Tensor, Tensor)}. */
  default Term product(Tensor kernel) {
    return product(kernel, Tensor.zeros(kernel.shape().dim(1)));
  }

  // ---- element by element

  /** {@code this + other}. */
  default Term plus(Term other) {
    return new Terms.Binary(Terms.Operator.ADD, this, other);
  }

  /** {@code this - other}. */
  default Term minus(Term other) {
    return new Terms.Binary(Terms.Operator.SUBTRACT, this, other);
  }

  /** {@code this * other}. */
  default Term times(Term other) {
    return new Terms.Binary(Terms.Operator.MULTIPLY, this, other);
  }

  /** {@code this / other}. */
  default Term dividedBy(Term other) {
    return new Terms.Binary(Terms.Operator.DIVIDE, this, other);
  }

  /** {@code this - floor(this / other) * other}, of {@code other}'s sign: {@code tf.mod}. */
  default Term modulo(Term other) {
    return new Terms.Binary(Terms.Operator.MODULO, this, other);
  }

  /** {@code this * factor + addend}, rounded once. */
  default Term timesPlus(Term factor, Term addend) {
    return new Terms.MultiplyAdd(this, factor, addend);
  }

  /** {@code this * factor}. */
  default Term times(float factor) {
    return new Terms.Scaled(this, factor, 0);
  }

  /** {@code this + addend}. */
  default Term plus(float addend) {
    return new Terms.Scaled(this, 1, addend);
  }

  /** {@code 1 - this}. */
  default Term complement() {
    return new Terms.Scaled(this, -1, 1);
  }

  /** {@code this * kept + (1 - this) * fresh}: a gate's choice between two values. */
  default Term blend(Term kept, Term fresh) {
    return timesPlus(kept, complement().times(fresh));
  }

  /** {@code activation(this)}. */
  default Term apply(Activation activation) {
    return new Terms.Activated(this, activation);
  }

  /** {@code sigmoid(this)}. */
  default Term sigmoid() {
    return apply(Activation.SIGMOID);
  }

  /** {@code tanh(this)}. */
  default Term tanh() {
    return apply(Activation.TANH);
  }

  /** Bounded to {@code [-bound, bound]}; itself where the bound is infinite. */
  default Term clip(float bound) {
    return bound == Float.POSITIVE_INFINITY ? this : new Terms.Clipped(this, bound);
  }

  /** {@code this < bound ? below : above}, element by element. */
  default Term lessThan(Term bound, Term below, Term above) {
    return new Terms.Choice(this, bound, below, above);
  }

  // ---- over a row

  /** {@code count} elements from {@code from} on. */
  default Term slice(int from, int count) {
    return new Terms.Slice(this, from, count);
  }

  /** {@code parts} slices of equal size. */
  default List<Term> split(int parts) {
    List<Term> slices = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      slices.add(slice(i * (size() / parts), size() / parts));
    }
    return slices;
  }

  /**
   * Element {@code from[i]} at place {@code i}; 0 where {@code from[i]} is -1.
   *
   * @param from for each place of the result an index, or -1
   */
  default Term gather(int... from) {
    return new Terms.Gather(this, Arrays.stream(from).boxed().toList());
  }

  /** The whole row {@code times} times over. */
  default Term tile(int times) {
    int[] from = new int[size() * times];
    Arrays.setAll(from, i -> i % size());
    return gather(from);
  }

  /** Each element {@code times} times over. */
  default Term repeat(int times) {
    int[] from = new int[size() * times];
    Arrays.setAll(from, i -> i / times);
    return gather(from);
  }

  /**
   * Of a matrix {@code [groups, size / groups]} the sum of each row, in order: {@code [groups]}.
   */
  default Term sumWithin(int groups) {
    return new Terms.Sum(this, groups, true);
  }

  /** Of a matrix {@code [groups, width]} the sum of the rows, in order: {@code [width]}. */
  default Term sumOver(int groups) {
    return new Terms.Sum(this, groups, false);
  }

  /** {@code exp(x - max) / sum}. */
  default Term softmax() {
    return new Terms.Softmax(this);
  }

  /**
   * {@code (this - mean) / sqrt(variance + epsilon) * gamma + beta}; mean and variance (of the
   * population) are summed in double precision.
   *
   * @param gamma {@code [size]}
   * @param beta {@code [size]}
   */
  default Term layerNorm(Tensor gamma, Tensor beta, float epsilon) {
    return new Terms.LayerNorm(this, gamma, beta, epsilon);
  }
}
