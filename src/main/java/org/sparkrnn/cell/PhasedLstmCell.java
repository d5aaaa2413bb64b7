package org.sparkrnn.cell;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code PhasedLSTMCell}: an LSTM whose units open for a part of their own period
 * only. TensorFlow takes the time and the features as a pair; here the time is the first of a
 * step's inputs.
 *
 * <pre>{@code
 * t, x = the first input, the others
 * i, f = split(sigmoid([x, h, c] * maskGates)), without c where there are no peepholes
 * c"   = c * f + i * tanh([x, h] * newInput)
 * h"   = tanh(c") * sigmoid([x, h, c"] * outputGate), without c" where there are no peepholes
 * p    = mod(t - phase, period) / period
 * k    = 2p / ratioOn where p < ratioOn / 2, 2 - 2p / ratioOn where p < ratioOn, else leak * p
 * c'   = k * c" + (1 - k) * c
 * h'   = k * h" + (1 - k) * h
 * }</pre>
 *
 * @param maskGates {@code [D - 1 + n, 2n]}, {@code [D - 1 + 2n, 2n]} with peepholes
 * @param newInput {@code [D - 1 + n, n]}
 * @param outputGate {@code [D - 1 + n, n]}, {@code [D - 1 + 2n, n]} with peepholes
 * @param rhythm when units open
 * @param leak how far closed units are open
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
public record PhasedLstmCell(
    Linear maskGates, Linear newInput, Linear outputGate, Rhythm rhythm, float leak)
    implements FormulaCell {
  /** Checks the shapes. */
  public PhasedLstmCell {
    int n = Shapes.units("new_input/kernel", newInput.kernel(), 1);
    long rows = newInput.kernel().shape().dim(0);
    if (rows <= n) {
      throw new IllegalArgumentException(
          "new_input/kernel has shape "
              + newInput.kernel().shape()
              + ", expected more rows than columns: the features and the units");
    }
    long gateRows = maskGates.kernel().shape().dim(0) == rows ? rows : rows + n;
    Shapes.require("mask_gates/kernel", maskGates.kernel(), "[rows, 2 * units]", gateRows, 2L * n);
    Shapes.require("mask_gates/bias", maskGates.bias(), "[2 * units]", 2L * n);
    Shapes.require("new_input/bias", newInput.bias(), "[units]", n);
    Shapes.require("output_gate/kernel", outputGate.kernel(), "[rows, units]", gateRows, n);
    Shapes.require("output_gate/bias", outputGate.bias(), "[units]", n);
    Shapes.require("period", rhythm.period(), "[units]", n);
    Shapes.require("phase", rhythm.phase(), "[units]", n);
    Shapes.require("ratio_on", rhythm.ratioOn(), "[units]", n);
  }

  /** {@code n}. */
  public int numUnits() {
    return Shapes.units("new_input/kernel", newInput.kernel(), 1);
  }

  /** Whether the gates see the cell state. */
  public boolean usesPeepholes() {
    return !maskGates
        .kernel()
        .shape()
        .equals(Shape.of(inputSize() - 1L + numUnits(), 2L * numUnits()));
  }

  @Override
  public int inputSize() {
    return 1 + Shapes.inputSize("new_input/kernel", newInput.kernel(), numUnits());
  }

  @Override
  public int outputSize() {
    return numUnits();
  }

  @Override
  public StateShape stateShape() {
    return LstmFormula.state(numUnits(), numUnits());
  }

  @Override
  public Formula formula() {
    int n = numUnits();
    Term input = Term.input(inputSize());
    Term x = input.slice(1, inputSize() - 1);
    Term c = Term.state(0, n);
    Term h = Term.state(1, n);
    Term seen = Term.concat(x, h);
    List<Term> gates =
        maskGates.of(usesPeepholes() ? Term.concat(seen, c) : seen).sigmoid().split(2);
    Term open = c.timesPlus(gates.get(1), gates.get(0).times(newInput.of(seen).tanh()));
    Term gate = outputGate.of(usesPeepholes() ? Term.concat(seen, open) : seen).sigmoid();
    Term k = openness(input.slice(0, 1).repeat(n));
    Term next = k.blend(open, c);
    Term output = k.blend(open.tanh().times(gate), h);
    return new Formula(output, next, output);
  }

  /**
   * How far each unit is open. The difference that is added back is TensorFlow's way of making the
   * remainder; it rounds, so it is done here too.
   */
  private Term openness(Term time) {
    Term period = Term.constant(rhythm.period());
    Term shifted = time.minus(Term.constant(rhythm.phase()));
    Term ratio = shifted.modulo(period).minus(shifted).plus(shifted).dividedBy(period);
    Term on = Term.constant(rhythm.ratioOn());
    Term up = ratio.times(2).dividedBy(on);
    float[] twos = new float[numUnits()];
    Arrays.fill(twos, 2);
    Term down = Term.constant(Tensor.of(Shape.of(numUnits()), twos)).minus(up);
    Term closed = ratio.lessThan(on, down, ratio.times(leak));
    return ratio.lessThan(on.times(0.5f), up, closed);
  }

  /**
   * A kernel and its bias.
   *
   * @param kernel {@code [in, out]}
   * @param bias {@code [out]}
   */
  public record Linear(Tensor kernel, Tensor bias) implements Serializable {
    private Term of(Term value) {
      return value.product(kernel, bias);
    }
  }

  /**
   * When units open.
   *
   * @param period {@code [n]}, in units of the time
   * @param phase {@code [n]}, in units of the time
   * @param ratioOn {@code ratio_on}, {@code [n]}: the part of the period in which a unit is open
   */
  public record Rhythm(Tensor period, Tensor phase, Tensor ratioOn) implements Serializable {}
}
