package org.sparkrnn.bench;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.RnnModel;
import org.sparkrnn.cell.RnnCell;

/**
 * One model run by one thread, then by several at once, over and over: what a thread does in a
 * second of its CPU time when the others share the machine's caches and memory, and what all do in a
 * second of the clock.
 */
final class ScalingBenchmark {
  private final int threads = Settings.number("threads", processors(), processors());
  private final int rounds = Settings.number("rounds", 5, 9);
  private final ExecutorService pool = Executors.newFixedThreadPool(threads);

  private ScalingBenchmark() {}

  private static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** Without arguments. */
  public static void main(String[] args) throws ExecutionException, InterruptedException {
    Tsv table =
        Tsv.append(
            "scaling",
            "cell",
            "units",
            "threads",
            "oneGflops",
            "eachGflops",
            "perCpu",
            "perClock");
    ScalingBenchmark benchmark = new ScalingBenchmark();
    for (int units : Settings.numbers("units", "128", "128,512")) {
      benchmark.measure(table, "lstm", units);
    }
    benchmark.pool.shutdown();
  }

  private record Rate(double perCpu, double perClock) {}

  private void measure(Tsv table, String name, int units)
      throws ExecutionException, InterruptedException {
    RnnCell cell = Cells.of(name, units);
    RnnModel model = RnnModel.of(Cells.model(cell));
    Corpus corpus = Corpus.logNormal(512, 29, 0.75, 200, units);
    double flops = Cells.flops(cell) * corpus.tokens();
    rates(model, corpus, threads, flops);
    rates(model, corpus, threads, flops);
    double[] one = new double[rounds];
    double[] each = new double[rounds];
    double[] perCpu = new double[rounds];
    double[] perClock = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      Rate alone = rates(model, corpus, 1, flops).get(0);
      List<Rate> together = rates(model, corpus, threads, flops);
      one[round] = alone.perCpu;
      each[round] = together.stream().mapToDouble(Rate::perCpu).average().orElseThrow();
      perCpu[round] = each[round] / alone.perCpu;
      perClock[round] =
          together.stream().mapToDouble(Rate::perClock).sum() / (threads * alone.perClock);
    }
    table.row(
        name,
        units,
        threads,
        Turns.median(one),
        Turns.median(each),
        Turns.median(perCpu),
        Turns.median(perClock));
  }

  /** GFLOP/s of each of {@code count} threads that run for a while together. */
  private List<Rate> rates(RnnModel model, Corpus corpus, int count, double flops)
      throws ExecutionException, InterruptedException {
    long nanos = Settings.number("sliceMillis", 500, 1000) * 1_000_000L;
    CyclicBarrier start = new CyclicBarrier(count);
    List<Future<Rate>> futures = new ArrayList<>();
    for (int thread = 0; thread < count; thread++) {
      futures.add(
          pool.submit(
              () -> {
                start.await();
                long cpu = Turns.cpu();
                long clock = System.nanoTime();
                int runs = 0;
                while (System.nanoTime() - clock < nanos) {
                  if (model.run(corpus.steps()).rows() != corpus.rows()) {
                    throw new Judge.WrongAnswer("rows are missing");
                  }
                  runs++;
                }
                return new Rate(
                    flops * runs / (Turns.cpu() - cpu),
                    flops * runs / (System.nanoTime() - clock));
              }));
    }
    List<Rate> rates = new ArrayList<>();
    for (Future<Rate> future : futures) {
      rates.add(future.get());
    }
    return rates;
  }
}
