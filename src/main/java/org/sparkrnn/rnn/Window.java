package org.sparkrnn.rnn;

import java.util.Arrays;

/**
 * The rows that a {@link NetworkRunner} computes together, staged compactly: only valid steps, one
 * row's behind the other's. Bounded in bytes by {@link Limits#windowBytes()}. Not thread-safe; its
 * arrays are kept and reused when it is cleared.
 */
public final class Window {
  private final Limits limits;
  private final int inputSize;
  private final boolean ids;
  private final int stateSize;
  private final long bytesPerStep;
  private final long bytesPerRow;

  private int rows;
  private int steps;
  private int[] starts = new int[64];
  private float[] features = new float[0];
  private int[] idSteps = new int[0];
  private float[] states = new float[0];

  /**
   * @param inputSize floats in a step, or 0 where steps are ids
   * @param stateSize floats in a row's flattened state
   * @param bytesPerStep all that one step of a row takes until its results are read
   * @param bytesPerRow all that a row takes besides its steps
   */
  Window(Limits limits, int inputSize, int stateSize, long bytesPerStep, long bytesPerRow) {
    this.limits = limits;
    this.inputSize = inputSize;
    this.ids = inputSize == 0;
    this.stateSize = stateSize;
    this.bytesPerStep = bytesPerStep;
    this.bytesPerRow = bytesPerRow;
  }

  /** The bytes a row of this many steps takes, with its results and the values between layers. */
  public long bytesFor(int length) {
    return bytesPerRow + bytesPerStep * length;
  }

  /** Whether a row of this many steps can be computed at all within the limit. */
  public boolean fits(int length) {
    return bytesFor(length) <= limits.windowBytes();
  }

  /** Whether a row of this many steps can be added now. */
  public boolean hasRoom(int length) {
    return bytes() + bytesFor(length) <= limits.windowBytes();
  }

  /** Adds a row of {@code length} steps of floats, from {@code source[offset...]}, step by step. */
  public void add(float[] source, int offset, int length) {
    if (ids) {
      throw new IllegalStateException("this network's steps are ids");
    }
    int from = steps * inputSize;
    admit(length);
    features = grown(features, steps * inputSize);
    System.arraycopy(source, offset, features, from, length * inputSize);
  }

  /** Adds a row of {@code length} ids from {@code source[offset...]}. */
  public void add(int[] source, int offset, int length) {
    if (!ids) {
      throw new IllegalStateException("this network's steps are floats");
    }
    int from = steps;
    admit(length);
    if (idSteps.length < steps) {
      idSteps = Arrays.copyOf(idSteps, capacity(idSteps.length, steps));
    }
    System.arraycopy(source, offset, idSteps, from, length);
  }

  /** Sets the initial state of the row added last; without, it is the zero state. */
  public void initialState(float[] source, int offset) {
    System.arraycopy(source, offset, states, (rows - 1) * stateSize, stateSize);
  }

  /** How many rows are staged. */
  public int rows() {
    return rows;
  }

  /** How many steps are staged, of all rows. */
  public int steps() {
    return steps;
  }

  /** The number of steps of a row. */
  public int length(int row) {
    return starts[row + 1] - starts[row];
  }

  /** The bytes that the staged rows take, with their results and the values between layers. */
  public long bytes() {
    return rows * bytesPerRow + steps * bytesPerStep;
  }

  /** Forgets all rows. */
  public void clear() {
    rows = 0;
    steps = 0;
  }

  /** The index of a row's first step among all staged steps. */
  int start(int row) {
    return starts[row];
  }

  float[] features() {
    return features;
  }

  int[] ids() {
    return idSteps;
  }

  float[] states() {
    return states;
  }

  private void admit(int length) {
    if (!hasRoom(length)) {
      throw new IllegalStateException(
          "a row of " + length + " steps was added to a window without room for it");
    }
    if (starts.length < rows + 2) {
      starts = Arrays.copyOf(starts, capacity(starts.length, rows + 2));
    }
    states = grown(states, (rows + 1) * stateSize);
    Arrays.fill(states, rows * stateSize, (rows + 1) * stateSize, 0f);
    starts[rows] = steps;
    rows++;
    steps += length;
    starts[rows] = steps;
  }

  static float[] grown(float[] array, int length) {
    return array.length >= length ? array : Arrays.copyOf(array, capacity(array.length, length));
  }

  /** Grows by half, so that a window that fills up row by row copies each element a few times. */
  private static int capacity(int current, int needed) {
    return (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, current + (current >> 1) + 16L));
  }
}
