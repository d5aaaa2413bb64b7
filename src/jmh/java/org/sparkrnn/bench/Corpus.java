package org.sparkrnn.bench;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Sequences of different lengths, and for each its answer.
 *
 * @param steps {@code [rows][steps][inputs]}
 * @param flat the same, {@code [rows][steps * inputs]}
 */
@SuppressWarnings("ArrayRecordComponent")
record Corpus(float[][][] steps, float[][] flat) {

  /** All of one length. */
  static Corpus equal(int rows, int steps, int inputs) {
    int[] lengths = new int[rows];
    Arrays.fill(lengths, steps);
    return of(lengths, inputs);
  }

  /**
   * Log-normal lengths, from 1 to {@code max}.
   *
   * @param spread the logarithm's standard deviation
   */
  static Corpus logNormal(int rows, double mean, double spread, int max, int inputs) {
    Random random = new Random(29);
    double middle = Math.log(mean) - spread * spread / 2;
    int[] lengths =
        IntStream.range(0, rows)
            .map(row -> (int) Math.round(Math.exp(middle + spread * random.nextGaussian())))
            .map(length -> Math.max(1, Math.min(max, length)))
            .toArray();
    return of(lengths, inputs);
  }

  private static Corpus of(int[] lengths, int inputs) {
    Random random = new Random(7);
    float[][][] steps = new float[lengths.length][][];
    float[][] flat = new float[lengths.length][];
    for (int row = 0; row < lengths.length; row++) {
      steps[row] = new float[lengths[row]][inputs];
      flat[row] = new float[lengths[row] * inputs];
      for (int i = 0; i < flat[row].length; i++) {
        flat[row][i] = 2 * random.nextFloat() - 1;
        steps[row][i / inputs][i % inputs] = flat[row][i];
      }
    }
    return new Corpus(steps, flat);
  }

  int rows() {
    return steps.length;
  }

  int length(int row) {
    return steps[row].length;
  }

  /** The sum of the lengths. */
  long tokens() {
    return Arrays.stream(steps).mapToLong(row -> row.length).sum();
  }

  int longest() {
    return Arrays.stream(steps).mapToInt(row -> row.length).max().orElse(0);
  }

  /** The rows as they came. */
  int[] arrival() {
    return IntStream.range(0, rows()).toArray();
  }

  /** The rows by length, the longest first. */
  int[] sorted() {
    return IntStream.range(0, rows())
        .boxed()
        .sorted(Comparator.comparingInt(row -> -length(row)))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
