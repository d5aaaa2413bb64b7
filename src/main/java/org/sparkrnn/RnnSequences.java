package org.sparkrnn;

import java.util.Arrays;
import java.util.Optional;

/**
 * Sequences in plain arrays, for {@link RnnModel#run(RnnSequences)}: a row for each sequence, with
 * its length and its initial state where those are given.
 *
 * <pre>{@code
 * model.run(RnnSequences.of(padded).lengths(3, 0, 7).initialStates(yesterday))
 * }</pre>
 *
 * <p>Immutable as far as the arrays given are left alone: they are not copied.
 */
public final class RnnSequences {
  /** {@code float[][][]}, {@code int[][]}, {@code String[]} or {@code String[][]}. */
  private final Object[] rows;

  private final Optional<int[]> lengths;
  private final Optional<float[][]> states;

  private RnnSequences(Object[] rows, Optional<int[]> lengths, Optional<float[][]> states) {
    this.rows = rows;
    this.lengths = lengths;
    this.states = states;
  }

  private static RnnSequences of(Object[] rows) {
    return new RnnSequences(rows, Optional.empty(), Optional.empty());
  }

  /**
   * Sequences of floats.
   *
   * @param sequences {@code [rows][steps][size]}; rows may differ in steps
   */
  public static RnnSequences of(float[][][] sequences) {
    return of((Object[]) sequences);
  }

  /**
   * Sequences of ids.
   *
   * @param sequences {@code [rows][steps]}; rows may differ in steps
   */
  public static RnnSequences of(int[][] sequences) {
    return of((Object[]) sequences);
  }

  /**
   * Texts: of a model of tokens taken apart at white space, of a model of characters into Unicode
   * code points.
   *
   * @param texts {@code [rows]}
   */
  public static RnnSequences of(String[] texts) {
    return of((Object[]) texts);
  }

  /**
   * Sequences of words of the model's vocabulary.
   *
   * @param sequences {@code [rows][steps]}; rows may differ in steps
   */
  public static RnnSequences of(String[][] sequences) {
    return of((Object[]) sequences);
  }

  /**
   * How many steps of each row count, from the first one on: TensorFlow's {@code sequence_length}.
   * Steps behind that are never looked at, and may be null.
   *
   * @param lengths {@code [rows]}
   */
  public RnnSequences lengths(int... lengths) {
    return new RnnSequences(rows, Optional.of(lengths), states);
  }

  /**
   * The states that the rows begin with, in place of zeros.
   *
   * @param states {@code [rows][state]}, each flattened as {@code final_state} comes back; null for
   *     the network's own, mostly zeros
   */
  public RnnSequences initialStates(float[][] states) {
    return new RnnSequences(rows, lengths, Optional.of(states));
  }

  int count() {
    return rows.length;
  }

  Object row(int row) {
    return rows[row];
  }

  /** What is wrong with the sizes, if anything. */
  void check() {
    if (lengths.isPresent() && lengths.get().length != rows.length) {
      throw new IllegalArgumentException(
          rows.length + " sequences, but " + lengths.get().length + " lengths");
    }
    if (states.isPresent() && states.get().length != rows.length) {
      throw new IllegalArgumentException(
          rows.length + " sequences, but " + states.get().length + " initial states");
    }
  }

  /** The row's length, at most {@code steps}. */
  int length(int row, int steps) {
    int length = lengths.isPresent() ? lengths.get()[row] : steps;
    if (length < 0 || length > steps) {
      throw new IllegalArgumentException(
          String.format(
              "the length of sequence %d is %d, expected 0 to %d, its number of steps",
              row, length, steps));
    }
    return length;
  }

  /** The row's initial state; null for the network's own, mostly zeros. */
  float[] state(int row) {
    return states.isPresent() ? states.get()[row] : null;
  }

  @Override
  public String toString() {
    return rows.length
        + " sequences in "
        + rows.getClass().getSimpleName()
        + lengths.map(given -> ", lengths " + Arrays.toString(given)).orElse("");
  }
}
