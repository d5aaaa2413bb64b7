package org.sparkrnn.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;

/**
 * Lets competitors take turns on the calling thread and counts the CPU time it spends on each: what
 * else runs on the machine, and how fast its clock is just now, is the same for all of them.
 */
final class Turns {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final List<Runnable> works;
  private final int rounds;
  private final long sliceNanos;

  /** Nanoseconds of CPU for one run, {@code [competitor][round]}. */
  private final double[][] nanos;

  /** CPU that other threads of the process spent meanwhile, as a share of the caller's. */
  private final double[] elsewhere;

  private Turns(List<Runnable> works, int rounds) {
    this.works = works;
    this.rounds = rounds;
    this.sliceNanos = Settings.number("sliceMillis", 40, 50) * 1_000_000L;
    this.nanos = new double[works.size()][rounds];
    this.elsewhere = new double[works.size()];
  }

  /** Warms each of them up, then lets them take turns; long works take fewer. */
  static Turns take(List<Runnable> works) {
    long warmUp = Settings.number("warmUpMillis", 200, 300) * 1_000_000L;
    long once = 1;
    for (Runnable work : works) {
      once += warmUp(work, warmUp);
    }
    long budget = Settings.number("turnsMillis", 4000, 8000) * 1_000_000L;
    int rounds = Settings.number("rounds", 5, 5);
    Turns turns = new Turns(works, (int) Math.max(Math.min(3, rounds), Math.min(rounds, budget / once)));
    for (int round = 0; round < turns.rounds; round++) {
      for (int w = 0; w < works.size(); w++) {
        turns.slice(w, round);
      }
    }
    return turns;
  }

  /**
   * Runs until the time is over, and on until the compiler has nothing more to better.
   *
   * @return nanoseconds of the fastest run
   */
  static long warmUp(Runnable work, long nanos) {
    long start = cpu();
    long best = Long.MAX_VALUE;
    int steady = 0;
    do {
      long before = cpu();
      work.run();
      long took = cpu() - before;
      steady = took > best * 0.9 ? steady + 1 : 0;
      best = Math.min(best, took);
    } while (cpu() - start < nanos || (steady < 2 && cpu() - start < 5 * nanos));
    return best;
  }

  private void slice(int w, int round) {
    long process = PROCESS.getProcessCpuTime();
    long start = cpu();
    long now;
    int runs = 0;
    do {
      works.get(w).run();
      runs++;
      now = cpu();
    } while (now - start < sliceNanos);
    nanos[w][round] = (double) (now - start) / runs;
    elsewhere[w] +=
        ((double) (PROCESS.getProcessCpuTime() - process) / (now - start) - 1) / rounds;
  }

  /** Nanoseconds of CPU that the calling thread has spent. */
  static long cpu() {
    return THREADS.getCurrentThreadCpuTime();
  }

  /** Median nanoseconds of one run. */
  double nanos(int competitor) {
    return median(nanos[competitor].clone());
  }

  /** How many times as fast {@code one} is as {@code other}: the median over rounds. */
  double ratio(int one, int other) {
    double[] ratios = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      ratios[round] = nanos[other][round] / nanos[one][round];
    }
    return median(ratios);
  }

  /**
   * CPU that other threads of the process spent during a competitor's slices, as a share of its
   * own: collecting garbage, compiling, or a peer's threads that should not be there.
   */
  double elsewhere(int competitor) {
    return Math.max(0, elsewhere[competitor]);
  }

  static double median(double[] values) {
    Arrays.sort(values);
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }
}
