package org.sparkrnn.cell;

import java.util.List;
import org.sparkrnn.tensor.Tensor;

/**
 * The kinds of {@link Term}: what an implementation of a {@link Formula} has to compute. Formulas
 * are written with the methods of {@link Term}; each kind tells the method that makes it.
 */
public final class Terms {
  private Terms() {}

  /** See {@link Term#input}. */
  public record Input(int size) implements Term {
    @Override
    public List<Term> operands() {
      return List.of();
    }
  }

  /** See {@link Term#state}. */
  public record State(int index, int size) implements Term {
    @Override
    public List<Term> operands() {
      return List.of();
    }
  }

  /** See {@link Term#constant}. */
  public record Constant(Tensor values) implements Term {
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
  public record Concat(List<Term> operands) implements Term {
    @Override
    public int size() {
      return operands.stream().mapToInt(Term::size).sum();
    }
  }

  /** See {@link Term#product(Tensor, Tensor)}. */
  public record Product(Term in, Tensor kernel, Tensor bias) implements Term {
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
  public enum Operator {
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
  public record Binary(Operator operator, Term left, Term right) implements Term {
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
  public record MultiplyAdd(Term in, Term factor, Term addend) implements Term {
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
  public record Scaled(Term in, float factor, float addend) implements Term {
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
  public record Activated(Term in, Activation activation) implements Term {
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
  public record Clipped(Term in, float bound) implements Term {
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
  public record Choice(Term in, Term bound, Term below, Term above) implements Term {
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
  public record Slice(Term in, int from, int size) implements Term {
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
  public record Gather(Term in, List<Integer> from) implements Term {
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
  public record Sum(Term in, int groups, boolean within) implements Term {
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
  public record Softmax(Term in) implements Term {
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
  public record LayerNorm(Term in, Tensor gamma, Tensor beta, float epsilon) implements Term {
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
  public record Inner(RnnCell cell, Term in) implements Term {
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
  public record InnerState(Inner inner) implements Term {
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
