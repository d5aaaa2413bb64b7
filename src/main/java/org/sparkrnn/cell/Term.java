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
public sealed interface Term {

  /** How many floats it has for each row. */
  int size();

  /** The terms it is made of, in order. */
  List<Term> operands();

  // ---- where values come from

  /** The cell's input. */
  static Term input(int size) {
    return new Input(size);
  }

  /** Part {@code index} of the state before the step. */
  static Term state(int index, int size) {
    return new State(index, size);
  }

  /** The same numbers for every row, all elements of {@code values} in order. */
  static Term constant(Tensor values) {
    return new Constant(values);
  }

  /** The terms' floats one after another. */
  static Term concat(Term... terms) {
    return new Concat(List.of(terms));
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
    return new Product(this, kernel, bias);
  }

  /** {@code this * kernel}, as {@link #product(Tensor, Tensor)}. */
  default Term product(Tensor kernel) {
    return product(kernel, Tensor.zeros(kernel.shape().dim(1)));
  }

  // ---- element by element

  /** {@code this + other}. */
  default Term plus(Term other) {
    return new Binary(Operator.ADD, this, other);
  }

  /** {@code this - other}. */
  default Term minus(Term other) {
    return new Binary(Operator.SUBTRACT, this, other);
  }

  /** {@code this * other}. */
  default Term times(Term other) {
    return new Binary(Operator.MULTIPLY, this, other);
  }

  /** {@code this / other}. */
  default Term dividedBy(Term other) {
    return new Binary(Operator.DIVIDE, this, other);
  }

  /** {@code this - floor(this / other) * other}, of {@code other}'s sign: {@code tf.mod}. */
  default Term modulo(Term other) {
    return new Binary(Operator.MODULO, this, other);
  }

  /** {@code this * factor + addend}, rounded once. */
  default Term timesPlus(Term factor, Term addend) {
    return new MultiplyAdd(this, factor, addend);
  }

  /** {@code this * factor}. */
  default Term times(float factor) {
    return new Scaled(this, factor, 0);
  }

  /** {@code this + addend}. */
  default Term plus(float addend) {
    return new Scaled(this, 1, addend);
  }

  /** {@code 1 - this}. */
  default Term complement() {
    return new Scaled(this, -1, 1);
  }

  /** {@code this * kept + (1 - this) * fresh}: a gate's choice between two values. */
  default Term blend(Term kept, Term fresh) {
    return timesPlus(kept, complement().times(fresh));
  }

  /** {@code activation(this)}. */
  default Term apply(Activation activation) {
    return new Activated(this, activation);
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
    return bound == Float.POSITIVE_INFINITY ? this : new Clipped(this, bound);
  }

  /** {@code this < bound ? below : above}, element by element. */
  default Term lessThan(Term bound, Term below, Term above) {
    return new Choice(this, bound, below, above);
  }

  // ---- over a row

  /** {@code count} elements from {@code from} on. */
  default Term slice(int from, int count) {
    return new Slice(this, from, count);
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
    return new Gather(this, Arrays.stream(from).boxed().toList());
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
    return new Sum(this, groups, true);
  }

  /** Of a matrix {@code [groups, width]} the sum of the rows, in order: {@code [width]}. */
  default Term sumOver(int groups) {
    return new Sum(this, groups, false);
  }

  /** {@code exp(x - max) / sum}. */
  default Term softmax() {
    return new Softmax(this);
  }

  /**
   * {@code (this - mean) / sqrt(variance + epsilon) * gamma + beta}; mean and variance (of the
   * population) are summed in double precision.
   *
   * @param gamma {@code [size]}
   * @param beta {@code [size]}
   */
  default Term layerNorm(Tensor gamma, Tensor beta, float epsilon) {
    return new LayerNorm(this, gamma, beta, epsilon);
  }

  // ---- the kinds of terms

  /** See {@link Term#input}. */
  record Input(int size) implements Term {
    @Override
    public List<Term> operands() {
      return List.of();
    }
  }

  /** See {@link Term#state}. */
  record State(int index, int size) implements Term {
    @Override
    public List<Term> operands() {
      return List.of();
    }
  }

  /** See {@link Term#constant}. */
  record Constant(Tensor values) implements Term {
    @Override
    public int size() {
      return Math.toIntExact(values.shape().elements());
    }

    @Override
    public List<Term> operands() {
      return List.of();
    }
  }

  /** See {@link Term#concat}. */
  record Concat(List<Term> operands) implements Term {
    @Override
    public int size() {
      return operands.stream().mapToInt(Term::size).sum();
    }
  }

  /** See {@link Term#product(Tensor, Tensor)}. */
  record Product(Term in, Tensor kernel, Tensor bias) implements Term {
    /** Checks the shapes. */
    public Product {
      long inputs = kernel.shape().rank() == 2 ? kernel.shape().dim(0) : 0;
      if (inputs == 0 || in.size() % inputs != 0) {
        throw new IllegalArgumentException(
            "a value of size " + in.size() + " cannot be multiplied with " + kernel.shape());
      }
      Shapes.require("bias", bias, "[columns]", kernel.shape().dim(1));
    }

    /** How many rows of {@code kernel}'s height the value holds. */
    public int times() {
      return in.size() / Math.toIntExact(kernel.shape().dim(0));
    }

    @Override
    public int size() {
      return Math.multiplyExact(times(), Math.toIntExact(kernel.shape().dim(1)));
    }

    @Override
    public List<Term> operands() {
      return List.of(in);
    }
  }

  /** Operators on two values, element by element. */
  enum Operator {
    /** {@code a + b}. */
    ADD,
    /** {@code a - b}. */
    SUBTRACT,
    /** {@code a * b}. */
    MULTIPLY,
    /** {@code a / b}. */
    DIVIDE,
    /** {@code a - floor(a / b) * b}. */
    MODULO
  }

  /** {@code left operator right}. */
  record Binary(Operator operator, Term left, Term right) implements Term {
    /** Checks the sizes. */
    public Binary {
      same(left, right);
    }

    @Override
    public int size() {
      return left.size();
    }

    @Override
    public List<Term> operands() {
      return List.of(left, right);
    }
  }

  /** See {@link Term#timesPlus}. */
  record MultiplyAdd(Term in, Term factor, Term addend) implements Term {
    /** Checks the sizes. */
    public MultiplyAdd {
      same(in, factor);
      same(in, addend);
    }

    @Override
    public int size() {
      return in.size();
    }

    @Override
    public List<Term> operands() {
      return List.of(in, factor, addend);
    }
  }

  /** {@code in * factor + addend}, by one fused multiply-add. */
  record Scaled(Term in, float factor, float addend) implements Term {
    @Override
    public int size() {
      return in.size();
    }

    @Override
    public List<Term> operands() {
      return List.of(in);
    }
  }

  /** See {@link Term#apply}. */
  record Activated(Term in, Activation activation) implements Term {
    @Override
    public int size() {
      return in.size();
    }

    @Override
    public List<Term> operands() {
      return List.of(in);
    }
  }

  /** See {@link Term#clip}. */
  record Clipped(Term in, float bound) implements Term {
    @Override
    public int size() {
      return in.size();
    }

    @Override
    public List<Term> operands() {
      return List.of(in);
    }
  }

  /** See {@link Term#lessThan}. */
  record Choice(Term in, Term bound, Term below, Term above) implements Term {
    /** Checks the sizes. */
    public Choice {
      same(in, bound);
      same(in, below);
      same(in, above);
    }

    @Override
    public int size() {
      return in.size();
    }

    @Override
    public List<Term> operands() {
      return List.of(in, bound, below, above);
    }
  }

  /** See {@link Term#slice}. */
  record Slice(Term in, int from, int size) implements Term {
    /** Checks the bounds. */
    public Slice {
      if (from < 0 || size < 1 || from + size > in.size()) {
        throw new IllegalArgumentException(
            "no elements " + from + " to " + (from + size) + " in a value of size " + in.size());
      }
    }

    @Override
    public List<Term> operands() {
      return List.of(in);
    }
  }

  /** See {@link Term#gather}. */
  record Gather(Term in, List<Integer> from) implements Term {
    /** Checks the bounds. */
    public Gather {
      from = List.copyOf(from);
      for (int index : from) {
        if (index < -1 || index >= in.size()) {
          throw new IllegalArgumentException("no element " + index + " of " + in.size());
        }
      }
    }

    @Override
    public int size() {
      return from.size();
    }

    @Override
    public List<Term> operands() {
      return List.of(in);
    }
  }

  /** See {@link Term#sumWithin} and {@link Term#sumOver}. */
  record Sum(Term in, int groups, boolean within) implements Term {
    /** Checks the sizes. */
    public Sum {
      if (groups < 1 || in.size() % groups != 0) {
        throw new IllegalArgumentException(
            "a value of size " + in.size() + " has no " + groups + " equal groups");
      }
    }

    @Override
    public int size() {
      return within ? groups : in.size() / groups;
    }

    @Override
    public List<Term> operands() {
      return List.of(in);
    }
  }

  /** See {@link Term#softmax}. */
  record Softmax(Term in) implements Term {
    @Override
    public int size() {
      return in.size();
    }

    @Override
    public List<Term> operands() {
      return List.of(in);
    }
  }

  /** See {@link Term#layerNorm}. */
  record LayerNorm(Term in, Tensor gamma, Tensor beta, float epsilon) implements Term {
    /** Checks the shapes. */
    public LayerNorm {
      Shapes.require("gamma", gamma, "[units]", in.size());
      Shapes.require("beta", beta, "[units]", in.size());
    }

    @Override
    public int size() {
      return in.size();
    }

    @Override
    public List<Term> operands() {
      return List.of(in);
    }
  }

  /** The output of a cell stepped on {@code in}; made by {@link Formula#call}. */
  record Inner(RnnCell cell, Term in) implements Term {
    /** Checks the sizes. */
    public Inner {
      if (cell.inputSize() != in.size()) {
        throw new IllegalArgumentException(
            "the inner cell takes inputs of size "
                + cell.inputSize()
                + ", but is given "
                + in.size());
      }
    }

    @Override
    public int size() {
      return cell.outputSize();
    }

    @Override
    public List<Term> operands() {
      return List.of(in);
    }
  }

  /** The whole next state of an inner cell, flattened. */
  record InnerState(Inner inner) implements Term {
    @Override
    public int size() {
      return inner.cell().stateShape().size();
    }

    @Override
    public List<Term> operands() {
      return List.of(inner);
    }
  }

  private static void same(Term left, Term right) {
    if (left.size() != right.size()) {
      throw new IllegalArgumentException(
          "values of sizes " + left.size() + " and " + right.size() + " do not go together");
    }
  }
}
