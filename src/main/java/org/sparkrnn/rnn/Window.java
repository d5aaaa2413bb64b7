package org.sparkrnn.rnn;

import java.util.Arrays;
import java.util.Optional;

/**
 * The rows that a {@link NetworkRunner} computes together, staged compactly: only valid steps, one
 * row's behind the other's. Not thread-safe; its arrays are kept and reused when it is cleared.
 *
 * <p>Half of {@link Limits#windowBytes()} bounds the staged rows with their results; the other half
 * bounds the values between layers of the one group that is being computed.
 */
public final class Window {
  private final Footprint footprint;
  private final int inputSize;
  private final int idCount;
  private final Padding padding;
  private final int stateSize;

  /** How many steps every row must have; 0 where it may have any number. */
  private final int fixedSteps;

  /** Of a row that is given none. */
  private final float[] initialState;

  /** Whether a row was given another initial state than that. */
  private boolean ownStates;

  private int rows;
  private int steps;
  private int[] starts = new int[64];

  /** The floats of the rows that were copied, and for each other row its steps. */
  private float[] features = new float[0];

  private float[][][] given = new float[64][][];
  private int[] ids = new int[0];
  private float[] states = new float[0];

  Window(Network network, Footprint footprint) {
    this.footprint = footprint;
    this.inputSize = network.input() instanceof Network.Input.Features given ? given.size() : 0;
    this.idCount = network.input() instanceof Network.Input.Ids given ? given.count() : 0;
    this.padding = network.input().padding();
    this.initialState = network.initialState();
    this.stateSize = initialState.length;
    this.fixedSteps = network.fixedSteps().orElse(0);
  }

  /**
   * The value of {@link Limits#windowBytes()} that a row of this many steps needs: for its input,
   * its results and the values between layers.
   */
  public long bytesNeeded(int length) {
    return 2 * Math.max(footprint.rowBytes(length), footprint.workBytes(length));
  }

  /** Whether a row of this many steps can be computed at all within the limit. */
  public boolean fits(int length) {
    return bytesNeeded(length) <= footprint.limits().windowBytes();
  }

  /** Why the network takes no row of this many steps; empty where it does. */
  public Optional<String> refusal(int length) {
    return fixedSteps == 0 || length == fixedSteps
        ? Optional.empty()
        : Optional.of(
            String.format(
                "the row has %d steps, the model takes %d, which a flatten layer joins: fill rows"
                    + " up, or cut them, as when the model was trained",
                length, fixedSteps));
  }

  /** Whether a row of this many steps can be added now. */
  public boolean hasRoom(int length) {
    return fits(length)
        && bytes() + footprint.rowBytes(length) <= footprint.limits().windowBytes() / 2;
  }

  /**
   * Adds a row of {@code length} steps of floats, from {@code source[offset...]}, step by step. Its
   * initial state is the network's own, mostly zeros, until {@link #initialState} is called.
   *
   * <p>The row is shorter than that where the network counts padding.
   */
  public void add(float[] source, int offset, int length) {
    if (idCount > 0) {
      throw new IllegalStateException("this network's steps are ids, not floats");
    }
    int from = steps * inputSize;
    int own = padding.length(source, offset, length, inputSize);
    admit(own);
    features = grown(features, steps * inputSize);
    System.arraycopy(source, offset, features, from, own * inputSize);
  }

  /**
   * Adds a row of the first {@code length} steps of floats, each as long as the network's input, as
   * above. They are not copied: the arrays must stay as they are until the window is cleared.
   */
  public void add(float[][] source, int length) {
    if (idCount > 0) {
      throw new IllegalStateException("this network's steps are ids, not floats");
    }
    admit(padding.length(source, length, inputSize));
    given[rows - 1] = source;
  }

  /** Adds a row of {@code length} ids from {@code source[offset...]}, as above. */
  public void add(int[] source, int offset, int length) {
    if (idCount == 0) {
      throw new IllegalStateException("this network's steps are floats, not ids");
    }
    for (int i = offset; i < offset + length; i++) {
      if (source[i] < 0 || source[i] >= idCount) {
        throw new IllegalArgumentException(
            "step " + (i - offset) + " has id " + source[i] + ", expected 0 to " + (idCount - 1));
      }
    }
    int from = steps;
    int own = padding.length(source, offset, length);
    admit(own);
    ids = grown(ids, steps);
    System.arraycopy(source, offset, ids, from, own);
  }

  /**
   * Sets the initial state of the row added last.
   *
   * @param source the flattened state in the order of {@link Network#stateShape()}, at {@code
   *     offset}
   */
  public void initialState(float[] source, int offset) {
    System.arraycopy(source, offset, states, (rows - 1) * stateSize, stateSize);
    ownStates |= !Arrays.equals(source, offset, offset + stateSize, initialState, 0, stateSize);
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

  /** The bytes that the staged rows take, with their results. */
  public long bytes() {
    return rows * footprint.rowBytes(0) + (footprint.rowBytes(1) - footprint.rowBytes(0)) * steps;
  }

  /** Forgets all rows. */
  public void clear() {
    Arrays.fill(given, 0, rows, null);
    rows = 0;
    steps = 0;
    ownStates = false;
  }

  /** The index of a row's first step among all staged steps. */
  int start(int row) {
    return starts[row];
  }

  /** The array that step {@code t} of a row is in, where steps are floats. */
  float[] source(int row, int t) {
    return given[row] == null ? features : given[row][t];
  }

  /** Where step {@code t} of a row begins in its {@link #source}. */
  int place(int row, int t) {
    return given[row] == null ? (starts[row] + t) * inputSize : 0;
  }

  int id(int row, int t) {
    return ids[starts[row] + t];
  }

  /** Whether rows begin with different states. */
  boolean ownStates() {
    return ownStates;
  }

  /** Flattened initial states, row by row. */
  float[] states() {
    return states;
  }

  private void admit(int length) {
    refusal(length)
        .ifPresent(
            refusal -> {
              throw new IllegalArgumentException(refusal);
            });
    if (!hasRoom(length)) {
      throw new IllegalStateException(
          "a row of " + length + " steps was added to a window without room for it");
    }
    starts = grown(starts, rows + 2);
    states = grown(states, (rows + 1) * stateSize);
    System.arraycopy(initialState, 0, states, rows * stateSize, stateSize);
    starts[rows] = steps;
    if (given.length == rows) {
      given = Arrays.copyOf(given, 2 * rows);
    }
    rows++;
    steps += length;
    starts[rows] = steps;
  }

  static float[] grown(float[] array, int length) {
    return array.length >= length ? array : Arrays.copyOf(array, capacity(array.length, length));
  }

  static int[] grown(int[] array, int length) {
    return array.length >= length ? array : Arrays.copyOf(array, capacity(array.length, length));
  }

  /** Grows by a quarter: a window that fills row by row copies little, and wastes little. */
  private static int capacity(int current, int needed) {
    return (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, current + (current >> 2) + 16L));
  }
}
