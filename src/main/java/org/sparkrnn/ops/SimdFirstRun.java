package org.sparkrnn.ops;

/**
 * Runs the vector code a few times before anything is computed with it.
 *
 * <p>C2 turns vectors into registers by what it has seen pass through the Vector API's own shared
 * methods. Where those have met vectors of floats only when they are compiled, the first vector of
 * ints undoes that for good: on JDK 17 the gates then box every vector, for as long as the JVM
 * lives (measured: 280 cycles and more instead of 50 to 75 for a row and vector of an LSTM's units,
 * in about one of five JVMs that began with a loop over floats, and in none of five that began with
 * a cell). So the first thing they meet is both, by turns, in the interpreter.
 */
final class SimdFirstRun {
  /**
   * Enough for the interpreter to have seen it, too few to be compiled: some hundredths of a
   * second.
   */
  private static final int TIMES = 150;

  private SimdFirstRun() {}

  static void run() {
    int lanes = SimdTiles.LANES;
    float[] a = {0.5f, 0.25f};
    float[] w = new float[a.length * lanes];
    float[] z = new float[4 * lanes];
    float[] c = new float[lanes];
    float[] h = new float[lanes];
    for (int i = 0; i < TIMES; i++) {
      SimdTiles.tile(1, 1, a, 0, 0, a.length, w, 0, z, 0, 0, z, 0, 0);
      SimdTiles.lstm(1, z, c, 0, 0, h, 0, 0);
    }
  }
}
