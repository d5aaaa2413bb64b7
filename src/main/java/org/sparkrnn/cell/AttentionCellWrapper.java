package org.sparkrnn.cell;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code AttentionCellWrapper}: a cell that looks back at the last {@code L} outputs.
 *
 * <pre>{@code
 * y, s'  = cell([x, attns] * kernel + bias, s)
 * u_i    = tanh(attn_states_i * attention.w + s' * attention.kernel + attention.bias)
 * a      = softmax over i of sum(attention.v * u_i)
 * attns' = sum of a_i * attn_states_i
 * output = [y, attns'] * outputKernel + outputBias
 * }</pre>
 *
 * <p>The oldest of {@code attn_states} is dropped and {@code output} is appended. {@code s'} is the
 * cell's whole state, flattened.
 *
 * @param cell the wrapped cell
 * @param attnLength {@code L}, at least 1
 * @param kernel {@code [D + a, cell's input]}
 * @param bias {@code [cell's input]}
 * @param attention what scores the states
 * @param outputKernel {@code attn_output_projection/kernel}, {@code [cell's output + a, a]}
 * @param outputBias {@code attn_output_projection/bias}, {@code [a]}
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
public record AttentionCellWrapper(
    RnnCell cell,
    int attnLength,
    Tensor kernel,
    Tensor bias,
    Attention attention,
    Tensor outputKernel,
    Tensor outputBias)
    implements FormulaCell {
  /** Checks the shapes. */
  public AttentionCellWrapper {
    if (attnLength < 1) {
      throw new IllegalArgumentException(
          "attn_length should be greater than zero, got " + attnLength);
    }
    int a = Shapes.units("attn_output_projection/kernel", outputKernel, 1);
    int v = attention.size();
    Shapes.require(
        "attn_output_projection/kernel",
        outputKernel,
        "[cell_output + attn_size, attn_size]",
        cell.outputSize() + a,
        a);
    Shapes.require("attn_output_projection/bias", outputBias, "[attn_size]", a);
    int input = Shapes.inputSize("kernel", kernel, a);
    Shapes.require(
        "kernel", kernel, "[input + attn_size, input_size]", input + a, cell.inputSize());
    Shapes.require("bias", bias, "[input_size]", cell.inputSize());
    Shapes.require(
        "attention/attn_w", attention.w(), "[1, 1, attn_size, attn_vec_size]", 1, 1, a, v);
    Shapes.require(
        "attention/kernel",
        attention.kernel(),
        "[cell_state, attn_vec_size]",
        cell.stateShape().size(),
        v);
    Shapes.require("attention/bias", attention.bias(), "[attn_vec_size]", v);
  }

  /** {@code a}: width of the output and of what is attended to. */
  public int attnSize() {
    return Shapes.units("attn_output_projection/kernel", outputKernel, 1);
  }

  @Override
  public int inputSize() {
    return Shapes.inputSize("kernel", kernel, attnSize());
  }

  @Override
  public int outputSize() {
    return attnSize();
  }

  @Override
  public StateShape stateShape() {
    int a = attnSize();
    return StateShape.Struct.of(
        new StateShape.Field("cell_state", cell.stateShape()),
        StateShape.Field.leaf("attns", a),
        StateShape.Field.leaf("attn_states", attnLength * a));
  }

  @Override
  public StateShape.Part hidden() {
    StateShape.Part part = cell.hidden();
    return new StateShape.Part("cell_state." + part.path(), part.offset(), part.size());
  }

  @Override
  public Formula formula() {
    int a = attnSize();
    int parts = Formula.parts(cell);
    Term attns = Term.state(parts, a);
    Term states = Term.state(parts + 1, attnLength * a);
    Term x = Term.concat(Term.input(inputSize()), attns).product(kernel, bias);
    Formula.Call call = Formula.call(cell, x);
    Term attended = attended(Term.concat(call.state().toArray(Term[]::new)), states);
    Term output = Term.concat(call.output(), attended).product(outputKernel, outputBias);
    List<Term> state = new ArrayList<>(call.state());
    state.add(attended);
    state.add(
        attnLength == 1 ? output : Term.concat(states.slice(a, (attnLength - 1) * a), output));
    return new Formula(output, state);
  }

  private Term attended(Term query, Term states) {
    int a = attnSize();
    int v = attention.size();
    Tensor w = Tensor.owning(Shape.of(a, v), attention.w().toArray());
    Term looked = query.product(attention.kernel(), attention.bias()).tile(attnLength);
    Term u = states.product(w).plus(looked).tanh();
    Term scores = u.times(Term.constant(attention.v()).tile(attnLength)).sumWithin(attnLength);
    return scores.softmax().repeat(a).times(states).sumOver(attnLength);
  }

  /**
   * The scope {@code attention}.
   *
   * @param w {@code attn_w}, {@code [1, 1, a, v]}
   * @param v {@code attn_v}, {@code [v]}
   * @param kernel {@code [cell's state, v]}
   * @param bias {@code [v]}
   */
  public record Attention(Tensor w, Tensor v, Tensor kernel, Tensor bias) implements Serializable {
    /** Checks that {@code v} is a vector. */
    public Attention {
      if (v.shape().rank() != 1) {
        throw new IllegalArgumentException(
            "attention/attn_v has shape " + v.shape() + ", expected [attn_vec_size]");
      }
    }

    /** {@code v}, the width in which states and query are compared. */
    public int size() {
      return Math.toIntExact(v.shape().dim(0));
    }
  }
}
