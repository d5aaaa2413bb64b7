package org.sparkrnn.ops;

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
}
