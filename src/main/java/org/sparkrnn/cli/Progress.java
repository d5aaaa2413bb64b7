package org.sparkrnn.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.sparkrnn.spark.RunMetrics;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Tells how far a job is while it runs: on a terminal one line that is written over twice a second,
 * elsewhere, where it ends up in a log, a line every half minute. Counts what finished tasks
 * report. Driver side.
 */
final class Progress extends SparkListener implements AutoCloseable {
  private static final long TERMINAL_MILLIS = 500;
  private static final long LOG_MILLIS = 30_000;

  private final SparkContext context;
  private final PrintWriter out;
  private final boolean terminal;
  private final long begun = System.nanoTime();
  private final AtomicInteger tasks = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicLong steps = new AtomicLong();
  private final Thread teller;

  private Progress(SparkContext context, Surroundings around) {
    this.context = context;
    this.out = around.err();
    this.terminal = around.watched();
    this.teller = new Thread(this::tell, "spark-rnn-progress");
    teller.setDaemon(true);
  }

  /** Begins to tell, until closed. */
  static Progress of(SparkContext context, Surroundings around) {
    Progress progress = new Progress(context, around);
    context.addSparkListener(progress);
    progress.teller.start();
    return progress;
  }

  @Override
  public void onStageSubmitted(SparkListenerStageSubmitted event) {
    ended.set(0);
    tasks.set(event.stageInfo().numTasks());
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd event) {
    if (!event.taskInfo().successful()) {
      return;
    }
    ended.incrementAndGet();
    for (AccumulableInfo counter : CollectionConverters.asJava(event.taskInfo().accumulables())) {
      boolean ours = counter.name().isDefined() && counter.name().get().equals(RunMetrics.STEPS);
      if (ours && counter.update().isDefined() && counter.update().get() instanceof Number more) {
        steps.addAndGet(Math.max(0, more.longValue()));
      }
    }
  }

  /** What is known, in one line. */
  String line() {
    double seconds = (System.nanoTime() - begun) / 1e9;
    return String.format(
        Locale.ROOT,
        "%d of %d tasks, %,d steps, %,.0f steps/s, %d s",
        ended.get(),
        tasks.get(),
        steps.get(),
        steps.get() / seconds,
        Math.round(seconds));
  }

  private void tell() {
    long pause = terminal ? TERMINAL_MILLIS : LOG_MILLIS;
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(pause);
        if (terminal) {
          out.print("\r" + line() + "\u001b[K");
          out.flush();
        } else {
          out.println("spark-rnn: " + line());
        }
      }
    } catch (InterruptedException e) {
      if (terminal) {
        out.print("\r\u001b[K");
        out.flush();
      }
    }
  }

  @Override
  public void close() {
    context.removeSparkListener(this);
    teller.interrupt();
    try {
      teller.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
