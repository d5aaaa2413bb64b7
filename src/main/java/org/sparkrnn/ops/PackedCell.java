package org.sparkrnn.ops;

import java.util.Optional;

/**
 * A cell's weights, laid out for stepping. Immutable; one copy serves all threads of a JVM.
 *
 * <p>Its state, flattened, is {@code float[stateSize()]} in the order of {@link
 * org.sparkrnn.cell.RnnCell#stateShape()}: for an LSTM {@code c} then {@code h}.
 */
public interface PackedCell {

  /** Width of one input step. */
  int inputSize();

  /** Width of one output step. */
  int outputSize();

  /** Floats in the flattened state. */
  int stateSize();

  /** Floating-point operations of one step of one row: two for each weight; gates not counted. */
  long flopsPerStep();

  /** Memory of the packed weights, in bytes. */
  long bytes();

  /** Memory of a stepper for {@code rows} rows, in bytes. */
  long stepperBytes(int rows);

  /** New mutable state and scratch for up to {@code rows} rows; for one thread. */
  CellStepper stepper(int rows);

  /**
   * The cell in two pieces, for where the input's part of its sums is known ahead of the steps:
   * many steps in one product, or a table of the few inputs that there are. The same bits as in one
   * piece. Empty where the cell has no such form.
   */
  default Optional<Split> split() {
    return Optional.empty();
  }

  /**
   * A cell in two pieces, which share the weights of the whole.
   *
   * @param input the sums' first part, {@code bias + x * weights}; the order of its columns is the
   *     packed cell's own
   * @param rest a cell whose input is a row of that
   */
  record Split(PackedDense input, PackedCell rest) {}
}
