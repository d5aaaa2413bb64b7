package org.sparkrnn.model;

/** How the floats of an output with one entry per step lie in a column. */
public enum Layout {
  /** {@code array<array<float>>}: {@code [steps][size]}. */
  NESTED,
  /** {@code array<float>}: {@code [steps * size]}, step by step. */
  FLAT,
  /** {@code binary}: the same as little-endian {@code float32}. */
  BINARY
}
