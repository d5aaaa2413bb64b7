package org.sparkrnn.cell;

/** The elementwise functions that TensorFlow and Keras name for cells and dense layers. */
public enum Activation {
  /** {@code x}. */
  LINEAR,
  /** {@code tanh(x)}. */
  TANH,
  /** {@code 1 / (1 + exp(-x))}. */
  SIGMOID,
  /** {@code max(x, 0)}. */
  RELU,
  /** {@code min(max(x, 0), 6)}. */
  RELU6,
  /** {@code x / (1 + |x|)}. */
  SOFTSIGN,
  /** {@code x} above 0, {@code exp(x) - 1} below. */
  ELU,
  /** {@code exp(x)}. */
  EXPONENTIAL,
  /** {@code min(max(0.2 x + 0.5, 0), 1)}: Keras 1 and 2, tf.keras, Theano, ONNX' default. */
  HARD_SIGMOID
}
