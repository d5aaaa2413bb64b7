package org.sparkrnn.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.sparkrnn.cell.Term;
import org.sparkrnn.cell.Terms;

/**
 * Steps a {@link PackedFormula}: one array {@code [rows, size]} for each term, filled in order.
 *
 * <p>The state of an inner cell stays in that cell's own stepper; it is copied out only where the
 * formula computes with it.
 */
final class FormulaStepper implements CellStepper {
  private final int inputSize;
  private final int outputSize;
  private final float[] input;
  private final float[] output;

  /** Arrays, because a step must not even make an iterator. */
  private final Part[] parts;

  private final Instruction[] instructions;
  private final Map<Term, float[]> values = new IdentityHashMap<>();
  private final Map<Terms.Inner, CellStepper> steppers = new IdentityHashMap<>();

  /** Computes one term for the first rows. */
  private interface Instruction {
    void run(int rows);
  }

  /**
   * A part of the state.
   *
   * @param size floats of a row
   * @param current where it is held between steps; unused where an inner cell holds it
   * @param next where a step computes it
   * @param inner the inner cell that holds it, or null
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Part(int size, float[] current, float[] next, CellStepper inner) {}

  FormulaStepper(PackedFormula packed, int rows) {
    inputSize = packed.inputSize();
    outputSize = packed.outputSize();
    input = new float[rows * inputSize];
    List<Instruction> program = new ArrayList<>();
    List<float[]> states = new ArrayList<>();
    packed.formula().state().forEach(next -> states.add(new float[rows * next.size()]));
    for (Term term : packed.terms()) {
      if (term instanceof Terms.Input) {
        values.put(term, input);
      } else if (term instanceof Terms.State state) {
        values.put(term, states.get(state.index()));
      } else {
        float[] value = new float[rows * term.size()];
        values.put(term, value);
        program.add(instruction(packed, term, value, rows));
      }
    }
    parts = new Part[states.size()];
    for (int i = 0; i < parts.length; i++) {
      Term next = packed.formula().state().get(i);
      CellStepper inner =
          next instanceof Terms.InnerState state ? steppers.get(state.inner()) : null;
      float[] value = next instanceof Terms.State ? copied(next, rows, program) : values.get(next);
      parts[i] = new Part(next.size(), states.get(i), value, inner);
    }
    instructions = program.toArray(Instruction[]::new);
    output = values.get(packed.formula().output());
  }

  @Override
  public void setState(int row, float[] state, int offset) {
    int at = offset;
    for (Part part : parts) {
      if (part.inner() != null) {
        part.inner().setState(row, state, at);
      } else {
        System.arraycopy(state, at, part.current(), row * part.size(), part.size());
      }
      at += part.size();
    }
  }

  @Override
  public void getState(int row, float[] state, int offset) {
    int at = offset;
    for (Part part : parts) {
      if (part.inner() != null) {
        part.inner().getState(row, state, at);
      } else {
        System.arraycopy(part.current(), row * part.size(), state, at, part.size());
      }
      at += part.size();
    }
  }

  @Override
  public void step(int rows, float[][] x, int[] from, float[] y, int[] to) {
    for (int r = 0; r < rows; r++) {
      System.arraycopy(x[r], from[r], input, r * inputSize, inputSize);
    }
    for (Instruction instruction : instructions) {
      instruction.run(rows);
    }
    for (int r = 0; r < rows; r++) {
      System.arraycopy(output, r * outputSize, y, to[r], outputSize);
    }
    for (Part part : parts) {
      if (part.inner() == null) {
        System.arraycopy(part.next(), 0, part.current(), 0, rows * part.size());
      }
    }
  }

  /** A part that moves is copied first: the state it is taken from is overwritten part by part. */
  private float[] copied(Term state, int most, List<Instruction> program) {
    float[] from = values.get(state);
    float[] copy = new float[most * state.size()];
    program.add(rows -> System.arraycopy(from, 0, copy, 0, rows * state.size()));
    return copy;
  }

  private Instruction instruction(PackedFormula packed, Term term, float[] z, int most) {
    List<float[]> from = term.operands().stream().map(values::get).toList();
    float[] a = from.isEmpty() ? null : from.get(0);
    int size = term.size();
    if (term instanceof Terms.Product product) {
      int times = product.times();
      PackedProduct.Runner runner = packed.product(product).runner(most * times);
      return rows -> runner.run(rows * times, a, z);
    }
    if (term instanceof Terms.Binary binary) {
      return binary(binary.operator(), a, from.get(1), z, size);
    }
    if (term instanceof Terms.MultiplyAdd) {
      float[] b = from.get(1);
      float[] c = from.get(2);
      return rows -> Elementwise.multiplyAdd(a, b, c, z, rows * size);
    }
    if (term instanceof Terms.Scaled scaled) {
      return rows -> Elementwise.scale(a, scaled.factor(), scaled.addend(), z, rows * size);
    }
    if (term instanceof Terms.Activated activated) {
      PackedFormula.Activate activate = packed.activate();
      return rows -> {
        System.arraycopy(a, 0, z, 0, rows * size);
        activate.apply(activated.activation(), z, 0, rows * size);
      };
    }
    if (term instanceof Terms.Clipped clipped) {
      return rows -> Elementwise.clip(a, clipped.bound(), z, rows * size);
    }
    if (term instanceof Terms.Choice) {
      float[] b = from.get(1);
      float[] c = from.get(2);
      float[] d = from.get(3);
      return rows -> Elementwise.choose(a, b, c, d, z, rows * size);
    }
    if (term instanceof Terms.Inner inner) {
      CellStepper stepper = packed.cell(inner).stepper(most);
      steppers.put(inner, stepper);
      float[][] inputs = new float[most][];
      Arrays.fill(inputs, a);
      int[] places = inOrder(most, packed.cell(inner).inputSize());
      int[] to = inOrder(most, size);
      return rows -> stepper.step(rows, inputs, places, z, to);
    }
    if (term instanceof Terms.Constant constant) {
      for (int r = 0; r < most; r++) {
        constant.values().copyTo(0, z, r * size, size);
      }
      return rows -> {};
    }
    return overRows(packed.ops(), term, from, z);
  }

  /** Where so many rows of an array of rows begin. */
  private static int[] inOrder(int rows, int size) {
    return IntStream.range(0, rows).map(row -> row * size).toArray();
  }

  private static Instruction binary(
      Terms.Operator operator, float[] a, float[] b, float[] z, int size) {
    return switch (operator) {
      case ADD -> rows -> Elementwise.add(a, b, z, rows * size);
      case SUBTRACT -> rows -> Elementwise.subtract(a, b, z, rows * size);
      case MULTIPLY -> rows -> Elementwise.multiply(a, b, z, rows * size);
      case DIVIDE -> rows -> Elementwise.divide(a, b, z, rows * size);
      case MODULO -> rows -> Elementwise.modulo(a, b, z, rows * size);
    };
  }

  /** The terms that look at a row as a whole. */
  private Instruction overRows(Ops ops, Term term, List<float[]> from, float[] z) {
    float[] a = from.get(0);
    int size = term.size();
    int width = term.operands().get(0).size();
    if (term instanceof Terms.Slice slice) {
      return rows -> {
        for (int r = 0; r < rows; r++) {
          System.arraycopy(a, r * width + slice.from(), z, r * size, size);
        }
      };
    }
    if (term instanceof Terms.Concat concat) {
      return concat(concat, from, z);
    }
    if (term instanceof Terms.Gather gather) {
      int[] columns = gather.from().stream().mapToInt(Integer::intValue).toArray();
      return rows -> Elementwise.gather(a, width, columns, z, rows);
    }
    if (term instanceof Terms.Sum sum) {
      int groups = sum.groups();
      return sum.within()
          ? rows -> Elementwise.sumWithin(a, groups, width / groups, z, rows)
          : rows -> Elementwise.sumOver(a, groups, width / groups, z, rows);
    }
    if (term instanceof Terms.Softmax) {
      return rows -> {
        System.arraycopy(a, 0, z, 0, rows * size);
        ops.softmax(z, 0, rows, size);
      };
    }
    if (term instanceof Terms.LayerNorm norm) {
      float[] gamma = norm.gamma().toArray();
      float[] beta = norm.beta().toArray();
      return rows -> Elementwise.layerNorm(a, gamma, beta, norm.epsilon(), z, rows);
    }
    CellStepper stepper = steppers.get(((Terms.InnerState) term).inner());
    return rows -> {
      for (int r = 0; r < rows; r++) {
        stepper.getState(r, z, r * size);
      }
    };
  }

  private static Instruction concat(Terms.Concat concat, List<float[]> from, float[] z) {
    int[] sizes = concat.operands().stream().mapToInt(Term::size).toArray();
    int size = concat.size();
    return rows -> {
      int to = 0;
      for (int i = 0; i < sizes.length; i++) {
        float[] part = from.get(i);
        for (int r = 0; r < rows; r++) {
          System.arraycopy(part, r * sizes[i], z, r * size + to, sizes[i]);
        }
        to += sizes[i];
      }
    };
  }
}
