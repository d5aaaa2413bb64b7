package org.sparkrnn.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.sparkrnn.RnnModel;
import org.sparkrnn.cell.RnnCell;

/**
 * What a JVM that has just started spends until {@code RnnModel.run} is as fast as it gets: in a
 * JVM for each work, from packing the weights on.
 */
final class WarmUpBenchmark {
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /** So many runs in a row must be steady. */
  private static final int STEADY = 3;

  private WarmUpBenchmark() {}

  /**
   * What one run ended with.
   *
   * @param nanos CPU of the caller that it took
   * @param caller CPU of the caller since the beginning
   * @param process CPU of all threads since the beginning
   */
  private record Ran(long nanos, long caller, long process) {}

  /**
   * @param args {@code equal}, a batch of sequences of one length, or {@code ragged}
   */
  public static void main(String[] args) {
    String cell = Settings.words("cells", "lstm", "lstm").get(0);
    int units = Settings.numbers("units", "128", "128")[0];
    Corpus corpus =
        args[0].equals("equal")
            ? Corpus.equal(64, 64, units)
            : Corpus.logNormal(512, 29, 0.75, 200, units);
    RnnCell weights = Cells.of(cell, units);
    // An executor's logging runs already.
    LoggerFactory.getLogger(WarmUpBenchmark.class).debug("begins");
    List<Ran> runs = run(RnnModel.of(Cells.model(weights)), corpus);
    double[] last =
        runs.subList(runs.size() / 2, runs.size()).stream().mapToDouble(Ran::nanos).toArray();
    double steady = Turns.median(last);
    int first = 0;
    while (first < runs.size() - STEADY && !steady(runs.subList(first, first + STEADY), steady)) {
      first++;
    }
    Ran before = first == 0 ? new Ran(0, 0, 0) : runs.get(first - 1);
    Tsv.append(
            "warmup",
            "work",
            "cell",
            "units",
            "firstMillis",
            "steadyMillis",
            "runsBefore",
            "callerSeconds",
            "processSeconds")
        .row(
            args[0],
            cell,
            units,
            runs.get(0).nanos() / 1e6,
            steady / 1e6,
            first,
            before.caller() / 1e9,
            before.process() / 1e9);
  }

  private static boolean steady(List<Ran> runs, double nanos) {
    return runs.stream().allMatch(ran -> ran.nanos() < 1.1 * nanos);
  }

  private static List<Ran> run(RnnModel model, Corpus corpus) {
    long budget = Settings.number("warmUpSeconds", 6, 10) * 1_000_000_000L;
    List<Ran> runs = new ArrayList<>();
    long process = PROCESS.getProcessCpuTime();
    long start = Turns.cpu();
    long now = start;
    while (now - start < budget) {
      long before = now;
      model.run(corpus.steps());
      now = Turns.cpu();
      runs.add(new Ran(now - before, now - start, PROCESS.getProcessCpuTime() - process));
    }
    return runs;
  }
}
