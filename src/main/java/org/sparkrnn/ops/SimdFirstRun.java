package org.sparkrnn.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs the vector code before anything is computed with it, until it is compiled.
 *
 * <p>C2 turns vectors into registers by what it has seen pass through the Vector API's own shared
 * methods. Where those have met vectors of floats only when they are compiled, the first vector of
 * ints undoes that for good: on JDK 17 the gates then box every vector, for as long as the JVM
 * lives (measured: 280 cycles and more instead of 50 to 75 for a row and vector of an LSTM's units,
 * in about one of five JVMs that began with a loop over floats, and in none of five that began with
 * a cell). So the first thing they meet is both, by turns, in the interpreter.
 *
 * <p>After that come the tiles of whole panels and the gates of the cells that are used, on little
 * data and with pauses for the compiler. Met first in a model's own steps, they would run there for
 * a second as they are, a hundred times slower, and the tiles would be compiled twice: from the
 * middle of a long sum on, and as a whole.
 */
final class SimdFirstRun {
  /**
   * Enough for the interpreter to have seen it, too few to be compiled: some hundredths of a
   * second.
   */
  private static final int TIMES = 150;

  /** How often something is called between pauses, and for how many pauses. */
  private static final int CALLS = 20;

  private static final int BUSY = 150;

  /** Long sums, so that C2 takes the loop for what it has to keep in registers. */
  private static final int INPUTS = 32;

  /** Of the gates: a loop, but a short one. */
  private static final int ROWS = 4;

  /** What three calls never take while vectors are boxed, and a tenth of it when they are not. */
  private static final long COMPILED_NANOS = 5_000;

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** After which the compiler is left to be ready when it is. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

  private static final int LANES = SimdTiles.LANES;
  private static final int WIDTH = Panels.WIDTH * LANES;

  private final float[] a = new float[Panels.ROWS * INPUTS];
  private final float[] w = new float[INPUTS * WIDTH];
  private final float[] z = new float[Math.max(Panels.ROWS * WIDTH, ROWS * 4 * LANES)];
  private final float[] c = new float[ROWS * LANES];
  private final float[] h = new float[ROWS * LANES];

  private SimdFirstRun() {}

  /** Before anything else: what all cells and layers use. */
  static void run() {
    SimdFirstRun data = new SimdFirstRun();
    for (int i = 0; i < TIMES; i++) {
      SimdTiles.tile(1, 1, data.a, 0, 0, 2, data.w, 0, data.z, 0, 0, data.z, 0, 0);
      SimdTiles.lstm(1, data.z, data.c, 0, 0, data.h, 0, 0);
    }
    List<Runnable> tiles = new ArrayList<>();
    for (int rows = Panels.ROWS; rows >= 1; rows--) {
      int m = rows;
      tiles.add(() -> data.tile(m));
    }
    untilCompiled(tiles);
  }

  /** The gates of LSTMs, once. */
  static void lstm() {
    Lstm.ensureRun();
  }

  /** The gates of GRUs, once. */
  static void gru() {
    Gru.ensureRun();
  }

  /** The gates of GRUs that reset after the product, once. */
  static void resetAfterGru() {
    ResetAfterGru.ensureRun();
  }

  private void tile(int rows) {
    SimdTiles.tile(rows, Panels.WIDTH, a, 0, INPUTS, INPUTS, w, 0, z, 0, WIDTH, z, 0, WIDTH);
  }

  private static void untilCompiled(List<Runnable> works) {
    List<Runnable> left = new ArrayList<>(works);
    long start = System.nanoTime();
    for (int pauses = 0; System.nanoTime() - start < PATIENCE_NANOS; pauses++) {
      int calls = pauses < BUSY ? CALLS : 1;
      left.removeIf(work -> isCompiled(work, calls));
      if (left.isEmpty()) {
        return;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private static boolean isCompiled(Runnable work, int calls) {
    for (int i = 0; i < calls; i++) {
      work.run();
    }
    long start = System.nanoTime();
    work.run();
    work.run();
    work.run();
    return System.nanoTime() - start < COMPILED_NANOS;
  }

  // Classes, because a class is initialised once, and others wait for it.

  private static final class Lstm {
    static {
      SimdFirstRun data = new SimdFirstRun();
      untilCompiled(
          List.of(() -> SimdTiles.lstm(ROWS, data.z, data.c, 0, LANES, data.h, 0, LANES)));
    }

    static void ensureRun() {}
  }

  private static final class Gru {
    static {
      SimdFirstRun data = new SimdFirstRun();
      float[] rh = new float[ROWS * LANES];
      untilCompiled(
          List.of(
              () ->
                  SimdTiles.gruGates(
                      ROWS, data.z, 0, 2 * LANES, data.h, rh, 0, LANES, data.c, 0, LANES),
              () ->
                  SimdTiles.gruCandidate(
                      ROWS, data.z, 0, LANES, data.c, 0, LANES, data.h, 0, LANES)));
    }

    static void ensureRun() {}
  }

  private static final class ResetAfterGru {
    static {
      SimdFirstRun data = new SimdFirstRun();
      float[] next = new float[ROWS * LANES];
      untilCompiled(
          List.of(
              () ->
                  SimdTiles.resetAfter(
                      ROWS, data.z, 0, 2 * LANES, data.c, data.c, 0, LANES, data.h, next, 0,
                      LANES)));
    }

    static void ensureRun() {}
  }
}
