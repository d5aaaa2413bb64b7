package org.sparkrnn.cli;

import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.spark.RunMetrics;

/**
 * A job that is done.
 *
 * @param model what was run
 * @param input what was read
 * @param output the folder with the results
 * @param written whether they are this run's; not so where the mode left an earlier run's alone
 * @param metrics what the tasks did
 * @param seconds that it took to read, compute, write and put into place
 */
record JobResult(
    SequenceModel model,
    Input input,
    String output,
    boolean written,
    RunMetrics metrics,
    double seconds) {

  double rowsPerSecond() {
    return metrics.rows() / seconds;
  }

  double stepsPerSecond() {
    return metrics.steps() / seconds;
  }

  /** Seconds in the network, summed over tasks. */
  double networkSeconds() {
    return metrics.work().nanos() / 1e9;
  }

  /** 10^9 floating-point operations in a second of a task's time in the network. */
  double gflopsPerTask() {
    return metrics.work().nanos() == 0
        ? 0
        : (double) metrics.work().flops() / metrics.work().nanos();
  }
}
