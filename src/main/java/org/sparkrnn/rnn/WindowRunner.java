package org.sparkrnn.rnn;

/** Computes the rows of a window; what {@link NetworkRunner} is made of. */
interface WindowRunner {

  /** The window that {@link #run} computes. */
  Window window();

  /** Computes all rows of the window. */
  void run();

  /** The results for the {@code index}th selected output. */
  Result result(int index);

  /** Time steps computed so far. */
  long steps();

  /** Steps of cells computed so far. */
  long cellSteps();

  /** Floating-point operations so far. */
  long flops();
}
